import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Client, runs, withPeople } from '../../test/support/crm'
import { refusalOf } from '../../test/support/outcome'

const titles = (page: { items: { title: string }[] }) => page.items.map(({ title }) => title)

/** Ten in the evening of 10 March in Auckland, which is 13 hours ahead of UTC. */
async function withDay(timeZone = 'Pacific/Auckland') {
  const made = await withPeople()
  await made.system.users.sync([{ id: 'ada', name: 'Ada', roles: ['sales'], teams: ['north'], timeZone }])
  made.clock.set('2026-03-10T09:00:00Z')
  const add = (title: string, more: object = {}) => made.ada.tasks.create({ title, ...more })
  await add('yesterday', { dueDate: '2026-03-09' })
  await add('today', { dueDate: '2026-03-10' })
  await add('an hour ago', { dueAt: '2026-03-10T08:00:00Z' })
  await add('before midnight', { dueAt: '2026-03-10T10:59:59.999Z', status: 'in-progress' })
  await add('midnight', { dueAt: '2026-03-10T11:00:00Z' })
  await add('tomorrow', { dueDate: '2026-03-11' })
  await add('in a week', { dueDate: '2026-03-17' })
  await add('the week is over', { dueAt: '2026-03-17T11:00:00Z' })
  await add('done', { dueDate: '2026-03-10', status: 'done' })
  await add('cancelled', { dueDate: '2026-03-10', status: 'cancelled' })
  await add('someday')
  const deleted = await add('deleted', { dueDate: '2026-03-10' })
  await made.ada.tasks.delete(deleted.id)
  return made
}

describe('in the asker’s zone', () => {
  test('my day is what is due until midnight, the overdue first', async () => {
    const { ada } = await withDay()
    expect(titles(await ada.tasks.myDay())).toEqual(['yesterday', 'today', 'an hour ago', 'before midnight'])
  })

  test('overdue is a day that is over, or an instant that has passed', async () => {
    const { ada } = await withDay()
    expect(titles(await ada.tasks.overdue())).toEqual(['yesterday', 'an hour ago'])
  })

  test('upcoming begins at midnight, and ends with the last day asked for', async () => {
    const { ada } = await withDay()
    expect(titles(await ada.tasks.upcoming())).toEqual(['tomorrow', 'midnight', 'in a week'])
    expect(titles(await ada.tasks.upcoming({ days: 1 }))).toEqual(['tomorrow', 'midnight'])
  })

  test('somebody else’s day is seen in the own zone, as far as their tasks are', async () => {
    const { mia, bob, cyd, ada } = await withDay()
    const { items } = await ada.tasks.list({ where: { title: 'today' } })
    await ada.tasks.share(items[0]?.id as string, { with: { user: 'cyd' }, level: 'read' })
    // At nine in the morning UTC the day is not over.
    expect(titles(await mia.tasks.myDay({ user: 'ada' }))).toEqual([
      'yesterday',
      'today',
      'an hour ago',
      'before midnight',
      'midnight',
    ])
    expect(titles(await bob.tasks.overdue({ user: 'ada' }))).toEqual(['yesterday', 'an hour ago'])
    expect(titles(await cyd.tasks.myDay({ user: 'ada' }))).toEqual(['today'])
  })
})

test('unassigned tasks are seen by who sees all; those about a record by who sees it', async () => {
  const { ada, root, bob, cyd } = await withPeople()
  const lead = await ada.leads.create({ name: 'Navy', source: 'website' })
  await root.tasks.create({ title: 'nobody’s', owner: null, lead: lead.id })
  await root.tasks.create({ title: 'nobody’s, on a day', owner: null, dueDate: '2026-03-12' })
  await ada.tasks.create({ title: 'hers', lead: lead.id, dueAt: '2026-03-11T09:00:00Z' })
  await ada.tasks.create({ title: 'done', lead: lead.id, status: 'done' })
  expect(titles(await root.tasks.unassigned())).toEqual(['nobody’s, on a day', 'nobody’s'])
  expect(titles(await ada.tasks.unassigned())).toEqual([])
  const about = { type: 'leads', id: lead.id } as const
  expect(titles(await root.tasks.about(about))).toEqual(['hers', 'nobody’s'])
  expect(titles(await bob.tasks.about(about))).toEqual(['hers'])
  expect(await refusalOf(() => cyd.tasks.about(about))).toBe('NOT_FOUND id not-found')
  expect(await refusalOf(() => ada.tasks.about({ type: 'products', id: lead.id }))).toBe(
    'VALIDATION record.type invalid-type',
  )
})

test('refuses what it does not know, whose day the system has, and whoever may not know what a view is made of', async () => {
  const { ada, system, as } = await withPeople({
    roles: { timeless: { tasks: { read: 'all', fields: { dueAt: 'none' } } } },
  })
  await system.users.sync([{ id: 'tim', name: 'Tim', roles: ['timeless'] }])
  expect(await refusalOf(() => ada.tasks.myDay({ nope: 1 } as never))).toBe('VALIDATION nope unknown-key')
  expect(await refusalOf(() => ada.tasks.upcoming({ days: 0 }))).toBe('VALIDATION days out-of-range')
  expect(await refusalOf(() => ada.tasks.myDay({ limit: 201 }))).toBe('VALIDATION limit out-of-range')
  expect(await refusalOf(() => ada.tasks.myDay({ after: 'x' }))).toBe('VALIDATION after invalid-cursor')
  expect(await refusalOf(() => system.tasks.myDay())).toBe('VALIDATION user required')
  expect(await refusalOf(() => as('tim').tasks.myDay({ user: 'ada' }))).toBe('FORBIDDEN dueAt field-not-readable')
  const { nextCursor } = await withCursor(ada)
  expect(await refusalOf(() => ada.tasks.overdue({ after: nextCursor }))).toBe('VALIDATION after invalid-cursor')
})

async function withCursor(ada: Client) {
  for (const title of ['a', 'b']) await ada.tasks.create({ title, dueDate: '2026-03-10' })
  return ada.tasks.myDay({ limit: 1 })
}

interface Made {
  title: string
  day: string | null
  at: Date | null
}

const made = fc.oneof(
  fc.record({ day: fc.integer({ min: 5, max: 20 }), at: fc.constant(null) }),
  fc.record({ day: fc.constant(null), at: fc.integer({ min: 0, max: 24 * 16 * 2 }) }),
  fc.constant({ day: null, at: null }),
)

test('pages of any size hold what each view says, each task once, soonest first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(made, { maxLength: 25 }),
      fc.constantFrom('Pacific/Auckland', 'America/New_York', 'Australia/Lord_Howe', 'UTC'),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 48 }),
      async (given, zone, limit, half) => {
        const { ada, root, system, clock } = await withPeople()
        await system.users.sync([{ id: 'ada', name: 'Ada', roles: ['admin'], timeZone: zone }])
        // Through 8 March, on which the clocks change in New York.
        const start = Date.parse('2026-03-05T00:00:00Z')
        clock.set(new Date(Date.parse('2026-03-08T00:00:00Z') + half * 1_800_000).toISOString())
        const tasks: Made[] = []
        for (const [index, { day, at }] of given.entries()) {
          const due: Made = {
            title: `t${String(index).padStart(2, '0')}`,
            day: day === null ? null : `2026-03-${String(day).padStart(2, '0')}`,
            at: at === null ? null : new Date(start + at * 1_800_000),
          }
          tasks.push(due)
          const owner = index % 5 === 4 ? null : 'ada'
          await root.tasks.create({ title: due.title, dueDate: due.day, dueAt: due.at, owner })
        }
        const dayOf = (instant: Date) =>
          new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(instant)
        const [now, today] = [clock.now(), dayOf(clock.now())]
        const day = (task: Made) => task.day ?? (task.at ? dayOf(task.at) : '9999')
        const mine = tasks.filter((_, index) => index % 5 !== 4)
        const order = (some: Made[]) =>
          [...some].sort((a, b) => (keyOf(a, day) < keyOf(b, day) ? -1 : 1)).map(({ title }) => title)
        const all = async (
          view: (page: object) => Promise<{ items: { title: string }[]; nextCursor: string | null }>,
        ) => {
          const found: string[] = []
          let after: string | null = null
          do {
            const page: Awaited<ReturnType<typeof view>> = await view({ limit, after })
            expect(page.items.length).toBeLessThanOrEqual(limit)
            expect(found.length).toBeLessThanOrEqual(tasks.length)
            found.push(...titles(page))
            after = page.nextCursor
          } while (after)
          return found
        }
        expect(await all((page) => ada.tasks.myDay(page))).toEqual(order(mine.filter((task) => day(task) <= today)))
        expect(await all((page) => ada.tasks.overdue(page))).toEqual(
          order(mine.filter((task) => (task.at ? task.at < now : day(task) < today))),
        )
        const week = new Date(Date.parse(`${today}T00:00:00Z`) + 7 * 86_400_000).toISOString().slice(0, 10)
        expect(await all((page) => ada.tasks.upcoming(page))).toEqual(
          order(mine.filter((task) => day(task) > today && day(task) <= week)),
        )
        expect(await all((page) => ada.tasks.unassigned(page))).toEqual(
          order(tasks.filter((_, index) => index % 5 === 4)),
        )
      },
    ),
    runs(30),
  )
}, 120_000)

/** Day by day; within it whole days first, then instants in order; of two alike the one made first. */
const keyOf = (task: Made, day: (task: Made) => string) =>
  [day(task), task.at ? task.at.toISOString() : '', task.title].join(' ')
