import { stepClock } from '@rapport/core/testing'
import { describe, expect, test } from 'vitest'
import { salesWorld } from '../support/sales'

type Unit = 'day' | 'month' | 'quarter'

/** The first instants of days, months and quarters, from the clock changes of 2026 in the time zone database. */
const BORDERS: readonly [zone: string, unit: Unit, first: string, before: string, after: string][] = [
  ['Europe/Berlin', 'month', '2026-03-31T22:00:00Z', '2026-03', '2026-04'],
  ['Europe/Berlin', 'month', '2026-01-31T23:00:00Z', '2026-01', '2026-02'],
  ['Europe/Berlin', 'day', '2026-03-28T23:00:00Z', '2026-03-28', '2026-03-29'],
  ['Europe/Berlin', 'day', '2026-03-29T22:00:00Z', '2026-03-29', '2026-03-30'],
  ['Europe/Berlin', 'day', '2026-10-25T23:00:00Z', '2026-10-25', '2026-10-26'],
  ['America/New_York', 'month', '2026-04-01T04:00:00Z', '2026-03', '2026-04'],
  ['America/New_York', 'month', '2026-12-01T05:00:00Z', '2026-11', '2026-12'],
  ['America/New_York', 'day', '2026-11-01T04:00:00Z', '2026-10-31', '2026-11-01'],
  ['America/New_York', 'day', '2026-11-02T05:00:00Z', '2026-11-01', '2026-11-02'],
  ['Asia/Kathmandu', 'month', '2026-03-31T18:15:00Z', '2026-03', '2026-04'],
  ['Asia/Kathmandu', 'quarter', '2026-06-30T18:15:00Z', '2026-Q2', '2026-Q3'],
  ['Pacific/Auckland', 'month', '2026-03-31T11:00:00Z', '2026-03', '2026-04'],
  ['Pacific/Auckland', 'month', '2026-04-30T12:00:00Z', '2026-04', '2026-05'],
  ['Pacific/Auckland', 'day', '2026-04-05T12:00:00Z', '2026-04-05', '2026-04-06'],
  ['Pacific/Auckland', 'quarter', '2026-09-30T11:00:00Z', '2026-Q3', '2026-Q4'],
]

const world = () => salesWorld({ clock: stepClock('2026-12-31T12:00:00Z') })

describe('months and days of the asker', () => {
  test.each(BORDERS)('in %s the %s changes at %s', async (zone, unit, first, before, after) => {
    const { sale, admin } = await world()
    const lastMoment = new Date(new Date(first).getTime() - 1).toISOString()
    await sale({ owner: 'ada', path: [['Qualification', '2026-01-02'], ['Closed Won', lastMoment]] }) // biome-ignore format: a path
    await sale({ owner: 'ada', path: [['Qualification', '2026-01-02'], ['Closed Won', first]] }) // biome-ignore format: a path
    for (const groupBy of [unit, ['owner', unit] as const]) {
      const { rows } = await admin.reports.winRate({
        period: { from: '2026-01-01', to: '2027-01-01' },
        groupBy: groupBy as Unit,
        zone,
      })
      expect(rows.filter(({ won }) => won > 0).map((row) => [row[unit], row.won])).toEqual([
        [before, 1],
        [after, 1],
      ])
    }
  })

  test.each(BORDERS.filter(([, unit]) => unit === 'month'))(
    'in %s a report of one %s begins at %s',
    async (zone, _, first, __, after) => {
      const { sale, admin } = await world()
      const lastMoment = new Date(new Date(first).getTime() - 1).toISOString()
      await sale({ path: [['Qualification', '2026-01-02'], ['Closed Won', lastMoment]] }) // biome-ignore format: a path
      await sale({ path: [['Qualification', '2026-01-02'], ['Closed Won', first]] }) // biome-ignore format: a path
      const { totals, period } = await admin.reports.winRate({
        period: { from: `${after}-01`, to: `${after}-02` },
        zone,
      })
      expect(totals.won).toBe(1)
      expect(period.from).toEqual(new Date(first))
    },
  )

  test('are those of the user unless a zone is given', async () => {
    const { crm, sale } = await world()
    await crm
      .asSystem({ reason: 'move' })
      .users.sync([{ id: 'kim', name: 'Kim', roles: ['admin'], timeZone: 'Pacific/Auckland' }])
    await sale({ path: [['Qualification', '2026-01-02'], ['Closed Won', '2026-03-31T11:00:00Z']] }) // biome-ignore format: a path
    const month = async (zone?: string) => {
      const { rows } = await crm
        .as({ user: 'kim' })
        .reports.winRate({ period: { from: '2026-01-01', to: '2027-01-01' }, groupBy: 'month', zone })
      return rows.find(({ won }) => won > 0)?.month
    }
    expect(await month()).toBe('2026-04')
    expect(await month('America/New_York')).toBe('2026-03')
  })

  test('do not move calendar dates: what is expected on the 31st is expected in March everywhere', async () => {
    const { sale, admin } = await world()
    await sale({ euro: 1, path: [['Qualification', '2026-01-02']], expectedCloseDate: '2026-03-31' })
    for (const zone of ['Pacific/Auckland', 'America/New_York']) {
      const { rows } = await admin.reports.forecast({ period: { from: '2026-03-01', to: '2026-05-01' }, zone })
      expect(rows.map(({ openDeals }) => openDeals)).toEqual([1, 0])
    }
  })
})
