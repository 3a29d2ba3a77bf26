import { invalid } from '../kernel/errors'
import { isMoney, type Money } from '../kernel/money'
import { cleanText, hasForbiddenCharacters } from '../kernel/text'
import { cleanDecimal } from './decimal-text'
import type { LineInput } from './line-types'
import { checkKeys } from './pipeline-input'

/** A line with its numbers checked; product, name and price are still as given. */
export interface LineDraft {
  readonly path: string
  readonly product: string | undefined
  readonly name: string | undefined
  readonly unitPrice: Money | undefined
  readonly quantity: string
  readonly discountPercent: string
  readonly taxPercent: string
}

const KEYS = ['product', 'name', 'quantity', 'unitPrice', 'discountPercent', 'taxPercent']
const MAX_LINES = 500
const QUANTITY = { places: 6, max: 1_000_000_000_000, zero: false }
const DISCOUNT = { places: 4, max: 100, zero: true }
const TAX = { places: 4, max: 1000, zero: true }

export function cleanLines(lines: readonly LineInput[]): LineDraft[] {
  if (!Array.isArray(lines) || lines.length > MAX_LINES) {
    throw invalid('lines', 'wrong-type', `Give a list of at most ${MAX_LINES} lines.`)
  }
  return lines.map((line, index) => cleanLine(line, `lines.${index}`))
}

function cleanLine(line: LineInput, path: string): LineDraft {
  checkKeys(line, KEYS, path)
  const { product, name, unitPrice, quantity = 1, discountPercent = 0, taxPercent = 0 } = line
  if (product == null && name === undefined) throw invalid(`${path}.product`, 'required', 'Give a product, or a name.')
  if (unitPrice !== undefined && !isMoney(unitPrice)) {
    throw invalid(
      `${path}.unitPrice`,
      'invalid-money',
      "Give { amount, currency } in whole minor units, or use money('12.50', 'EUR').",
    )
  }
  return {
    path,
    product: product == null ? undefined : cleanLineText(product, `${path}.product`),
    name: name === undefined ? undefined : cleanLineText(name, `${path}.name`),
    unitPrice,
    quantity: cleanDecimal(quantity, QUANTITY, `${path}.quantity`),
    discountPercent: cleanDecimal(discountPercent, DISCOUNT, `${path}.discountPercent`),
    taxPercent: cleanDecimal(taxPercent, TAX, `${path}.taxPercent`),
  }
}

function cleanLineText(value: unknown, path: string): string {
  const text = typeof value === 'string' ? cleanText(value) : ''
  if (text !== '' && text.length <= 255 && !hasForbiddenCharacters(text)) return text
  throw invalid(path, 'invalid-text', 'Give 1 to 255 characters of text.')
}
