import { eur, type LineInput, type Money, type ScopedClient, usd } from '@rapport/core'
import type { Chance } from './chance'

interface Article {
  name: string
  sku: string
  /** List price in whole euros; dollars are a tenth more. */
  price: number
}

const ARTICLES = {
  kit: { name: 'Sensor Kit S', sku: 'BW-S', price: 480 },
  pro: { name: 'Sensor Kit Pro', sku: 'BW-P', price: 1950 },
  gateway: { name: 'Gateway', sku: 'BW-G', price: 3400 },
  platform: { name: 'Platform, one year', sku: 'BW-PL', price: 9600 },
  enterprise: { name: 'Enterprise Platform, one year', sku: 'BW-EP', price: 36_000 },
  installation: { name: 'Installation, a day', sku: 'BW-I', price: 1150 },
  training: { name: 'Training, a day', sku: 'BW-T', price: 890 },
  support: { name: 'Premium Support, one year', sku: 'BW-SU', price: 2400 },
} satisfies Record<string, Article>
type ArticleName = keyof typeof ARTICLES

/** What a company of some size is interested in. */
export interface Basket {
  /** Names the deal. */
  title: string
  items: readonly { article: ArticleName; quantity: number }[]
}

const US_PRICES = 'US'

/** Products with a list price in euros, and dollars in a price book of their own. */
export async function setPrices(system: ScopedClient) {
  for (const { name, sku, price } of Object.values(ARTICLES)) {
    const product = await system.products.create({ name, sku, price: eur(price) })
    await system.products.setPrice(product.id, { book: US_PRICES, price: usd(dollars(price)) })
  }
}

/** Small companies buy kits, large ones the platform; many want help with it. */
export function chooseBasket(chance: Chance, employees: number): Basket {
  const large = employees > 400
  const middle = employees > 80
  const main: ArticleName = chance.yes(large ? 0.4 : 0.03)
    ? 'enterprise'
    : chance.yes(middle ? 0.5 : 0.15)
      ? 'platform'
      : chance.yes(0.55)
        ? 'pro'
        : 'kit'
  const quantity = main === 'enterprise' || main === 'platform' ? 1 : chance.whole(1, middle ? 10 : 4)
  const items: { article: ArticleName; quantity: number }[] = [{ article: main, quantity }]
  const maybe = (article: ArticleName, share: number, most: number) => {
    if (chance.yes(share)) items.push({ article, quantity: chance.whole(1, most) })
  }
  if (main === 'platform' || main === 'enterprise') maybe('pro', 0.7, large ? 12 : 5)
  maybe('gateway', 0.3, large ? 4 : 1)
  maybe('installation', 0.45, large ? 5 : 2)
  maybe('training', 0.3, 3)
  maybe('support', 0.25, 1)
  return { title: ARTICLES[main].name.split(',')[0] as string, items }
}

/** A first guess at what it is worth, to the next hundred. */
export function estimate({ items }: Basket, currency: string): Money {
  const euros = items.reduce((sum, { article, quantity }) => sum + ARTICLES[article].price * quantity, 0)
  const major = Math.ceil((currency === 'USD' ? dollars(euros) : euros) / 100) * 100
  return currency === 'USD' ? usd(major) : eur(major)
}

/** The quote: products with quantities, and perhaps something off. */
export function quote({ items }: Basket, chance: Chance): LineInput[] {
  const discountPercent = chance.yes(0.4) ? chance.pick([5, 5, 10, 10, 15, 20]) : 0
  return items.map(({ article, quantity }) => ({
    product: ARTICLES[article].name,
    quantity,
    discountPercent,
    taxPercent: 20,
  }))
}

/** How lines are priced in a currency. */
export const priced = (currency: string) => (currency === 'USD' ? { currency, book: US_PRICES } : {})

const dollars = (euros: number) => Math.round(euros * 1.1)
