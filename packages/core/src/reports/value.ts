import type { Money } from '../kernel/money'
import type { ReportContext } from './context'
import { inCurrency, isMissing, type Parts, subtotals } from './parts'

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
  const parts: Record<string, Money[]> = {}
  for (const [name, sum] of Object.entries(sums) as [Name, Parts | undefined][]) {
    const divisor = (weighted as readonly string[]).includes(name) ? 100n : 1n
    figures[name] = sum ? inCurrency(sum, ctx.currency, divisor) : null
    if (!sum || isOwn(sum, ctx.currency)) continue
    for (const part of sum.values()) if (isMissing(part)) noteMissing(ctx, part)
    parts[name] = subtotals(sum, divisor)
  }
  return { ...figures, ...(Object.keys(parts).length > 0 && { subtotals: parts }) } as Record<Name, Money | null> &
    Subtotals
}

const isOwn = (sum: Parts, currency: string): boolean => {
  for (const part of sum.values()) if (part.currency !== currency && part.units !== 0n) return false
  return true
}

function noteMissing({ missing }: ReportContext, { currency, day }: { currency: string; day: string }) {
  const known = missing.get(currency)
  if (known === undefined || day < known) missing.set(currency, day)
}
