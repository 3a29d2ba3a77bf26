import { invalid } from '../kernel/errors'
import type { Change } from '../records/definition'
import type { LabelledValue } from '../records/field'

/** Name, email and phone of a contact follow from its parts. */
export function contactRules({ after }: Change): void {
  after.email = primary(after.emails)
  after.phone = primary(after.phones)
  const name = [after.firstName, after.lastName].filter(Boolean).join(' ')
  after.name = name || after.email || after.phone
  if (!after.name) throw invalid('lastName', 'required', 'Give a first or last name, an email or a phone number.')
}

const primary = (values: unknown): string | null => {
  const list = (values ?? []) as LabelledValue[]
  return (list.find((one) => one.primary) ?? list[0])?.value ?? null
}
