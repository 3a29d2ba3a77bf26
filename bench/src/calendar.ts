import { deepStrictEqual } from 'node:assert'
import { compare, type Line, race } from './measure'
import { createWorld, idAt, SPAN, START, USERS } from './world'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const MONTH = { from: Date.UTC(2025, 2, 1), to: Date.UTC(2025, 3, 1) }

/** A month of the calendar, of one user and of a team of ten, against the same walks along the same indexes by hand. */
export async function benchCalendar(tasks: number, meetings: number, rounds: number): Promise<Line[]> {
  const world = await createWorld(0)
  fill(world.raw, tasks, meetings)
  const me = world.crm.as({ user: 'u7' })
  const team = Array.from({ length: 10 }, (_, index) => `u${index}`)
  const lines: Line[] = []
  for (const [whose, users] of [
    ['one user', ['u7']],
    ['a team of ten', team],
  ] as const) {
    const hand = byHand(world.raw, users)
    const asked = { from: new Date(MONTH.from), to: new Date(MONTH.to), users }
    const rapport = () => me.calendar.range(asked)
    const found = await rapport()
    deepStrictEqual(
      found.map(({ id, from }) => [id, from.getTime()]),
      hand().map(({ id, from }) => [id, from.getTime()]),
    )
    const measured = await race(
      [
        { name: 'hand', run: hand },
        { name: 'rapport', run: rapport },
      ],
      rounds,
      5,
    )
    const of = `${tasks} tasks and ${meetings} meetings, ${found.length} entries`
    lines.push(compare(`month of ${whose}, ${of}`, measured, 1.3))
  }
  await world.close()
  return lines
}

/** Half of the tasks fall due at an instant, half on a day; one meeting in a hundred recurs every week for half a year. */
function fill(raw: Awaited<ReturnType<typeof createWorld>>['raw'], tasks: number, meetings: number) {
  const task = raw.prepare(
    `insert into crm_task (tenant_id, id, title, title_fold, kind, due_at, due_date, priority, status, owner, created_at, updated_at, version)
     values ('default', ?, ?, ?, 'call', ?, ?, 'normal', ?, ?, ?, ?, 1)`,
  )
  const meeting = raw.prepare(
    `insert into crm_meeting (tenant_id, id, title, title_fold, start_at, end_at, zone, status, busy, recurrence, uid, sequence, first_at, last_at, owner, created_at, updated_at, version)
     values ('default', ?, ?, ?, ?, ?, 'UTC', 'planned', 1, ?, ?, 0, ?, ?, ?, ?, ?, 1)`,
  )
  const attendee = raw.prepare(
    `insert into crm_meeting_attendee (tenant_id, id, meeting_id, user_id, role, answer, first_at, last_at)
     values ('default', ?, ?, ?, 'required', 'accepted', ?, ?)`,
  )
  raw.transaction(() => {
    for (let i = 0; i < tasks; i++) {
      const hash = Math.imul(i + 1, 2654435761) >>> 0
      const at = minuteAt(i / tasks)
      const due = i % 2 === 0 ? [at, null] : [null, new Date(at).toISOString().slice(0, 10)]
      task.run(idAt(at, i), `Task ${i}`, `task ${i}`, ...due, i % 3 ? 'done' : 'open', `u${hash % USERS}`, at, at)
    }
    for (let i = 0; i < meetings; i++) {
      const hash = Math.imul(i + 1, 2654435761) >>> 0
      const at = minuteAt(i / meetings)
      const id = idAt(at, i + 500_000_000)
      const last = i % 100 === 0 ? at + 26 * 7 * DAY : null
      const rule = last === null ? null : `FREQ=WEEKLY;UNTIL=${new Date(last).toISOString().replace(/[-:]|\.\d+/g, '')}`
      const ends = last === null ? null : last + DAY + HOUR
      meeting.run(id, `Meeting ${i}`, `meeting ${i}`, at, at + HOUR, rule, id, at, ends, `u${hash % USERS}`, at, at)
      if (i % 3 === 0) attendee.run(idAt(at, i + 600_000_000), id, `u${(hash + 1) % USERS}`, at, ends)
    }
  })()
  raw.exec('analyze')
}

const minuteAt = (share: number) => START + Math.floor((share * SPAN) / 60_000) * 60_000

interface HandRow {
  due_date?: string
  kind: string
  id: string
  title: string
  from: Date
  to: Date
}

/** The best by hand that we know: one walk for each index that has the answer, and a step of a week for what recurs. */
function byHand(raw: Awaited<ReturnType<typeof createWorld>>['raw'], users: readonly string[]): () => HandRow[] {
  const whose = `in (${users.map((user) => `'${user}'`).join(', ')})`
  const of = "r.tenant_id = 'default' and r.deleted_at is null and r.status <> 'cancelled'"
  const team = Array.from({ length: 10 }, (_, index) => `'u${index}'`).join(', ')
  const seen = `(r.owner in (${team}) or exists (select 1 from crm_meeting_attendee i where i.tenant_id = 'default' and i.user_id = 'u7' and i.meeting_id = r.id))`
  const told = 'r.id, r.title, r.status, r.owner, r.lead, r.contact, r.company, r.deal'
  const more = 'r.start_at, r.end_at, r.recurrence, r.exceptions, r.last_at, r.location, r.url'
  const due = raw.prepare(
    `select ${told}, r.due_at from crm_task r where ${of} and r.owner ${whose} and due_at >= ? and due_at < ?`,
  )
  const days = raw.prepare(
    `select ${told}, r.due_date from crm_task r where ${of} and r.owner ${whose} and due_date >= ? and due_date < ?`,
  )
  const goesOn = raw.prepare(
    `select ${told}, r.due_at, r.due_date, r.recurrence, r.schedule from crm_task r where ${of} and r.owner ${whose} and r.status in ('open', 'in-progress') and r.series is not null and r.recurrence is not null`,
  )
  const attended = `from crm_meeting_attendee a cross join crm_meeting r on r.tenant_id = a.tenant_id and r.id = a.meeting_id where a.tenant_id = 'default' and a.user_id ${whose} and a.answer <> 'declined' and ${of} and ${seen}`
  const walks = [
    raw.prepare(
      `select ${told}, ${more} from crm_meeting r where ${of} and r.owner ${whose} and first_at >= ? and first_at < ? and last_at is null`,
    ),
    raw.prepare(`select ${told}, ${more} ${attended} and a.first_at >= ? and a.first_at < ? and a.last_at is null`),
    raw.prepare(
      `select ${told}, ${more} from crm_meeting r where ${of} and r.owner ${whose} and last_at > ? and first_at < ?`,
    ),
    raw.prepare(`select ${told}, ${more} ${attended} and a.last_at > ? and a.first_at < ?`),
  ]
  const { from, to } = MONTH
  // biome-ignore lint/suspicious/noExplicitAny: rows as the driver gives them
  type Row = any
  return () => {
    const all: HandRow[] = []
    for (const row of due.all(from, to) as Row[]) {
      const at = new Date(row.due_at)
      all.push({ ...row, kind: 'task', from: at, to: at })
    }
    for (const row of days.all('2025-03-01', '2025-04-01') as Row[]) {
      const at = Date.parse(row.due_date)
      all.push({ ...row, kind: 'task', from: new Date(at), to: new Date(at + DAY) })
    }
    if (goesOn.all().length > 0) throw new Error('No task of this world recurs')
    const known = new Set<string>()
    for (const [index, walk] of walks.entries()) {
      for (const row of walk.all(index < 2 ? from - DAY : from, to) as Row[]) {
        if (known.has(row.id)) continue
        known.add(row.id)
        const length = row.end_at - row.start_at
        const step = row.recurrence === null ? Number.POSITIVE_INFINITY : 7 * DAY
        const last = row.recurrence === null ? to : Math.min(to, row.last_at - DAY - length + 1)
        const skip =
          row.recurrence === null ? 0 : Math.max(0, Math.ceil((from - length - row.start_at + 1) / step)) * step
        for (let start = row.start_at + skip; start < last; start += step)
          if (start + length > from)
            all.push({ ...row, kind: 'meeting', from: new Date(start), to: new Date(start + length) })
      }
    }
    const wholeDay = ({ due_date }: HandRow) => Number(due_date === undefined)
    return all.sort(
      (a, b) => a.from.getTime() - b.from.getTime() || wholeDay(a) - wholeDay(b) || (a.id < b.id ? -1 : 1),
    )
  }
}
