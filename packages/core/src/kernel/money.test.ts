import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyRate,
  currencyCodes,
  eur,
  exponentOf,
  formatMoney,
  gbp,
  isCurrency,
  isMoney,
  money,
  multiply,
  toDecimal,
  usd,
} from './money'

const refusal = (field: string, rule: string) => expect.objectContaining({ code: 'VALIDATION', field, rule })
const yen = (amount: number) => ({ amount, currency: 'JPY' })

describe('money from major units', () => {
  it.each([
    [12_000, 'EUR', 1_200_000],
    ['1299.90', 'EUR', 129_990],
    [0.29, 'USD', 29],
    [4.35, 'USD', 435],
    [1.1, 'EUR', 110],
    ['-0.05', 'GBP', -5],
    ['+7', 'GBP', 700],
    ['10.500', 'EUR', 1050],
    [500, 'JPY', 500],
    ['1.234', 'KWD', 1234],
    ['0.0001', 'CLF', 1],
    [1e3, 'EUR', 100_000],
    ['1.5e2', 'EUR', 15_000],
    ['-0', 'EUR', 0],
    ['90071992547409.91', 'EUR', Number.MAX_SAFE_INTEGER],
  ])('%s %s is %i minor units', (major, currency, amount) => {
    expect(money(major, currency)).toEqual({ amount, currency })
  })

  it('has helpers for the three commonest currencies', () => {
    expect([eur(1), usd('2.5'), gbp(0.01)]).toEqual([
      { amount: 100, currency: 'EUR' },
      { amount: 250, currency: 'USD' },
      { amount: 1, currency: 'GBP' },
    ])
  })

  it.each([
    ['1.005', 'EUR', 'too-many-decimals'],
    [0.1 + 0.2, 'EUR', 'too-many-decimals'],
    ['0.5', 'JPY', 'too-many-decimals'],
    [1e-7, 'EUR', 'too-many-decimals'],
    ['90071992547409.92', 'EUR', 'too-large'],
    [1e21, 'EUR', 'too-large'],
    ['1,299.90', 'EUR', 'invalid-amount'],
    ['12 EUR', 'EUR', 'invalid-amount'],
    [' 12', 'EUR', 'invalid-amount'],
    ['', 'EUR', 'invalid-amount'],
    ['.5', 'EUR', 'invalid-amount'],
    ['1e999', 'EUR', 'invalid-amount'],
    ['0x10', 'EUR', 'invalid-amount'],
    ['9'.repeat(100_000), 'EUR', 'invalid-amount'],
    [Number.NaN, 'EUR', 'invalid-amount'],
    [Number.POSITIVE_INFINITY, 'EUR', 'invalid-amount'],
    [undefined as unknown as number, 'EUR', 'invalid-amount'],
  ])('refuses %s %s: %s', (major, currency, rule) => {
    expect(() => money(major, currency)).toThrow(refusal('amount', rule))
  })

  it('comes back as the same decimal', () => {
    const amount = fc.maxSafeInteger()
    fc.assert(
      fc.property(amount, fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF'), (minor, currency) => {
        expect(money(toDecimal({ amount: minor, currency }), currency)).toEqual({ amount: minor, currency })
      }),
    )
  })
})

describe('money as text', () => {
  it.each([
    [129_900, 'EUR', '1299.00'],
    [-5, 'USD', '-0.05'],
    [0, 'EUR', '0.00'],
    [500, 'JPY', '500'],
    [-7, 'KWD', '-0.007'],
    [12_345, 'UYW', '1.2345'],
    [Number.MAX_SAFE_INTEGER, 'EUR', '90071992547409.91'],
  ])('%i %s is %s', (amount, currency, text) => {
    expect(toDecimal({ amount, currency })).toBe(text)
  })

  it('is shown in the locale with the currency’s own decimals and every digit', () => {
    expect(formatMoney(eur('1299.9'), 'de')).toBe('1.299,90\u00a0€')
    expect(formatMoney(usd(-5))).toBe('-$5.00')
    expect(formatMoney(yen(1500), 'en')).toBe('¥1,500')
    expect(formatMoney(money('1.5', 'KWD'), 'en')).toBe('KWD\u00a01.500')
    expect(formatMoney({ amount: Number.MAX_SAFE_INTEGER, currency: 'EUR' }, 'en')).toBe('€90,071,992,547,409.91')
    expect(formatMoney(money(1, 'ISK'), 'en')).toBe('ISK\u00a01')
  })

  it('refuses a locale that is none', () => {
    expect(() => formatMoney(eur(1), 'not a locale')).toThrow(refusal('locale', 'invalid-locale'))
  })

  it.each([0.5, Number.NaN, 2 ** 53])('refuses an amount of %d', (amount) => {
    expect(() => toDecimal({ amount, currency: 'EUR' })).toThrow(expect.objectContaining({ field: 'amount' }))
  })
})

describe('ratios and rates', () => {
  it.each([
    [105, 0.5, 53],
    [-105, 0.5, -53],
    [104, 0.5, 52],
    [100, '0.005', 1],
    [100, '0.0049999', 0],
    [-100, '0.0049999', 0],
    [1_000, 0.07, 70],
    [110, 1.1, 121],
    [3, '0.3333333333333333', 1],
    [9_007_199_254_740_991, 0.1, 900_719_925_474_099],
  ])('%i cents times %s is %i', (amount, ratio, expected) => {
    expect(multiply({ amount, currency: 'EUR' }, ratio)).toEqual({ amount: expected, currency: 'EUR' })
  })

  it.each([
    [eur(100), '163.25', 'JPY', 16_325],
    [yen(16_325), '0.0061255742725880551301684532', 'EUR', 10_000],
    [yen(1), '0.005', 'EUR', 1],
    [eur('0.01'), '0.335', 'KWD', 3],
    [eur('0.01'), '0.35', 'KWD', 4],
    [usd('1.01'), 1.0825, 'EUR', 109],
    [usd(1), 1, 'USD', 100],
  ])('%j at %s in %s is %i', (sum, rate, currency, amount) => {
    expect(applyRate(sum, rate, currency)).toEqual({ amount, currency })
  })

  it('are refused when they are no numbers, or lead too far', () => {
    expect(() => multiply(eur(1), 'half')).toThrow(refusal('ratio', 'invalid-ratio'))
    expect(() => applyRate(eur(1), Number.NaN, 'USD')).toThrow(refusal('rate', 'invalid-rate'))
    expect(() => multiply(eur(90_000_000_000_000), 2)).toThrow(refusal('amount', 'too-large'))
    expect(() => applyRate(eur(1), 1, 'XXX')).toThrow(refusal('currency', 'invalid-currency'))
  })

  it('shares of one sum differ from it by rounding only', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
        fc.integer({ min: 0, max: 100 }),
        (amount, percent) => {
          const share = multiply({ amount, currency: 'EUR' }, `${percent / 100}`).amount
          expect(Math.abs(share * 100 - amount * percent)).toBeLessThanOrEqual(50)
        },
      ),
    )
  })
})

describe('currencies', () => {
  it('have the exponents of ISO 4217', () => {
    const exponents = { EUR: 2, JPY: 0, KRW: 0, UGX: 0, ISK: 0, KWD: 3, TND: 3, CLF: 4, UYW: 4, MRU: 2, HUF: 2 }
    for (const [code, exponent] of Object.entries(exponents)) expect(exponentOf(code), code).toBe(exponent)
  })

  it('are those of ISO 4217 and eleven that old deals carry', () => {
    expect(currencyCodes()).toHaveLength(175)
    const unknown = Intl.supportedValuesOf('currency').filter((code) => !isCurrency(code))
    expect(unknown.filter((code) => !code.startsWith('X'))).toEqual([])
  })

  it.each(['eur', 'EURO', 'XXX', 'XAU', 'DEM', 'ABC', '', 'constructor', undefined, null, 978])(
    'do not include %s',
    (code) => {
      expect(isCurrency(code)).toBe(false)
      expect(() => exponentOf(code as string)).toThrow(refusal('currency', 'invalid-currency'))
    },
  )

  it('make money recognisable', () => {
    expect(isMoney(eur(1))).toBe(true)
    const others = [null, 1, 'EUR', { amount: 1 }, { amount: 1.5, currency: 'EUR' }, { amount: 1, currency: 'eur' }]
    expect(others.map(isMoney)).toEqual(others.map(() => false))
    expect(isMoney({ amount: 1, currency: 'EUR', tax: 0 })).toBe(false)
  })
})
