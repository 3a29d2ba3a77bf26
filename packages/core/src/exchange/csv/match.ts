import { ALIASES, conceptOf, recordWords } from './aliases'
import type { ImportField } from './import-field'
import { type Qualified, qualify, words } from './words'

/** A column header, taken apart. */
export interface Header extends Qualified {
  index: number
  words: string
  /** The words without numbers and filler. */
  plain: string
}

export function readHeader(column: string, index: number): Header {
  const text = words(column)
  const plain = text
    .split(' ')
    .filter((word) => !/^\d{1,2}$/.test(word) && word !== 'value')
    .join(' ')
  return { ...qualify(text), index, words: text, plain }
}

/** Headers of these may carry a label and a number: `Business Phone 2`, `Home City`. */
const QUALIFIED = new Set(['email', 'phone', 'street', 'city', 'region', 'postalCode', 'country', 'address'])

/** How well a header fits a field: 1 its own name, down to 0.5 for a name that may mean it, 0 for no fit. */
export type Fit = (header: Header) => number

/** The fit of headers to one field of a record type. */
export function fitTo(field: ImportField, names: ReadonlySet<string>): Fit {
  const concept = conceptOf(field.name, names)
  const { strong, weak } = ALIASES[concept] ?? NONE
  const own = new Set([words(field.name.slice(field.name.lastIndexOf('.') + 1)), words(field.label)])
  const aliases = new Set(field.aliases.map(words))
  const prefixes = recordWords(names)

  const known = (text: string) => strong.has(text) || own.has(text) || aliases.has(text)
  const qualified = ({ core, label, number, words: text }: Header) => {
    if (!QUALIFIED.has(concept)) return false
    // A second line of the same street, and not the street of a second address.
    if (concept === 'street' && number > 1 && !text.startsWith('address')) return false
    return known(core) || (concept === 'phone' && core === '' && label === 'mobile')
  }

  return (header) => {
    const { words: text, plain } = header
    if (aliases.has(text)) return 0.95
    if (own.has(text) && !weak.has(text)) return 1
    if (strong.has(text)) return 0.9
    if (qualified(header)) return 0.85
    if (plain !== text && known(plain) && concept !== 'street') return 0.8
    const prefix = prefixes.find((word) => text.startsWith(`${word} `))
    if (prefix) {
      const rest = readHeader(text.slice(prefix.length + 1), header.index)
      if (known(rest.words) || qualified(rest)) return 0.75
    }
    return weak.has(text) ? 0.5 : 0
  }
}

const NONE = { strong: new Set<string>(), weak: new Set<string>() }

/**
 * `Name` beside `Vorname` is the last name, `Nombre` beside `Apellidos` the first: a weak name for one half counts as
 * that half where the other half is there, and for nothing where it is not.
 */
export function pairNames(fits: Map<string, number[]>): void {
  const first = fits.get('firstName')
  const last = fits.get('lastName')
  const has = (half: number[] | undefined) => half?.some((fit) => fit > 0.5) ?? false
  const hasFirst = has(first)
  const hasLast = has(last)
  const settle = (half: number[] | undefined, paired: boolean) =>
    half?.forEach((fit, index) => {
      if (fit === 0.5) half[index] = paired ? 1.1 : 0
    })
  settle(first, hasLast && !hasFirst)
  settle(last, hasFirst && !hasLast)
}
