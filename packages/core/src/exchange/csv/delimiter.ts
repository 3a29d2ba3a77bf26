import { invalid } from '../../kernel/errors'
import { createScanner } from './scanner'

/** What cells may be separated by, in the order of preference. */
const DELIMITERS = [',', ';', '\t', '|'] as const

const SAMPLE_ROWS = 50

/**
 * The delimiter of CSV text, from its head: the one that cuts most of the first 50 records into the same number of
 * cells, two or more, quotes respected. Where several do, the one with more cells. A comma when none does.
 */
export function detectDelimiter(head: string, complete = true): string {
  let best = ','
  let bestScore = 0
  for (const delimiter of DELIMITERS) {
    const score = evenness(cellCounts(head, delimiter, complete))
    if (score > bestScore) {
      best = delimiter
      bestScore = score
    }
  }
  return best
}

function cellCounts(head: string, delimiter: string, complete: boolean): number[] {
  const counts: number[] = []
  const count = (values: string[]) => counts.push(values.length)
  const scan = createScanner(
    { delimiter, maxRowLength: head.length },
    { row: (_, values) => count(values), fault: () => {} },
  )
  scan(head, complete)
  if (counts.length === 0 && !complete) scan('', true)
  return counts.slice(0, SAMPLE_ROWS)
}

/** The share of records with the commonest number of cells; the number itself decides between equals. */
function evenness(counts: number[]): number {
  const cells = mode(counts)
  if (cells < 2) return 0
  const share = counts.filter((count) => count === cells).length / counts.length
  return share + Math.min(cells, 1_000) / 100_000
}

/** The commonest value; of equally common ones the largest. 0 for none. */
export function mode(values: readonly number[]): number {
  const times = new Map<number, number>()
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1)
  let best = 0
  for (const [value, count] of times) {
    const before = times.get(best) ?? 0
    if (count > before || (count === before && value > best)) best = value
  }
  return best
}

/** Excel's first line `sep=;`, which names the delimiter and is no record. */
export function separatorLine(head: string): { delimiter: string; length: number } | undefined {
  const match = /^"?sep=([^\r\n"])"?(?:\r\n|\n|\r)/i.exec(head)
  return match ? { delimiter: match[1] as string, length: match[0].length } : undefined
}

/** A delimiter the caller named. */
export function checkDelimiter(delimiter: string): string {
  if (typeof delimiter === 'string' && delimiter.length === 1 && !/["\r\n]/.test(delimiter)) return delimiter
  throw invalid(
    'delimiter',
    'invalid-delimiter',
    'Use one character that is no quote and no line end, such as "," or ";" or "\\t".',
  )
}
