import { requireAny } from '../access/actor'
import { type Scope, scopeSql } from '../access/scope'
import { checkRef } from '../events/timeline'
import { invalid } from '../kernel/errors'
import { addToDate, startOfDay, zonedDate } from '../kernel/zones'
import type { Caller } from '../records/caller'
import { tableOf } from '../records/engine'
import type { RecordRef } from '../records/event'
import { findInScope, notFound } from '../records/find'
import type { Page } from '../records/list'
import { type QueryContext, queryContext, scopedTable } from '../records/query'
import { hiddenPart, isVisible } from '../records/visibility'
import { raw, type Sql, sql } from '../storage/sql'
import type { Task } from './definition'
import { type Due, duePage, type TaskPage } from './due-page'

/** A view of one person's tasks. */
export interface TaskView extends TaskPage {
  /** Whose tasks; one's own by default. */
  user?: string | undefined
}

export interface UpcomingView extends TaskView {
  /** So many days from tomorrow on, 1 to 366; default 7. */
  days?: number | undefined
}

const PAGE = ['limit', 'after']

export async function myDay(caller: Caller, view: TaskView = {}): Promise<Page<Task>> {
  const query = await checkedQuery(caller, view, [...PAGE, 'user'])
  const { today, endOfToday } = daysOf(query)
  return ownersPage(caller, query, view, 'myDay', {
    days: sql`r.due_date <= ${today}`,
    instants: sql`r.due_at < ${endOfToday}`,
  })
}

export async function overdue(caller: Caller, view: TaskView = {}): Promise<Page<Task>> {
  const query = await checkedQuery(caller, view, [...PAGE, 'user'])
  const { today } = daysOf(query)
  return ownersPage(caller, query, view, 'overdue', {
    days: sql`r.due_date < ${today}`,
    instants: sql`r.due_at < ${query.now.getTime()}`,
  })
}

export async function upcoming(caller: Caller, view: UpcomingView = {}): Promise<Page<Task>> {
  const query = await checkedQuery(caller, view, [...PAGE, 'user', 'days'])
  const { days = 7 } = view
  if (!Number.isInteger(days) || days < 1 || days > 366)
    throw invalid('days', 'out-of-range', 'Give a whole number from 1 to 366.')
  const { today, endOfToday } = daysOf(query)
  const last = addToDate(today, { days })
  const end = startOfDay(addToDate(last, { days: 1 }), query.actor.zone).getTime()
  return ownersPage(caller, query, view, `upcoming ${days}`, {
    days: sql`r.due_date > ${today} and r.due_date <= ${last}`,
    instants: sql`r.due_at >= ${endOfToday} and r.due_at < ${end}`,
  })
}

export async function unassigned(caller: Caller, view: TaskPage = {}): Promise<Page<Task>> {
  const query = await checkedQuery(caller, view, PAGE)
  return duePage(caller, query, {
    name: 'unassigned',
    by: raw('r.owner'),
    is: null,
    reach: reachOf(query, null),
    due: ANY_TIME,
    page: view,
  })
}

export async function tasksAbout(caller: Caller, record: RecordRef, view: TaskPage = {}): Promise<Page<Task>> {
  const query = await checkedQuery(caller, view, PAGE)
  const { type, id } = checkRef(query, record)
  const table = tableOf(query.engine, 'tasks')
  const link = [...table.fields.values()].find(({ field }) => field.kind === 'link' && field.to === type)
  if (!link) throw invalid('record.type', 'invalid-type', `There are no tasks about ${type}.`)
  if (!isVisible(query.actor, table, link.name)) throw hiddenPart('tasks', link.name)
  if (!(await findInScope(query, { all: caller.storage.read }, type, id, 'read'))) throw notFound(type)
  const reach = scopeSql(query.actor.scope('tasks', 'read'), scopedTable(query, table, 'r'))
  return duePage(caller, query, {
    name: `about ${id}`,
    by: raw(`r.${link.columns[0]}`),
    is: id,
    reach,
    due: ANY_TIME,
    page: view,
  })
}

const ANY_TIME: Due = { days: raw('r.due_date is not null'), instants: raw('r.due_at is not null'), never: true }

/** Refuses unknown keys, and whoever may read no tasks or not the fields that a view is made of. */
async function checkedQuery(caller: Caller, view: TaskPage, keys: readonly string[]): Promise<QueryContext> {
  if (typeof view !== 'object' || view === null)
    throw invalid('view', 'wrong-type', 'Give an object such as { limit: 20 }.')
  const unknown = Object.keys(view).find((key) => !keys.includes(key))
  if (unknown !== undefined) throw invalid(unknown, 'unknown-key', `Use only: ${keys.join(', ')}.`)
  const query = await queryContext(caller)
  requireAny(query.actor, 'tasks', 'read')
  const table = tableOf(query.engine, 'tasks')
  for (const name of ['owner', 'status', 'dueDate', 'dueAt'])
    if (!isVisible(query.actor, table, name)) throw hiddenPart('tasks', name)
  return query
}

/** Today in the asker's zone, and the instant at which it is over. */
function daysOf({ now, actor }: QueryContext) {
  const today = zonedDate(now, actor.zone)
  return { today, endOfToday: startOfDay(addToDate(today, { days: 1 }), actor.zone).getTime() }
}

function ownersPage(caller: Caller, query: QueryContext, view: TaskView, name: string, due: Due): Promise<Page<Task>> {
  const user = view.user ?? query.actor.user
  if (user === null) throw invalid('user', 'required', 'Say whose tasks: the system has none.')
  if (typeof user !== 'string') throw invalid('user', 'wrong-type', 'Give the id of a user.')
  return duePage(caller, query, {
    name: `${name} ${user}`,
    by: raw('r.owner'),
    is: user,
    reach: reachOf(query, user),
    due,
    page: view,
  })
}

/** Which of the tasks of one owner are in the asker's reach: where that is settled, the rows are not asked again. */
function reachOf(query: QueryContext, owner: string | null): Sql {
  const scope = query.actor.scope('tasks', 'read')
  const settled: Scope =
    scope.kind !== 'owners'
      ? scope
      : owner !== null && scope.owners.has(owner)
        ? { kind: 'all' }
        : { ...scope, owners: new Set() }
  return scopeSql(settled, scopedTable(query, tableOf(query.engine, 'tasks'), 'r'))
}
