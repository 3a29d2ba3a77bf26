import { CrmError, invalid, type Problem } from '../kernel/errors'
import type { CaptureToken } from './capture-tokens'

/** What a public form may send. Everything else is refused. */
export interface CaptureInput {
  name?: string
  firstName?: string
  lastName?: string
  /** An email or a phone is needed. */
  email?: string
  phone?: string
  company?: string
  title?: string
  /** Kept as a note on the lead. Up to 10,000 characters. */
  message?: string
  /** `true`, or what a ticked box sends (`'on'`), or what was agreed to: `{ newsletter: true, text: '…' }`. */
  consent?: boolean | string | Record<string, unknown>
  medium?: string
  campaign?: string
  referrer?: string
  landingPage?: string
  utm?: Record<string, string>
  custom?: Record<string, unknown>
}

const PLAIN = [
  'name',
  'firstName',
  'lastName',
  'email',
  'phone',
  'company',
  'title',
  'medium',
  'campaign',
  'referrer',
  'landingPage',
]
const FIELDS = [...PLAIN, 'message', 'consent', 'utm', 'custom']
const MAX_MESSAGE = 10_000

export interface FormValues {
  /** Of the lead, still to be checked with its definition. */
  readonly values: Record<string, unknown>
  readonly message: string | undefined
}

/** The values of a submission: only fields meant for the public, empty ones left out. */
export function readForm(
  input: unknown,
  { customFields = [], source = 'website' }: CaptureToken,
  at: Date,
): FormValues {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw invalid('input', 'wrong-type', 'Give the fields of the form as an object.')
  const given: Record<string, unknown> = Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== '' && value != null),
  )
  refuseOthers(given, FIELDS, '')
  if (given.custom !== undefined) refuseOthers(Object(given.custom), customFields, 'custom.')
  if (given.email === undefined && given.phone === undefined)
    throw invalid('email', 'required', 'Give an email or a phone number.')
  const values: Record<string, unknown> = Object.fromEntries(
    [...PLAIN, 'custom'].filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  )
  if (given.utm !== undefined) values.utm = cleanUtm(given.utm)
  if (given.consent !== undefined) values.consent = cleanConsent(given.consent, source, at)
  if (!given.name && !given.firstName && !given.lastName) values.name = given.email ?? given.phone
  return { values, message: cleanMessage(given.message) }
}

function refuseOthers(given: object, allowed: readonly string[], path: string) {
  const problems = Object.keys(given)
    .filter((name) => !allowed.includes(name))
    .map(
      (name): Problem => ({
        field: `${path}${name}`,
        rule: 'unknown-key',
        remedy: 'Remove it: the form may not fill this field.',
      }),
    )
  if (problems.length > 0) throw new CrmError('VALIDATION', 'The form has unknown fields.', problems)
}

function cleanMessage(message: unknown): string | undefined {
  if (message === undefined) return undefined
  if (typeof message === 'string' && message.length <= MAX_MESSAGE) return message
  throw invalid('message', 'too-long', `Give at most ${MAX_MESSAGE} characters of text.`)
}

function cleanUtm(utm: unknown): Record<string, string> {
  const entries = Object.entries(Object(utm))
  const fine =
    typeof utm === 'object' &&
    entries.length <= 20 &&
    entries.every(([name, value]) => name.length <= 60 && typeof value === 'string' && value.length <= 255)
  if (!fine) throw invalid('utm', 'wrong-type', 'Give at most 20 short texts, such as { source: "newsletter" }.')
  return Object.fromEntries(entries) as Record<string, string>
}

const YES = ['on', 'true', 'yes', '1']

/** What was agreed to, with when and by which form. */
function cleanConsent(consent: unknown, source: string, at: Date): Record<string, unknown> {
  const record = { at: at.toISOString(), source }
  if (typeof consent === 'object' && consent !== null && !Array.isArray(consent)) return { ...consent, ...record }
  return { given: consent === true || (typeof consent === 'string' && YES.includes(consent.toLowerCase())), ...record }
}
