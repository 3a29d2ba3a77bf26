import { and, raw, type Sql, sql } from '../storage/sql'
import type { ReportContext } from './context'
import { exactSum, readExactSum } from './exact-sum'
import { type Grouping, type GroupRow, groupedRows } from './grouped'
import { isForeign } from './own-currency'
import { otherMoney, type Parts } from './parts'
import { type Stretch, stretchesOf } from './rates'
import { pieceOf } from './time-buckets'

/** What was won and lost in another currency, at one rate, for one combination of groups. */
export interface ForeignClosed {
  readonly row: GroupRow
  readonly won: Parts
  readonly lost: Parts
}

/** Closed deals that are not in the reporting currency, by currency and rate as well. */
export async function foreignClosed(
  ctx: ReportContext,
  grouping: Omit<Grouping, 'measures'>,
): Promise<ForeignClosed[]> {
  const stretches = stretchesOf(ctx.rates, ctx.period, ctx.query.engine.settings.timeZone)
  const rows = await groupedRows(ctx, {
    ...grouping,
    where: and(isForeign(ctx), grouping.where),
    keys: [...grouping.keys, raw('r.amount_currency'), rateKey(ctx, stretches)],
    measures: ['won', 'lost'].map((status) => exactSum(raw(`case when r.status = '${status}' then r.amount end`))),
  })
  return rows.map((row) => {
    const part = partOf(ctx, stretches, row.keys.slice(grouping.keys.length))
    const sum = (at: number): Parts => otherMoney({ ...part, units: readExactSum(row.values, at) })
    return { row, won: sum(0), lost: sum(2) }
  })
}

/** The rate that was stored with the deal where it leads to the reporting currency, else that of its stretch of days. */
function rateKey({ currency }: ReportContext, stretches: readonly Stretch[]): Sql {
  const ends = stretches.map(({ to }) => to)
  const stretch = pieceOf(raw('r.closed_at'), ends, (index) => `'#${index}'`)
  return sql`case when r.closed_rate_currency = ${currency} then r.closed_rate else ${stretch} end`
}

function partOf({ rates }: ReportContext, stretches: readonly Stretch[], [currency, key]: readonly unknown[]) {
  const from = String(currency)
  const text = String(key)
  if (!text.startsWith('#')) return { currency: from, rate: text, day: '' }
  const { day } = stretches[Number(text.slice(1))] as Stretch
  return { currency: from, rate: rates.rateOn(from, day), day }
}
