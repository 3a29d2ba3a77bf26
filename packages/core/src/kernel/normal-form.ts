import { emailDomain, normaliseEmail } from './email'
import type { PhoneParser } from './phone'

const DOMAIN = /^(?:[a-z]+:\/\/)?(?:www\.)?([^/?#\s:@]+\.[^/?#\s:@]{2,})(?::\d+)?(?:[/?#].*)?$/i

/**
 * The one form in which two spellings of an email, phone number or domain are the same; null for what is none.
 * `phone` gives the number plans once they are loaded, `country` is that of numbers without a prefix.
 */
export const normalForms =
  (country: string | undefined, phone: () => PhoneParser | undefined) =>
  (kind: 'email' | 'phone' | 'domain', value: string): string | null => {
    if (kind === 'email') return normaliseEmail(value) ?? null
    if (kind === 'domain') return normalDomain(value)
    return phone()?.normalise(value, country).e164 ?? bareDigits(value, country)
  }

/** `https://www.Example.com/x` and `example.com` are the same domain. */
function normalDomain(value: string): string | null {
  const host = DOMAIN.exec(value.trim())?.[1]
  return (host && emailDomain(normaliseEmail(`a@${host}`) ?? '')) || null
}

/** A number whose country nobody knows is its digits; one that has a country and is impossible there is none. */
function bareDigits(value: string, country: string | undefined): string | null {
  const digits = value.replace(/\D/g, '')
  const words = /[a-wyz]/i.test(value.replace(/ext\.?/i, ''))
  return country || value.trim().startsWith('+') || digits.length < 5 || words ? null : digits
}
