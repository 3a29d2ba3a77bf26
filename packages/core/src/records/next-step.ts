import { startOfDay } from '../kernel/zones'
import { concernedBy } from './concerned'
import type { Change, NextStep } from './definition'
import { tableOf } from './engine'
import { lockRecord } from './guard'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'

/**
 * The records that one with a `nextStep` concerns know when the earliest of all those falls due, whatever its type:
 * `nextActivityAt`, empty when nobody is following up. A due day counts from its start in the tenant's zone. What is
 * overdue counts too, with its past date. Two statements for each record concerned, none when neither due time nor
 * status nor links changed.
 */
export async function planConcerned({ before, after, caller, write }: Change, table: RecordTable): Promise<void> {
  const step = table.definition.nextStep
  if (!step) return
  const [was, is] = [dueOf(step, before), dueOf(step, after)]
  if (was === undefined && is === undefined) return
  const { engine, tenant } = caller
  for (const { link, type, id } of concernedBy(table, [before, after], was === is)) {
    const concerned = tableOf(engine, type)
    await lockRecord(write, concerned, id)
    const earliest = [...engine.tables.values()].flatMap((other) => earliestOf(other, link, type))
    const params = earliest.flatMap(() => [tenant, id])
    const rows = await write.all(earliest.join(' union all '), params)
    const times = rows.flatMap(([instant, day]) => [
      ...(instant == null ? [] : [Number(instant)]),
      ...(day == null ? [] : [startOfDay(String(day), engine.settings.timeZone).getTime()]),
    ])
    const next = times.length === 0 ? null : Math.min(...times)
    const update = `update ${concerned.name} set next_activity_at = ? where tenant_id = ? and id = ?`
    await write.send(update, [next, tenant, id])
  }
}

/** When the record calls for somebody; undefined when it does not. */
function dueOf({ status, instant, day }: NextStep, record: AnyRecord | undefined): string | undefined {
  if (!record || record.deletedAt !== null || !status.includes(record.status as string)) return undefined
  const due = record[instant] ?? (day && record[day]) ?? undefined
  return due instanceof Date ? String(due.getTime()) : (due as string | undefined)
}

/** The earliest instant and day at which one of that type calls for somebody, of those whose `link` is a given record. */
function earliestOf({ definition, fields, name }: RecordTable, link: string, to: RecordTable['type']): string[] {
  const linked = fields.get(link)
  if (!definition.nextStep || linked?.field.to !== to) return []
  const { status, instant, day } = definition.nextStep
  const column = (field: string) => fields.get(field)?.columns[0] as string
  const among = status.map((one) => `'${one}'`).join(', ')
  const earliest = (field: string | undefined) => (field ? `min(${column(field)})` : 'null')
  return [
    `select ${earliest(instant)} as instant, ${earliest(day)} as day from ${name} where tenant_id = ? and ${column(link)} = ? and deleted_at is null and ${column('status')} in (${among})`,
  ]
}
