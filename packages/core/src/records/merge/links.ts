import { invalid } from '../../kernel/errors'
import { inList, not, raw, sql } from '../../storage/sql'
import { tableOf } from '../engine'
import type { RecordType } from '../field'
import type { RecordTable } from '../record-table'
import type { WriteSession } from '../write'
import { type Between, chunks, MAX_REMEMBERED, type MergeSide, TOO_MANY } from './side'

/** Rows whose link was moved: ids by record type and column. */
type Moved = { type: RecordType; column: string; ids: string[] }[]

/** Links of all record types to the loser: deals of a company, activities of a contact, conversions of leads. */
export const links: MergeSide = {
  name: 'links',
  async move(write, between) {
    const moved: Moved = []
    let tooMany = false
    for (const { table, column } of linkColumns(write, between.type)) {
      const ids = await linkedIds(write, table, column, between)
      if (ids.length === 0) continue
      const { tenant } = write.caller
      const others = not(inList(raw('id'), between.members))
      const update = sql`update ${raw(table.name)} set ${raw(column)} = ${between.winner} where tenant_id = ${tenant} and ${raw(column)} = ${between.loser} and ${others}`
      await write.send(update.text, update.params)
      tooMany ||= ids.length > MAX_REMEMBERED
      moved.push({ type: table.type, column, ids })
    }
    return tooMany ? TOO_MANY : moved.length > 0 ? moved : undefined
  },
  async giveBack(write, { winner, loser }, moved: Moved) {
    const { tenant, engine } = write.caller
    for (const { type, column, ids } of moved) {
      for (const some of chunks(ids)) {
        const update = sql`update ${raw(tableOf(engine, type).name)} set ${raw(column)} = ${loser} where tenant_id = ${tenant} and ${raw(column)} = ${winner} and ${inList(raw('id'), some)}`
        await write.send(update.text, update.params)
      }
    }
  },
}

function* linkColumns(write: WriteSession, to: RecordType) {
  for (const table of write.caller.engine.tables.values()) {
    for (const { field, columns } of table.fields.values()) {
      if (field.kind === 'link' && field.to === to) yield { table, column: columns[0] as string }
    }
  }
}

/** Those that link to the loser; the records of the merge themselves keep what they say of each other. */
async function linkedIds(
  write: WriteSession,
  table: RecordTable,
  column: string,
  { loser, members }: Between,
): Promise<string[]> {
  const others = not(inList(raw('id'), members))
  const select = sql`select id from ${raw(table.name)} where tenant_id = ${write.caller.tenant} and ${raw(column)} = ${loser} and ${others} limit ${raw(String(MAX_REMEMBERED + 1))}`
  return (await write.all(select.text, select.params)).map(([id]) => String(id))
}

const MAX_LEVELS = 50

/** A merge must not make a record its own ancestor, as merging a company with its grandparent would. */
export async function refuseLoops(write: WriteSession, table: RecordTable, winner: string): Promise<void> {
  for (const { field, columns } of table.fields.values()) {
    if (field.kind !== 'link' || field.to !== table.type) continue
    const select = `select ${columns[0]} from ${table.name} where tenant_id = ? and id = ?`
    let [row] = await write.all(select, [write.caller.tenant, winner])
    for (let level = 0; typeof row?.[0] === 'string'; level++) {
      if (row[0] === winner || level === MAX_LEVELS) {
        throw invalid(
          'loserIds',
          'circular-link',
          `Empty ${columns[0]} of the records between the two first: one would belong to itself.`,
        )
      }
      row = (await write.all(select, [write.caller.tenant, row[0]]))[0]
    }
  }
}
