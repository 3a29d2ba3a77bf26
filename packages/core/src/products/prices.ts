import { CrmError, invalid } from '../kernel/errors'
import { isCurrency, isMoney, type Money } from '../kernel/money'
import { cleanText, hasForbiddenCharacters } from '../kernel/text'
import type { Caller } from '../records/caller'
import { checkFieldAccess } from '../records/checks'
import { tableOf } from '../records/engine'
import { findInScope, notFound, requireForWrite } from '../records/find'
import { runVerb, type VerbOptions } from '../records/idempotency'
import { queryContext } from '../records/query'
import { saveChange } from '../records/update'
import { isVisible } from '../records/visibility'
import type { WriteSession } from '../records/write'

/** The price of a product in a price book. A book has one price for each currency. */
export interface BookPrice {
  /** Name of the book: `EU`, `Partners 2026`, … It exists as long as it has prices. */
  book: string
  price: Money
}

const COLUMNS = ['tenant_id', 'book', 'product_id', 'currency', 'amount']

/**
 * Sets the price of a product in a price book, for the currency of the price. Needs `update` on the product and its price.
 *
 * @example
 * await me.products.setPrice(product.id, { book: 'EU', price: eur(990) })
 */
export async function setPrice(
  caller: Caller,
  id: string,
  input: BookPrice,
  options?: VerbOptions,
): Promise<BookPrice[]> {
  refuseUnknown(input, 'price')
  const book = cleanBook(input?.book)
  if (!isMoney(input.price) || input.price.amount < 0) {
    throw invalid('price', 'invalid-money', 'Give { amount, currency } in whole minor units, not negative.')
  }
  const { amount, currency } = input.price
  return runVerb(caller, 'products.setPrice', [id, input], options, (write) =>
    changePrice(write, id, { book, currency, amount }),
  )
}

/** Takes the price of a currency out of a book. No error when there is none. */
export async function removePrice(
  caller: Caller,
  id: string,
  from: { book: string; currency: string },
  options?: VerbOptions,
): Promise<BookPrice[]> {
  refuseUnknown(from, 'currency')
  const book = cleanBook(from?.book)
  if (!isCurrency(from.currency))
    throw invalid('currency', 'invalid-currency', 'Use an ISO 4217 code in upper case, such as EUR or USD.')
  const { currency } = from
  return runVerb(caller, 'products.removePrice', [id, from], options, (write) =>
    changePrice(write, id, { book, currency, amount: null }),
  )
}

function refuseUnknown(input: object | null | undefined, beside: string) {
  const unknown = Object.keys(input ?? {}).find((key) => key !== 'book' && key !== beside)
  if (unknown !== undefined) throw invalid(unknown, 'unknown-key', `Use only: book, ${beside}.`)
}

function cleanBook(value: unknown): string {
  const book = typeof value === 'string' ? cleanText(value) : ''
  if (book !== '' && book.length <= 120 && !hasForbiddenCharacters(book)) return book
  throw invalid('book', 'invalid-text', 'Give the name of the book in 1 to 120 characters.')
}

async function changePrice(
  write: WriteSession,
  id: string,
  { book, currency, amount }: { book: string; currency: string; amount: number | null },
): Promise<BookPrice[]> {
  const { caller } = write
  const table = tableOf(caller.engine, 'products')
  const product = await requireForWrite(write, 'products', id, 'update')
  checkFieldAccess(write, table, { price: null, prices: null })
  const before = await readPrices(write, caller, id)
  const old = before.find((one) => one.book === book && one.price.currency === currency)
  if ((old?.price.amount ?? null) === amount) return before
  const { storage, tenant } = caller
  const name = storage.table('price')
  if (amount === null) {
    await write.send(`delete from ${name} where tenant_id = ? and book = ? and product_id = ? and currency = ?`, [
      tenant,
      book,
      id,
      currency,
    ])
  } else {
    await write.send(storage.dialect.upsert(name, COLUMNS, COLUMNS.slice(0, 4)), [tenant, book, id, currency, amount])
  }
  const now = amount === null ? null : { book, price: { amount, currency } }
  await saveChange(write, table, product, { ...product }, new Set(), 'product.price_set', {
    changes: { prices: [old ?? null, now] },
  })
  return readPrices(write, caller, id)
}

/** The prices of a product in all books. NOT_FOUND as for `get`; FORBIDDEN for those who may not see prices. */
export async function productPrices(caller: Caller, id: string): Promise<BookPrice[]> {
  const query = await queryContext(caller)
  const reader = { all: caller.storage.read }
  if (!isVisible(query.actor, tableOf(query.engine, 'products'), 'prices')) {
    throw new CrmError('FORBIDDEN', 'You may not see the prices of products.', {
      field: 'price',
      rule: 'field-not-readable',
      remedy: 'Ask an administrator for a role that may read it.',
    })
  }
  if (!(await findInScope(query, reader, 'products', id, 'read'))) throw notFound('products')
  return readPrices(reader, caller, id)
}

async function readPrices(
  { all }: Pick<WriteSession, 'all'>,
  { storage, tenant }: Caller,
  product: string,
): Promise<BookPrice[]> {
  const select = `select book, amount, currency from ${storage.table('price')} where tenant_id = ? and product_id = ? order by book, currency`
  return (await all(select, [tenant, product])).map(([book, amount, currency]) => ({
    book: String(book),
    price: { amount: Number(amount), currency: String(currency) },
  }))
}
