import type { PartsColumn, PartsIndex, Sql } from '@rapport/core/storage'
import { raw, sql } from '@rapport/core/storage'

/** Rows of one tenant lie together: `number << 40` and on, in the order they were written. */
const BITS = 40
/**
 * Texts go into the index so many at a time, when a block is full. One by one each commit writes a segment of its own,
 * at twenty times the cost. Those that wait are found by looking at each.
 */
const BLOCK = 512
/** Gathering so many takes a few milliseconds. */
const FEW = 4000
/** The index goes through all entries of the trigrams it is given: few and rare ones tell a text from others soonest. */
const MOST_TRIGRAMS = 4
/** Letters by how common they are in names and addresses; digits and all others are rarer. */
const COMMON = ' eaonirtsl.mcdhu@pgbfkywv'

const namesOf = ({ table }: PartsColumn, qualify: (name: string) => string) => ({
  record: qualify(table),
  docs: qualify(`${table}_search`),
  parts: qualify(`${table}_parts`),
  tenants: qualify('search_tenant'),
})
type Names = ReturnType<typeof namesOf>

/**
 * FTS5 with trigrams, kept by triggers. It holds no text and no positions: an entry is a number, which `docs` leads to the
 * record. Nothing is ever taken out; a record that changes gets a new number, and its old one leads nowhere.
 */
export const sqliteParts: PartsIndex = {
  // The host's SQLite may be built without FTS5; contentless trigram tables came with 3.34.
  possible: sql`select 1 from pragma_module_list where name = 'fts5' and ${raw(atLeast(34))}`,

  create(at, qualify) {
    const { record, docs, parts, tenants } = namesOf(at, qualify)
    const { column } = at
    const number = `(select number << ${BITS} from ${tenants} where tenant_id = new.tenant_id)`
    const last = `(select max(doc) from ${docs} where doc > ${number} and doc < ${number} + (1 << ${BITS}))`
    const forget = (row: string) =>
      `update ${docs} set id = null where tenant_id = ${row}.tenant_id and id = ${row}.id;`
    const enter = `insert or ignore into ${tenants} (tenant_id) values (new.tenant_id);
  insert into ${docs} (doc, tenant_id, id) values (coalesce(${last}, ${number}) + 1, new.tenant_id, new.id);`
    return [
      `create table if not exists ${tenants} (number integer primary key, tenant_id text not null unique) strict`,
      `create table ${docs} (doc integer primary key, tenant_id text not null, id text, unique (tenant_id, id)) strict`,
      `create virtual table ${parts} using fts5 (text, content = '', detail = none, tokenize = 'trigram')`,
      `create trigger ${docs}_full after insert on ${docs} when new.doc % ${BLOCK} = 0 begin
  insert into ${parts} (rowid, text) select d.doc, r.${column} from ${docs} d
    cross join ${record} r on r.tenant_id = d.tenant_id and r.id = d.id
    where d.doc > new.doc - ${BLOCK} and d.doc <= new.doc;
end`,
      `create trigger ${docs}_new after insert on ${record} when new.${column} is not null begin
  ${enter}
end`,
      `create trigger ${docs}_changed after update of ${column} on ${record} when new.${column} is not old.${column} begin
  ${forget('old')}
  ${enter}
end`,
      `create trigger ${docs}_gone after delete on ${record} begin
  ${forget('old')}
end`,
    ]
  },

  exists: (at, qualify) =>
    sql`select 1 from sqlite_master where type = 'table' and name = ${namesOf(at, qualify).parts}`,

  serves: (part) => [...part].length >= 3,

  few(at, part, tenant, qualify) {
    const names = namesOf(at, qualify)
    const found = sql`select 1 from ${raw(names.parts)} where ${matching(names, part, tenant)} limit ${raw(String(FEW))}`
    return sql`select 1 as few where (select count(*) from (${found})) < ${raw(String(FEW))}`
  },

  holders(id, at, part, tenant, qualify) {
    const names = namesOf(at, qualify)
    const [parts, docs] = [raw(names.parts), raw(names.docs)]
    const indexed = sql`select d.id from ${parts} cross join ${docs} d on d.doc = ${parts}.rowid where ${matching(names, part, tenant)} and d.id is not null`
    const range = rangeOf(names, tenant)
    // The last block, which is not full. No other bound: given two, SQLite would begin at the tenant's first number.
    const full = sql`(select max(doc) / ${raw(`${BLOCK} * ${BLOCK}`)} from ${docs} where ${range(raw('doc'))})`
    const waiting = sql`select d.id from ${docs} d where d.doc > ${full} and d.doc < ${full} + ${raw(String(BLOCK))} and d.id is not null`
    return sql`${id} in (${indexed} union all ${waiting})`
  },
}

function rangeOf({ tenants }: Names, tenant: string) {
  const start = sql`(select number << ${raw(String(BITS))} from ${raw(tenants)} where tenant_id = ${tenant})`
  return (doc: Sql) => sql`${doc} > ${start} and ${doc} < ${start} + (1 << ${raw(String(BITS))})`
}

const matching = (names: Names, part: string, tenant: string): Sql =>
  sql`${raw(names.parts)} match ${trigramsOf(part)} and ${rangeOf(names, tenant)(raw(`${names.parts}.rowid`))}`

/** The rarest trigrams of a text, as far as their letters tell, all of which must be there. */
function trigramsOf(part: string): string {
  const letters = [...part]
  const all = [...new Set(letters.slice(2).map((letter, at) => `${letters[at]}${letters[at + 1]}${letter}`))]
  const rarest = all.sort((a, b) => rarity(b) - rarity(a)).slice(0, MOST_TRIGRAMS)
  return rarest.map((trigram) => `"${trigram.replaceAll('"', '""')}"`).join(' AND ')
}

const rarity = (trigram: string): number =>
  [...trigram].reduce((sum, letter) => sum + (COMMON.includes(letter) ? COMMON.indexOf(letter) : 2 * COMMON.length), 0)

/** A condition on the minor version of SQLite 3. */
function atLeast(minor: number): string {
  const rest = 'substr(sqlite_version(), 3)'
  return `cast(substr(${rest}, 1, instr(${rest}, '.') - 1) as integer) >= ${minor}`
}
