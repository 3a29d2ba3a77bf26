import type { OutgoingEmail } from '@rapport/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Client, newCrm, runs } from './support/crm'

/** Both changes of the clocks in 2026; Lord Howe moves them by half an hour, and Kathmandu never. */
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'] as const
const STARTS = ['2026-03-06T00:00:00Z', '2026-03-27T00:00:00Z', '2026-04-03T00:00:00Z', '2026-10-02T00:00:00Z', '2026-10-23T00:00:00Z', '2026-10-30T00:00:00Z'] // biome-ignore format: a list
const MINUTE = 60_000
const DAY = 86_400_000

const CLOCKS: Record<string, Intl.DateTimeFormat> = Object.fromEntries(
  ZONES.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    }),
  ]),
)

/** What the clocks of a zone show, as if it were UTC: by the runtime, knowing nothing of ours. */
function shown(instant: number, zone: string): number {
  const parts = (CLOCKS[zone] as Intl.DateTimeFormat).formatToParts(instant)
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'))
}

/** The first instant that shows it; a time that is skipped, as long after the skip as it lies in it. */
function instantOf(wall: number, zone: string): number {
  for (let at = wall - 15 * 3_600_000; at <= wall + 15 * 3_600_000; at += 15 * MINUTE)
    if (shown(at, zone) === wall) return at
  const noon = wall - DAY
  return wall - (shown(noon, zone) - noon)
}

const dateAt = (wall: number) => new Date(wall).toISOString().slice(0, 10)
const time = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
const quarters = fc.integer({ min: 0, max: 95 }).map((quarter) => quarter * 15)

const scenario = fc.record({
  zone: fc.constantFrom(...ZONES),
  start: fc.constantFrom(...STARTS),
  dueMinutes: fc.oneof(fc.constantFrom(120, 150, 540), quarters),
  tasks: fc.array(
    fc.record({ day: fc.integer({ min: 1, max: 5 }), minutes: quarters, dated: fc.boolean(), daysBefore: fc.integer({ min: 0, max: 2 }), hoursBefore: fc.integer({ min: 0, max: 30 }) }),
    { minLength: 1, maxLength: 8 },
  ), // biome-ignore format: a line each
  steps: fc.array(fc.oneof(fc.integer({ min: 1, max: 180 }), fc.integer({ min: 180, max: 2880 })), { minLength: 3, maxLength: 40 }),
}) // biome-ignore format: a line each

test('reminders come at their time on the clocks of four zones, once each and none missed, however the clock moves', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ zone, start, dueMinutes, tasks, steps }) => {
      const { crm, clock, system } = await newCrm({ settings: { dueTime: time(dueMinutes) }, keep: true })
      await system.users.sync([{ id: 'bob', name: 'Bob', roles: ['admin'], timeZone: zone }])
      const bob = crm.as({ user: 'bob' }) as Client
      clock.set(start)
      const from = Date.parse(start)
      const expected: string[] = []
      for (const { day, minutes, dated, daysBefore, hoursBefore } of tasks) {
        const wall = Date.parse(start) + day * DAY + (dated ? dueMinutes : minutes) * MINUTE
        const base = dated ? instantOf(wall, zone) : wall
        const at = daysBefore === 0 ? base : instantOf(shown(base, zone) - daysBefore * DAY, zone)
        const due = dated ? { dueDate: dateAt(wall) } : { dueAt: new Date(base) }
        const before = `P${daysBefore}DT${hoursBefore}H`
        const { id } = await bob.tasks.create({ title: 'Call', ...due, reminders: [{ before }] })
        if (at - hoursBefore * 3_600_000 > from) expected.push(`${at - hoursBefore * 3_600_000} ${id}`)
      }
      const told = new Set<string>()
      for (const step of [...steps, 10 * 1440]) {
        clock.advance(step * MINUTE)
        await crm.tick()
        const now = clock.now().getTime()
        const { items } = await bob.notifications.list({ limit: 200 })
        const all = items.map(({ at, record }) => `${at.getTime()} ${record.id}`)
        expect(new Set(all).size).toBe(all.length)
        expect(all.filter((one) => !told.has(one)).sort()).toEqual(
          expected.filter((one) => !told.has(one) && Number.parseInt(one, 10) <= now).sort(),
        )
        for (const one of all) told.add(one)
      }
      expect([...told].sort()).toEqual(expected.sort())
      await crm.close()
    }),
    runs(30),
  )
}, 120_000)

test('each piece of news is in one digest, sent when its time has come on the clocks of the zone', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ zone, start, dueMinutes, steps }) => {
      const emails: OutgoingEmail[] = []
      const email = { send: (one: OutgoingEmail) => ({ providerId: String(emails.push(one)) }) }
      const { crm, clock, system } = await newCrm({ email, keep: true })
      clock.set(start)
      await system.users.sync([{ id: 'bob', name: 'Bob', email: 'bob@example.com', roles: ['admin'], timeZone: zone }])
      const { preferences } = crm.as({ user: 'bob' }).notifications
      await preferences.set({ channels: { 'task-assigned': ['digest'] }, digestAt: time(dueMinutes) })
      const digests = Array.from({ length: 100 }, (_, day) =>
        instantOf(Date.parse(start) + (day - 2) * DAY + dueMinutes * MINUTE, zone),
      )
      let told = 0
      let waiting = 0
      let last = clock.now().getTime()
      for (const step of [...steps, 1440, 1440]) {
        clock.advance(step * MINUTE)
        const now = clock.now().getTime()
        await crm.tick()
        const isTime = digests.some((at) => at > last && at <= now)
        expect(emails.length - told).toBe(isTime && waiting > 0 ? 1 : 0)
        if (isTime) waiting = 0
        told = emails.length
        last = now
        await system.tasks.create({ title: `Task at ${now}`, owner: 'bob' })
        await crm.tick()
        waiting++
      }
      const lines = emails.flatMap(({ text }) => text.match(/\d+ tasks|the task/g) ?? [])
      const count = lines.reduce((sum, line) => sum + (Number.parseInt(line, 10) || 1), 0)
      expect(count + waiting).toBe(steps.length + 2)
      await crm.close()
    }),
    runs(30),
  )
}, 120_000)
