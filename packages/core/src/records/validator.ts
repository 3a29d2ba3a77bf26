import type { Problem } from '../kernel/errors'

/** Checks input for one record type. Made by the lazily loaded `zod-schema` module. */
export interface Validator {
  /** Clean values of the keys given. Throws VALIDATION with every problem found. */
  create(input: unknown): Record<string, unknown>
  patch(input: unknown): Record<string, unknown>
}

/** What a failed check says; carried through zod as the params of a custom issue. */
export type Complaint = Pick<Problem, 'rule' | 'remedy'>

export const COMPLAINTS = {
  required: { rule: 'required', remedy: 'Give a value.' },
  text: { rule: 'wrong-type', remedy: 'Give text.' },
  forbiddenCharacter: { rule: 'forbidden-character', remedy: 'Remove NUL characters and broken surrogate pairs.' },
  email: { rule: 'invalid-email', remedy: 'Give an address such as ada@example.com.' },
  phone: { rule: 'invalid-phone', remedy: 'Give a number in international form such as +49 30 901820.' },
  url: { rule: 'invalid-url', remedy: 'Give a URL that starts with https:// or http://.' },
  domain: { rule: 'invalid-domain', remedy: 'Give a domain such as example.com.' },
  date: { rule: 'invalid-date', remedy: 'Give a calendar date as YYYY-MM-DD.' },
  instant: {
    rule: 'invalid-instant',
    remedy: 'Give a Date, or ISO 8601 text with a zone such as 2026-03-01T09:00:00Z.',
  },
  money: {
    rule: 'invalid-money',
    remedy: "Give { amount, currency } in whole minor units, or use money('12.50', 'EUR').",
  },
  currency: { rule: 'invalid-currency', remedy: 'Use an ISO 4217 code in upper case, such as EUR or USD.' },
  id: { rule: 'invalid-id', remedy: 'Give the id of a record, as the SDK returned it.' },
  json: {
    rule: 'invalid-json',
    remedy: 'Give a plain JSON object of at most 16,000 characters, nested at most 50 deep.',
  },
} satisfies Record<string, Complaint>
