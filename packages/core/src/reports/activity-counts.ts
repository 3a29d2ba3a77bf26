import { startOfUnit, unitKey } from '../kernel/period-units'
import { isPeriodUnit } from '../kernel/periods'
import { zonedDate } from '../kernel/zones'
import type { RecordType } from '../records/field'
import { and, inList, raw, type Sql, sql } from '../storage/sql'
import type { ReportContext } from './context'
import { splitBy } from './distinct'
import { groupedRows } from './grouped'
import { columnsBesideSplit, type GroupColumn, groupColumn, type Keys, keysOf, merged } from './groups'
import { byTeam } from './labels'
import { noteCounts } from './note-counts'

/** Counts by the name of the figure, for one combination of groups. */
export interface ActivityCounts {
  readonly keys: Keys
  readonly counts: Readonly<Record<string, number>>
}

export const noActivity = (keys: Keys): ActivityCounts => ({ keys, counts: {} })

function addCounts(one: ActivityCounts, other: ActivityCounts): ActivityCounts {
  const counts: Record<string, number> = { ...one.counts }
  for (const [name, count] of Object.entries(other.counts)) counts[name] = (counts[name] ?? 0) + count
  return { keys: one.keys, counts }
}

/** One kind of thing to count. */
interface Counted {
  readonly type: 'leads' | 'deals' | 'activities' | 'tasks'
  /** Figures it gives. */
  readonly names: readonly string[]
  /** Fields it rests on. */
  readonly fields: readonly string[]
  /** Column that says when. */
  readonly moment: string
  /** True for a calendar date. */
  readonly date?: boolean
  readonly where?: Sql
  /** The column its index starts with. Default `owner`. */
  readonly first?: 'owner' | 'source'
  /** A column that tells the figures apart. */
  readonly kind?: { sql: Sql; nameOf: (value: unknown) => string | undefined; values: readonly string[] }
}

const KINDS: Readonly<Record<string, string>> = {
  call: 'calls',
  meeting: 'meetings',
  email: 'emails',
  sms: 'sms',
  note: 'notes',
}
const UNDONE = raw("r.status in ('open', 'in-progress')")

function countedKinds({ query, zone }: ReportContext): Counted[] {
  const now = query.now.getTime()
  return [
    {
      type: 'activities',
      names: Object.values(KINDS),
      fields: ['kind', 'occurredAt'],
      moment: 'occurred_at',
      kind: { sql: raw('r.kind'), nameOf: (value) => KINDS[String(value)], values: Object.keys(KINDS) },
    },
    { type: 'tasks', names: ['tasksDone'], fields: ['status', 'doneAt'], moment: 'done_at' },
    {
      type: 'tasks',
      names: ['tasksOverdue'],
      fields: ['status', 'dueAt', 'dueDate'],
      moment: 'due_at',
      where: sql`${UNDONE} and r.due_at < ${now}`,
    },
    {
      type: 'tasks',
      names: ['tasksOverdue'],
      fields: ['status', 'dueAt', 'dueDate'],
      moment: 'due_date',
      date: true,
      where: sql`${UNDONE} and r.due_date < ${zonedDate(query.now, zone)}`,
    },
    { type: 'leads', names: ['leadsCreated'], fields: ['createdAt'], moment: 'created_at' },
    { type: 'leads', names: ['leadsConverted'], fields: ['convertedAt'], moment: 'converted_at', first: 'source' },
    { type: 'deals', names: ['dealsCreated'], fields: ['createdAt'], moment: 'created_at' },
    {
      type: 'deals',
      names: ['dealsWon'],
      fields: ['status', 'closedAt'],
      moment: 'closed_at',
      where: raw("r.status = 'won'"),
    },
  ]
}

/** All of it, by group and in total, and which figures the asker may know. */
export async function activityCounts(ctx: ReportContext, groups: readonly string[]) {
  const known = new Set<string>()
  const found: ActivityCounts[] = []
  for (const counted of countedKinds(ctx)) {
    if (!mayCount(ctx, counted, groups)) continue
    for (const name of counted.names) known.add(name)
    found.push(...(await countsOf(ctx, counted, groups)))
  }
  if (known.has('notes')) found.push(...(await noteCounts(ctx, groups)))
  const total = found.reduce(addCounts, noActivity({}))
  return { groups: merged(groups.includes('team') ? await byTeam(ctx, found) : found, addCounts), total, known }
}

const mayCount = ({ query, sees }: ReportContext, { type, fields }: Counted, groups: readonly string[]): boolean =>
  query.actor.scope(type, 'read').kind !== 'none' &&
  [...fields, ...(groups.some((group) => group === 'owner' || group === 'team') ? ['owner'] : [])].every((field) =>
    sees(type, field),
  )

async function countsOf(ctx: ReportContext, counted: Counted, groups: readonly string[]): Promise<ActivityCounts[]> {
  const { type, moment, kind, names, first: splitColumn = 'owner' } = counted
  const { from, to, fromDate, toDate } = ctx.period
  const [first, end] = counted.date ? [fromDate, toDate] : [from.getTime(), to.getTime()]
  const inPeriod = sql`r.${raw(moment)} >= ${first} and r.${raw(moment)} < ${end}`
  const ofKind = kind ? inList(kind.sql, kind.values) : and()
  const where = and(ofKind, inPeriod, counted.where ?? and(), ctx.rows(type as RecordType))
  const split = await splitBy(ctx, type, splitColumn, where)
  const columns = groups.map((name) =>
    counted.date && isPeriodUnit(name) ? dateColumn(ctx, name, moment) : groupColumn(ctx, name, moment),
  )
  const own = columnsBesideSplit(columns, split)
  const rows = await groupedRows(ctx, {
    from: raw(`${ctx.table(type).name} r`),
    where,
    keys: [...own.map((column) => column.sql), ...(kind ? [kind.sql] : [])],
    measures: [raw('count(*)')],
    split,
  })
  return rows.flatMap((row) => {
    const count = Number(row.values[0])
    const name = kind ? kind.nameOf(row.keys[own.length]) : names[0]
    return name && count > 0 ? [{ keys: keysOf(columns, own, row), counts: { [name]: count } }] : []
  })
}

/** The unit a calendar date lies in. */
function dateColumn({ query }: ReportContext, unit: string, column: string): GroupColumn {
  const { settings } = query.engine
  if (!isPeriodUnit(unit)) throw new Error(`${unit} is no unit of time`)
  return {
    name: unit,
    sql: raw(`r.${column}`),
    read: (value) => unitKey(startOfUnit(String(value), unit, settings), unit, settings),
  }
}
