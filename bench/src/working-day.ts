import type { ScopedClient } from '@rapport/core'
import { compare, type Line, race } from './measure'
import { createWorld, idAt, USERS, type World } from './world'

const DAY = 86_400_000
const NOW = Date.now()
const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10)

/** One's day among many tasks, against SQL by hand; and a page of a long timeline against one of a short one. */
export async function benchWorkingDay(tasks: number, rounds: number): Promise<Line[]> {
  const world = await createWorld(1)
  fillTasks(world, tasks)
  const me = world.crm.as({ user: 'u7' })
  const byHand = myDayByHand(world)
  const mine = (await me.tasks.myDay()).items.map(({ id }) => id)
  if (
    mine.length !== 50 ||
    mine.join() !==
      byHand()
        .map(({ id }) => id)
        .join()
  )
    throw new Error('Not the same day')
  const day = await race(
    [
      { name: 'raw', run: byHand },
      { name: 'rapport', run: () => me.tasks.myDay() },
    ],
    rounds,
    20,
  )
  const short = await withHistory(world, me, 100)
  const long = await withHistory(world, me, 100_000)
  const page = await race(
    [
      { name: 'short', run: () => me.contacts.timeline(short) },
      { name: 'long', run: () => me.contacts.timeline(long) },
    ],
    rounds,
    20,
  )
  await world.close()
  return [
    compare(`my day, first page of 50 among ${tasks} tasks`, day, 1.3),
    compare('page of a timeline of 100,000 entries (second) against one of 100 (first)', page, 1.3),
  ]
}

/** Over two years around now, half of them on days; one in ten is still to be done. */
function fillTasks({ raw }: World, tasks: number) {
  const insert = raw.prepare(
    `insert into crm_task (tenant_id, id, title, title_fold, kind, due_date, due_at, priority, status, done_at, owner, created_at, created_by, updated_at, updated_by, version, search_text)
     values ('default', ?, ?, ?, 'todo', ?, ?, 'normal', ?, ?, ?, ?, 'admin', ?, 'admin', 1, ?)`,
  )
  raw.exec('begin immediate')
  for (let n = 0; n < tasks; n++) {
    const due = NOW + (((n * 7919) % 730) - 365) * DAY + ((n * 104_729) % DAY)
    const status = n % 20 === 0 ? 'open' : n % 20 === 10 ? 'in-progress' : 'done'
    const [onDay, title, made] = [n % 3 === 0, `task ${n}`, due - 7 * DAY]
    insert.run(
      idAt(made, n),
      title,
      title,
      onDay ? dateOf(due) : null,
      onDay ? null : due,
      status,
      status === 'done' ? due : null,
      `u${Math.floor(n / 20) % USERS}`,
      made,
      made,
      title,
    )
  }
  raw.exec('commit')
}

/** The places from the index, merged, and then the tasks of the page. */
function myDayByHand({ raw }: World) {
  const rows = (status: string, due: string, order: string) =>
    `select * from (select id, due_date, due_at from crm_task where tenant_id = 'default' and owner = ? and status = '${status}' and deleted_at is null and ${due} order by ${order} limit 51)`
  const branches = ['open', 'in-progress'].flatMap((status) => [
    rows(status, 'due_at is null and due_date <= ?', 'due_date, due_at, id'),
    rows(status, 'due_date is null and due_at < ?', 'due_at, id'),
  ])
  const places = raw.prepare(branches.join(' union all '))
  const tasks = raw.prepare(
    `select * from crm_task where tenant_id = 'default' and id in (${Array(50).fill('?').join(', ')})`,
  )
  return () => {
    const today = dateOf(Date.now())
    const tomorrow = Date.parse(today) + DAY
    const found = places.all('u7', today, 'u7', tomorrow, 'u7', today, 'u7', tomorrow) as {
      id: string
      due_date: string | null
      due_at: number
    }[]
    const page = found
      .map((place) => ({ ...place, at: place.due_date ? Date.parse(place.due_date) : place.due_at }))
      .sort((a, b) => a.at - b.at || (a.due_date ? 0 : 1) - (b.due_date ? 0 : 1) || (a.id < b.id ? -1 : 1))
      .slice(0, 50)
    const byId = new Map((tasks.all(...page.map(({ id }) => id)) as { id: string }[]).map((task) => [task.id, task]))
    return page.map(({ id }) => byId.get(id) as { id: string })
  }
}

/** A contact with so many entries on its timeline. */
async function withHistory({ raw }: World, me: ScopedClient, entries: number): Promise<string> {
  const { id } = await me.contacts.create({ lastName: `Contact ${entries}` })
  const call = await me.activities.create({ kind: 'call', contact: id })
  const event = raw.prepare(
    `insert into crm_event (tenant_id, id, at, name, record_type, record_id, record_version, actor, changes, silent)
     values ('default', ?, ?, 'activity.updated', 'activities', ?, 2, 'u7', '{"outcome":[null,"agreed"]}', 0)`,
  )
  const about = raw.prepare(
    "insert into crm_event_about (tenant_id, record_id, at, event_id) values ('default', ?, ?, ?)",
  )
  raw.exec('begin immediate')
  for (let n = 0; n < entries; n++) {
    const [eventId, at] = [idAt(NOW - n * 1000, entries + n), NOW - n * 1000]
    event.run(eventId, at, call.id)
    about.run(id, at, eventId)
  }
  raw.exec('commit')
  return id
}
