import { field } from '@rapport/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Client, runs, withPeople } from '../../test/support/crm'
import { refusalOf } from '../../test/support/outcome'

async function withZone(timeZone = 'Europe/Berlin') {
  const made = await withPeople()
  await made.system.users.sync([{ id: 'ada', name: 'Ada', roles: ['sales'], teams: ['north'], timeZone }])
  return made
}

const seriesOf = async (me: Client, series: string | null) =>
  (await me.tasks.list({ where: { series: series as string }, orderBy: { occurrence: 'asc' }, limit: 200 })).items

/** Completes the task and gives the one that follows. */
async function following(me: Client, id: string) {
  const done = await me.tasks.complete(id)
  const all = await seriesOf(me, done.series)
  return all.find(({ occurrence }) => occurrence === (done.occurrence as number) + 1)
}

describe('completing a recurring task', () => {
  test('makes the next one: as this one was, on the day the rule says', async () => {
    const { ada, root } = await withZone()
    const lead = await ada.leads.create({ name: 'Navy', source: 'website' })
    const first = await ada.tasks.create({
      title: 'Report',
      kind: 'email',
      description: 'Figures',
      priority: 'high',
      tags: ['weekly'],
      lead: lead.id,
      dueDate: '2026-03-16',
      recurrence: 'freq=weekly;byday=mo',
    })
    expect(first).toMatchObject({ recurrence: 'FREQ=WEEKLY;BYDAY=MO', series: first.id, occurrence: 1 })
    await ada.tasks.addItem(first.id, 'Print')
    const [, step] = await ada.tasks.addItem(first.id, 'Send')
    await ada.tasks.tickItem(first.id, step?.id as string)
    const next = await following(ada, first.id)
    expect(next).toMatchObject({
      title: 'Report',
      kind: 'email',
      description: 'Figures',
      priority: 'high',
      tags: ['weekly'],
      lead: lead.id,
      owner: 'ada',
      status: 'open',
      doneAt: null,
      dueDate: '2026-03-23',
      dueAt: null,
      series: first.id,
      occurrence: 2,
    })
    expect((await ada.tasks.checklist(next?.id as string)).map(({ text, done }) => [text, done])).toEqual([
      ['Print', false],
      ['Send', false],
    ])
    expect((await root.leads.get(lead.id)).nextActivityAt).toEqual(new Date('2026-03-23T00:00:00Z'))
    const names = (await ada.timeline({ type: 'leads', id: lead.id })).items.map(({ name }) => name)
    expect(names.slice(0, 2)).toEqual(['task.created', 'task.done'])
  })

  test('keeps the wall-clock time of the assignee across the change of the clocks', async () => {
    const { ada } = await withZone('Europe/Berlin')
    // Nine o'clock in Berlin: 08:00 UTC in winter, 07:00 UTC from 29 March 2026.
    const first = await ada.tasks.create({
      title: 'Stand-up',
      dueAt: new Date('2026-03-28T08:00:00Z'),
      recurrence: 'FREQ=DAILY',
    })
    const second = await following(ada, first.id)
    expect(second?.dueAt).toEqual(new Date('2026-03-29T07:00:00Z'))
  })

  test('a time that the clocks skip moves forward once, and comes back the day after', async () => {
    const { ada } = await withZone('America/New_York')
    // 02:30 does not exist on 8 March 2026 in New York; the clocks go from 02:00 EST (07:00 UTC) to 03:00 EDT.
    const first = await ada.tasks.create({
      title: 'Backup',
      dueAt: new Date('2026-03-07T07:30:00Z'),
      recurrence: 'FREQ=DAILY',
    })
    const skipped = await following(ada, first.id)
    expect(skipped?.dueAt).toEqual(new Date('2026-03-08T07:30:00Z'))
    expect((await following(ada, skipped?.id as string))?.dueAt).toEqual(new Date('2026-03-09T06:30:00Z'))
  })

  test('COUNT and UNTIL end the series', async () => {
    const { ada } = await withZone()
    for (const [rule, days] of [
      ['FREQ=DAILY;COUNT=3', ['2026-03-10', '2026-03-11', '2026-03-12']],
      ['FREQ=DAILY;INTERVAL=2;UNTIL=20260314', ['2026-03-10', '2026-03-12', '2026-03-14']],
    ] as const) {
      let task = await ada.tasks.create({ title: rule, dueDate: '2026-03-10', recurrence: rule })
      for (let next: typeof task | undefined = task; next; next = await following(ada, task.id)) task = next
      expect((await seriesOf(ada, task.series)).map(({ dueDate }) => dueDate)).toEqual(days)
    }
  })

  test('reopening and completing again makes no second one, nor does the next one being deleted', async () => {
    const { ada, root } = await withZone()
    const first = await ada.tasks.create({ title: 'Call', dueDate: '2026-03-10', recurrence: 'FREQ=DAILY' })
    const next = await following(ada, first.id)
    await ada.tasks.update(first.id, { status: 'open' })
    await ada.tasks.complete(first.id)
    await ada.tasks.delete(next?.id as string)
    await ada.tasks.update(first.id, { status: 'in-progress' })
    await ada.tasks.complete(first.id)
    expect((await seriesOf(root, first.series)).map(({ occurrence }) => occurrence)).toEqual([1])
    await ada.tasks.restore(next?.id as string)
    expect((await seriesOf(root, first.series)).map(({ occurrence }) => occurrence)).toEqual([1, 2])
  })

  test('ten at once, and the same key again, make one', async () => {
    const { ada, bob, root } = await withZone()
    const first = await ada.tasks.create({ title: 'Call', dueDate: '2026-03-10', recurrence: 'FREQ=DAILY' })
    await ada.tasks.share(first.id, { with: { user: 'bob' }, level: 'edit' })
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 ? ada : root).tasks.complete(first.id, index < 4 ? { idempotencyKey: 'k' } : {}),
      ),
    )
    expect(await refusalOf(() => bob.tasks.complete(first.id))).toMatch(/FORBIDDEN/)
    expect(await seriesOf(root, first.series)).toHaveLength(2)
  })

  test('whoever may close it needs no permission to create or to assign', async () => {
    const made = await withPeople({ roles: { closer: { tasks: { read: 'all', update: 'all' } } } })
    await made.system.users.sync([{ id: 'cleo', name: 'Cleo', roles: ['closer'] }])
    const first = await made.ada.tasks.create({ title: 'Call', dueDate: '2026-03-10', recurrence: 'FREQ=DAILY' })
    const next = await following(made.as('cleo'), first.id)
    expect(next).toMatchObject({ owner: 'ada', createdBy: 'cleo' })
  })

  test('goes on when its owner was deactivated, and leaves out what no two may have', async () => {
    const made = await withPeople({ fields: { tasks: { code: field.text({ unique: true }), note: field.text() } } })
    const first = await made.ada.tasks.create({
      title: 'Call',
      dueDate: '2026-03-10',
      recurrence: 'FREQ=DAILY',
      custom: { code: 'A1', note: 'Kept' },
    })
    await made.system.users.deactivate('ada')
    const next = await following(made.root, first.id)
    expect(next).toMatchObject({ owner: 'ada', custom: { note: 'Kept' } })
    expect(next?.custom).not.toHaveProperty('code')
  })

  test('reminders before the due time go along, one at a moment does not', async () => {
    const { ada } = await withZone()
    const first = await ada.tasks.create({
      title: 'Call',
      dueAt: '2026-03-11T09:00:00Z',
      recurrence: 'FREQ=DAILY',
      reminders: [{ before: 'PT1H' }, { at: '2026-03-11T07:00:00Z' }],
    })
    expect((await following(ada, first.id))?.reminders).toEqual([{ before: 'PT1H' }])
  })

  test('the time of day goes along to an assignee in another zone', async () => {
    const { ada, root, system } = await withZone('Europe/Berlin')
    await system.users.sync([{ id: 'cyd', name: 'Cyd', roles: ['sales'], timeZone: 'America/New_York' }])
    const first = await ada.tasks.create({
      title: 'Call',
      dueAt: new Date('2026-03-10T08:00:00Z'),
      recurrence: 'FREQ=DAILY',
    })
    await root.tasks.assign(first.id, { user: 'cyd' })
    // Nine in the morning again, in New York, where it is summer since 8 March.
    expect((await following(root, first.id))?.dueAt).toEqual(new Date('2026-03-11T13:00:00Z'))
  })
})

describe('a series', () => {
  test('skip passes over one, once, and only of a series', async () => {
    const { ada } = await withZone()
    const first = await ada.tasks.create({ title: 'Call', dueDate: '2026-03-10', recurrence: 'FREQ=WEEKLY' })
    expect(await ada.tasks.skip(first.id)).toMatchObject({ status: 'cancelled', doneAt: null })
    await ada.tasks.skip(first.id)
    const all = await seriesOf(ada, first.series)
    expect(all.map(({ dueDate, status }) => [dueDate, status])).toEqual([
      ['2026-03-10', 'cancelled'],
      ['2026-03-17', 'open'],
    ])
    expect((await ada.tasks.timeline(first.id)).items.map(({ name }) => name)).toEqual(['task.skipped', 'task.created'])
    const plain = await ada.tasks.create({ title: 'Once' })
    expect(await refusalOf(() => ada.tasks.skip(plain.id))).toBe('VALIDATION id not-recurring')
  })

  test('a change goes on to those to come, but a moved due time does not', async () => {
    const { ada } = await withZone()
    const first = await ada.tasks.create({ title: 'Call', dueDate: '2026-03-10', recurrence: 'FREQ=WEEKLY' })
    await ada.tasks.update(first.id, { title: 'Visit', dueDate: '2026-03-12' })
    expect(await following(ada, first.id)).toMatchObject({ title: 'Visit', dueDate: '2026-03-17' })
  })

  test('updateOnlyThis changes one, and those to come follow from what it was', async () => {
    const { ada } = await withZone()
    const first = await ada.tasks.create({ title: 'Call', dueDate: '2026-03-10', recurrence: 'FREQ=WEEKLY' })
    await ada.tasks.updateOnlyThis(first.id, { title: 'Visit', dueDate: '2026-03-11' })
    await ada.tasks.updateOnlyThis(first.id, { title: 'Visit again' })
    await ada.tasks.complete(first.id)
    expect((await seriesOf(ada, first.series)).map(({ title, dueDate }) => [title, dueDate])).toEqual([
      ['Visit again', '2026-03-11'],
      ['Call', '2026-03-17'],
    ])
    expect(await refusalOf(() => ada.tasks.updateOnlyThis(first.id, { recurrence: null }))).toBe(
      'VALIDATION recurrence of-all-to-come',
    )
  })

  test('stopRecurrence ends it from whichever of its tasks', async () => {
    const { ada } = await withZone()
    const first = await ada.tasks.create({ title: 'Call', dueDate: '2026-03-10', recurrence: 'FREQ=WEEKLY' })
    const second = await following(ada, first.id)
    expect(await ada.tasks.stopRecurrence(first.id)).toMatchObject({ id: second?.id, recurrence: null, status: 'open' })
    expect(await following(ada, second?.id as string)).toBeUndefined()
  })

  test('a rule given anew counts from where the task is due by then; one that is followed keeps its rule', async () => {
    const { ada } = await withZone()
    const first = await ada.tasks.create({ title: 'Call', dueDate: '2026-03-10', recurrence: 'FREQ=WEEKLY' })
    const second = await following(ada, first.id)
    expect(await refusalOf(() => ada.tasks.update(first.id, { recurrence: 'FREQ=DAILY' }))).toBe(
      'VALIDATION recurrence already-followed',
    )
    await ada.tasks.update(second?.id as string, { recurrence: 'FREQ=MONTHLY', dueDate: '2026-03-20' })
    expect(await following(ada, second?.id as string)).toMatchObject({ dueDate: '2026-04-20', occurrence: 3 })
  })

  test('refuses rules that are wrong, that need a time of day, or have nothing to count from', async () => {
    const { ada } = await withZone()
    const add = (more: object) => refusalOf(() => ada.tasks.create({ title: 'Call', ...more }))
    expect(await add({ recurrence: 'FREQ=DAILY' })).toBe('VALIDATION recurrence needs-due')
    expect(await add({ recurrence: 'daily', dueDate: '2026-03-10' })).toBe('VALIDATION recurrence invalid-rule')
    expect(await add({ recurrence: 'FREQ=HOURLY', dueDate: '2026-03-10' })).toBe('VALIDATION recurrence needs-time')
  })
})

/** The clocks of these change twice in the year after 10 March 2026, on other days and, on Lord Howe, by half an hour. */
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Auckland']

/** What a clock on the wall shows, by the runtime's own calendar. */
const shown = (instant: Date, timeZone: string) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(instant)

test('through both changes of the clocks nothing comes twice and nothing is missed, whoever completes or skips when', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ZONES),
      fc.integer({ min: 0, max: 47 }),
      fc.constantFrom('2026-03-27', '2026-04-02', '2026-09-24', '2026-10-22', '2026-10-30', '2027-03-10'),
      fc.array(fc.constantFrom('complete', 'skip', 'reopen', 'late'), { minLength: 6, maxLength: 6 }),
      async (zone, half, from, moves) => {
        const { ada, root, clock } = await withZone(zone)
        const time = `${String(half >> 1).padStart(2, '0')}:${half % 2 ? '30' : '00'}:00`
        const dueAt = Array.from(
          { length: 64 },
          (_, n) => new Date(Date.parse(`${from}T${time}Z`) + (n - 32) * 1_800_000),
        ).find((instant) => shown(instant, zone) === `${from} ${time}`)
        fc.pre(dueAt !== undefined)
        let task = await ada.tasks.create({ title: 'Daily', dueAt: dueAt as Date, recurrence: 'FREQ=DAILY' })
        for (const move of moves) {
          if (move === 'late') clock.advance(40 * 3_600_000)
          if (move === 'skip') await ada.tasks.skip(task.id)
          else await ada.tasks.complete(task.id)
          if (move === 'reopen') {
            await root.tasks.update(task.id, { status: 'open' })
            await root.tasks.complete(task.id)
          }
          const all = await seriesOf(ada, task.series)
          task = all.at(-1) as typeof task
        }
        const all = await seriesOf(ada, task.series)
        // A day each, in order, at the same time of day; only where the clocks skip that time it is the next there is.
        const days = all.map(({ dueAt }) => shown(dueAt as Date, zone))
        const expected = Array.from({ length: 7 }, (_, n) =>
          new Date(Date.parse(`${from}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10),
        )
        expect(days.map((day) => day.slice(0, 10))).toEqual(expected)
        const moved = days.filter((day) => day.slice(11) !== time)
        expect(moved.length).toBeLessThanOrEqual(1)
        for (const day of moved) expect(existsOn(day.slice(0, 10), time, zone)).toBe(false)
      },
    ),
    runs(40),
  )
}, 120_000)

/** Whether any instant of these days shows that on the wall. */
function existsOn(day: string, time: string, zone: string): boolean {
  const noon = Date.parse(`${day}T12:00:00Z`)
  for (let at = noon - 30 * 3_600_000; at < noon + 30 * 3_600_000; at += 900_000)
    if (shown(new Date(at), zone) === `${day} ${time}`) return true
  return false
}
