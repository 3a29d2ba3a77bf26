import { createCrm } from '@rapport/core'
import { expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'
import { withoutGuards } from '../../test/support/databases'

const at = (text: string) => new Date(text)
const HOUR = 3_600_000

/** A weekly meeting of Ada, Mondays at nine in Berlin from 16 March 2026, about a deal. The clocks change on 29 March. */
async function withWeekly(input: object = {}) {
  const made = await withPeople()
  const { ada, crm, clock } = made
  const deal = await ada.deals.create({ title: 'Engines' })
  const meeting = await ada.meetings.create({
    title: 'Jour fixe',
    startAt: at('2026-03-16T08:00:00Z'),
    zone: 'Europe/Berlin',
    recurrence: 'FREQ=WEEKLY',
    reminders: [{ before: 'PT1H' }],
    deal: deal.id,
    ...input,
  })
  const told = async () => {
    const { items } = await ada.notifications.list({ limit: 200 })
    return items
      .filter(({ kind }) => kind === 'reminder')
      .map((one) => one.at.toISOString().slice(5, 16))
      .sort()
  }
  const goTo = async (moment: string | Date) => {
    clock.set(moment as string)
    return crm.tick()
  }
  const nextOfDeal = async () => (await ada.deals.get(deal.id)).nextActivityAt?.toISOString().slice(5, 16)
  return { ...made, deal, meeting, told, goTo, nextOfDeal }
}

test('a weekly meeting is reminded of each week, on the clocks of its zone, and its deal follows', async () => {
  const { goTo, told, nextOfDeal, ada, meeting } = await withWeekly()
  const followed = new Set<string | undefined>()
  for (
    let moment = at('2026-03-15T00:00:00Z').getTime();
    moment < at('2026-04-14T00:00:00Z').getTime();
    moment += HOUR
  ) {
    await goTo(new Date(moment))
    followed.add(await nextOfDeal())
  }
  expect(await told()).toEqual(['03-16T07:00', '03-23T07:00', '03-30T06:00', '04-06T06:00', '04-13T06:00'])
  const starts = ['03-16T08:00', '03-23T08:00', '03-30T07:00', '04-06T07:00', '04-13T07:00', '04-20T07:00']
  expect([...followed]).toEqual(starts)
  expect((await ada.meetings.get(meeting.id)).nextAt).toEqual(at('2026-04-20T07:00:00Z'))
})

test('the meeting has moved on from the moment it begins, and not before', async () => {
  const { goTo, nextOfDeal } = await withWeekly()
  await goTo('2026-03-16T07:59:59.999Z')
  expect(await nextOfDeal()).toBe('03-16T08:00')
  expect((await goTo('2026-03-16T08:00:00Z')).work).toMatchObject({ meetings: 1 })
  expect(await nextOfDeal()).toBe('03-23T08:00')
})

test('nobody hears of it: no event, no version, no sequence', async () => {
  const { goTo, ada, root, meeting } = await withWeekly()
  await goTo('2026-03-16T09:00:00Z')
  const moved = await ada.meetings.get(meeting.id)
  expect(moved).toEqual({ ...meeting, nextAt: at('2026-03-23T08:00:00Z') })
  const { items } = await root.audit({ where: { recordId: meeting.id } })
  expect(items.map(({ name }) => name)).toEqual(['meeting.created'])
})

test('after weeks without a worker the first that waited is told, and the next one; those between are not', async () => {
  const { goTo, told, nextOfDeal } = await withWeekly({
    reminders: [{ before: 'PT1H' }, { before: 'PT2H' }, { before: 'P1D' }],
  })
  await goTo('2026-03-15T09:00:00Z')
  expect(await told()).toEqual(['03-15T08:00'])
  // Three weeks later, half an hour before the meeting.
  await goTo('2026-04-06T06:30:00Z')
  expect(await told()).toEqual(['03-15T08:00', '03-16T06:00', '03-16T07:00', '04-06T06:00'])
  expect(await nextOfDeal()).toBe('04-06T07:00')
  await goTo('2026-04-06T07:30:00Z')
  expect(await told()).toHaveLength(4)
})

test('reminders at the very start, and longer ahead than the times lie apart, come once for each time', async () => {
  const { goTo, told } = await withWeekly({ recurrence: 'FREQ=DAILY;COUNT=4', reminders: [{ before: 'PT0S' }] })
  for (const day of [16, 17, 18, 19, 20, 21]) await goTo(`2026-03-${day}T08:00:00Z`)
  expect(await told()).toEqual(['03-16T08:00', '03-17T08:00', '03-18T08:00', '03-19T08:00'])

  const ahead = await withWeekly({ recurrence: 'FREQ=DAILY;COUNT=4', reminders: [{ before: 'PT48H' }] })
  for (const day of [14, 15, 16, 17, 18, 19, 20]) await ahead.goTo(`2026-03-${day}T08:00:00Z`)
  expect(await ahead.told()).toEqual(['03-14T08:00', '03-15T08:00', '03-16T08:00', '03-17T08:00'])
})

test('one that comes to its end calls for nobody any more', async () => {
  const { goTo, ada, meeting, nextOfDeal, storage } = await withWeekly({ recurrence: 'FREQ=WEEKLY;COUNT=2' })
  for (const moment of ['2026-03-16T08:00:00Z', '2026-03-23T08:00:00Z']) await goTo(moment)
  expect((await ada.meetings.get(meeting.id)).nextAt).toBeNull()
  expect(await nextOfDeal()).toBeUndefined()
  expect(await storage.read(`select id from ${storage.table('meeting')} where turn_at is not null`, [])).toEqual([])
})

test('what was called off or deleted stays where it is until it comes back', async () => {
  const { goTo, ada, root, meeting, told, nextOfDeal } = await withWeekly()
  await root.meetings.delete(meeting.id)
  expect((await goTo('2026-03-16T09:00:00Z')).work).toEqual({})
  await root.meetings.restore(meeting.id)
  await ada.meetings.cancel(meeting.id)
  expect((await goTo('2026-03-30T09:00:00Z')).work).toEqual({})
  await ada.meetings.update(meeting.id, { status: 'planned' })
  await goTo('2026-04-06T06:00:00Z')
  expect(await nextOfDeal()).toBe('04-06T07:00')
  expect(await told()).toEqual(['04-06T06:00'])
})

test('several workers at once move each meeting on once, of every tenant', async () => {
  const { ada, crm, clock, storage, told } = await withWeekly()
  for (let more = 0; more < 9; more++)
    await ada.meetings.create({
      title: `Daily ${more}`,
      startAt: at('2026-03-16T08:00:00Z'),
      recurrence: 'FREQ=DAILY',
      reminders: [{ before: 'PT24H' }],
    })
  const elsewhere = crm.asSystem({ tenant: 'other', reason: 'test' })
  const other = await elsewhere.meetings.create({
    title: 'X',
    startAt: at('2026-03-16T08:00:00Z'),
    recurrence: 'FREQ=DAILY',
  })
  const second = createCrm({ storage, clock })
  clock.set('2026-03-16T08:00:00Z')
  const ticks = await Promise.all([crm.tick(), second.tick(), crm.tick()])
  expect(ticks.reduce((sum, { work }) => sum + (work.meetings ?? 0), 0)).toBe(11)
  await crm.tick()
  expect(await told()).toEqual(
    [
      '03-16T07:00',
      ...Array(18)
        .fill(0)
        .map((_, one) => `03-1${one < 9 ? 5 : 6}T08:00`),
    ].sort(),
  )
  expect((await elsewhere.meetings.get(other.id)).nextAt).toEqual(at('2026-03-17T08:00:00Z'))
})

test('with none that begins it is one statement, which also tells when the next one does', async () => {
  const { crm, storage } = await withWeekly({ reminders: null })
  for (let round = 0; round < 2; round++) await crm.tick()
  const statements = withoutGuards(await storage.record(() => crm.tick())).filter(({ sql }) => sql.includes('meeting'))
  expect(statements).toHaveLength(1)
  expect((await crm.tick()).next).toEqual(at('2026-03-16T08:00:00Z'))
})

test('whichever of its statements fails, nothing of it is done, and all of it the next time', async () => {
  for (let at = 1; ; at++) {
    const { crm, clock, storage, nextOfDeal, told } = await withWeekly({ reminders: [{ before: 'P7D' }] })
    clock.set('2026-03-16T08:00:00Z')
    await crm.tick()
    const failed = storage.failOn(at)
    clock.set('2026-03-23T08:00:00Z')
    await crm.tick().catch(() => undefined)
    const happened = failed()
    storage.failOn(null)
    await crm.tick()
    await crm.tick()
    expect(await nextOfDeal()).toBe('03-30T07:00')
    expect(await told(), `statement ${at}`).toEqual(['03-16T08:00', '03-23T07:00'])
    if (!happened) return
  }
})
