import { invalid } from '../kernel/errors'
import { isId } from '../kernel/ids'
import { tableOf } from '../records/engine'
import { compileWhere, unknownField } from '../records/filter'
import { type QueryContext, readableRows } from '../records/query'
import { isVisible } from '../records/visibility'
import { and, not, raw, type Sql, sql } from '../storage/sql'

const DAY = 86_400_000

/**
 * `rotten: true`: open deals that have been in their stage for longer than the stage's `rottenAfterDays` days of
 * 24 hours. `rotten: false`: all others.
 */
export function rottenFilter(value: unknown, query: QueryContext, alias: string): Sql {
  const deals = tableOf(query.engine, 'deals')
  if (!isVisible(query.actor, deals, 'stage') || !isVisible(query.actor, deals, 'stageEnteredAt'))
    throw unknownField('where.rotten')
  if (typeof value !== 'boolean') throw invalid('where.rotten', 'wrong-type', 'Give true or false.')
  const stages = raw(query.engine.storage.table('stage'))
  const deal = (column: string) => raw(`${alias}.${column}`)
  const rotten = sql`${deal('status')} = 'open' and exists (select 1 from ${stages} st where st.tenant_id = ${query.tenant} and st.id = ${deal('stage')}
    and st.rotten_after_days is not null and ${deal('stage_entered_at')} < ${query.now.getTime()} - st.rotten_after_days * ${raw(String(DAY))})`
  return value ? rotten : not(rotten)
}

/** `contact: id` or `contact: { … }`: deals on which such a contact, visible to the asker, plays a part. */
export function contactFilter(value: unknown, query: QueryContext, alias: string): Sql {
  if (!isVisible(query.actor, tableOf(query.engine, 'deals'), 'contacts')) throw unknownField('where.contact')
  if (typeof value === 'string' && !isId(value))
    throw invalid('where.contact', 'invalid-id', 'Give the id of a contact.')
  const contacts = tableOf(query.engine, 'contacts')
  const where = typeof value === 'string' ? { id: value } : value
  const visible = and(readableRows(query, contacts, 'dc'), compileWhere(query, contacts, where, 'dc', 'where.contact'))
  const roles = raw(query.engine.storage.table('deal_contact'))
  return sql`${raw(`${alias}.id`)} in (select dr.deal_id from ${roles} dr join ${raw(contacts.name)} dc on dc.tenant_id = dr.tenant_id and dc.id = dr.contact_id
    where dr.tenant_id = ${query.tenant} and ${visible})`
}
