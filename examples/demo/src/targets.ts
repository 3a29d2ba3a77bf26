import { eur, type ScopedClient } from '@rapport/core'
import { monthsAround } from './calendar'
import type { Chance } from './chance'
import type { Rep } from './company'

interface Plan {
  today: Date
  leads: number
  reps: readonly Rep[]
}

/** What a rep was to win a month at the start, in euros, with 10,000 leads in two years. */
const QUOTA = 27_000

/** Dollar rates from month to month, and a monthly quota for each rep that grows with the market. */
export async function setQuotasAndRates(system: ScopedClient, chance: Chance, { today, leads, reps }: Plan) {
  let rate = 0.92
  const rates = monthsAround(today, 26, 0).map((day) => {
    rate *= 1 + chance.between(-0.015, 0.015)
    return { from: 'USD', to: 'EUR', day, rate: rate.toFixed(4) }
  })
  await system.rates.set(rates)

  const months = monthsAround(today, 24, 3)
  const quotas = reps.flatMap(({ id, weight }) =>
    months.map((day, index) => {
      const wanted = QUOTA * (leads / 10_000) * weight * (1 + (0.8 * index) / months.length)
      return { user: id, month: day.slice(0, 7), amount: eur(Math.max(500, Math.round(wanted / 500) * 500)) }
    }),
  )
  await system.quotas.set(quotas)
}
