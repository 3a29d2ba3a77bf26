import type { Actor } from '../access/actor'
import { forbidden } from '../access/actor'
import type { Caller } from '../records/caller'
import { writeQuery } from '../records/checks'
import type { RecordType } from '../records/field'
import { readableRows } from '../records/query'
import type { RecordTable } from '../records/record-table'
import { saveChange } from '../records/update'
import type { WriteSession } from '../records/write'
import { and, inList, raw, sql } from '../storage/sql'

/** Records that still need somebody, by type; types without any are left out. */
export type OpenRecords = Partial<Record<RecordType, number>>

/** What passes to a successor. An activity stays with the one who did it, a product is nobody's work. */
const WORK: readonly RecordType[] = ['leads', 'contacts', 'companies', 'deals', 'tasks', 'meetings']
const BATCH = 200

/** Tables of records that pass on, with what makes one open: of leads, deals, tasks and meetings a status, else being there. */
function* workTables({ engine }: Caller): Generator<[RecordTable, string]> {
  for (const type of WORK) {
    const table = engine.tables.get(type)
    if (table) yield [table, table.definition.open ?? '1 = 1']
  }
}

/** Open records by owner, among those the caller may read. One statement for each record type, whatever the number of users. */
export async function openRecordsOf(write: WriteSession, users: readonly string[]): Promise<Map<string, OpenRecords>> {
  const found = new Map<string, OpenRecords>(users.map((user) => [user, {}]))
  if (users.length === 0) return found
  const query = writeQuery(write)
  for (const [table, open] of workTables(write.caller)) {
    if (write.actor.scope(table.type, 'read').kind === 'none') continue
    const mine = and(readableRows(query, table, 'r'), inList(raw('r.owner'), users), raw(open))
    const select = sql`select r.owner, count(*) from ${raw(table.name)} r where ${mine} group by r.owner`
    for (const [owner, count] of await write.all(select.text, select.params)) {
      ;(found.get(String(owner)) as OpenRecords)[table.type] = Number(count)
    }
  }
  return found
}

/** Gives all open records of a user to another, each with its event, hooks and rules. Memory holds a batch and the events. */
export async function handOver(write: WriteSession, from: string, to: string): Promise<OpenRecords> {
  const moved: OpenRecords = {}
  for (const [table, open] of workTables(write.caller)) {
    const count = await handOverType(write, table, open, from, to)
    if (count > 0) moved[table.type] = count
  }
  return moved
}

async function handOverType(
  write: WriteSession,
  table: RecordTable,
  open: string,
  from: string,
  to: string,
): Promise<number> {
  const select = `select ${table.selectList} from ${table.name} r where r.tenant_id = ? and r.owner = ? and r.deleted_at is null and ${open} order by r.created_at, r.id limit ${BATCH}`
  for (let count = 0; ; ) {
    const rows = await write.all(select, [write.caller.tenant, from])
    if (rows.length > 0) requireAssign(write.actor, table.type)
    for (const row of rows) {
      const before = table.read(row)
      await saveChange(write, table, before, { ...before, owner: to }, OWNER)
    }
    count += rows.length
    if (rows.length < BATCH) return count
  }
}

const OWNER: ReadonlySet<string> = new Set(['owner'])

function requireAssign(actor: Actor, type: RecordType) {
  if (actor.scope(type, 'assign').kind !== 'all') throw forbidden(type, 'assign')
}
