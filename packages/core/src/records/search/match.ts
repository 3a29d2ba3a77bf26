import { SEARCH_TEXT } from '../../storage/migrations/0002-search'
import type { Storage } from '../../storage/port'
import { and, FALSE, join, or, raw, type Sql, sql } from '../../storage/sql'
import type { QueryContext } from '../query'
import type { RecordTable } from '../record-table'
import { isVisible } from '../visibility'
import { type Needle, partsOf } from './needle'
import { END, markOf } from './text'

const COLUMN = raw(`r.${SEARCH_TEXT}`)

export const visibleSearched = (query: Pick<QueryContext, 'actor'>, table: RecordTable): readonly string[] =>
  table.searched.names.filter((name) => isVisible(query.actor, table, name))

/** True for records one of whose searched fields, as far as the asker may see them, holds the needle. */
export function matchSql(query: QueryContext, table: RecordTable, needle: Needle): Sql {
  const visible = visibleSearched(query, table)
  const { dialect } = query.engine.storage
  const within = (text: Sql) => partsOf(needle).map((part) => dialect.contains(text, part, 'anywhere'))
  if (visible.length === 0) return FALSE
  if (visible.length === table.searched.names.length) return or(...within(COLUMN))
  // Somebody from whom a field is hidden must not find by it: each of the others is looked at by itself.
  return or(...visible.flatMap((name) => within((dialect.between ?? between)(COLUMN, markOf(name), END))))
}

function between(column: Sql, start: string, end: string): Sql {
  const from = sql`instr(${column}, ${start})`
  const rest = sql`substr(${column}, ${from} + 2)`
  return sql`case when ${from} > 0 then substr(${rest}, 1, instr(${rest}, ${end}) - 1) end`
}

/** For each of the types, whether the index should gather the records that hold the needle. One statement, or none. */
export async function rareAmong(
  query: QueryContext,
  storage: Storage,
  tables: readonly RecordTable[],
  needle: Needle,
): Promise<ReadonlySet<RecordTable>> {
  const index = query.engine.partsIndex()
  const parts = partsOf(needle)
  if (!index || !parts.every((part) => index.serves(part)) || (index.committedOnly && storage.joined)) return new Set()
  const questions = tables.map((table, at) => {
    const few = parts.map((part) => sql`exists (${index.few(columnOf(table), part, query.tenant, storage.table)})`)
    return sql`select ${raw(String(at))} as place where ${and(...few)}`
  })
  const asked = join(questions, ' union all ')
  const rows = await storage.read(asked.text, asked.params)
  return new Set(rows.map(([at]) => tables[Number(at)] as RecordTable))
}

/** True for records the index finds: all that match, and perhaps a few more. */
export function holdersSql(query: QueryContext, table: RecordTable, needle: Needle): Sql {
  const index = query.engine.partsIndex()
  if (!index) return and()
  const { storage, tenant } = { storage: query.engine.storage, tenant: query.tenant }
  return or(...partsOf(needle).map((part) => index.holders(raw('r.id'), columnOf(table), part, tenant, storage.table)))
}

const columnOf = ({ definition }: RecordTable) => ({ table: definition.table, column: SEARCH_TEXT })
