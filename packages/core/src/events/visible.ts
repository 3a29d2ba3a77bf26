import type { Caller } from '../records/caller'
import { tableOf } from '../records/engine'
import type { RecordRef } from '../records/event'
import type { RecordType } from '../records/field'
import { type QueryContext, readableRows } from '../records/query'
import { and, inList, raw, sql } from '../storage/sql'

/** Which records the asker may read, asked for many at a time and remembered for one call. */
export interface Visibility {
  /** Makes sure the answer for these is known: one statement for each type among the unknown ones. */
  learn(records: readonly RecordRef[]): Promise<void>
  has(record: RecordRef): boolean
}

export function createVisibility(caller: Caller, query: QueryContext): Visibility {
  const known = new Map<string, boolean>()
  return {
    async learn(records) {
      const unknown = new Map<RecordType, Set<string>>()
      for (const { type, id } of records) {
        if (known.has(`${type}/${id}`) || !query.engine.tables.has(type)) continue
        unknown.set(type, (unknown.get(type) ?? new Set()).add(id))
        known.set(`${type}/${id}`, false)
      }
      for (const [type, ids] of unknown) {
        for (const id of await readableIds(caller, query, type, [...ids])) known.set(`${type}/${id}`, true)
      }
    },
    has: ({ type, id }) => known.get(`${type}/${id}`) === true,
  }
}

async function readableIds(
  caller: Caller,
  query: QueryContext,
  type: RecordType,
  ids: readonly string[],
): Promise<string[]> {
  if (query.actor.scope(type, 'read').kind === 'none') return []
  const table = tableOf(query.engine, type)
  const among = inList(raw('r.id'), evened(ids))
  const readable = readableRows(query, table, 'r')
  // What was merged is deleted; its history is that of the record it went into.
  const merged = sql`select m.record_id from ${raw(caller.storage.table('merged'))} m join ${raw(table.name)} r on r.tenant_id = m.tenant_id and r.id = m.winner_id
    where ${and(readable, sql`m.tenant_id = ${query.tenant} and m.undone_at is null and ${inList(raw('m.record_id'), evened(ids))}`)}`
  const select = sql`select r.id from ${raw(table.name)} r where ${and(readable, among)} union ${merged}`
  return (await caller.storage.read(select.text, select.params)).map(([id]) => String(id))
}

/** A list filled up to one of few lengths, so that few different statements are prepared. */
export function evened<T>(values: readonly T[]): T[] {
  const length = [4, 16, 64, 256, 1024].find((size) => size >= values.length) ?? values.length
  return values.length === 0
    ? []
    : [...values, ...Array.from({ length: length - values.length }, () => values.at(-1) as T)]
}
