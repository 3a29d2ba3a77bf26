import { CrmError, invalid } from '../kernel/errors'
import { foldText } from '../kernel/text'
import { FROM_REPLICA } from '../storage/port'
import { and, inList, raw, sql } from '../storage/sql'
import { appendEvent } from './append-event'
import type { Caller } from './caller'
import { type Engine, tableOf } from './engine'
import type { RecordType } from './field'
import { runVerb, type VerbOptions } from './idempotency'
import { queryContext, readableRows } from './query'
import type { RecordTable } from './record-table'
import { isVisible } from './visibility'
import type { WriteSession } from './write'

/** A tag and how many records of the type, among those the caller may read, carry it. */
export interface TagCount {
  tag: string
  count: number
}

/** The tags of a tenant. Two spellings that differ in case and accents alone are one tag. */
export interface TagsApi {
  /** Tags in use on records the caller may read, by name; at most 1,000, the most used ones. */
  list(type: RecordType): Promise<TagCount[]>
  /** Renames a tag on every record of the type, deleted ones as well. `records` says on how many. For administrators. */
  rename(type: RecordType, from: string, to: string, options?: VerbOptions): Promise<{ records: number }>
  /** Makes several tags one, on every record of the type. For administrators. */
  merge(type: RecordType, from: readonly string[], to: string, options?: VerbOptions): Promise<{ records: number }>
}

export const tagsApi = (caller: Caller): TagsApi => ({
  list: (type) => listTags(caller, type),
  rename: (type, from, to, options) => replaceTags(caller, 'renamed', type, [from], to, options),
  merge: (type, from, to, options) => replaceTags(caller, 'merged', type, from, to, options),
})

const MOST_TAGS = 1000
const BATCH = 500

async function listTags(caller: Caller, type: RecordType): Promise<TagCount[]> {
  const query = await queryContext(caller)
  const table = taggedTable(caller.engine, type)
  if (!isVisible(query.actor, table, 'tags') || query.actor.scope(type, 'read').kind === 'none') return []
  const keys = raw(caller.storage.table('record_key'))
  const counting = sql`select k.value, count(*), max(r.id) from ${keys} k join ${raw(table.name)} r on r.tenant_id = k.tenant_id and r.id = k.record_id
    where k.tenant_id = ${query.tenant} and k.record_type = ${type} and k.kind = 'tag' and ${readableRows(query, table, 'r')}
    group by k.value order by count(*) desc, k.value limit ${MOST_TAGS}`
  const counts = await caller.storage.read(counting.text, counting.params, FROM_REPLICA)
  if (counts.length === 0) return []
  // How the tag is written, taken from one of the records that carry it.
  const samples = [...new Set(counts.map((row) => String(row[2])))]
  const reading = sql`select r.tags from ${raw(table.name)} r where ${and(sql`r.tenant_id = ${query.tenant}`, inList(raw('r.id'), samples))} order by r.id`
  const spelled = new Map<string, string>()
  for (const [tags] of await caller.storage.read(reading.text, reading.params, FROM_REPLICA)) {
    for (const tag of JSON.parse(String(tags ?? '[]')) as string[]) spelled.set(foldText(tag), tag)
  }
  const found = counts.map(([value, count]) => ({
    tag: spelled.get(String(value)) ?? String(value),
    count: Number(count),
  }))
  return found.sort((a, b) => (foldText(a.tag) < foldText(b.tag) ? -1 : 1))
}

function taggedTable(engine: Engine, type: RecordType): RecordTable {
  if (engine.tables.has(type)) return tableOf(engine, type)
  throw invalid('type', 'invalid-type', `Use one of: ${[...engine.tables.keys()].join(', ')}.`)
}

/** One transaction and one event for all records. Memory holds a batch of them; `inTransaction` hooks do not run. */
function replaceTags(
  caller: Caller,
  verb: 'renamed' | 'merged',
  type: RecordType,
  from: readonly string[],
  to: string,
  options?: VerbOptions,
) {
  return runVerb(caller, `tags.${verb}`, [type, from, to], options, async (write) => {
    requireSettings(write)
    const table = taggedTable(caller.engine, type)
    if (!Array.isArray(from) || from.length === 0) throw invalid('from', 'required', 'Give at least one tag.')
    const { tags } = caller.engine.validator(type).patch({ tags: [to] }) as { tags: string[] }
    const target = tags[0] as string
    const sources = new Set(from.map((tag, index) => foldedTag(tag, `from.${index}`)))
    let records = 0
    for (const source of sources) records += await retag(write, table, source, sources, target)
    for (const source of sources) await renameKeys(write, table, source, foldText(target))
    if (records > 0) {
      await appendEvent(write, {
        name: `tag.${verb}`,
        recordType: 'tags',
        recordId: type,
        changes: { tag: [verb === 'renamed' ? from[0] : from, target], records: [null, records] },
      })
    }
    return { records }
  })
}

function foldedTag(tag: unknown, path: string): string {
  const folded = typeof tag === 'string' ? foldText(tag) : ''
  if (folded === '') throw invalid(path, 'required', 'Give a tag as text.')
  return folded
}

function requireSettings({ actor }: WriteSession) {
  if (actor.scope('settings', 'update').kind === 'all') return
  throw new CrmError('FORBIDDEN', 'You may not change tags for everybody.', {
    field: 'settings',
    rule: 'update-not-granted',
    remedy: "Call it as an administrator, or through crm.asSystem({ reason: '…' }).",
  })
}

/** Writes `target` for all of `sources` on the records that carry `source`; returns how many were not yet done. */
async function retag(
  write: WriteSession,
  table: RecordTable,
  source: string,
  sources: ReadonlySet<string>,
  target: string,
): Promise<number> {
  const { storage, tenant } = write.caller
  const page = `select r.id, r.tags from ${storage.table('record_key')} k join ${table.name} r on r.tenant_id = k.tenant_id and r.id = k.record_id
    where k.tenant_id = ? and k.record_type = ? and k.kind = 'tag' and k.value = ? and k.record_id > ? order by k.record_id limit ${BATCH}`
  let records = 0
  for (let last = ''; ; ) {
    const rows = await write.all(page, [tenant, table.type, source, last])
    for (const [tags, ids] of groupedByTags(rows))
      records += await saveTags(write, table, tags, retagged(tags, sources, target), ids)
    if (rows.length < BATCH) return records
    last = String(rows.at(-1)?.[0])
  }
}

/** The same in the key table, set-based: a record that has the target already loses the source, any other has it renamed. */
async function renameKeys(write: WriteSession, table: RecordTable, source: string, target: string) {
  if (source === target) return
  const { storage, tenant } = write.caller
  const keys = storage.table('record_key')
  const whole = `tenant_id = ? and record_type = ? and kind = 'tag' and value = ?`
  const having = `select record_id from ${keys} where ${whole}`
  const drop = `delete from ${keys} where ${whole} and record_id in (select h.record_id from (${having}) h)`
  await write.send(drop, [tenant, table.type, source, tenant, table.type, target])
  await write.send(`update ${keys} set value = ? where ${whole}`, [target, tenant, table.type, source])
}

/** Many records carry the same tags: one statement changes them all. */
function groupedByTags(rows: readonly unknown[][]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const [id, stored] of rows) {
    // Databases put spaces into JSON as they please.
    const tags = JSON.stringify(JSON.parse(String(stored)))
    const same = groups.get(tags)
    if (same) same.push(String(id))
    else groups.set(tags, [String(id)])
  }
  return groups
}

function retagged(tags: string, sources: ReadonlySet<string>, target: string): string {
  const folded = foldText(target)
  const isMeant = (tag: string) => sources.has(foldText(tag)) || foldText(tag) === folded
  const renamed = (JSON.parse(tags) as string[]).map((tag) => (isMeant(tag) ? target : tag))
  return JSON.stringify([...new Set(renamed)])
}

/** The version goes up, so that a write under way notices; `updatedAt` stays, for nobody worked on the record. */
async function saveTags(
  write: WriteSession,
  table: RecordTable,
  before: string,
  after: string,
  ids: readonly string[],
): Promise<number> {
  if (before === after) return 0
  const update = sql`update ${raw(table.name)} set tags = ${after}, version = version + 1 where tenant_id = ${write.caller.tenant} and ${inList(raw('id'), ids)}`
  return write.run(update.text, update.params)
}
