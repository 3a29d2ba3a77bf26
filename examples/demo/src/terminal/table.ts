import { bar } from './bars'
import { cut, lengthOf, padEnd, padStart, type Screen } from './screen'

export interface Column<Row> {
  title: string
  /** Numbers stand to the right. */
  align?: 'left' | 'right'
  text(row: Row): string
}

export interface TableOptions<Row> {
  /** A bar at the end of each line, in the room that is left: 0 to 1. */
  bar?: (row: Row) => number | string
  barTitle?: string
}

const GAP = '  '
const LEAST_BAR = 8

/** A table as wide as the screen at most: where room is short the first column is cut, then the bar is left out. */
export function table<Row>(
  screen: Screen,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: TableOptions<Row> = {},
) {
  if (rows.length === 0) return screen.print(`  ${screen.paint.dim('nothing yet')}`)
  const cells = rows.map((row) => columns.map(({ text }) => text(row)))
  const widths = columns.map(({ title }, index) =>
    Math.max(lengthOf(title), ...cells.map((line) => lengthOf(line[index] as string))),
  )
  const taken = () => widths.reduce((sum, width) => sum + width + GAP.length, 2)
  const over = taken() - screen.width
  if (over > 0) widths[0] = Math.max(12, (widths[0] as number) - over)
  const room = screen.width - taken()

  const line = (texts: readonly string[]) =>
    texts.map((text, index) => {
      const width = widths[index] as number
      const fitting = lengthOf(text) > width ? cut(text, width) : text
      return columns[index]?.align === 'right' ? padStart(fitting, width) : padEnd(fitting, width)
    })
  const withBar = options.bar !== undefined && room >= LEAST_BAR
  const title = withBar && options.barTitle ? GAP + options.barTitle : ''
  screen.print(screen.paint.dim(`  ${line(columns.map((column) => column.title)).join(GAP)}${title}`.trimEnd()))
  for (const [index, row] of rows.entries()) {
    const drawn = withBar ? GAP + barOf(screen, options.bar?.(row) ?? 0, room) : ''
    screen.print(`  ${line(cells[index] as string[]).join(GAP)}${drawn}`.trimEnd())
  }
}

const barOf = ({ paint }: Screen, value: number | string, room: number) =>
  paint.cyan(typeof value === 'string' ? value : bar(value, Math.min(room, 40)))
