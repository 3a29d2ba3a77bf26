/** Parts of a block, by eighths. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar of `share` (0 to 1) of the width, to an eighth of a column. What is above nothing shows at least a sliver. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(Math.max(share, 0), 1) * width * 8)
  const shown = share > 0 ? Math.max(1, eighths) : 0
  return '█'.repeat(Math.floor(shown / 8)) + EIGHTHS[shown % 8]
}

/** Two amounts in one bar, what is sure before what is hoped for: `████▒▒▒`. */
export function stackedBar(sure: number, hoped: number, width: number): string {
  const solid = Math.round(Math.min(Math.max(sure, 0), 1) * width)
  const both = Math.round(Math.min(Math.max(sure + hoped, 0), 1) * width)
  return '█'.repeat(solid) + '▒'.repeat(Math.max(0, both - solid))
}

const LEVELS = '▁▂▃▄▅▆▇█'

/** One character for each figure: `▂▃▅▇▆`. What is not known is a blank. */
export function sparkline(figures: readonly (number | null)[]): string {
  const most = Math.max(...figures.map((figure) => figure ?? 0), 0)
  const level = (figure: number) => LEVELS[most === 0 ? 0 : Math.min(7, Math.floor((figure / most) * 7.999))]
  return figures.map((figure) => (figure === null ? ' ' : level(figure))).join('')
}
