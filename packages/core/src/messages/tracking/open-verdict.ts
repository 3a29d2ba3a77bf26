import { type MachineKind, machineOf } from './machine-agents'

/** What is known of one fetch of a mail's picture or link. Neither an IP address nor anything made from one. */
export interface MailFetch {
  /** The request's `User-Agent`; an empty text where it had none. Leave it out where you do not know. */
  userAgent?: string | undefined
  secondsSinceDelivery?: number | undefined
  /** What the provider says of it, such as SendGrid's `sg_machine_open`. */
  providerFlag?: 'machine' | 'human' | undefined
  /** Whether every link of the mail was fetched within a second or two. */
  allLinksAtOnce?: boolean | undefined
  /** Whether it was a link that no person can see. */
  honeypot?: boolean | undefined
}

export interface FetchVerdict {
  verdict: 'human' | 'machine' | 'unknown'
  /** Which of the signs decided. */
  reason:
    | 'honeypot'
    | 'provider'
    | 'all-links'
    | 'no-agent'
    | MachineKind
    | 'too-fast'
    | 'browser'
    | 'mail-program'
    | 'nothing-known'
}

/** Nobody opens a mail within two seconds of its delivery; programs that look into it do. */
const TOO_FAST_SECONDS = 2

const MAIL_PROGRAM =
  /outlook|thunderbird|em ?client|mailspring|lotus|notes\/|airmail|postbox|ms-office|msoffice|microsoft office/i
const BROWSER = /^(?:mozilla\/\d|opera\/\d)/i

/**
 * Whether a person or a machine fetched a picture or a link of a mail. A sign of a machine outweighs what looks like a
 * browser, since scanners pose as one; where nothing is known, the verdict is `unknown`. A picture that a mail service
 * fetched in somebody's place counts as a machine's: it may mean that the mail was opened, and does not show it.
 *
 * @example
 * judgeOpen({ userAgent: 'Proofpoint URL Defense', secondsSinceDelivery: 40 })
 * // { verdict: 'machine', reason: 'scanner' }
 */
export function judgeOpen(fetch: MailFetch): FetchVerdict {
  const { userAgent, secondsSinceDelivery, providerFlag } = fetch
  const machine = (reason: FetchVerdict['reason']): FetchVerdict => ({ verdict: 'machine', reason })
  if (fetch.honeypot) return machine('honeypot')
  if (providerFlag === 'machine') return machine('provider')
  if (fetch.allLinksAtOnce) return machine('all-links')
  if (userAgent?.trim() === '') return machine('no-agent')
  const kind = userAgent && machineOf(userAgent.trim())
  if (kind) return machine(kind)
  if (secondsSinceDelivery !== undefined && secondsSinceDelivery <= TOO_FAST_SECONDS) return machine('too-fast')
  if (providerFlag === 'human') return { verdict: 'human', reason: 'provider' }
  if (userAgent && MAIL_PROGRAM.test(userAgent)) return { verdict: 'human', reason: 'mail-program' }
  if (userAgent && BROWSER.test(userAgent.trim())) return { verdict: 'human', reason: 'browser' }
  return { verdict: 'unknown', reason: 'nothing-known' }
}
