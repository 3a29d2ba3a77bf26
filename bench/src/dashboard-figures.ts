import type { Dashboard } from '@rapport/core'

export const END = Date.UTC(2026, 0, 1)
export const PERIOD = { from: '2024-01-01', to: '2026-01-01' }

export interface Figures {
  funnel: number[]
  conversion: Record<string, [created: number, converted: number, conversions: number]>
  winRate: Record<string, [won: number, lost: number, value: number, lostValue: number]>
  forecast: Record<string, [won: number, open: number, weighted: number]>
  activity: Record<string, number[]>
}

/** What the hand-written SQL gives as well, out of the dashboard. */
export function figuresOf({ funnel, conversionBySource, winRate, forecast, activity }: Dashboard): Figures {
  const cents = (money: { amount: number } | null | undefined) => money?.amount ?? 0
  return {
    funnel: funnel?.rows.map(({ reached }) => reached) ?? [],
    conversion: Object.fromEntries(
      conversionBySource?.rows.map((row) => [row.source, [row.created, row.converted, row.conversions]]) ?? [],
    ),
    winRate: Object.fromEntries(
      winRate?.rows.map((row) => [
        `${row.owner} ${row.month}`,
        [row.won, row.lost, cents(row.wonValue), cents(row.lostValue)],
      ]) ?? [],
    ),
    forecast: Object.fromEntries(
      forecast?.rows.map((row) => [row.month, [cents(row.won), cents(row.open), cents(row.weighted)]]) ?? [],
    ),
    activity: Object.fromEntries(
      activity?.rows.map((row) => [
        row.owner,
        [
          row.calls,
          row.meetings,
          row.emails,
          row.notes,
          row.tasksDone,
          row.tasksOverdue,
          row.leadsCreated,
          row.leadsConverted,
          row.dealsCreated,
          row.dealsWon,
        ].map(Number),
      ]) ?? [],
    ),
  }
}

const months = Array.from({ length: 24 }, (_, index) => ({
  key: `${2024 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`,
  end: Date.UTC(2024, index + 1, 1),
}))

export const monthOf = (low = 0, high = months.length - 1): string => {
  if (low === high) return String(low)
  const middle = (low + high) >> 1
  return `case when closed_at < ${months[middle]?.end} then ${monthOf(low, middle)} else ${monthOf(middle + 1, high)} end`
}

/** Rows of the hand-written statements. */
export interface Answers {
  /** Furthest step, deals. */
  funnel: [number, number][]
  /** Source, leads created, of those ever converted. */
  cohort: [string, number, number][]
  /** Source, conversions. */
  converted: [string, number][]
  /** Owner, month by number, closed, won, value won, value lost. */
  closed: [string, number, number, number, number | null, number | null][]
  /** Month, stage, value, weighted value in hundredths. */
  open: [string, string, number, number][]
  /** Owner, kind, activities. */
  kinds: [string, string, number][]
  /** Author, notes. */
  notes: [string, number][]
  /** Owner, count, for each of the other figures of activity by their place. */
  counts: [number, [string, number][]][]
}

/** The figures these rows give. */
export function figuresFrom({ funnel, cohort, converted, closed, open, kinds, notes, counts }: Answers): Figures {
  const reached = [0, 0, 0, 0]
  for (const [step, deals] of funnel) for (let at = 0; at <= step; at++) reached[at] = (reached[at] ?? 0) + deals
  const conversion: Figures['conversion'] = {}
  for (const [source, created, ever] of cohort) conversion[source] = [created, ever, 0]
  for (const [source, conversions] of converted) (conversion[source] as number[])[2] = conversions
  const winRate: Figures['winRate'] = {}
  const forecast: Figures['forecast'] = Object.fromEntries(months.map(({ key }) => [key, [0, 0, 0]]))
  for (const [owner, month, all, won, wonValue, lostValue] of closed) {
    const { key } = months[month] as { key: string }
    winRate[`${owner} ${key}`] = [won, all - won, wonValue ?? 0, lostValue ?? 0]
    ;(forecast[key] as number[])[0] = ((forecast[key] as number[])[0] as number) + (wonValue ?? 0)
  }
  for (const [month, , amount, weighted] of open) {
    const row = forecast[month] as number[]
    row[1] = (row[1] as number) + amount
    row[2] = (row[2] as number) + weighted
  }
  for (const row of Object.values(forecast)) row[2] = Math.round(row[2] / 100)
  const activity: Figures['activity'] = {}
  const rowOf = (owner: string) => (activity[owner] ??= Array(10).fill(0))
  const places = ['call', 'meeting', 'email', 'note']
  for (const [owner, kind, n] of kinds) rowOf(owner)[places.indexOf(kind)] = n
  for (const [owner, n] of notes) rowOf(owner)[3] = (rowOf(owner)[3] as number) + n
  for (const [index, counting] of counts)
    for (const [owner, n] of counting) rowOf(owner)[index] = (rowOf(owner)[index] as number) + n
  return { funnel: reached, conversion, winRate, forecast, activity }
}
