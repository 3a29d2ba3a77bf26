/** Which mark stands before the decimals: `1,234.50` is point, `1.234,50` is comma. */
export type DecimalMark = 'point' | 'comma'

const SPACES = /[\s'’]/g
const SHAPE = /^([-+\u2212]?)(\d[\d.,]*|[.,]\d+)(?:[eE]([-+]?\d{1,3}))?$/

/** Reads the same whatever the decimal mark. */
const PLAIN = /^-?\d{1,15}$/

/** Number text taken apart: sign, and digits with their marks. */
interface Parts {
  negative: boolean
  digits: string
  exponent: string
}

function partsOf(text: string): Parts | undefined {
  let bare = text.trim()
  let negative = false
  const bracketed = /^\((.*)\)$/.exec(bare)
  if (bracketed) {
    bare = (bracketed[1] as string).trim()
    negative = true
  } else if (/\d-$/.test(bare)) bare = `-${bare.slice(0, -1)}`
  if (/\d[\s'’]+\d/.test(bare) && !/^[^\d]*\d{1,3}(?:[\s'’]\d{3})+(?!\d)/.test(bare)) return undefined
  const match = SHAPE.exec(bare.replace(SPACES, ''))
  if (!match) return undefined
  const [, sign = '', digits = '', exponent = ''] = match
  if (negative && sign !== '') return undefined
  return { negative: negative || sign === '-' || sign === '\u2212', digits, exponent }
}

/**
 * What a number's own marks say: the decimal mark, `either` when they fit both (`1,234`, `1234`), undefined when the
 * text is no number. The last of two different marks is the decimal one; a mark that repeats separates thousands.
 */
export function decimalMarkOf(text: string): DecimalMark | 'either' | undefined {
  const parts = partsOf(text)
  return parts && markOf(parts.digits)
}

function markOf(digits: string): DecimalMark | 'either' {
  const point = digits.lastIndexOf('.')
  const comma = digits.lastIndexOf(',')
  if (point < 0 && comma < 0) return 'either'
  if (point >= 0 && comma >= 0) return point > comma ? 'point' : 'comma'
  const mark = point >= 0 ? '.' : ','
  const own = mark === '.' ? 'point' : 'comma'
  if (digits.indexOf(mark) !== digits.lastIndexOf(mark)) return own === 'point' ? 'comma' : 'point'
  return /^(?!0)\d{1,3}[.,]\d{3}$/.test(digits) ? 'either' : own
}

/**
 * A plain decimal (`-1234.56`) from number text as people write it: `1,234.56`, `1.234,56`, `1 234,56`, `1'234.56`,
 * `(12)`, `12-`. `mark` is the decimal mark where the text leaves it open. Undefined when it is no number, or when
 * its marks do not form groups of thousands (two or three digits each, the last of three).
 */
export function plainDecimal(text: string, mark: DecimalMark): string | undefined {
  if (PLAIN.test(text)) return text
  const parts = partsOf(text)
  if (!parts) return undefined
  const own = markOf(parts.digits)
  const decimal = (own === 'either' ? mark : own) === 'point' ? '.' : ','
  const cut = parts.digits.lastIndexOf(decimal)
  const whole = cut < 0 ? parts.digits : parts.digits.slice(0, cut)
  const fraction = cut < 0 ? '' : parts.digits.slice(cut + 1)
  if (/[.,]/.test(whole) && !/^\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}$/.test(whole)) return undefined
  const integer = whole.replace(/[.,]/g, '') || '0'
  const power = parts.exponent === '' ? '' : `e${parts.exponent}`
  return `${parts.negative ? '-' : ''}${integer}${fraction ? `.${fraction}` : ''}${power}`
}

/** The decimal mark that a column's numbers agree on; `fallback` where they show none or contradict each other. */
export function detectDecimalMark(
  texts: readonly string[],
  fallback: DecimalMark,
): { mark: DecimalMark; certain: boolean } {
  const marks = texts.map((text) => decimalMarkOf(withoutUnits(text)))
  const points = marks.filter((mark) => mark === 'point').length
  const commas = marks.filter((mark) => mark === 'comma').length
  if (points > 0 && commas > 0) return { mark: fallback, certain: false }
  if (points > 0 || commas > 0) return { mark: points > 0 ? 'point' : 'comma', certain: true }
  const open = texts.some((text) => /\d[.,]\d{3}/.test(text))
  return { mark: fallback, certain: !open }
}

/** Number text without currency signs, codes and percent signs. */
export const withoutUnits = (text: string): string => text.replace(/\p{L}+\p{Sc}?|\p{Sc}|%/gu, '').trim()
