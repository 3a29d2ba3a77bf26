import { invalid } from '../kernel/errors'
import type { AnyRecord } from '../records/types'

/** What a converted lead became must not be lost with it. */
export function refuseConvertedLosers(_: AnyRecord, losers: readonly AnyRecord[]): void {
  if (losers.every((lead) => lead.convertedAt === null)) return
  throw invalid(
    'loserIds',
    'converted-lead',
    'Make the converted lead the winner; of two converted ones merge their contacts instead.',
  )
}
