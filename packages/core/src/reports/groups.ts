import { type Bucket, bucketsOf, isPeriodUnit, type PeriodUnit, type ResolvedPeriod } from '../kernel/periods'
import type { RecordType } from '../records/field'
import { raw, type Sql } from '../storage/sql'
import type { ReportContext } from './context'
import type { GroupRow, Split } from './grouped'
import { readGroups, type TIME_GROUPS } from './request'
import { endsOf, pieceOf } from './time-buckets'

export type TimeGroup = (typeof TIME_GROUPS)[number]
export type DealGroup = 'owner' | 'team' | 'source' | 'pipeline' | 'lostReason' | TimeGroup
export type LeadGroup = 'source' | 'owner' | 'team' | 'campaign' | 'medium' | TimeGroup

/** Fields a group rests on, where the names differ. */
const FIELD_OF: Readonly<Record<string, string>> = { team: 'owner' }
const COLUMN_OF: Readonly<Record<string, string>> = { lostReason: 'lost_reason' }

/** The groups that were asked for; one that rests on a hidden field is refused as one that does not exist. */
export function groupsOf<Group extends string>(
  ctx: ReportContext,
  type: RecordType,
  moment: string,
  names: readonly Group[],
): Group[] {
  const allowed = names.filter((name) => ctx.sees(type, isPeriodUnit(name) ? moment : (FIELD_OF[name] ?? name)))
  return readGroups(ctx.request.groupBy, allowed)
}

/** A group in a statement: what to group by, and how its values become keys. */
export interface GroupColumn {
  readonly name: string
  readonly sql: Sql
  read(value: unknown): string | null
}

/** A group as a column of the table under alias `r`; `moment` is the instant column that times are cut by. Teams are owners here. */
export function groupColumn(ctx: ReportContext, name: string, moment: string): GroupColumn {
  if (isPeriodUnit(name)) return timeColumn(ctx, name, moment)
  const column = name === 'team' ? 'owner' : (COLUMN_OF[name] ?? name)
  return { name, sql: raw(`r.${column}`), read: (value) => (value == null ? null : String(value)) }
}

function timeColumn(ctx: ReportContext, unit: PeriodUnit, moment: string): GroupColumn {
  const buckets = bucketsIn(ctx, unit)
  const sql = buckets.length > 0 ? pieceOf(raw(`r.${moment}`), endsOf(buckets)) : raw('0')
  return { name: unit, sql, read: (value) => (buckets[Number(value)] as Bucket).key }
}

const cut = new WeakMap<ResolvedPeriod, Map<PeriodUnit, readonly Bucket[]>>()

/** The period of the report in pieces of the asker's calendar. */
export function bucketsIn({ period, zone }: ReportContext, unit: PeriodUnit): readonly Bucket[] {
  const known = cut.get(period) ?? new Map<PeriodUnit, readonly Bucket[]>()
  cut.set(period, known)
  const buckets = known.get(unit) ?? bucketsOf(period, unit, zone)
  known.set(unit, buckets)
  return buckets
}

/** The columns to group by in a statement that is split by owner or source: the split tells those itself. */
export const columnsBesideSplit = (
  columns: readonly GroupColumn[],
  split: Split | undefined,
): readonly GroupColumn[] => (split ? columns.filter(({ name }) => !isSplit(name, split)) : columns)

const isSplit = (name: string, { column }: Split) => column.text === `r.${FIELD_OF[name] ?? name}`

/** The keys of a row: of the columns it was grouped by, and of the split for the others. */
export function keysOf(
  columns: readonly GroupColumn[],
  grouped: readonly GroupColumn[],
  row: GroupRow,
): Record<string, string | null> {
  const keys: Record<string, string | null> = {}
  for (const column of columns) {
    const at = grouped.indexOf(column)
    keys[column.name] = at < 0 ? row.split : column.read(row.keys[at])
  }
  return keys
}

/** The group that is a unit of time, when there is one. */
export const timeGroupOf = (groups: readonly string[]): PeriodUnit | undefined => groups.find(isPeriodUnit)

/** Keys of one row by group name. */
export type Keys = Readonly<Record<string, string | null>>

export interface Keyed {
  readonly keys: Keys
}

/** Tells rows apart. NUL and the one after it are in no name or id. */
export function idOf(keys: Keys): string {
  let id = ''
  for (const name in keys) id += `${keys[name] ?? '\0'}\u0001`
  return id
}

/** Rows with the same keys become one. */
export function merged<T extends Keyed>(rows: readonly T[], add: (one: T, other: T) => T): T[] {
  const found = new Map<string, T>()
  for (const row of rows) {
    const id = idOf(row.keys)
    const known = found.get(id)
    found.set(id, known ? add(known, row) : row)
  }
  return [...found.values()]
}
