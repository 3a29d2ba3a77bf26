import { CrmError, isCrmError } from '../kernel/errors'

/**
 * What to do with a message that was not taken. `again`: it was certainly not taken, try later. `unknown`: it may have
 * been taken, so a repeat may arrive twice. `never`: this message to this recipient will not be taken. `blocked`: nothing
 * will be taken until the set-up is corrected; the message is as good as before.
 */
export type DeliveryOutcome = 'again' | 'unknown' | 'never' | 'blocked'

const RULES = {
  'retry-later': ['again', 'message', 'The provider is away or busy; try again later.'],
  'rate-limited': ['again', 'message', 'Too many at once; try again later, and send fewer at a time.'],
  'timed-out': ['unknown', 'message', 'It may have been taken all the same: look before you send it again.'],
  refused: ['never', 'message', 'Change the message; `cause` has what the provider said.'],
  'too-large': ['never', 'message', 'Send less: smaller attachments, or a link instead.'],
  'invalid-recipient': ['never', 'to', 'There is no such recipient; correct the address or number.'],
  unsubscribed: ['never', 'to', 'The recipient wants no more messages; only they can change that.'],
  credentials: ['blocked', 'provider', 'Correct the user and password, or the key, of the provider.'],
  'not-permitted': ['blocked', 'provider', 'The account may not send this way; `cause` has what the provider said.'],
  'missing-driver': ['blocked', 'provider', 'Install the package that the adapter uses.'],
} as const satisfies Record<string, readonly [DeliveryOutcome, field: string, remedy: string]>

/** The rules of DELIVERY errors. */
export type DeliveryRule = keyof typeof RULES

/** What else is known of a message that was not taken. */
export interface DeliveryDetails {
  /** Seconds after which the provider wants to be asked again. */
  retryAfter?: number | undefined
  /** What the provider said, without secrets; it becomes the `cause`. */
  said?: string | undefined
  /** Instead of the remedy of the rule. */
  remedy?: string | undefined
}

/**
 * The error with which an adapter says that a message was not taken.
 *
 * @example
 * throw deliveryError('rate-limited', { retryAfter: 30, said: '429 Too Many Requests' })
 */
export function deliveryError(rule: DeliveryRule, { retryAfter, said, remedy }: DeliveryDetails = {}): CrmError {
  const [outcome, field, usual] = RULES[rule]
  const message =
    outcome === 'unknown'
      ? `It is not known whether the message was taken (${rule}).`
      : `The message was not taken (${rule}).`
  const problem = { field, rule, remedy: remedy ?? usual, ...(retryAfter === undefined ? {} : { retryAfter }) }
  return new CrmError('DELIVERY', message, problem, said === undefined ? undefined : new Error(said))
}

/**
 * What to do after `send` has thrown. A port throws what it did not take, so an error that is none of ours means `again`.
 *
 * @example
 * try { await email.send(message) } catch (error) {
 *   if (deliveryOutcome(error) === 'again') retryIn(error.problems[0]?.retryAfter ?? backOff)
 * }
 */
export function deliveryOutcome(error: unknown): DeliveryOutcome {
  if (isCrmError(error, 'DELIVERY')) return RULES[error.rule as DeliveryRule]?.[0] ?? 'again'
  return isCrmError(error, 'VALIDATION') ? 'never' : 'again'
}
