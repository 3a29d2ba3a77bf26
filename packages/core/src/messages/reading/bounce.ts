import { type BounceReason, isHard, reasonOf, reasonOfStatus } from './bounce-reason'
import { type BounceText, bounceText, MOST_RECIPIENTS } from './bounce-text'
import { enclosedMail, fieldOf, type RecipientReport, recipientReports, statusIn } from './delivery-report'
import { headerOf, type Mail } from './mail'

/** One address that the mail did not reach, or not yet. */
export interface BouncedRecipient {
  address: string
  /** `hard`: no mail will ever arrive there, so suppress the address. `soft`: this mail did not, another may. */
  kind: 'hard' | 'soft'
  /** `delayed`: the server is still trying, and nothing has failed yet. */
  action: 'failed' | 'delayed'
  reason: BounceReason
  /** Enhanced status code (RFC 3463), such as `5.1.1`, where the server gave one. */
  status?: string
  /** What the receiving server said, in its words. */
  diagnostic?: string
}

export interface Bounce {
  recipients: BouncedRecipient[]
  /** `Message-ID` of the mail that came back, with its angle brackets. */
  originalMessageId?: string
}

/**
 * Reads a mail that says that another did not arrive: a delivery report (RFC 3464), or what mail servers write for
 * people. `undefined` for every other mail, also for reports of success and for automatic replies.
 *
 * Whether it is hard is decided by what was said of the address, less by the class of the code: servers answer `5.x.x`
 * to full mailboxes and to mail that they take for spam as well.
 *
 * @example
 * const bounce = readBounce(await readMail(bytes))
 * bounce?.recipients // [{ address: 'ada@engines.example', kind: 'hard', action: 'failed', reason: 'unknown-user', … }]
 */
export function readBounce(mail: Mail): Bounce | undefined {
  const text = bounceText(mail)
  const reports = recipientReports(mail)
  const undelivered = reports.filter(({ action }) => /^(?:failed|delayed)$/.test(action)).slice(0, MOST_RECIPIENTS)
  if (reports.length === 0 && !speaksOfFailure(mail, text)) return undefined
  const enclosed = enclosedMail(mail) || text.copy
  const recipients =
    reports.length > 0 ? undelivered.map((report) => reported(report, text)) : toldOf(mail, text, enclosed)
  if (recipients.length === 0) return undefined
  const id = /<[^<>\s]{1,998}>/.exec(fieldOf(enclosed, 'message-id'))?.[0] ?? mail.inReplyTo
  return { recipients, ...(id && { originalMessageId: id }) }
}

/** An address that was taken, and then called unknown when the mail was there, exists: the mail was filtered. */
const AFTER_DATA =
  /in reply to (?:the )?end of data|end of data command|after (?:end of )?data|>>> data\s*\n<<< 5\d\d[^\n]{0,200}unknown/i
/** Commands were sent together, and the answer to DATA is that no recipient was taken. */
const NONE_TAKEN = /<<< 5\d\d[^\n]{0,100}(?:need rcpt|no (?:valid )?recipient)/i

const isFiltered = (reason: BounceReason, said: string): boolean =>
  reason === 'unknown-user' && AFTER_DATA.test(said) && !NONE_TAKEN.test(said)

function reported({ address, action, status, diagnostic = '' }: RecipientReport, text: BounceText): BouncedRecipient {
  const ofAddress = text.recipients.find((one) => one.address.toLowerCase() === address.toLowerCase())?.said
  const said = ofAddress ?? (text.recipients.length === 0 ? text.said : '')
  const reason = reasonOf(diagnostic) ?? reasonOfStatus(status) ?? reasonOf(said) ?? 'other'
  const filtered = isFiltered(reason, `${diagnostic}\n${text.said}`)
  return recipient(address, action === 'delayed', filtered ? 'blocked' : reason, status, diagnostic)
}

function recipient(
  address: string,
  delayed: boolean,
  reason: BounceReason,
  status: string | undefined,
  diagnostic: string,
): BouncedRecipient {
  return {
    address,
    kind: !delayed && isHard(reason) ? 'hard' : 'soft',
    action: delayed ? 'delayed' : 'failed',
    reason,
    ...(status && { status }),
    ...(diagnostic && { diagnostic: diagnostic.replace(/\s+/g, ' ').trim().slice(0, 1_000) }),
  }
}

const DAEMON = /^(?:mailer|mail|delivery)?[-_.]?daemon|^postmaster|^mdaemon|^mail-?system|^bounces?\b/i
const DAEMON_NAME =
  /mail(?:er)?[- ]?(?:deliver\w*|daemon|administrator)|delivery (?:sub)?system|postmaster|system administrator/i
const SUBJECT =
  /undeliver|deliver\w* (?:status|fail|problem|notif|error|report|has failed|incomplete)|failed? (?:mail|delivery)|returned (?:mail|message)|failure noti|mail (?:system )?error|not (?:be )?delivered|non[- ]?delivery|nondeliver|processing error|\bdelayed\b|could not send|rejected|unzustellbar|nicht zugestellt|non remis|no se pudo entregar|não entregue|エラー|配信|送信|недоставлен/i
const ANSWER = /^\s*(?:re|aw|sv|antw|antwort|rv|res|ynt|vs|回复|答复)\s*:/i
const FAILURE =
  /not (?:yet )?(?:been |be )?(?:able to )?(?:deliver|reach|sent|send|receiv|accept|processed|complete)|undeliver|deliver\w*[^.\n]{0,40}(?:fail|error|problem|delayed)|fail\w* to (?:deliver|send)|failed|postponed|(?:un|not )able to (?:deliver|send|reach)|can ?not be (?:deliver|sent|reached)|returned|rejected|bounced|error/i
const UNDELIVERED =
  /(?:\bnot|n.t|unable to|fail\w* to|wasn.t able to)\b[^.\n]{0,30}deliver|undeliver|deliver[^.\n]{0,40}(?:fail|error|problem)/i
const DELAY =
  /\b(?:delayed|postponed)\b|not yet (?:been )?(?:deliver|reach|sent)|will (?:continue|keep|be re|try|attempt)|still (?:being|trying)|no action is required|retried|warning message|temporary failures? (?:so far|only)/i
const GAVE_UP = /giv(?:en|ing) up|gave up|permanent|has been returned|will not be (?:re)?tried|timeout exceeded/i

function speaksOfFailure(mail: Mail, text: BounceText): boolean {
  const fromDaemon =
    DAEMON.test(mail.from?.address ?? '') ||
    DAEMON_NAME.test(mail.from?.name ?? '') ||
    headerOf(mail, 'from').includes('<>') ||
    headerOf(mail, 'x-failed-recipients') !== ''
  const named = SUBJECT.test(mail.subject) && !ANSWER.test(mail.subject)
  const failed = FAILURE.test(text.said) || reasonOf(text.said) !== undefined
  if (fromDaemon) return named || failed
  // Holiday notes have no sender to return to either.
  if (headerOf(mail, 'return-path') === '<>' && (named || UNDELIVERED.test(text.said))) return true
  return named && failed && text.recipients.length > 0
}

/** The recipients of a bounce without a report: those in a header, in the text, or else to whom the copy was sent. */
function toldOf(mail: Mail, text: BounceText, enclosed: string): BouncedRecipient[] {
  const addresses = /[^\s<>;,"]{1,64}@[^\s<>;,"]{1,255}/g
  const named: string[] = headerOf(mail, 'x-failed-recipients').slice(0, 20_000).match(addresses) ?? []
  const sentTo: string[] = fieldOf(enclosed, 'to').match(addresses) ?? []
  const told = text.recipients.map(({ address }) => address)
  const delayed = DELAY.test(`${mail.subject}\n${text.said}`) && !GAVE_UP.test(text.said)
  const all = named.length > 0 ? named : told.length > 0 ? told : sentTo
  const ofAll = reasonOf(text.said)
  return all.slice(0, MOST_RECIPIENTS).map((address) => {
    const own = text.recipients.find((one) => one.address.toLowerCase() === address.toLowerCase())?.said ?? ''
    const status = statusIn(own) ?? statusIn(text.said)
    const reason = reasonOf(own) ?? ofAll ?? reasonOfStatus(status) ?? 'other'
    const filtered = isFiltered(reason, own || text.said)
    return recipient(address, delayed, filtered ? 'blocked' : reason, status, own || text.said.trim())
  })
}
