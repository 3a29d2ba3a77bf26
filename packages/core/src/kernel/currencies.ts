/** ISO 4217, list one (current currencies and funds), without metals, testing and no-currency codes. */
const CURRENT =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW ' +
  'CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL ' +
  'HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA ' +
  'MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD ' +
  'RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD ' +
  'USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG'

/** Withdrawn since 2015, kept because the closed deals of those years carry them. */
const RETIRED = 'ANG BGN BYR CUC HRK LTL MRO SLL STD VEF ZWL'

const EXPONENTS: Readonly<Record<number, string>> = {
  0: 'BIF BYR CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

let exponents: Map<string, number> | undefined

function table(): Map<string, number> {
  if (exponents) return exponents
  exponents = new Map([...CURRENT.split(' '), ...RETIRED.split(' ')].map((code) => [code, 2]))
  for (const [exponent, codes] of Object.entries(EXPONENTS))
    for (const code of codes.split(' ')) exponents.set(code, Number(exponent))
  return exponents
}

/** Digits behind the decimal point of a known currency; undefined for anything else. */
export const exponentIfKnown = (code: unknown): number | undefined => table().get(code as string)

/** Every accepted currency code, sorted. */
export const currencyCodes = (): string[] => [...table().keys()].sort()
