import { requireAny } from '../access/actor'
import { foldText } from '../kernel/text'
import type { Session } from '../storage/port'
import { and, inList, join, raw, type Sql, sql } from '../storage/sql'
import type { Caller } from './caller'
import { tableOf } from './engine'
import type { RecordType } from './field'
import { findInScope, notFound } from './find'
import { type QueryContext, queryContext, readableRows } from './query'
import type { RecordTable } from './record-table'
import type { AnyRecord } from './types'
import { isVisible, showTo } from './visibility'

/** One reason to take two records for the same. */
export interface Evidence {
  /** `same-email`, `same-phone`, … */
  readonly reason: string
  /** Field it rests on: without sight of it the evidence is not used. */
  readonly field: string
  /** How sure it alone makes, 0 to 1. */
  readonly weight: number
  /** Condition on rows with alias `r` that an index serves. Without one it only adds to what another has found. */
  readonly find?: Sql | undefined
  agrees(other: AnyRecord): boolean
}

/** A record that may be the same as the one asked about. */
export interface DuplicateCandidate<R = AnyRecord> {
  record: R
  /**
   * 0 to 1: `1 - Π(1 - weight)` over the reasons, that is, as if each were independent evidence. Rounded to two places.
   * Weights are stated beside each reason.
   */
  score: number
  /** Surest first, such as `same-email`. */
  reasons: string[]
}

export const MAX_CANDIDATES = 20
/** Rows read for each reason: more of them means that the reason says little. */
const MAX_FOUND = 50

type Reader = Pick<Session, 'all'>

/** Candidates the asker may read, best first, at most 20. One statement, or none without anything to go by. */
export async function findDuplicates(
  query: QueryContext,
  reader: Reader,
  type: RecordType,
  evidence: readonly Evidence[],
  except?: string,
): Promise<DuplicateCandidate[]> {
  const table = tableOf(query.engine, type)
  const usable = evidence.filter(({ field }) => isVisible(query.actor, table, field))
  const finders = usable.flatMap(({ find }) => (find ? [find] : []))
  if (finders.length === 0 || query.actor.scope(type, 'read').kind === 'none') return []

  const records = await readMatches(query, reader, table, finders)
  const candidates = [...records.values()].filter(({ id }) => id !== except).map((record) => weigh(usable, record))
  candidates.sort((a, b) => b.score - a.score || (a.record.id < b.record.id ? -1 : 1))
  const best = candidates.filter(({ score }) => score > 0).slice(0, MAX_CANDIDATES)
  for (const { record } of best) showTo(query.actor, table, record)
  return best
}

async function readMatches(query: QueryContext, reader: Reader, table: RecordTable, finders: readonly Sql[]) {
  const readable = readableRows(query, table, 'r')
  const branches = finders.map(
    (find, index) =>
      sql`select * from (select ${raw(table.selectList)} from ${raw(table.name)} r where ${and(readable, find)} limit ${MAX_FOUND}) ${raw(`m${index}`)}`,
  )
  const select = join(branches, ' union all ')
  const records = (await reader.all(select.text, select.params)).map((row) => table.read(row))
  return new Map(records.map((record) => [record.id, record]))
}

function weigh(evidence: readonly Evidence[], record: AnyRecord): DuplicateCandidate {
  const agreeing = evidence.filter((one) => one.agrees(record)).sort((a, b) => b.weight - a.weight)
  const doubt = agreeing.reduce((left, { weight }) => left * (1 - weight), 1)
  return { record, score: Math.round((1 - doubt) * 100) / 100, reasons: agreeing.map(({ reason }) => reason) }
}

/** Rows that have one of these emails or phones, by the key table. */
export function keyedBy(
  query: QueryContext,
  type: RecordType,
  kind: 'email' | 'phone',
  values: ReadonlySet<string>,
): Sql | undefined {
  if (values.size === 0) return undefined
  const keys = raw(query.engine.storage.table('record_key'))
  return sql`r.id in (select record_id from ${keys} where tenant_id = ${query.tenant} and record_type = ${type} and kind = ${kind} and ${inList(raw('value'), [...values])})`
}

/** Whether the other text, folded, is one of these. */
export const sameText = (folded: readonly string[], other: unknown): boolean =>
  typeof other === 'string' && folded.includes(foldText(other))

/** What is known of the record asked about: of a stored one by its id, or of one that is not stored yet. */
export async function subjectOf(
  caller: Caller,
  query: QueryContext,
  type: RecordType,
  of: string | object,
): Promise<{ draft: Record<string, unknown>; id?: string }> {
  if (typeof of === 'string') {
    const record = await findInScope(query, { all: caller.storage.read }, type, of, 'read')
    if (!record) throw notFound(type)
    return { draft: record, id: of }
  }
  return { draft: query.engine.validator(type).patch(of) }
}

/** `duplicates(id | draft)` of a room, from the evidence it knows. */
export async function duplicatesOf(
  caller: Caller,
  type: RecordType,
  of: string | object,
  evidenceOf: (query: QueryContext, draft: Record<string, unknown>) => readonly Evidence[],
): Promise<DuplicateCandidate[]> {
  const query = await queryContext(caller)
  requireAny(query.actor, type, 'read')
  const { draft, id } = await subjectOf(caller, query, type, of)
  return findDuplicates(query, { all: caller.storage.read }, type, evidenceOf(query, draft), id)
}
