import type { Money } from '../kernel/money'
import { zonedDate } from '../kernel/zones'
import type { Change } from '../records/definition'
import { rateOn } from './rate-on'

/**
 * Keeps with a closed deal the exchange rate of its close date: units of the reporting currency for one unit of the
 * deal's, on the day it was closed in the tenant's zone. Empty while the deal is open, when it is in the reporting currency, and when no rate was known.
 */
export function storeRate(change: Change): Promise<void> | undefined {
  const { before, after, caller } = change
  const { currency: reporting, timeZone } = caller.engine.settings
  const currency = currencyOf(after.amount)
  if (before && before.closedAt === after.closedAt && currencyOf(before.amount) === currency) return undefined
  after.closedRate = null
  after.closedRateCurrency = null
  if (after.closedAt === null || currency === undefined || currency === reporting) return undefined
  const day = zonedDate(after.closedAt as Date, timeZone)
  return rateOn(change.write, caller, { from: currency, to: reporting, day }).then((rate) => {
    if (rate === undefined) return
    after.closedRate = rate
    after.closedRateCurrency = reporting
  })
}

const currencyOf = (amount: unknown) => (amount as Money | null)?.currency
