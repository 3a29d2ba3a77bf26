import { eur, isCrmError, type LineInput, type Money, money, usd } from '@rapport/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs, withPeople } from '../../test/support/crm'

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => (isCrmError(error) ? error : Promise.reject(error)),
  )

/** A decimal text as a fraction, read digit by digit. */
function fraction(text: string): [numerator: bigint, denominator: bigint] {
  const [whole = '', digits = ''] = text.split('.')
  return [BigInt(whole + digits), 10n ** BigInt(digits.length)]
}

/** The nearest whole number; a half goes up. Only for what is not negative. */
const nearest = (numerator: bigint, denominator: bigint) => {
  const rest = numerator % denominator
  return numerator / denominator + (2n * rest >= denominator ? 1n : 0n)
}

function expected(quantity: string, price: number, discount: string, tax: string) {
  const [q, qd] = fraction(quantity)
  const [d, dd] = fraction(discount)
  const [t, td] = fraction(tax)
  const net = nearest(q * BigInt(price) * (100n * dd - d), qd * 100n * dd)
  return { net: Number(net), tax: Number(nearest(net * t, td * 100n)) }
}

const decimals = (max: number, places: number) =>
  fc.tuple(fc.integer({ min: 0, max }), fc.integer({ min: 0, max: places })).map(([units, scale]) => {
    const digits = String(units).padStart(scale + 1, '0')
    return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  })

const line = fc.record({
  quantity: decimals(10_000_000, 6).filter((text) => Number(text) > 0),
  price: fc.integer({ min: 0, max: 100_000_000 }),
  discount: decimals(1_000_000, 4).filter((text) => Number(text) <= 100),
  tax: decimals(300_000, 4).filter((text) => Number(text) <= 1000),
})

describe('totals', () => {
  test('each line rounds once, the deal is the sum, to the unit', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'A' })
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('EUR', 'JPY', 'KWD'),
        async (drawn, currency) => {
          const input = drawn.map(({ quantity, price, discount, tax }, index) => ({
            name: `line ${index}`,
            quantity,
            unitPrice: { amount: price, currency },
            discountPercent: discount,
            taxPercent: tax,
          }))
          const wanted = drawn.map(({ quantity, price, discount, tax }) => expected(quantity, price, discount, tax))
          const saved = await ada.deals.setLines(deal.id, input, { currency })
          expect(saved.items.map(({ net, tax }) => ({ net: net.amount, tax: tax.amount }))).toEqual(wanted)
          const sum = (of: 'net' | 'tax') => wanted.reduce((total, one) => total + one[of], 0)
          expect(saved.deal.amount).toEqual({ amount: sum('net'), currency })
          expect(saved).toMatchObject({
            net: saved.deal.amount,
            tax: { amount: sum('tax') },
            gross: { amount: sum('net') + sum('tax'), currency },
          })
          expect(await ada.deals.lines(deal.id)).toEqual({
            items: saved.items,
            net: saved.net,
            tax: saved.tax,
            gross: saved.gross,
          })
        },
      ),
      runs(60),
    )
  })

  test.each<[string, LineInput, Money, Money]>([
    [
      'cents',
      { quantity: 3, unitPrice: eur('33.33'), discountPercent: 10, taxPercent: 19 },
      eur('89.99'),
      eur('17.10'),
    ],
    [
      'yen have no decimals',
      { quantity: '1.5', unitPrice: money(333, 'JPY'), taxPercent: 10 },
      money(500, 'JPY'),
      money(50, 'JPY'),
    ],
    [
      'dinars have three',
      { quantity: '0.333', unitPrice: money('1.005', 'KWD'), taxPercent: 5 },
      money('0.335', 'KWD'),
      money('0.017', 'KWD'),
    ],
    ['a half goes up', { quantity: '0.5', unitPrice: eur('0.01') }, eur('0.01'), eur(0)],
    ['a tenth is a tenth', { quantity: 0.1, unitPrice: eur(30), discountPercent: 0.1 }, eur('3.00'), eur(0)],
  ])('%s', async (_, input, net, tax) => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'A' })
    const saved = await ada.deals.setLines(deal.id, [{ name: 'x', ...input }])
    expect(saved.items[0]).toMatchObject({ net, tax })
  })

  test('sums beyond what is exact are refused', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'A' })
    const huge = { name: 'x', quantity: 2, unitPrice: { amount: Number.MAX_SAFE_INTEGER, currency: 'EUR' } }
    expect(await refusal(ada.deals.setLines(deal.id, [huge]))).toMatchObject({ code: 'VALIDATION', rule: 'too-large' })
    expect(await ada.deals.get(deal.id)).toMatchObject({ amount: null, version: 1 })
  })
})

describe('the amount follows the lines', () => {
  test('it cannot be written beside them, and can again without them', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'A', amount: eur(5) })
    await ada.deals.setLines(deal.id, [{ name: 'x', unitPrice: eur(7) }])
    expect(await refusal(ada.deals.update(deal.id, { amount: eur(9) }))).toMatchObject({
      field: 'amount',
      rule: 'follows-lines',
    })
    expect(await refusal(ada.deals.update(deal.id, { amount: null }))).toMatchObject({
      field: 'amount',
      rule: 'follows-lines',
    })
    expect(await ada.deals.update(deal.id, { amount: eur(7), title: 'B' })).toMatchObject({ title: 'B' })
    expect((await ada.deals.setLines(deal.id, [])).deal).toMatchObject({ amount: eur(7) })
    expect(await ada.deals.update(deal.id, { amount: eur(9) })).toMatchObject({ amount: eur(9) })
  })

  test('the open interval keeps the amount at entry', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'A', amount: eur(5) })
    await ada.deals.setLines(deal.id, [{ name: 'x', unitPrice: eur(7) }])
    expect(await ada.deals.stageHistory(deal.id)).toMatchObject([{ amount: eur(5) }])
  })

  test('one event tells of both; the same lines again write nothing', async () => {
    const { ada, crm } = await withPeople()
    const told: string[] = []
    crm.on('deals.*', ({ name, changes }) => void told.push(`${name} ${Object.keys(changes).sort()}`))
    const deal = await ada.deals.create({ title: 'A' })
    const lines = [{ name: 'x', unitPrice: eur(7), quantity: '2.50' }]
    await ada.deals.setLines(deal.id, lines)
    expect((await ada.deals.setLines(deal.id, lines)).deal.version).toBe(2)
    await ada.deals.setLines(deal.id, [{ ...lines[0], name: 'y' }])
    expect(told.slice(1)).toEqual(['deal.lines_changed amount,lines', 'deal.lines_changed lines'])
  })

  test('one currency for all: the deal’s, unless it is to change', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'A', amount: eur(5) })
    const lines = [{ name: 'x', unitPrice: usd(7) }]
    expect(await refusal(ada.deals.setLines(deal.id, lines))).toMatchObject({
      field: 'lines.0.unitPrice',
      rule: 'mixed-currencies',
    })
    expect((await ada.deals.setLines(deal.id, lines, { currency: 'USD' })).deal).toMatchObject({ amount: usd(7) })
  })

  test('lines changed since the version read are a conflict', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'A' })
    await ada.deals.setLines(deal.id, [{ name: 'x', unitPrice: eur(1) }], { ifVersion: 1 })
    const error = await refusal(ada.deals.setLines(deal.id, [{ name: 'y', unitPrice: eur(1) }], { ifVersion: 1 }))
    expect(error).toMatchObject({ code: 'CONFLICT', field: 'lines', rule: 'changed-meanwhile' })
  })
})

describe('products and price books', () => {
  async function shop() {
    const people = await withPeople()
    const engine = await people.root.products.create({ name: 'Engine', price: eur(100) })
    const deal = await people.ada.deals.create({ title: 'A', amount: eur(1) })
    return { ...people, engine, deal }
  }

  test('a product by name or id brings its name and list price', async () => {
    const { ada, engine, deal } = await shop()
    const { items } = await ada.deals.setLines(deal.id, [
      { product: 'engine', quantity: 2 },
      { product: engine.id, name: 'Spare', unitPrice: eur(90) },
    ])
    expect(items).toMatchObject([
      { product: engine.id, name: 'Engine', unitPrice: eur(100), net: eur(200) },
      { product: engine.id, name: 'Spare', unitPrice: eur(90) },
    ])
  })

  test('a price book has its own price for each currency', async () => {
    const { ada, root, engine, deal } = await shop()
    await root.products.setPrice(engine.id, { book: 'Partners', price: eur(80) })
    await root.products.setPrice(engine.id, { book: 'Partners', price: usd(95) })
    expect(await root.products.setPrice(engine.id, { book: 'EU', price: eur(99) })).toEqual([
      { book: 'EU', price: eur(99) },
      { book: 'Partners', price: eur(80) },
      { book: 'Partners', price: usd(95) },
    ])
    expect((await ada.deals.setLines(deal.id, [{ product: 'Engine' }], { book: 'Partners' })).net).toEqual(eur(80))
    expect(
      (await ada.deals.setLines(deal.id, [{ product: 'Engine' }], { book: 'Partners', currency: 'USD' })).net,
    ).toEqual(usd(95))
    expect(await refusal(ada.deals.setLines(deal.id, [{ product: 'Engine' }], { book: 'EU' }))).toMatchObject({
      rule: 'no-price',
    })
    await root.products.removePrice(engine.id, { book: 'EU', currency: 'EUR' })
    expect(await ada.products.prices(engine.id)).toHaveLength(2)
    expect(await refusal(ada.products.setPrice(engine.id, { book: 'EU', price: eur(1) }))).toMatchObject({
      code: 'FORBIDDEN',
    })
  })

  test('unknown, inactive and priceless products are refused; one already on the deal may stay', async () => {
    const { ada, root, engine, deal } = await shop()
    expect(await refusal(ada.deals.setLines(deal.id, [{ product: 'Loom' }]))).toMatchObject({
      field: 'lines.0.product',
      rule: 'missing-target',
    })
    expect(await refusal(ada.deals.setLines(deal.id, [{ name: 'x' }]))).toMatchObject({
      field: 'lines.0.unitPrice',
      rule: 'required',
    })
    await ada.deals.setLines(deal.id, [{ product: 'Engine' }])
    await root.products.update(engine.id, { active: false })
    expect((await ada.deals.setLines(deal.id, [{ product: 'Engine', quantity: 3 }])).net).toEqual(eur(300))
    await ada.deals.setLines(deal.id, [])
    expect(await refusal(ada.deals.setLines(deal.id, [{ product: 'Engine' }]))).toMatchObject({
      rule: 'inactive-product',
    })
  })

  test('a purged product leaves its lines standing', async () => {
    const { ada, root, engine, deal } = await shop()
    await ada.deals.setLines(deal.id, [{ product: 'Engine' }])
    await root.products.setPrice(engine.id, { book: 'EU', price: eur(1) })
    await root.products.delete(engine.id)
    await root.products.purge(engine.id)
    expect((await ada.deals.lines(deal.id)).items).toMatchObject([{ product: null, name: 'Engine', net: eur(100) }])
  })

  test('a purged deal takes its lines, contacts and intervals along', async () => {
    const { ada, root, deal } = await shop()
    const contact = await ada.contacts.create({ lastName: 'Byron' })
    await ada.deals.setLines(deal.id, [{ product: 'Engine' }])
    await ada.deals.setContacts(deal.id, [{ contact: contact.id }])
    await root.deals.delete(deal.id)
    await root.deals.purge(deal.id)
    expect(await refusal(root.deals.lines(deal.id))).toMatchObject({ code: 'NOT_FOUND' })
  })

  test.each<[string, object]>([
    ['unknown-key', { name: 'x', unitPrice: eur(1), net: eur(1) }],
    ['required', { unitPrice: eur(1) }],
    ['out-of-range', { name: 'x', unitPrice: eur(1), quantity: 0 }],
    ['out-of-range', { name: 'x', unitPrice: eur(1), quantity: -1 }],
    ['too-many-decimals', { name: 'x', unitPrice: eur(1), quantity: '0.0000001' }],
    ['invalid-decimal', { name: 'x', unitPrice: eur(1), quantity: '1,5' }],
    ['invalid-decimal', { name: 'x', unitPrice: eur(1), quantity: Number.NaN }],
    ['out-of-range', { name: 'x', unitPrice: eur(1), discountPercent: 100.5 }],
    ['invalid-money', { name: 'x', unitPrice: { amount: 1.5, currency: 'EUR' } }],
    ['invalid-text', { name: 'a\0b', unitPrice: eur(1) }],
  ])('refused: %s', async (rule, input) => {
    const { ada, deal } = await shop()
    expect(await refusal(ada.deals.setLines(deal.id, [input as LineInput]))).toMatchObject({ code: 'VALIDATION', rule })
  })
})

describe('who may not see amounts', () => {
  test('support sees no amounts, lines or rates, and cannot ask about them', async () => {
    const { ada, system, as } = await withPeople()
    await system.users.sync([{ id: 'sue', name: 'Sue', roles: ['support'] }])
    const sue = as('sue')
    const deal = await ada.deals.create({ title: 'A', amount: eur(5) })
    await ada.deals.setLines(deal.id, [{ name: 'x', unitPrice: eur(7) }])
    await ada.deals.win(deal.id)
    const seen = await sue.deals.get(deal.id)
    for (const name of ['amount', 'closedRate', 'closedRateCurrency']) expect(seen).not.toHaveProperty(name)
    expect(await refusal(sue.deals.list({ where: { amount: { gt: eur(1) } } }))).toMatchObject({
      rule: 'unknown-field',
    })
    expect(await refusal(sue.deals.list({ where: { closedRate: { isNull: true } } }))).toMatchObject({
      rule: 'unknown-field',
    })
    expect(await refusal(sue.deals.list({ orderBy: { amount: 'asc' } }))).toMatchObject({ rule: 'unknown-field' })
    expect(await refusal(sue.deals.lines(deal.id))).toMatchObject({ code: 'FORBIDDEN', rule: 'field-not-readable' })
    expect(await refusal(sue.deals.setLines(deal.id, []))).toMatchObject({ code: 'FORBIDDEN' })
    expect((await sue.deals.stageHistory(deal.id)).every((interval) => !('amount' in interval))).toBe(true)
    const told = JSON.stringify(await sue.timeline({ type: 'deals', id: deal.id }))
    expect(told).not.toMatch(/amount|lines|"x"/)
  })

  test('a role that sees the amount but not the lines learns nothing of them', async () => {
    const roles = { clerk: { deals: { read: 'all', update: 'all', fields: { lines: 'none' } } } } as const
    const { ada, system, as } = await withPeople({ roles })
    await system.users.sync([{ id: 'kim', name: 'Kim', roles: ['clerk'] }])
    const deal = await ada.deals.create({ title: 'A' })
    await ada.deals.setLines(deal.id, [{ name: 'x', unitPrice: eur(7) }])
    expect(await refusal(as('kim').deals.update(deal.id, { amount: eur(9) }))).toMatchObject({
      code: 'FORBIDDEN',
      rule: 'field-not-writable',
    })
    expect(await refusal(as('kim').deals.setLines(deal.id, []))).toMatchObject({
      code: 'VALIDATION',
      rule: 'unknown-key',
    })
  })
})
