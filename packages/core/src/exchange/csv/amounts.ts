import { isCurrency } from '../../kernel/money'

const SIGNS: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP',
  '¥': 'JPY',
  '￥': 'JPY',
  $: 'USD',
  '₹': 'INR',
  '₽': 'RUB',
  '₩': 'KRW',
  '₺': 'TRY',
  '₴': 'UAH',
  '₪': 'ILS',
  '₫': 'VND',
  '฿': 'THB',
  '₦': 'NGN',
  '₱': 'PHP',
  US$: 'USD',
  A$: 'AUD',
  AU$: 'AUD',
  C$: 'CAD',
  CA$: 'CAD',
  NZ$: 'NZD',
  HK$: 'HKD',
  S$: 'SGD',
  R$: 'BRL',
  MX$: 'MXN',
  ZŁ: 'PLN',
  KČ: 'CZK',
  FT: 'HUF',
  EURO: 'EUR',
  EUROS: 'EUR',
  SFR: 'CHF',
  'FR.': 'CHF',
}

/** Currencies that share a sign: the default one is meant where it is among them. */
const SHARED: readonly (readonly [RegExp, RegExp])[] = [
  [/^\$$/, /^(?:USD|CAD|AUD|NZD|HKD|SGD|MXN|ARS|CLP|COP|TWD)$/],
  [/^[¥￥]$/, /^(?:JPY|CNY)$/],
  [/^KR\.?$/, /^(?:SEK|NOK|DKK|ISK)$/],
]

const BARE = /^[-\d.,]+$/

/** An amount's number text, and its currency where the text names one: a code, or undefined for an unknown sign. */
export interface AmountText {
  number: string
  unit: string
  currency: string | undefined
}

/** Takes `€ 1.234,56`, `USD 12`, `12 kr`, `-$5`, `(£5)` apart. `preferred` decides what shared signs such as `$` mean. */
export function readAmount(text: string, preferred: string | undefined): AmountText {
  const bare = text.trim()
  if (BARE.test(bare)) return { number: bare, unit: '', currency: preferred }
  const unit = /(?:\p{L}*\p{Sc}|\p{L}[\p{L}.]*)/u.exec(bare.replace(/\d[eE][-+]?\d/, '00'))?.[0] ?? ''
  if (unit === '') return { number: bare, unit, currency: preferred }
  return {
    number: bare
      .replace(unit, '')
      .trim()
      .replace(/^([-+(\u2212])\s+/, '$1'),
    unit,
    currency: currencyOf(unit, preferred),
  }
}

function currencyOf(unit: string, preferred: string | undefined): string | undefined {
  const sign = unit.toUpperCase()
  if (preferred !== undefined && SHARED.some(([signs, codes]) => signs.test(sign) && codes.test(preferred)))
    return preferred
  if (isCurrency(sign)) return sign
  return SIGNS[sign]
}
