import type { Money } from '../kernel/money'
import type { ReportContext } from './context'
import { inCurrency, type Part, type Parts, subtotals } from './parts'

/** What a row says beside its money, where some of it was in other currencies: how much there is of each. */
export interface Subtotals {
  /** By the name of the figure. Absent where all of it was in the reporting currency. */
  subtotals?: Record<string, Money[]>
}

/**
 * Money figures of a row in the reporting currency. Null when the asker may not see amounts, or when a rate is missing;
 * then it is noted which, and the subtotals say what there is.
 */
export function moneyFigures<Name extends string>(
  ctx: ReportContext,
  sums: Record<Name, Parts | undefined>,
  weighted: readonly NoInfer<Name>[] = [],
): Record<Name, Money | null> & Subtotals {
  const figures: Record<string, unknown> = {}
  let parts: Record<string, Money[]> | undefined
  for (const name in sums) {
    const sum = sums[name]
    const divisor = weighted.includes(name) ? 100n : 1n
    figures[name] = sum ? inCurrency(sum, ctx.currency, divisor) : null
    if (!sum || sum.others.length === 0) continue
    for (const part of sum.others) noteMissing(ctx, part)
    parts ??= {}
    parts[name] = subtotals(sum, ctx.currency, divisor)
  }
  if (parts) figures.subtotals = parts
  return figures as Record<Name, Money | null> & Subtotals
}

function noteMissing({ missing }: ReportContext, { currency, rate, day }: Part) {
  if (rate !== undefined) return
  const known = missing.get(currency)
  if (known === undefined || day < known) missing.set(currency, day)
}
