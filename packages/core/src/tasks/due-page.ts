import { evened } from '../events/visible'
import { decodeCursor, encodeCursor } from '../kernel/cursor'
import { invalid } from '../kernel/errors'
import { isId } from '../kernel/ids'
import { isCalendarDate, startOfDay } from '../kernel/zones'
import type { Caller } from '../records/caller'
import { tableOf } from '../records/engine'
import { limitOf, type Page } from '../records/list'
import { liveRows, type QueryContext } from '../records/query'
import { showTo } from '../records/visibility'
import { FROM_REPLICA } from '../storage/port'
import { and, FALSE, inList, join, raw, type Sql, sql, TRUE } from '../storage/sql'
import { OPEN, type Task } from './definition'

/** A page of a view. */
export interface TaskPage {
  /** 1 to 200; default 50. */
  limit?: number | undefined
  /** `nextCursor` of the page before. */
  after?: string | null | undefined
}

/** Of which due times: conditions on days and on instants of the row `r`, and whether those without any belong to it. */
export interface Due {
  days: Sql
  instants: Sql
  never?: boolean
}

export interface DueRequest {
  /** Names the view a cursor belongs to. */
  name: string
  /** The column with which the index begins, and its value: whose tasks, or about what. */
  by: Sql
  is: string | null
  /** What of that is in the asker's reach. */
  reach: Sql
  due: Due
  page: TaskPage
}

/** A task's place in a view. */
interface Place {
  day: string | null
  instant: number | null
  id: string
}

/** One of the orders that a view is merged of: by day, by instant, and without either. */
interface Stream {
  column: 'day' | 'instant' | undefined
  where: Sql
}

const COLUMNS = { day: 'r.due_date', instant: 'r.due_at' }

/**
 * Open tasks, soonest first: a due day comes when it begins in the asker's zone, before the instants of that moment; those
 * without a due time last. Two statements: the places of the page, each stream from an index in its order, and the tasks.
 */
export async function duePage(caller: Caller, query: QueryContext, request: DueRequest): Promise<Page<Task>> {
  const limit = limitOf(request.page.limit)
  const streams = streamsOf(request.due)
  const fingerprint = `tasks ${request.name}`
  const start = request.page.after == null ? [] : readCursor(request.page.after, fingerprint, streams)
  if (request.reach === FALSE) return { items: [], nextCursor: null }
  const select = placesSql(query, request, streams, start, limit + 1)
  const rows = await caller.storage.read(select.text, select.params, FROM_REPLICA)
  const found = inOrder(rows.map(readPlace), query.actor.zone)
  const places = found.slice(0, limit)
  const reached = streams.map(
    (stream, at) => places.findLast((place) => streamOf(streams, place) === stream) ?? start[at],
  )
  return {
    items: await readTasks(caller, query, request, places),
    nextCursor: found.length > limit ? writeCursor(reached, fingerprint) : null,
  }
}

const streamsOf = ({ days, instants, never }: Due): Stream[] => [
  { column: 'day', where: sql`r.due_at is null and ${days}` },
  { column: 'instant', where: sql`r.due_date is null and ${instants}` },
  ...(never ? [{ column: undefined, where: raw('r.due_date is null and r.due_at is null') }] : []),
]

const streamOf = (streams: readonly Stream[], { day, instant }: Place) =>
  streams.find(({ column }) => column === (day !== null ? 'day' : instant !== null ? 'instant' : undefined))

/** Up to `count` places of each status in each stream, from where the page before has left it. */
function placesSql(
  query: QueryContext,
  request: DueRequest,
  streams: readonly Stream[],
  start: readonly (Place | undefined)[],
  count: number,
): Sql {
  // In full, as the index has it: not every planner knows that a column which is null is the same in all rows.
  const order = raw(`${request.by.text}, r.status, r.due_date, r.due_at, r.id limit ${count}`)
  const branches = streams.flatMap(({ column, where }, at) =>
    OPEN.map((status) => {
      const among = and(matching(query, request), raw(`r.status = '${status}'`), where, past(column, start[at]))
      return sql`select * from (${raw(`select r.due_date, r.due_at, r.id from ${tableOf(query.engine, 'tasks').name} r`)} where ${among} order by ${order}) b`
    }),
  )
  return join(branches, ' union all ')
}

/** Live tasks of that beginning of the index, as far as the asker may see them. */
const matching = (query: QueryContext, { by, is, reach }: DueRequest): Sql =>
  and(liveRows(query, 'r'), is === null ? sql`${by} is null` : sql`${by} = ${is}`, reach)

function past(column: Stream['column'], place: Place | undefined): Sql {
  if (!place) return TRUE
  if (!column) return sql`r.id > ${place.id}`
  const [due, value] = [raw(COLUMNS[column]), place[column]]
  return sql`${due} >= ${value} and (${due} > ${value} or r.id > ${place.id})`
}

const readPlace = ([day, instant, id]: readonly unknown[]): Place => ({
  day: day as string | null,
  instant: instant == null ? null : Number(instant),
  id: String(id),
})

function inOrder(places: readonly Place[], zone: string): Place[] {
  const moment = ({ day, instant }: Place) =>
    day !== null ? startOfDay(day, zone).getTime() : (instant ?? Number.POSITIVE_INFINITY)
  const kind = ({ day, instant }: Place) => (day !== null ? 0 : instant !== null ? 1 : 2)
  return places
    .map((place) => ({ place, at: moment(place) }))
    .sort((a, b) => (a.at !== b.at ? a.at - b.at : kind(a.place) - kind(b.place) || (a.place.id < b.place.id ? -1 : 1)))
    .map(({ place }) => place)
}

/** The tasks of these places, in their order. One statement, or none. */
async function readTasks(
  caller: Caller,
  query: QueryContext,
  request: DueRequest,
  places: readonly Place[],
): Promise<Task[]> {
  if (places.length === 0) return []
  const table = tableOf(query.engine, 'tasks')
  const among = inList(raw('r.id'), evened(places.map(({ id }) => id)))
  const select = sql`${raw(`select ${table.selectList} from ${table.name} r`)} where ${and(matching(query, request), among)}`
  const rows = await caller.storage.read(select.text, select.params, FROM_REPLICA)
  const tasks = new Map(rows.map((row) => table.read(row)).map((task) => [task.id, showTo(query.actor, table, task)]))
  return places.flatMap(({ id }) => (tasks.get(id) as unknown as Task) ?? [])
}

const writeCursor = (reached: readonly (Place | undefined)[], fingerprint: string): string =>
  encodeCursor(
    reached.flatMap((place) => [place?.day ?? null, place?.instant ?? null, place?.id ?? null]),
    fingerprint,
  )

function readCursor(after: string, fingerprint: string, streams: readonly Stream[]): (Place | undefined)[] {
  const values = decodeCursor(after, fingerprint)
  return streams.map(({ column }, at) => {
    const [day, instant, id] = values.slice(at * 3, at * 3 + 3)
    if (id === null) return undefined
    const place = { day, instant, id } as Place
    if (isId(id) && isPlaced(column, place)) return place
    throw invalid('after', 'invalid-cursor', 'Pass the nextCursor of the page before, with the same view.')
  })
}

const isPlaced = (column: Stream['column'], { day, instant }: Place) =>
  column === 'day' ? isCalendarDate(day) : column === 'instant' ? Number.isFinite(instant) : true
