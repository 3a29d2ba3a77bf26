import { CrmError, invalid } from '../kernel/errors'
import { splitName } from '../kernel/names'
import type { Normaliser } from '../records/codec'
import type { Change } from '../records/definition'
import type { LabelledValue } from '../records/field'

/** Name, email and phone of a contact follow from its parts. */
export function contactRules(change: Change): void {
  const { after, given } = change
  if (given.has('name') && !given.has('firstName') && !given.has('lastName')) {
    const { firstName = null, lastName = null } = splitName(String(after.name))
    Object.assign(after, { firstName, lastName })
  }
  spreadShorthand(change, 'email', 'emails')
  spreadShorthand(change, 'phone', 'phones')
  after.email = primaryOf(after.emails)
  after.phone = primaryOf(after.phones)
  const name = [after.firstName, after.lastName].filter(Boolean).join(' ')
  after.name = name || after.email || after.phone
  if (!after.name) throw invalid('lastName', 'required', 'Give a first or last name, an email or a phone number.')
}

/** `email: 'x'` in the input, as a change of `emails`. */
function spreadShorthand({ after, given, caller, write }: Change, kind: 'email' | 'phone', list: 'emails' | 'phones') {
  if (!given.has(kind)) return
  if (write.actor.field('contacts', list) !== 'update') throw notWritable(kind, list)
  after[list] = withPrimary(
    after[list] as LabelledValue[] | null,
    after[kind] as string | null,
    kind,
    caller.engine.normalise,
    given.has(list),
  )
}

/** The list with another primary value. Beside a list that was given itself, the value is added to it. */
export function withPrimary(
  values: readonly LabelledValue[] | null,
  value: string | null,
  kind: 'email' | 'phone',
  normalise: Normaliser,
  add = false,
): LabelledValue[] {
  const list = values ?? []
  const primary = Math.max(
    0,
    list.findIndex((one) => one.primary),
  )
  if (value === null)
    return add
      ? [...list]
      : asPrimary(
          list.filter((_, index) => index !== primary),
          0,
        )
  const wanted = normalise(kind, value) ?? value
  const known = list.findIndex((one) => (normalise(kind, one.value) ?? one.value) === wanted)
  if (known >= 0)
    return asPrimary(
      list.map((one, index) => (index === known ? { ...one, value } : one)),
      known,
    )
  if (add || list.length === 0) return asPrimary([{ value }, ...list], 0)
  return asPrimary(
    list.map((one, index) => (index === primary ? { ...one, value } : one)),
    primary,
  )
}

const asPrimary = (values: readonly LabelledValue[], at: number): LabelledValue[] =>
  values.map(({ value, label }, index) => ({ value, ...(label && { label }), primary: index === at }))

export const primaryOf = (values: unknown): string | null => {
  const list = (values ?? []) as LabelledValue[]
  return (list.find((one) => one.primary) ?? list[0])?.value ?? null
}

const notWritable = (kind: string, list: string) =>
  new CrmError('FORBIDDEN', `You may not change ${kind}.`, {
    field: kind,
    rule: 'field-not-writable',
    remedy: `Leave ${kind} out, or ask an administrator for a role that may change ${list}.`,
  })
