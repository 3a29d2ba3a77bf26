import { describe, expect, test } from 'vitest'
import { type SalesWorld, salesWorld } from '../support/sales'

const WEEK = { from: '2026-03-09', to: '2026-03-16' }

async function busyWeek({ at, sale, prospect }: SalesWorld) {
  const talk = (owner: string, kind: 'call' | 'meeting' | 'email' | 'note' | 'sms', moment: string) =>
    at(moment).activities.create({ kind, owner, occurredAt: moment })
  await talk('ada', 'call', '2026-03-09T10:00:00Z')
  await talk('ada', 'call', '2026-03-10T23:30:00Z')
  await talk('ada', 'meeting', '2026-03-10T09:00:00Z')
  await talk('bob', 'email', '2026-03-12T09:00:00Z')
  await talk('bob', 'note', '2026-03-12T09:30:00Z')
  await talk('bob', 'sms', '2026-03-08T23:59:59Z') // the week before
  await at('2026-03-01').tasks.create({ title: 'Late', owner: 'ada', dueDate: '2026-03-14' })
  await at('2026-03-01').tasks.create({ title: 'Due today', owner: 'ada', dueDate: '2026-03-15' })
  await at('2026-03-01').tasks.create({ title: 'Late this morning', owner: 'ada', dueAt: '2026-03-15T11:59:00Z' })
  await at('2026-03-01').tasks.create({ title: 'Later today', owner: 'ada', dueAt: '2026-03-15T12:01:00Z' })
  await at('2026-03-01').tasks.create({ title: 'Cancelled', owner: 'ada', dueDate: '2026-03-10', status: 'cancelled' })
  const done = await at('2026-03-01').tasks.create({ title: 'Done', owner: 'bob', dueDate: '2026-03-10' })
  await at('2026-03-11T08:00:00Z').tasks.complete(done.id)
  await prospect({ owner: 'ada', created: '2026-03-10', converted: '2026-03-13' })
  await prospect({ owner: 'bob', created: '2026-02-10', converted: '2026-03-13' })
  await sale({ owner: 'bob', path: [['Qualification', '2026-03-10'], ['Closed Won', '2026-03-14']] }) // biome-ignore format: a path
}

const NONE = { calls: 0, meetings: 0, emails: 0, sms: 0, notes: 0, tasksDone: 0, tasksOverdue: 0, leadsCreated: 0, leadsConverted: 0, dealsCreated: 0, dealsWon: 0 } // biome-ignore format: a row

describe('agent activity', () => {
  test('counts what each owner did', async () => {
    const world = await salesWorld()
    await busyWeek(world)
    const { rows, totals } = await world.admin.reports.agentActivity({ period: WEEK })
    const ada = { calls: 2, meetings: 1, tasksOverdue: 2, leadsCreated: 1, leadsConverted: 1 }
    const bob = { emails: 1, notes: 1, tasksDone: 1, leadsConverted: 1, dealsCreated: 1, dealsWon: 1 }
    expect(rows).toEqual([
      { owner: 'ada', ownerName: 'Ada', ...NONE, ...ada },
      { owner: 'bob', ownerName: 'Bob', ...NONE, ...bob },
    ])
    expect(totals).toEqual({ ...NONE, ...ada, ...bob, leadsConverted: 2 })
  })

  test('by day in the zone of the asker', async () => {
    const world = await salesWorld()
    await busyWeek(world)
    const days = async (zone: string) => {
      const { rows } = await world.admin.reports.agentActivity({
        period: WEEK,
        groupBy: ['owner', 'day'],
        zone,
        where: { owner: 'ada' },
      })
      return rows.filter(({ calls }) => calls !== 0).map(({ day, calls }) => [day, calls])
    }
    expect(await days('UTC')).toEqual([['2026-03-09', 1], ['2026-03-10', 1]]) // biome-ignore format: rows
    // 23:30 in London is past midnight in Berlin.
    expect(await days('Europe/Berlin')).toEqual([['2026-03-09', 1], ['2026-03-11', 1]]) // biome-ignore format: rows
  })

  test('counts notes on records for their author, where the asker may read the record', async () => {
    const world = await salesWorld()
    const mine = await world.as('bob').leads.create({ name: 'Of the north' })
    const theirs = await world.as('cleo').leads.create({ name: 'Of the south' })
    await world.admin.leads.share(theirs.id, { with: { user: 'bob' }, level: 'read' })
    await world.as('bob').notes.add({ type: 'leads', id: mine.id }, 'Seen by the team')
    await world.as('bob').notes.add({ type: 'leads', id: theirs.id }, 'Not seen by Ada')
    const notes = async (user: string) => {
      const { rows } = await world.as(user).reports.agentActivity({ period: { this: 'month' } })
      return rows.find(({ owner }) => owner === 'bob')?.notes
    }
    expect(await notes('admin')).toBe(2)
    expect(await notes('bob')).toBe(2)
    expect(await notes('ada')).toBe(1)
  })

  test('by team and week', async () => {
    const world = await salesWorld()
    await busyWeek(world)
    const { rows } = await world.admin.reports.agentActivity({
      period: { from: '2026-03-02', to: '2026-03-16' },
      groupBy: ['team', 'week'],
    })
    expect(
      rows.map(({ teamName, week, calls, sms, tasksOverdue }) => [teamName, week, calls, sms, tasksOverdue]),
    ).toEqual([
      ['North', '2026-03-02', 0, 1, 0],
      ['North', '2026-03-09', 2, 0, 2],
    ])
  })
})
