import { tableOf } from '../records/engine'
import type { RecordType } from '../records/field'
import { followTimeline } from '../records/follow-timeline'
import type { AnyRecord } from '../records/types'
import type { WriteSession } from '../records/write'
import type { SqlValue } from '../storage/port'

const ALL_LINKS = ['lead', 'contact', 'deal']

type Made = Record<'contact' | 'company' | 'deal', AnyRecord | null>

/** What belongs to a lead goes along: its timeline, its activities and tasks, and the contact's part in the deal. */
export async function carryOver(
  write: WriteSession,
  lead: AnyRecord,
  made: Made,
  { activities, newDeal }: { activities: boolean; newDeal: boolean },
) {
  const { contact, deal } = made
  if (contact && deal) await linkContact(write, deal, contact, newDeal)
  for (const [type, record] of [
    ['contacts', contact],
    ['deals', deal],
  ] as const) {
    if (!record) continue
    await followTimeline(write, lead.id, { table: tableOf(write.caller.engine, type), id: record.id })
    if (activities) await carryMoments(write, lead, type, record)
  }
  if (activities && (contact || deal)) await carryActivities(write, lead, contact, deal)
}

/** The contact is the one to talk to about the deal, unless the deal has somebody already. */
async function linkContact({ caller, all, run }: WriteSession, deal: AnyRecord, contact: AnyRecord, newDeal: boolean) {
  const { storage, tenant } = caller
  const table = storage.table('deal_contact')
  const rows = newDeal
    ? []
    : await all(`select contact_id, is_primary from ${table} where tenant_id = ? and deal_id = ?`, [tenant, deal.id])
  if (rows.some(([id]) => id === contact.id)) return
  const primary = rows.some(([, is]) => Boolean(is)) ? 0 : 1
  const insert = `insert into ${table} (tenant_id, deal_id, contact_id, role, is_primary) values (?, ?, ?, ?, ?)`
  await run(insert, [tenant, deal.id, contact.id, null, primary])
}

/** The contact and the deal know when somebody last did something, and will do next, for the lead. */
async function carryMoments({ caller, run }: WriteSession, lead: AnyRecord, type: RecordType, record: AnyRecord) {
  const last = lead.lastActivityAt as Date | null
  const next = lead.nextActivityAt as Date | null
  const lastIsNew = last !== null && !(record.lastActivityAt instanceof Date && record.lastActivityAt >= last)
  const nextIsNew = next !== null && !(record.nextActivityAt instanceof Date && record.nextActivityAt <= next)
  if (!lastIsNew && !nextIsNew) return
  if (lastIsNew) record.lastActivityAt = last
  if (nextIsNew) record.nextActivityAt = next
  const moment = (value: unknown) => (value instanceof Date ? value.getTime() : null)
  const update = `update ${tableOf(caller.engine, type).name} set last_activity_at = ?, next_activity_at = ? where tenant_id = ? and id = ?`
  await run(update, [moment(record.lastActivityAt), moment(record.nextActivityAt), caller.tenant, record.id])
}

/** Activities, tasks and whatever else is about a lead are those of the contact and the deal too, where they had none. */
async function carryActivities(
  { caller, run }: WriteSession,
  lead: AnyRecord,
  contact: AnyRecord | null,
  deal: AnyRecord | null,
) {
  const sets: string[] = []
  const values: SqlValue[] = []
  for (const [column, record] of [
    ['contact', contact],
    ['deal', deal],
  ] as const) {
    if (!record) continue
    sets.push(`${column} = coalesce(${column}, ?)`)
    values.push(record.id)
  }
  for (const { definition, name } of caller.engine.tables.values()) {
    if (!ALL_LINKS.every((link) => definition.concerns?.includes(link))) continue
    await run(`update ${name} set ${sets.join(', ')} where tenant_id = ? and lead = ?`, [
      ...values,
      caller.tenant,
      lead.id,
    ])
  }
}
