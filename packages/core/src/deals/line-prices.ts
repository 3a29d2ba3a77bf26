import { invalid } from '../kernel/errors'
import { isId } from '../kernel/ids'
import type { Money } from '../kernel/money'
import { foldText } from '../kernel/text'
import { writeQuery } from '../records/checks'
import { tableOf } from '../records/engine'
import { readableRows } from '../records/query'
import type { AnyRecord } from '../records/types'
import { isVisible } from '../records/visibility'
import type { WriteSession } from '../records/write'
import { and, inList, or, raw, sql } from '../storage/sql'
import type { LineDraft } from './line-input'
import { lineTotals } from './line-totals'
import type { PricedLine } from './lines-stored'

export interface Pricing {
  /** The deal's currency. */
  currency: string
  /** Price book, where products are not sold at their list price. */
  book: string | undefined
  /** Products already on the deal: they may stay when they are no longer sold. */
  kept: ReadonlySet<string>
}

/** Finds products and prices of lines and computes their totals. Two statements, whatever the number of lines. */
export async function priceLines(
  write: WriteSession,
  drafts: readonly LineDraft[],
  pricing: Pricing,
): Promise<PricedLine[]> {
  const products = await findProducts(write, drafts)
  const chosen = drafts.map((draft) => productOf(draft, products, pricing))
  const bookPrices = await readBookPrices(write, chosen, pricing)
  return drafts.map((draft, index) => {
    const product = chosen[index]
    const price = draft.unitPrice ?? priceOf(write, draft, product, bookPrices, pricing)
    if (price.currency !== pricing.currency) throw mixedCurrencies(draft, pricing.currency)
    const line = {
      product: product?.id ?? null,
      name: draft.name ?? String(product?.name),
      quantity: draft.quantity,
      unitPrice: price.amount,
      discountPercent: draft.discountPercent,
      taxPercent: draft.taxPercent,
    }
    return { ...line, ...lineTotals(line, draft.path) }
  })
}

const mixedCurrencies = ({ path }: LineDraft, currency: string) =>
  invalid(
    `${path}.unitPrice`,
    'mixed-currencies',
    `Give every price in ${currency}, or pass { currency } to change that of the deal.`,
  )

/** Products named by the lines that the writer may see. */
async function findProducts(write: WriteSession, drafts: readonly LineDraft[]): Promise<AnyRecord[]> {
  const wanted = [...new Set(drafts.flatMap(({ product }) => product ?? []))]
  if (wanted.length === 0) return []
  const query = writeQuery(write)
  const table = tableOf(query.engine, 'products')
  const matches = or(
    inList(raw('r.id'), wanted.filter(isId)),
    inList(raw('r.name_fold'), wanted.filter((one) => !isId(one)).map(foldText)),
  )
  const select = sql`select ${raw(table.selectList)} from ${raw(table.name)} r where ${and(readableRows(query, table, 'r'), matches)} order by r.id`
  return (await write.all(select.text, select.params)).map((row) => table.read(row))
}

function productOf(
  { product, path }: LineDraft,
  products: readonly AnyRecord[],
  { kept }: Pricing,
): AnyRecord | undefined {
  if (product === undefined) return undefined
  const name = foldText(product)
  const found = products.filter((one) => one.id === product || foldText(String(one.name)) === name)
  const sold = found.filter((one) => one.active || kept.has(one.id))
  if (sold.length === 1) return sold[0]
  if (sold.length > 1)
    throw invalid(`${path}.product`, 'ambiguous-product', 'Several products have this name: give the id.')
  if (found.length > 0) throw invalid(`${path}.product`, 'inactive-product', 'Give a product that is active.')
  throw invalid(
    `${path}.product`,
    'missing-target',
    'Give the id or name of a product; this one does not exist, is deleted, or is out of your reach.',
  )
}

type BookPrices = ReadonlyMap<string, number>

async function readBookPrices(
  write: WriteSession,
  products: readonly (AnyRecord | undefined)[],
  { book, currency }: Pricing,
): Promise<BookPrices> {
  const ids = [...new Set(products.flatMap((product) => product?.id ?? []))]
  if (book === undefined || ids.length === 0) return new Map()
  const { storage, tenant } = write.caller
  const select = sql`select product_id, amount from ${raw(storage.table('price'))} where tenant_id = ${tenant} and book = ${book} and currency = ${currency} and ${inList(raw('product_id'), ids)}`
  return new Map(
    (await write.all(select.text, select.params)).map(([product, amount]) => [String(product), Number(amount)]),
  )
}

function priceOf(
  write: WriteSession,
  { path }: LineDraft,
  product: AnyRecord | undefined,
  prices: BookPrices,
  { book, currency }: Pricing,
): Money {
  const field = `${path}.unitPrice`
  if (!product) throw invalid(field, 'required', 'Give the price of a line without a product.')
  const visible = isVisible(write.actor, tableOf(write.caller.engine, 'products'), 'price')
  const listed = product.price as Money | null
  const found =
    book === undefined ? (listed?.currency === currency ? listed.amount : undefined) : prices.get(product.id)
  if (visible && found !== undefined) return { amount: found, currency }
  const where = book === undefined ? '' : ` in the price book ${book}`
  throw invalid(field, 'no-price', `Give it: the product has no price in ${currency}${where} that you can see.`)
}
