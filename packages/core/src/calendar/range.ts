import { forbidden } from '../access/actor'
import { invalid } from '../kernel/errors'
import type { Caller } from '../records/caller'
import { tableOf } from '../records/engine'
import { type QueryContext, queryContext } from '../records/query'
import { hiddenFields, isVisible } from '../records/visibility'
import { FROM_REPLICA } from '../storage/port'
import { meetingsBetween } from './meetings-between'
import { type Stretch, takesPlace } from './occurrences'
import { checkKeys, readStretch, usersAsked } from './range-input'
import type { CalendarEntry, RangeQuery } from './range-types'
import { tasksBetween } from './tasks-between'

const TYPES = { task: 'tasks', meeting: 'meetings' } as const
const KINDS = ['task', 'meeting'] as const
const MAX_ENTRIES = 10_000
const OPTIONAL = ['title', 'location', 'url', 'lead', 'contact', 'company', 'deal'] as const

/** What is due and what takes place, in order of time. */
export async function calendarRange(caller: Caller, request: RangeQuery): Promise<CalendarEntry[]> {
  checkKeys(request, ['from', 'to', 'users', 'team', 'kinds'])
  const kinds = checkKinds(request.kinds)
  const query = await queryContext(caller)
  const { actor } = query
  const shown = kinds.filter((kind) => actor.scope(TYPES[kind], 'read').kind !== 'none')
  if (shown.length === 0) throw forbidden(TYPES[kinds[0] as CalendarEntry['kind']], 'read')
  const stretch = { ...readStretch(request.from, request.to), zone: actor.zone }
  const users = await usersAsked(caller, actor, request)
  if (users.length === 0) return []
  const read = (sql: string, params: Parameters<typeof caller.storage.read>[1]) =>
    caller.storage.read(sql, params, FROM_REPLICA)
  const entries = [
    ...(shown.includes('task') && knows(query, 'tasks', ['dueAt', 'dueDate', 'status', 'owner'])
      ? await tasksBetween(query, { all: read }, users, stretch, MAX_ENTRIES)
      : []),
    ...(shown.includes('meeting') && knows(query, 'meetings', ['firstAt', 'zone', 'status', 'owner'])
      ? await meetingEntries(query, { all: read }, users, stretch)
      : []),
  ]
  if (entries.length > MAX_ENTRIES)
    throw invalid('to', 'too-many-entries', `Ask for a shorter time or fewer users: that is more than ${MAX_ENTRIES}.`)
  for (const kind of shown) hide(query, kind, entries)
  return entries.sort(inOrder)
}

async function meetingEntries(
  query: QueryContext,
  reader: Parameters<typeof meetingsBetween>[1],
  users: readonly string[],
  stretch: Stretch,
): Promise<CalendarEntry[]> {
  const alone = users.length === 1 && users[0] === query.actor.user
  const invited = alone || isVisible(query.actor, tableOf(query.engine, 'meetings'), 'attendees')
  const asked = { ...stretch, users, invited, readable: true, limit: MAX_ENTRIES }
  const entries: CalendarEntry[] = []
  for (const { meeting, users } of await meetingsBetween(query, reader, asked)) {
    const { id, owner, title, location, url, lead, contact, company, deal } = meeting as never as CalendarEntry
    const told = { kind: 'meeting' as const, id, owner, users, title, location, url, lead, contact, company, deal }
    for (const time of await takesPlace(meeting, stretch, MAX_ENTRIES))
      entries.push({ ...told, ...time } as CalendarEntry)
    if (entries.length > MAX_ENTRIES) break
  }
  return entries
}

function checkKinds(kinds: RangeQuery['kinds']): readonly CalendarEntry['kind'][] {
  if (kinds === undefined) return KINDS
  if (Array.isArray(kinds) && kinds.length > 0 && kinds.every((kind) => KINDS.includes(kind))) return kinds
  throw invalid('kinds', 'invalid-option', `Give a list of: ${KINDS.join(', ')}.`)
}

/** Where times or statuses are hidden, so is the calendar made of them. */
const knows = ({ actor, engine }: QueryContext, type: 'tasks' | 'meetings', fields: readonly string[]) =>
  fields.every((name) => isVisible(actor, tableOf(engine, type), name))

function hide({ actor, engine }: QueryContext, kind: CalendarEntry['kind'], entries: readonly CalendarEntry[]) {
  const hidden = hiddenFields(actor, tableOf(engine, TYPES[kind]))
  const names = OPTIONAL.filter((name) => hidden.includes(name))
  for (const name of names) for (const entry of entries) if (entry.kind === kind) delete entry[name]
}

/** By time; what lasts whole days before what begins with them. */
function inOrder(one: CalendarEntry, other: CalendarEntry): number {
  return (
    one.from.getTime() - other.from.getTime() ||
    Number(one.startDate === null) - Number(other.startDate === null) ||
    (one.id < other.id ? -1 : Number(one.id > other.id))
  )
}
