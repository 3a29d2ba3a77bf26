import { isPeriodUnit } from '../kernel/periods'
import type { ReportContext } from './context'
import { bucketsIn, type Keys } from './groups'
import type { Labels } from './labels'
import { asNumber, type Series } from './report'

/** A figure of the rows to draw, by its property, with a name for people. */
export type Drawn = readonly [name: string, label: string]

/**
 * Lines for a chart. Grouped by time and something else: one line for each of the latter, of the first figure.
 * Otherwise one line for each figure, over the groups.
 */
export function seriesOf<T extends { keys: Keys }>(
  ctx: ReportContext,
  groups: readonly string[],
  labels: Labels,
  rows: readonly { of: T; shown: object }[],
  figures: readonly Drawn[],
): Series[] {
  const value = (shown: object, name: string) => asNumber((shown as Record<string, unknown>)[name])
  const unit = groups.find(isPeriodUnit)
  const other = groups.find((group) => group !== unit)
  if (!unit || other === undefined) {
    const x = (keys: Keys) => labels.text(keys)
    return figures.map(([key, label]) => ({
      key,
      label,
      points: rows.map(({ of, shown }) => ({ x: x(of.keys), y: value(shown, key) })),
    }))
  }
  const [name] = figures[0] as Drawn
  const lines = new Map<string | null, Map<string | null, number | null>>()
  for (const { of, shown } of rows) {
    const line = lines.get(of.keys[other] ?? null) ?? new Map()
    lines.set(of.keys[other] ?? null, line.set(of.keys[unit] ?? null, value(shown, name)))
  }
  const pieces = bucketsIn(ctx, unit)
  return [...lines].map(([key, line]) => ({
    key: key ?? '',
    label: labels.text({ [other]: key }),
    points: pieces.map((piece) => ({ x: piece.key, y: line.get(piece.key) ?? null })),
  }))
}
