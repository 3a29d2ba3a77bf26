import type { Money } from '../kernel/money'

/** A line as it is given. Product or name must be there. */
export interface LineInput {
  /** Id or name of a product that the caller may see. */
  product?: string | null
  /** What the line is called. Default: the product's name. */
  name?: string
  /** Default 1. Above 0, up to 6 decimals; text where a number would not be exact. */
  quantity?: number | string
  /** Price of one, in the deal's currency. Default: the price in the book, or the product's list price. */
  unitPrice?: Money
  /** 0 to 100, up to 4 decimals. Default 0. */
  discountPercent?: number | string
  /** On top of the discounted price; 0 to 1,000, up to 4 decimals. Default 0. */
  taxPercent?: number | string
}

/** A line item of a deal. */
export interface DealLine {
  id: string
  /** Id of the product; null for a line without one. */
  product: string | null
  name: string
  /** Exact decimal text. */
  quantity: string
  unitPrice: Money
  discountPercent: string
  taxPercent: string
  /** quantity × unit price × (1 − discount), rounded once to the minor unit, a half away from zero. */
  net: Money
  /** net × tax, rounded likewise. */
  tax: Money
  /** net + tax. */
  gross: Money
}

/** The lines of a deal with their totals: sums of the lines' rounded figures; null when there are none. */
export interface DealLines {
  items: DealLine[]
  /** The deal's amount. */
  net: Money | null
  tax: Money | null
  gross: Money | null
}
