import { forbidden, requireAny } from '../../access/actor'
import { invalid } from '../../kernel/errors'
import { SEARCH_TEXT } from '../../storage/migrations/0002-search'
import { and, join, raw, type Sql, sql } from '../../storage/sql'
import type { Caller } from '../caller'
import { tableOf } from '../engine'
import type { RecordType } from '../field'
import { amongHolders, type Plan, pageSql, planList } from '../list'
import { type QueryContext, queryContext } from '../query'
import { isVisible } from '../visibility'
import { matchSql, rareAmong, visibleSearched } from './match'
import { type Needle, partsOf, readNeedle } from './needle'
import { type Closeness, closenessOf, RANKS } from './rank'
import { marksOf } from './text'

export interface SearchOptions {
  /** Where to look. Default: leads, contacts, companies and deals, as far as the caller may read them. */
  types?: readonly RecordType[]
  /** 1 to 50; default 20. */
  limit?: number
}

/** A record that was found. */
export interface SearchHit {
  type: RecordType
  id: string
  /** What names the record: a person's or company's name, a deal's title. Null where the caller may not see it. */
  title: string | null
  /** The field it was found by; `custom.x` for a custom one. The closest, where several match. */
  matched: string
  /** The whole value, its beginning, the beginning of a word in it, or any part. */
  closeness: Closeness
}

const DEFAULT_TYPES: readonly RecordType[] = ['leads', 'contacts', 'companies', 'deals']
const KEYS = ['types', 'limit']
const MAX_LIMIT = 50
/** So many of the newest matches of each type are ranked, beside those whose title begins with the text. */
const RANKED = 100
/** One or two characters are in nearly every record: no index finds them, and so many of the newest are looked at. */
const LOOKED_AT = 2000

/** Looks in all types at once: the closest matches first, the newer before the older. Two statements. */
export async function searchRecords(caller: Caller, text: unknown, options: SearchOptions = {}): Promise<SearchHit[]> {
  const query = await queryContext(caller)
  const { types, limit } = readOptions(query, options)
  const needle = readNeedle(text)
  if (!needle) return []
  const plans = types.map((type) => ({
    ...planList(query, type, {}),
    needle,
    columns: `r.id, r.created_at, r.${titleColumn(query, type)} as title, r.${SEARCH_TEXT}`,
  }))
  const tables = plans.map(({ table }) => table)
  const rare = await rareAmong(query, caller.storage, tables, needle)
  const candidates = plans.flatMap((plan, at) => {
    const titled = byTitle(plan, needle, limit)
    return [newest(plan, needle, rare.has(plan.table)), ...(titled ? [titled] : [])].map(
      (rows) => sql`select ${raw(String(at))} as place, c.* from (${rows}) c`,
    )
  })
  const all = join(candidates, ' union all ')
  const rows = await caller.storage.read(all.text, all.params)
  return ranked(query, plans, rows, needle).slice(0, limit)
}

function readOptions(query: QueryContext, options: SearchOptions) {
  const { types, limit = 20 } = Object(options) as SearchOptions
  const unknown = Object.keys(Object(options)).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) throw invalid(unknown, 'unknown-key', `Use only: ${KEYS.join(', ')}.`)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw invalid('limit', 'out-of-range', `Give a whole number from 1 to ${MAX_LIMIT}.`)
  if (types === undefined) return { types: readable(query), limit }
  const known = [...query.engine.tables.keys()]
  if (!Array.isArray(types) || types.length === 0 || !types.every((type) => known.includes(type)))
    throw invalid('types', 'invalid-option', `Give some of: ${known.join(', ')}.`)
  for (const type of types) requireAny(query.actor, type, 'read')
  return { types: [...new Set(types)] as RecordType[], limit }
}

function readable({ actor }: QueryContext): RecordType[] {
  const types = DEFAULT_TYPES.filter((type) => actor.scope(type, 'read').kind !== 'none')
  if (types.length === 0) throw forbidden('leads', 'read')
  return types
}

const titleColumn = ({ engine }: QueryContext, type: RecordType): string => {
  const { definition, fields } = tableOf(engine, type)
  return fields.get(definition.title)?.columns[0] as string
}

/** The newest matches. */
function newest(plan: Plan, needle: Needle, rare: boolean): Sql {
  const matches = matchSql(plan.query, plan.table, needle)
  const matching = { ...plan, match: and(plan.match, matches) }
  if (needle.text.length < 3) {
    const window = pageSql(plan, 'filled', undefined, LOOKED_AT)
    return sql`select * from (${window}) r where ${matches} order by r.created_at desc, r.id desc limit ${raw(String(RANKED))}`
  }
  return pageSql(rare ? amongHolders(matching, needle) : matching, 'filled', undefined, RANKED)
}

/** Those whose title is the text or begins with it, however old: the exact ones first. */
function byTitle(plan: Plan, { text }: Needle, limit: number): Sql | undefined {
  const { query, table } = plan
  const { title } = table.definition
  const derived = table.fields.get(title)?.derived
  if (!derived || !isVisible(query.actor, table, title)) return undefined
  const column = raw(`r.${derived}`)
  const beginning = sql`${column} >= ${text} and ${column} < ${after(text)}`
  const { keys } = planList(query, table.type, { orderBy: { [title]: 'asc' } })
  return pageSql({ ...plan, keys, match: and(plan.match, beginning) }, 'filled', undefined, limit)
}

/** The least text that comes after all that begin with this one, by code point. */
function after(text: string): string {
  const letters = [...text]
  const last = (letters.pop() as string).codePointAt(0) as number
  if (last === 0x10ffff) return `${text}${String.fromCodePoint(last)}`
  return `${letters.join('')}${String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1)}`
}

function ranked(query: QueryContext, plans: readonly Plan[], rows: readonly unknown[][], needle: Needle): SearchHit[] {
  const found = new Map<string, SearchHit & { at: number }>()
  const parts = partsOf(needle)
  const seen = plans.map(({ table }) => ({
    marks: marksOf(visibleSearched(query, table)),
    titled: isVisible(query.actor, table, table.definition.title),
  }))
  for (const [place, id, at, title, text] of rows) {
    const { table } = plans[Number(place)] as Plan
    const { marks, titled } = seen[Number(place)] as (typeof seen)[number]
    const close = closenessOf(String(text ?? ''), marks, parts)
    if (!close) continue
    const shown = titled ? (title as string | null) : null
    found.set(`${place} ${id}`, { type: table.type, id: String(id), title: shown, ...close, at: Number(at) })
  }
  const order = (a: SearchHit & { at: number }, b: SearchHit & { at: number }) =>
    RANKS.indexOf(a.closeness) - RANKS.indexOf(b.closeness) || b.at - a.at || (a.id < b.id ? 1 : -1)
  return [...found.values()].sort(order).map(({ at: _, ...hit }) => hit)
}
