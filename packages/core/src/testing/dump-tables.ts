import { tablesOn } from '../storage/migrate'
import { EVERY_TENANT, type Storage, scopedTo } from '../storage/port'

/** All rows of all tables of the CRM, by table, in an order of their own: two dumps are equal when nothing changed. */
export type TableDump = Readonly<Record<string, readonly string[]>>

/**
 * Reads every table of the CRM, for comparing what was with what is. For small databases.
 *
 * @param except Tables to leave out, by name without prefix.
 */
export async function dumpTables(storage: Storage, except: readonly string[] = []): Promise<TableDump> {
  const dump: Record<string, string[]> = {}
  const everybodys = scopedTo(storage, EVERY_TENANT)
  for (const table of tablesOn(storage)) {
    if (except.includes(table.name)) continue
    const columns = table.columns.map((column) => column.name).join(', ')
    const rows = await everybodys.read(`select ${columns} from ${storage.table(table.name)}`, [])
    dump[table.name] = rows.map((row) => JSON.stringify(row)).sort()
  }
  return dump
}
