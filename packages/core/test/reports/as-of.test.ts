import { eur } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { salesWorld, sevenDeals } from '../support/sales'

// Worked out by hand from the table at `sevenDeals`.
describe('pipeline as of', () => {
  test('rebuilds stages and value of a past day', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { rows, totals, at } = await world.admin.reports.pipelineAsOf({ at: '2026-02-12' })
    // Deal 3 in Negotiation, 4 in Proposal Sent, 5 in Negotiation; at 40 % and 70 %.
    expect(rows.map(({ stageName, deals, value, weighted }) => [stageName, deals, value, weighted])).toEqual([
      ['Qualification', 0, eur(0), eur(0)],
      ['Proposal Sent', 1, eur(300), eur(120)],
      ['Negotiation', 2, eur(6000), eur(4200)],
    ])
    expect(totals).toEqual({ deals: 3, value: eur(6300), weighted: eur(4320) })
    expect(at).toEqual(new Date('2026-02-12T23:59:59.999Z'))
  })

  test('counts a deal in the stage it enters from that moment on', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const stageAt = async (at: string) => {
      const { rows } = await world.admin.reports.pipelineAsOf({ at, where: { amount: eur(1000) } })
      return rows.find(({ deals }) => deals === 1)?.stageName
    }
    expect(await stageAt('2026-01-09T23:59:59.999Z')).toBe('Qualification')
    expect(await stageAt('2026-01-10T00:00:00Z')).toBe('Proposal Sent')
    expect(await stageAt('2026-02-03T23:59:59.999Z')).toBe('Negotiation')
    expect(await stageAt('2026-02-04T00:00:00Z')).toBeUndefined()
  })

  test('of now is what is open now', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { totals } = await world.admin.reports.pipelineAsOf({ at: '2026-03-15' })
    expect(totals).toMatchObject({ deals: 3, value: eur(4300) })
  })

  test('refuses the future', async () => {
    const world = await salesWorld()
    await expect(world.admin.reports.pipelineAsOf({ at: '2026-03-16' })).rejects.toMatchObject({
      code: 'VALIDATION',
      field: 'at',
      rule: 'in-the-future',
    })
  })
})

describe('pipeline movement', () => {
  const kinds = ['opening', 'new', 'reopened', 'won', 'lost', 'moved', 'left', 'slipped', 'closing']
  const counts = (totals: Record<string, number | null>) => kinds.map((kind) => totals[kind])

  test('takes the pipeline from one moment to another', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { totals, rows } = await world.admin.reports.pipelineMovement({
      period: { from: '2026-02-01', to: '2026-03-01' },
    })
    // Before: 1 and 3. New: 4, 5, 6. Won: 1. After: 3, 4, 5, 6. The seventh came on the last moment, which is excluded.
    expect(counts(totals)).toEqual([2, 3, 0, 1, 0, 0, 0, 0, 4])
    const value = (kind: string) => rows.find((row) => row.kind === kind)?.value
    expect(['opening', 'new', 'won', 'closing'].map(value)).toEqual([eur(3000), eur(5000), eur(1000), eur(7000)])
  })

  test('says what moved from where to where, and what came and went in between', async () => {
    const world = await salesWorld()
    await sevenDeals(world)
    const { totals, rows } = await world.admin.reports.pipelineMovement({
      period: { from: '2026-01-10', to: '2026-02-01' },
    })
    // Before: 1 in Qualification. New: 2 and 3. Lost: 2. Moved: 1 to Negotiation.
    expect(counts(totals)).toEqual([1, 2, 0, 0, 1, 1, 0, 0, 2])
    expect(rows.find(({ kind }) => kind === 'moved')).toEqual({
      kind: 'moved',
      fromStage: 'Qualification',
      toStage: 'Negotiation',
      deals: 1,
      value: eur(1000),
    })
  })

  test('knows reopened deals', async () => {
    const world = await salesWorld()
    const id = await world.sale({ euro: 10, path: [['Qualification', '2026-01-02'], ['Closed Lost', '2026-01-10']] }) // biome-ignore format: a path
    await world.at('2026-02-10').deals.reopen(id)
    const { totals } = await world.admin.reports.pipelineMovement({ period: { from: '2026-02-01', to: '2026-03-01' } })
    expect(counts(totals)).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 1])
  })

  test('knows deals whose expected date was put off', async () => {
    const world = await salesWorld()
    const sale = (euro: number) =>
      world.sale({ euro, path: [['Qualification', '2026-01-02']], expectedCloseDate: '2026-02-20' })
    const [late, sooner, back] = [await sale(10), await sale(20), await sale(40)]
    await world.at('2026-02-10').deals.update(late, { expectedCloseDate: '2026-05-01' })
    await world.at('2026-02-10').deals.update(sooner, { expectedCloseDate: '2026-02-11' })
    await world.at('2026-02-10').deals.update(back, { expectedCloseDate: '2026-05-01' })
    await world.at('2026-02-12').deals.update(back, { expectedCloseDate: '2026-02-20' })
    const { totals, rows } = await world.admin.reports.pipelineMovement({
      period: { from: '2026-02-01', to: '2026-03-01' },
    })
    expect(totals.slipped).toBe(1)
    expect(rows.find(({ kind }) => kind === 'slipped')?.value).toEqual(eur(10))
  })

  test('calls new and left what came from and went to another pipeline', async () => {
    const world = await salesWorld({
      pipelines: ['One', 'Two'].map((name) => ({
        name,
        stages: [
          { name: `${name} first`, probability: 20 },
          { name: `${name} won`, class: 'won' as const },
          { name: `${name} lost`, class: 'lost' as const },
        ],
      })),
    })
    await world.sale({ path: [['One first', '2026-01-05'], ['Two first', '2026-02-10']] }) // biome-ignore format: a path
    const period = { from: '2026-02-01', to: '2026-03-01' }
    const move = async (pipeline: string) =>
      counts((await world.admin.reports.pipelineMovement({ period, pipeline })).totals)
    expect(await move('One')).toEqual([1, 0, 0, 0, 0, 0, 1, 0, 0])
    expect(await move('Two')).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 1])
  })
})
