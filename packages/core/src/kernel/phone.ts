import { type QuickLook, quickLook } from './phone-plans'

/** What a phone number text means. */
export interface PhoneResult {
  /** `+`, country code and national number (`+4915123456789`); missing when the length is impossible for the country. */
  e164?: string
  /** Digits behind "ext.", "x" or "#". */
  extension?: string
  /** True when the number also follows the numbering plan of its country. */
  valid: boolean
}

/** Made by {@link loadPhone}. */
export interface PhoneParser {
  /** `defaultCountry` (ISO 3166 alpha-2, any case) is for numbers without country code; an unknown one counts as none. */
  normalise(input: string, defaultCountry?: string): PhoneResult
}

let loading: Promise<PhoneParser> | undefined

/**
 * Loads the numbering plans of all countries (large, so only on first use) and gives a synchronous parser.
 *
 * @example
 * const phone = await loadPhone()
 * phone.normalise('(0151) 2345 6789', 'DE')   // { e164: '+4915123456789', valid: true }
 */
export function loadPhone(): Promise<PhoneParser> {
  loading ??= load().catch((error) => {
    loading = undefined
    throw error
  })
  return loading
}

async function load(): Promise<PhoneParser> {
  const [library, metadata] = await Promise.all([
    import('libphonenumber-js/max'),
    import('libphonenumber-js/max/metadata'),
  ])
  return parserOf(library, quickLook(library, metadata.default.country_calling_codes))
}

/** A number written with the usual marks, and perhaps an extension; the rest is left to the full parser. */
const PLAIN = /^(\+?)([\d ().\-/]*\d)(?: *(?:x|ext\.?|#) *(\d{1,6}))?$/
const TWO_DIGITS = /\p{Nd}.*\p{Nd}/su
const MARKS = /[ ().\-/]+/g

type Library = typeof import('libphonenumber-js/max')

function parserOf(library: Library, quick: QuickLook): PhoneParser {
  const { parsePhoneNumberFromString, isSupportedCountry } = library

  function normalise(input: string, defaultCountry?: string): PhoneResult {
    if (typeof input !== 'string' || input.length > 250) return { valid: false }
    const text = input.trim().replace(/^tel:/i, '')
    const code = defaultCountry?.toUpperCase()
    const country = code && isSupportedCountry(code) ? code : undefined
    if (!TWO_DIGITS.test(text)) return { valid: false }
    const plain = PLAIN.exec(text)
    if (plain) {
      const [, plus, marked = '', extension] = plain
      const result = quick(marked.replace(MARKS, ''), plus === '+', country)
      if (result) return extension && result.e164 ? { ...result, extension } : result
    }
    const number = parsePhoneNumberFromString(text, { defaultCountry: country, extract: false })
    if (!number?.isPossible()) return { valid: false }
    const result = { e164: number.number, valid: number.isValid() }
    return number.ext ? { ...result, extension: number.ext } : result
  }

  return { normalise }
}
