import type { NewDeal } from '@rapport/core'

/** A deal as the reference knows it: nothing but its history. Times in days since 1 January 2025, UTC. */
export interface PlainDeal {
  owner: string | null
  source: string | null
  amount: number | null
  probability: number | null
  expected: number | null
  path: readonly { stage: number; day: number }[]
}

export const STAGES = ['Qualification', 'Proposal Sent', 'Negotiation', 'Closed Won', 'Closed Lost'] as const
const PROBABILITIES = [10, 40, 70, 100, 0]
const DAY = 86_400_000
const START = Date.UTC(2025, 0, 1)

export const momentOf = (day: number): Date => new Date(START + day * DAY)
export const dateOf = (day: number): string => momentOf(day).toISOString().slice(0, 10)
const monthOf = (day: number): string => dateOf(day).slice(0, 7)

const last = ({ path }: PlainDeal) => path.at(-1) as { stage: number; day: number }
const created = ({ path }: PlainDeal) => (path[0] as { day: number }).day
const isWon = (deal: PlainDeal) => last(deal).stage === 3
const isLost = (deal: PlainDeal) => last(deal).stage === 4
const isOpen = (deal: PlainDeal) => last(deal).stage < 3
/** When it came to be closed for the last time; a deal that went from won to won stays closed since then. */
const closed = (deal: PlainDeal): number => last(deal).day
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
const worth = (deals: readonly PlainDeal[]) => sum(deals.map(({ amount }) => amount ?? 0))

export const middle = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((one, other) => one - other)
  if (sorted.length === 0) return null
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] as number) + (sorted[Math.floor(half)] as number)) / 2
}

/** The figures once more, deal by deal, from their definitions. Days from `from` (included) to `to` (excluded). */
export function figuresByHand(deals: readonly PlainDeal[], from: number, to: number) {
  const within = (day: number) => day >= from && day < to
  const made = deals.filter((deal) => within(created(deal)))
  const done = deals.filter((deal) => !isOpen(deal) && within(closed(deal)))
  const cells: Record<string, { won: number; lost: number; value: number }> = {}
  for (const deal of done) {
    const key = `${deal.owner} ${monthOf(closed(deal))}`
    const cell = cells[key] ?? { won: 0, lost: 0, value: 0 }
    cells[key] = cell
    cell[isWon(deal) ? 'won' : 'lost']++
    if (isWon(deal)) cell.value += deal.amount ?? 0
  }
  const dated = deals.filter((deal) => isOpen(deal) && deal.expected !== null && within(deal.expected))
  const days = (some: readonly PlainDeal[]) => some.map((deal) => closed(deal) - created(deal))
  const furthest = (deal: PlainDeal) =>
    Math.max(-1, ...deal.path.filter(({ stage }) => stage < 4).map(({ stage }) => stage))
  const wonDeals = done.filter(isWon)
  return {
    reached: [0, 1, 2, 3].map((step) => made.filter((deal) => furthest(deal) >= step).length),
    stays: [0, 1, 2, 3].map((step) =>
      middle(
        made.flatMap(({ path }) =>
          path.flatMap(({ stage, day }, index) =>
            stage === step && path[index + 1] ? [(path[index + 1] as { day: number }).day - day] : [],
          ),
        ),
      ),
    ),
    cells,
    won: wonDeals.length,
    wonValue: worth(wonDeals),
    lostValue: worth(done.filter(isLost)),
    cycle: {
      mean: wonDeals.length ? sum(days(wonDeals)) / wonDeals.length : null,
      median: middle(days(wonDeals)),
      lost: middle(days(done.filter(isLost))),
    },
    open: worth(dated),
    weightedPercent: sum(
      dated.map((deal) => (deal.amount ?? 0) * (deal.probability ?? (PROBABILITIES[last(deal).stage] as number))),
    ),
    asOf: (day: number) =>
      [0, 1, 2].map(
        (step) =>
          deals.filter(({ path }) =>
            path.some(
              ({ stage, day: entered }, index) =>
                stage === step && entered <= day && (path[index + 1]?.day ?? Number.POSITIVE_INFINITY) > day,
            ),
          ).length,
      ),
  }
}

export const asInput = (deal: PlainDeal): Partial<NewDeal> => ({
  owner: deal.owner,
  source: deal.source,
  amount: deal.amount === null ? null : { amount: deal.amount, currency: 'EUR' },
  expectedCloseDate: deal.expected === null ? null : dateOf(deal.expected),
})
