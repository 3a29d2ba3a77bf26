import { companyDomainOf } from '../companies/website'
import { splitName } from '../kernel/names'
import { tableOf } from '../records/engine'
import type { RecordTable } from '../records/record-table'
import type { AnyRecord } from '../records/types'
import { isVisible } from '../records/visibility'
import type { WriteSession } from '../records/write'
import type { TargetName } from './convert-input'

type Values = Record<string, unknown>

/**
 * What of a lead goes to the records it becomes: only fields the caller may see on the lead and write on the target.
 * Custom fields go to those of the same name and kind.
 */
export function valuesFor(write: WriteSession, lead: AnyRecord, target: TargetName, table: RecordTable): Values {
  const leads = tableOf(write.caller.engine, 'leads')
  const seen = (name: string) => (isVisible(write.actor, leads, name) ? lead[name] : null)
  const values = { ...MAPPED[target](write, seen), custom: customFor(write, lead, leads, table) }
  const writable = (name: string) =>
    write.actor.field(table.type, name) === 'update' && isVisible(write.actor, table, name)
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => !isEmpty(value) && writable(name)))
}

type Seen = (name: string) => unknown

const MAPPED: Readonly<Record<TargetName, (write: WriteSession, seen: Seen) => Values>> = {
  contact: (_, seen) => ({
    ...nameOf(seen),
    emails: listOf(seen('email')),
    phones: listOf(seen('phone')),
    title: seen('title'),
    source: seen('source'),
    consent: seen('consent'),
    tags: seen('tags'),
  }),
  company: ({ caller }, seen) => ({
    name: seen('company'),
    domain: companyDomainOf(seen('email') as string | null, caller.engine.normalise),
  }),
  deal: (_, seen) => ({ title: seen('company') ?? seen('name'), source: seen('source') }),
}

function nameOf(seen: Seen): Values {
  const [firstName, lastName] = [seen('firstName'), seen('lastName')]
  if (firstName !== null || lastName !== null) return { firstName, lastName }
  const name = seen('name')
  if (typeof name !== 'string' || name.includes('@')) return {}
  const parts = splitName(name)
  return { firstName: parts.firstName?.slice(0, 120) ?? null, lastName: parts.lastName?.slice(0, 120) ?? null }
}

const listOf = (value: unknown) => (typeof value === 'string' ? [{ value, primary: true }] : [])

function customFor({ actor }: WriteSession, lead: AnyRecord, leads: RecordTable, table: RecordTable): Values {
  const shared = Object.keys(table.custom).filter(
    (name) => table.custom[name]?.kind === leads.custom[name]?.kind && lead.custom[name] != null,
  )
  const allowed = (name: string) =>
    isVisible(actor, leads, `custom.${name}`) &&
    isVisible(actor, table, `custom.${name}`) &&
    actor.field(table.type, `custom.${name}`) === 'update'
  return Object.fromEntries(shared.filter(allowed).map((name) => [name, lead.custom[name]]))
}

export const isEmpty = (value: unknown): boolean =>
  value == null ||
  (Array.isArray(value)
    ? value.length === 0
    : typeof value === 'object' && !(value instanceof Date) && Object.keys(value).length === 0)

/** The values that fill what is empty in an existing record; nothing that is there is touched. */
export function fillsOf(record: AnyRecord, values: Values): Values {
  const fills: Values = {}
  for (const [name, value] of Object.entries(values)) {
    if (name === 'custom') {
      const custom = Object.fromEntries(Object.entries(value as Values).filter(([key]) => record.custom[key] == null))
      if (!isEmpty(custom)) fills.custom = custom
    } else if (isEmpty(record[name]) && !isEmpty(value)) fills[name] = value
  }
  return fills
}
