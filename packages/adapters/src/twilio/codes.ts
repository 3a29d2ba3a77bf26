import type { DeliveryRule } from '@rapport/core/messages'

/** Twilio's error codes that mean more than their HTTP status. https://www.twilio.com/docs/api/errors */
const RULES: Readonly<Record<number, DeliveryRule>> = {
  20003: 'credentials',
  20429: 'rate-limited',
  14107: 'rate-limited',
  63038: 'rate-limited', // the day's messages are used up
  21211: 'invalid-recipient',
  21614: 'invalid-recipient', // not a mobile number
  30003: 'retry-later', // switched off or out of reach
  30005: 'invalid-recipient', // unknown, or no longer in use
  30006: 'invalid-recipient', // a landline
  21610: 'unsubscribed',
  21617: 'too-large',
  21611: 'retry-later', // the sender's queue is full
  30001: 'retry-later',
  30008: 'retry-later',
  21212: 'not-permitted', // these are about the sender or the account
  21408: 'not-permitted',
  21606: 'not-permitted',
  21608: 'not-permitted',
  21659: 'not-permitted',
  21703: 'not-permitted',
  21704: 'not-permitted',
  21705: 'not-permitted',
  30002: 'not-permitted',
  30004: 'refused',
  30007: 'refused',
  30034: 'not-permitted', // not registered as the country demands
}

export const ruleOfCode = (code: number): DeliveryRule | undefined => RULES[code]
