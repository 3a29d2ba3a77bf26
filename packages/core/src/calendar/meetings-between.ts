import { scopeSql } from '../access/scope'
import { tableOf } from '../records/engine'
import { type QueryContext, scopedTable } from '../records/query'
import type { AnyRecord } from '../records/types'
import type { Session } from '../storage/port'
import { and, inList, join, raw, type Sql, sql, TRUE } from '../storage/sql'
import type { Stretch } from './occurrences'
import { ownedInReach } from './reach'

/** What is read of each meeting. */
const FIELDS = [
  'title',
  'status',
  'owner',
  'startAt',
  'endAt',
  'startDate',
  'endDate',
  'zone',
  'recurrence',
  'exceptions',
  'location',
  'url',
  'lead',
  'contact',
  'company',
  'deal',
] as const

export interface MeetingsAsked extends Stretch {
  users: readonly string[]
  /** Only what the actor may read; else whatever takes up the users' time, for telling no more than that. */
  readable: boolean
  /** Also meetings of others to which they are invited and have not declined. */
  invited: boolean
  limit: number
}

const HOUR = 3_600_000
/** Whole days are stored as if everybody lived in UTC. */
const SLACK = 15 * HOUR
const DAY = 24 * HOUR

/**
 * Meetings that may take place within a stretch, with the users in whose calendar they are: what is over within a day by
 * its start, what is longer or recurs by its end. At most `limit` and a few. One statement.
 */
export async function meetingsBetween(
  query: QueryContext,
  reader: Pick<Session, 'all'>,
  asked: MeetingsAsked,
): Promise<{ meeting: AnyRecord; users: string[] }[]> {
  const table = tableOf(query.engine, 'meetings')
  const bound = FIELDS.map((name) => table.fields.get(name) as NonNullable<ReturnType<typeof table.fields.get>>)
  const columns = bound.map(({ columns }) => `r.${columns[0]}`).join(', ')
  const select = walks(query, asked, raw(`r.id, ${columns}`))
  const found = new Map<string, { meeting: AnyRecord; users: string[] }>()
  for (const row of await reader.all(select.text, select.params)) {
    const [who, id] = [String(row[0]), String(row[1])]
    const known = found.get(id)
    if (known) {
      if (!known.users.includes(who)) known.users.push(who)
      continue
    }
    const meeting: Record<string, unknown> = { id }
    for (const [index, { name, read }] of bound.entries()) meeting[name] = read(row, index + 2)
    found.set(id, { meeting: meeting as AnyRecord, users: [who] })
  }
  return [...found.values()]
}

/** Four walks along an index each: of one's own and of others', by start and by end. */
function walks(query: QueryContext, { users, readable, invited, limit, from, to }: MeetingsAsked, columns: Sql): Sql {
  const table = tableOf(query.engine, 'meetings')
  const { tenant } = query
  const [since, until] = [from.getTime() - SLACK, to.getTime() + SLACK]
  const short = (of: string) =>
    sql`${raw(of)}.first_at >= ${since - DAY} and ${raw(of)}.first_at < ${until} and ${raw(of)}.last_at is null`
  // Not by its start: that would be everything of old.
  const long = (of: string) => sql`${raw(of)}.last_at > ${since} and ${raw(of)}.first_at + 0 < ${until}`
  const fits = and(
    sql`r.tenant_id = ${tenant} and r.deleted_at is null and r.status <> 'cancelled'`,
    readable ? TRUE : raw('r.busy = 1'),
  )
  const overlaps = and(
    sql`r.recurrence is not null or r.end_at > ${from.getTime()} or r.end_date is not null`,
    sql`r.recurrence is not null or r.start_at < ${to.getTime()} or r.start_date is not null`,
  )
  const inReach = readable ? scopeSql(query.actor.scope('meetings', 'read'), scopedTable(query, table, 'r')) : TRUE
  const alone = users.length === 1 && users[0] === query.actor.user
  const end = raw(` limit ${limit + 1}`)
  const owned = (when: Sql) =>
    sql`select r.owner as who, ${columns} from ${raw(table.name)} r where ${and(inList(raw('r.owner'), users), when, fits, readable ? ownedInReach(query, 'meetings', users) : TRUE, overlaps)}${end}`
  const attended = (when: Sql) =>
    sql`select a.user_id as who, ${columns} from ${raw(query.engine.storage.table('meeting_attendee'))} a cross join ${raw(table.name)} r
      where ${and(sql`a.tenant_id = ${tenant}`, inList(raw('a.user_id'), users), raw("a.answer <> 'declined'"), when, raw('r.id = a.meeting_id'), fits, alone ? TRUE : inReach, overlaps)}${end}`
  const all = [owned(short('r')), owned(long('r')), ...(invited ? [attended(short('a')), attended(long('a'))] : [])]
  return join(
    all.map((walk) => sql`select * from (${walk}) w`),
    ' union all ',
  )
}
