import { invalid } from '../../kernel/errors'
import type { CalendarProblem } from './types'

/** One property as the file has it, its folded lines joined. */
export interface ContentLine {
  number: number
  /** Upper case. */
  name: string
  text: string
}

export interface Component {
  /** Upper case. */
  name: string
  line: number
  lines: ContentLine[]
  parts: Component[]
}

const LARGEST = 5_000_000
const DEEPEST = 8
const MOST = 20_000
const KNOWN = /^V(?:CALENDAR|EVENT|TODO|JOURNAL|FREEBUSY|TIMEZONE|ALARM|AVAILABILITY)$/

/**
 * The components of a calendar file, nested as they are in it. Lines may end in any way. A line that is no property is
 * left out and told in `problems`, as is a missing `END:VCALENDAR`; anything else that is open at the end was cut off.
 */
export function readComponents(text: unknown, problems: CalendarProblem[]): Component[] {
  if (typeof text !== 'string') throw refuse('wrong-type', 'Give the calendar as text.')
  if (text.length > LARGEST) throw refuse('too-large', `Give at most ${LARGEST} characters: a shorter stretch of time.`)
  const roots: Component[] = []
  const open: Component[] = []
  let count = 0
  for (const { number, text: line } of unfold(text)) {
    const [, word = ''] = /^([\w-]+)[:;]/.exec(line) ?? []
    const name = word.toUpperCase()
    const inner = open.at(-1)
    if (name === 'BEGIN') {
      if (++count > MOST) throw refuse('too-many', `Give at most ${MOST} components: a shorter stretch of time.`)
      if (open.length === DEEPEST) throw refuse('too-deep', `Line ${number}: nest components at most ${DEEPEST} deep.`)
      const begun = { name: line.slice(6).trim().toUpperCase(), line: number, lines: [], parts: [] }
      ;(inner?.parts ?? roots).push(begun)
      open.push(begun)
    } else if (name === 'END') {
      const ended = line.slice(4).trim().toUpperCase()
      if (inner?.name === ended) open.pop()
      else if (open.some((one) => one.name === ended))
        throw refuse('unbalanced', `Line ${number}: end what was begun last, not ${shown(ended)}.`)
      else problems.push({ line: number, property: 'END', problem: 'Nothing of this name was begun.' })
    } else if (name !== '' && inner) inner.lines.push({ number, name, text: line })
    else problems.push({ line: number, property: shown(line), problem: 'It is no property of a component.' })
  }
  if (!roots.some((root) => KNOWN.test(root.name)))
    throw refuse('not-a-calendar', 'Give iCalendar text, which begins with BEGIN:VCALENDAR.')
  for (const { name, line } of open) {
    if (name !== 'VCALENDAR')
      throw refuse('cut-off', `Line ${line}: ${shown(name)} is begun and never ended. Fetch the whole file.`)
    problems.push({ line, property: name, problem: 'It never ends: something may be missing.' })
  }
  return roots
}

export const refuse = (rule: string, remedy: string) => invalid('calendar', rule, remedy)

/** What a message may show of a line that somebody else wrote. */
export const shown = (text: string) => text.slice(0, 60).replace(/[^\x20-\x7e]/g, '?')

/** Lines that begin with a blank go on with the one before. */
function* unfold(text: string): Generator<{ number: number; text: string }> {
  let pieces: string[] = []
  let first = 0
  let number = 0
  for (const line of text.replace(/^\ufeff/, '').split(/\r*\n|\r/)) {
    number++
    if (pieces.length > 0 && /^[ \t]/.test(line)) {
      pieces.push(line.slice(1))
      continue
    }
    if (pieces.length > 0) yield { number: first, text: pieces.join('') }
    pieces = line.trim() === '' ? [] : [line]
    first = number
  }
  if (pieces.length > 0) yield { number: first, text: pieces.join('') }
}
