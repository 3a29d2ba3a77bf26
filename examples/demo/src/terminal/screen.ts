/** Where the demo prints to: standard output, or a list of lines in a test. */
export interface Output {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
}

export interface Screen {
  /** Columns in use: those of the terminal, between 60 and 110. */
  readonly width: number
  /** Whether a line can be drawn over. */
  readonly live: boolean
  readonly paint: Record<Style, (text: string) => string>
  print(...lines: string[]): void
  /** Draws over the line the cursor is in; the next `print` starts where it stood. */
  redraw(line: string): void
}

const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
} as const
export type Style = keyof typeof STYLES

/** Colours only where somebody looks at them: on a terminal, unless `NO_COLOR` is set. */
export function createScreen(output: Output, env: Record<string, string | undefined>): Screen {
  const live = output.isTTY === true && env.TERM !== 'dumb'
  const colours = live && !env.NO_COLOR
  const style = ([on, off]: readonly [number, number]) =>
    colours ? (text: string) => `\u001b[${on}m${text}\u001b[${off}m` : (text: string) => text
  const paint = Object.fromEntries(Object.entries(STYLES).map(([name, codes]) => [name, style(codes)]))
  let drawn = false
  const clear = () => {
    if (drawn) output.write('\r\u001b[2K')
    drawn = false
  }
  return {
    width: Math.min(Math.max(output.columns || 80, 60), 110),
    live,
    paint: paint as Screen['paint'],
    print(...lines) {
      clear()
      for (const line of lines.length > 0 ? lines : ['']) output.write(`${line}\n`)
    },
    redraw(line) {
      clear()
      output.write(line)
      drawn = true
    },
  }
}

/** A screen that shows nothing, for `--quiet`. */
export const silenced = (screen: Screen): Screen => ({ ...screen, live: false, print() {}, redraw() {} })

/** The heading of a part, with a rule to the right edge. */
export function heading({ paint, width, print }: Screen, text: string, remark = '') {
  const rule = '─'.repeat(Math.max(2, width - lengthOf(text) - lengthOf(remark) - (remark ? 5 : 4)))
  print('', `${paint.dim('──')} ${paint.bold(text)} ${paint.dim(remark ? `${rule} ${remark}` : rule)}`, '')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is made of
const COLOURS = /\u001b\[[\d;]*m/g

/** Columns that a text takes, without its colours. */
export const lengthOf = (text: string) => [...text.replace(COLOURS, '')].length

export const padEnd = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - lengthOf(text)))
export const padStart = (text: string, width: number) => ' '.repeat(Math.max(0, width - lengthOf(text))) + text

/** A plain text in lines no longer than that, broken between words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || lengthOf(last) + 1 + lengthOf(word) > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

/** A plain text no wider than that; what is too long ends in `…`. */
export const cut = (text: string, width: number) =>
  [...text].length <= width ? text : `${[...text].slice(0, Math.max(0, width - 1)).join('')}…`
