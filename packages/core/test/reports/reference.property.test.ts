import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { salesWorld } from '../support/sales'
import { asInput, dateOf, figuresByHand, momentOf, type PlainDeal, STAGES } from '../support/sales-by-hand'

const step = fc.record({ stage: fc.nat({ max: 4 }), after: fc.nat({ max: 60 }) })

/** A way through the stages with no step from a stage to itself. Quarters of days, so that medians are exact. */
const path = fc.tuple(fc.nat({ max: 300 }), fc.array(step, { minLength: 1, maxLength: 6 })).map(([start, steps]) => {
  let day = start
  const moves: { stage: number; day: number }[] = []
  for (const { stage, after } of steps) {
    if (moves.at(-1)?.stage === stage) continue
    day += moves.length === 0 ? 0 : after / 4
    moves.push({ stage, day })
  }
  return moves
})

const deal: fc.Arbitrary<PlainDeal> = fc.record({
  owner: fc.constantFrom('ada', 'bob', 'cleo', null),
  source: fc.constantFrom('website', 'event', null),
  amount: fc.option(fc.nat({ max: 10_000_000 })),
  probability: fc.constant(null),
  expected: fc.option(fc.nat({ max: 500 })),
  path,
})

test('reports equal the same figures worked out deal by deal', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(deal, { maxLength: 25 }),
      fc.nat({ max: 400 }),
      fc.integer({ min: 1, max: 400 }),
      async (deals, from, length) => {
        const { admin, sale } = await salesWorld()
        for (const one of deals) {
          await sale({
            ...asInput(one),
            path: one.path.map(({ stage, day }) => [STAGES[stage] as string, momentOf(day).toISOString()]),
          })
        }
        const period = { from: dateOf(from), to: dateOf(from + length) }
        const expected = figuresByHand(deals, from, from + length)

        const funnel = await admin.reports.salesFunnel({ period })
        expect(funnel.rows.map(({ reached }) => reached)).toEqual(expected.reached)
        expect(funnel.rows.map(({ medianDays }) => medianDays)).toEqual(expected.stays)

        const rate = await admin.reports.winRate({ period, groupBy: ['owner', 'month'] })
        const cells = rate.rows.map(({ owner, month, won, lost, wonValue }) => [
          `${owner} ${month}`,
          { won, lost, value: wonValue?.amount },
        ])
        expect(Object.fromEntries(cells)).toEqual(expected.cells)
        expect(rate.totals).toMatchObject({
          won: expected.won,
          wonValue: { amount: expected.wonValue },
          lostValue: { amount: expected.lostValue },
        })

        const { totals: cycle } = await admin.reports.salesCycle({ period })
        expect([cycle.medianDays, cycle.lostMedianDays]).toEqual([expected.cycle.median, expected.cycle.lost])
        if (expected.cycle.mean !== null) expect(cycle.meanDays).toBeCloseTo(expected.cycle.mean, 9)

        const { totals: forecast } = await admin.reports.forecast({ period })
        expect(forecast.open?.amount).toBe(expected.open)
        expect(forecast.weighted?.amount).toBe(Math.round(expected.weightedPercent / 100))
        expect(forecast.forecast?.amount).toBe(Math.round((expected.weightedPercent + 100 * expected.wonValue) / 100))

        const past = await admin.reports.pipelineAsOf({ at: momentOf(from) })
        expect(past.rows.map(({ deals }) => deals)).toEqual(expected.asOf(from))
        const moved = await admin.reports.pipelineMovement({ period })
        const { opening, closing, reopened, won, lost, left } = moved.totals as Record<string, number>
        expect(closing).toBe(
          (opening as number) +
            (moved.totals.new as number) +
            (reopened as number) -
            (won as number) -
            (lost as number) -
            (left as number),
        )
      },
    ),
    { numRuns: process.env.RAPPORT_THOROUGH ? 200 : 12 },
  )
}, 300_000)
