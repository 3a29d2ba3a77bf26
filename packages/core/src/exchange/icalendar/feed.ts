import { isStranger } from '../../access/actor'
import { fromBase64Url } from '../../kernel/cursor'
import { sha256 } from '../../kernel/digest'
import { hasForbiddenCharacters } from '../../kernel/text'
import type { Caller } from '../../records/caller'
import { type Engine, tableOf } from '../../records/engine'
import { type QueryContext, queryContext, readableRows } from '../../records/query'
import type { AnyRecord } from '../../records/types'
import { isVisible, showTo } from '../../records/visibility'
import { FROM_REPLICA, scopedTo } from '../../storage/port'
import { raw, type Sql, sql } from '../../storage/sql'
import { noFeed } from './feeds'
import { meetingEvents } from './meeting-events'
import { type WrittenEvent, writeCalendarText } from './write'

/** What a calendar program gets from the address of a feed. */
export interface CalendarFeed {
  /** iCalendar text. */
  content: string
  /** `text/calendar; charset=utf-8` */
  contentType: string
  /** Changes with the content only: answer 304 to a request whose If-None-Match has it. In quotes, as HTTP wants it. */
  etag: string
}

const DAY = 86_400_000
const BACK = 90 * DAY
const AHEAD = 366 * DAY
const MOST = 2_000

/** The calendar behind a token, as its user may see it now. */
export async function readFeed(
  engine: Engine,
  token: unknown,
  callerOf: (tenant: string, user: string) => Caller,
): Promise<CalendarFeed> {
  const { tenant, user } = await holderOf(engine, token)
  const caller = callerOf(tenant, user)
  const query = await queryContext(caller)
  if (isStranger(query.actor)) throw noFeed('token')
  const events = [...(await meetingsOf(caller, query, user)), ...(await tasksOf(caller, query, user))]
  const content = await writeCalendarText({ method: 'PUBLISH', name: 'CRM', events }, query.now)
  return { content, contentType: 'text/calendar; charset=utf-8', etag: `"${await sha256(content)}"` }
}

/** Whose token it is. The database compares digests, whose places tell nothing about the token. */
async function holderOf(engine: Engine, token: unknown): Promise<{ tenant: string; user: string }> {
  const tenant = tenantOf(token)
  const storage = scopedTo(engine.storage, tenant)
  await engine.ready(storage)
  const [feed, users] = [storage.table('calendar_feed'), storage.table('user')]
  const select = `select f.user_id from ${feed} f join ${users} u on u.tenant_id = f.tenant_id and u.id = f.user_id where f.tenant_id = ? and f.secret = ? and u.active = 1`
  const [row] = await storage.read(select, [tenant, await sha256(token as string)])
  if (!row) throw noFeed('token')
  return { tenant, user: String(row[0]) }
}

function tenantOf(token: unknown): string {
  const [, tenant] = typeof token === 'string' ? (/^([\w-]{1,1400})\.[\w-]{43}$/.exec(token) ?? []) : []
  if (tenant === undefined) throw noFeed('token')
  try {
    const name = fromBase64Url(tenant)
    if (name.length <= 255 && !hasForbiddenCharacters(name)) return name
  } catch {
    // Not what we wrote.
  }
  throw noFeed('token')
}

/** What the user called or is invited to, unless declined. Where times are hidden, so is the meeting. */
async function meetingsOf(caller: Caller, query: QueryContext, user: string): Promise<WrittenEvent[]> {
  const table = tableOf(query.engine, 'meetings')
  const [from, to] = [query.now.getTime() - BACK, query.now.getTime() + AHEAD]
  const within = (alias: string) =>
    sql`${raw(alias)}.first_at < ${to} and (${raw(alias)}.last_at > ${from} or (${raw(alias)}.last_at is null and ${raw(alias)}.first_at > ${from - DAY}))`
  const attendees = raw(query.engine.storage.table('meeting_attendee'))
  const owned = sql`select m.id from ${raw(table.name)} m where m.tenant_id = ${query.tenant} and m.owner = ${user} and ${within('m')}`
  const invited = sql`select a.meeting_id from ${attendees} a where a.tenant_id = ${query.tenant} and a.user_id = ${user} and a.answer <> 'declined' and ${within('a')}`
  const found = await readRecords(caller, query, 'meetings', ['firstAt', 'zone', 'status'], {
    which: sql`r.status <> 'cancelled' and r.id in (select i.id from (${owned} union ${invited}) i)`,
    order: 'r.first_at, r.id',
  })
  return found.flatMap((meeting) => meetingEvents(meeting))
}

/** Open tasks of the user that are due. They take up no time. */
async function tasksOf(caller: Caller, query: QueryContext, user: string): Promise<WrittenEvent[]> {
  const [from, to] = [new Date(query.now.getTime() - BACK), new Date(query.now.getTime() + AHEAD)]
  const date = (instant: Date) => instant.toISOString().slice(0, 10)
  const due = sql`(r.due_at >= ${from.getTime()} and r.due_at < ${to.getTime()}) or (r.due_date >= ${date(from)} and r.due_date < ${date(to)})`
  const found = await readRecords(caller, query, 'tasks', ['dueAt', 'dueDate', 'status'], {
    which: sql`r.owner = ${user} and r.status in ('open', 'in-progress') and (${due})`,
    order: 'r.due_at, r.due_date, r.id',
  })
  return found.map((task) => ({
    uid: task.id,
    sequence: task.version,
    stamp: task.updatedAt,
    title: (task.title as string | undefined) ?? 'Task',
    description: (task.description as string | null | undefined) ?? undefined,
    start: (task.dueAt ?? task.dueDate) as Date | string,
    zone: query.actor.zone,
    busy: false,
  })) as WrittenEvent[]
}

async function readRecords(
  caller: Caller,
  query: QueryContext,
  type: 'meetings' | 'tasks',
  needed: readonly string[],
  { which, order }: { which: Sql; order: string },
): Promise<AnyRecord[]> {
  const table = tableOf(query.engine, type)
  if (query.actor.scope(type, 'read').kind === 'none') return []
  if (!needed.every((name) => isVisible(query.actor, table, name))) return []
  const columns = raw(`select ${table.selectList} from ${table.name} r where `)
  const select = sql`${columns}${readableRows(query, table, 'r')} and ${which} order by ${raw(order)} limit ${raw(String(MOST))}`
  const rows = await caller.storage.read(select.text, select.params, FROM_REPLICA)
  return rows.map((row) => showTo(query.actor, table, table.read(row)))
}
