import { type RecordApi, recordApi } from '../records/api'
import type { Caller } from '../records/caller'
import type { VerbOptions } from '../records/idempotency'
import type { OrderBy, Where } from '../records/where'
import type { NewProduct, Product, ProductPatch, productFields } from './definition'
import { type BookPrice, productPrices, removePrice, setPrice } from './prices'

export interface ProductsApi<Custom = Record<string, unknown>>
  extends RecordApi<
    Product<Custom>,
    NewProduct<Custom>,
    ProductPatch<Custom>,
    Where<typeof productFields, Custom>,
    OrderBy<typeof productFields, Custom>
  > {
  /** Sets the product's price in a price book, for the currency of the price. Returns all its prices. */
  setPrice(id: string, price: BookPrice, options?: VerbOptions): Promise<BookPrice[]>
  removePrice(id: string, from: { book: string; currency: string }, options?: VerbOptions): Promise<BookPrice[]>
  /** Its prices in all books. */
  prices(id: string): Promise<BookPrice[]>
}

export const productsApi = (caller: Caller): ProductsApi => ({
  ...recordApi(caller, 'products'),
  setPrice: (id, price, options) => setPrice(caller, id, price, options),
  removePrice: (id, from, options) => removePrice(caller, id, from, options),
  prices: (id) => productPrices(caller, id),
})
