/** Why a mail came back. */
export type BounceReason =
  | 'unknown-user'
  | 'unknown-domain'
  | 'moved'
  | 'refuses-mail'
  | 'mailbox-full'
  | 'disabled'
  | 'blocked'
  | 'too-large'
  | 'unreachable'
  | 'other'

/** The reasons for which no mail will ever arrive there. */
const HARD: ReadonlySet<BounceReason> = new Set(['unknown-user', 'unknown-domain', 'moved', 'refuses-mail'])

export const isHard = (reason: BounceReason): boolean => HARD.has(reason)

/**
 * What mail servers say, by reason, the first that fits. What is wrong with the sender or the moment stands before what
 * is wrong with the address: "domain of sender does not exist" says nothing about the recipient.
 */
const WORDING: readonly [BounceReason, RegExp][] = [
  [
    'mailbox-full',
    /\bquota\b|(?:mailbox|inbox|account|folder|disk)[^.]{0,60}\b(?:full|out of storage|exceed|storage limit)|mailbox size|full mailbox|not enough (?:disk |storage )?space|insufficient (?:disk|storage)|exceeded (?:the )?storage|too many messages (?:in|on)|容量|いっぱい|postfach[^.]{0,40}voll|bo[iî]te[^.]{0,40}pleine/,
  ],
  [
    'moved',
    /\b5\.1\.6\b|not our (?:user|customer)|\b(?:recipient|user|account|address)[^.]{0,40}\b(?:no longer (?:on|at|with|here|valid|in use|works)|has (?:moved|changed|left))/,
  ],
  [
    'refuses-mail',
    /\b5\.1\.10\b(?=[^.]{0,60}accept)|\b5\.7\.27\b|null ?mx|(?:host|domain|system|address|recipient)[^.]{0,40}(?:does not|doesn't|do not|not) accept(?:ing)? (?:any )?(?:e?-?mail|messages)\b(?! from)/,
  ],
  [
    'blocked',
    /\b(?:spf|dkim|dmarc|dnsbl|rbl|ptr|rdns|greylist\w*|spam\w*|junk|virus|malware)\b|spamhaus|unauthenticated|authenticat|(?:black|block)[ -]?list|\bblocked\b|\bbanned\b|reverse dns|\bip name lookup|reputation|unsolicited|\bpolicy\b|protocol violation|relay(?:ing)?[^.]{0,30}(?:denied|prohibited|not (?:allowed|permitted))|not allowed to relay|client host|sender[^.]{0,60}(?:reject|denied|not (?:allowed|accepted|exist|verif)|does not exist)|domain of sender|content (?:rejected|filter)|(?:message|mail) (?:was )?(?:filtered|refused)|rate limit|frequency limited|receiving mail at a rate|too many (?:recipients|connections|messages)|temporar(?:y|ily) deferred|user complaints|rfc ?5?[28]22|duplicate header|8-bit data|headers too large|not have permission|permission to post|may not exist, or you|not accepting mail from|\b(?:helo|ehlo)\b[^.]{0,40}(?:reject|invalid)|my name was rejected/,
  ],
  [
    'too-large',
    /(?:message|mail|attachment|size|length)[^.]{0,40}(?:too (?:large|big)|exceed)|\b(?:message|mail) size/,
  ],
  [
    'disabled',
    /(?:account|mailbox|user|address|recipient)[^.]{0,80}\b(?:disabled|suspended|frozen|locked|discontinued|deactivated|blocked)|\bdisabled (?:recipient|account|mailbox|user)|account expired/,
  ],
  [
    'unreachable',
    /too many hops|\bloops?\b|timed? ?out|\bexpired\b|not responding|lost connection|connection (?:refused|reset|was (?:refused|dropped|closed)|to .{0,80} failed)|could ?n.t (?:establish|connect)|unable to (?:connect|contact)|no route to host|retry time|still being retried|undelivered for|(?:in|for|within) (?:the last )?\d+ (?:days?|hours?)|temporary failure|try again later|temporarily unavailable|malformed or unexpected|servfail|host not found, try again/,
  ],
  [
    'unknown-domain',
    /\b5\.1\.2\b|(?:host|domain)[\w ]{0,30}(?: is)? (?:unknown|not found|not reachable|unreachable|does(?:n't| not) exist)|unknown (?:host|domain|mail server)|(?:no such|bad|invalid|unresolvable|unrouteable|unroutable|illegal) (?:host|domain)|name service error|nxdomain|non-?existent (?:host|domain)|couldn.t find (?:any )?host|cannot find (?:any )?(?:host|mx)|no mx\b|domain isn.t|no mail hosts? for/,
  ],
  [
    'unknown-user',
    /\b5\.1\.1\b|(?:user|users|recipient|mailbox|account|address|alias|addressee|person|employee|mailaddress|email)s?\b[^.;]{0,100}?(?:\bunknown|\bnot (?:exist|be found|found|known|listed|valid|recognized|registered|a valid|on file)|does ?n[o'’]t (?:exist|have)|isn.t|is unavailable|\bunavailable|\binvalid\b|\bnot? longer|couldn.t be found|wasn.t found|is not an?\b|was not found|\binactive\b|\bundeliverable)|\b(?:unknown|invalid|no such|no valid|nonexistent|non-existent|bad|illegal|incorrect|unrouteable|unroutable|undeliverable) (?:[a-z-]{1,15} ){0,3}(?:user|userid|recipient|mailbox|address|addressee|account|person|alias)s?\b|no (?:mailbox|account|user|one|recipient)s?\b[^.]{0,30}\b(?:here|by that name|with that|found|of that)|recip(?:ient)?notfound|recipient address rejected|rcpt to[^.]{0,40}reject|does not have an?[^.]{0,40} account|doesn.t have an?[^.]{0,40} account|not a (?:valid|known|local) (?:user|mailbox|address|recipient)|(?:can ?not|could not|couldn.t) (?:find|verify) (?:the |this |your )?(?:user|recipient|account|name)|unknown or illegal|not listed in|user unknown|e-mail users|address(?: you)?[^.]{0,40}(?:misspelled|typo)|存在しません|見つかりません|見当たりません|unbekannt|existiert nicht|nicht gefunden|inconnu|n'existe pas|introuvable|no existe|desconocid|não existe|desconhecid|non esiste|sconosciut|не существует|не найден|неизвестн/,
  ],
]

const LONGEST = 4_000

/** The reason that these words give, if they give one. */
export function reasonOf(words: string): BounceReason | undefined {
  const plain = words
    .slice(0, LONGEST)
    .toLowerCase()
    // What a server says in several lines repeats its code at the start of each.
    .replace(/\b[45]\d\d-(?:[45]\.\d{1,3}\.\d{1,3})? ?/g, '')
    .replace(/\s+/g, ' ')
    // Addresses are not words, nor is more of a link than its host.
    .replace(/https?:\/\/([^\s/]{1,255})\S*/g, '$1')
    .replace(/\S{1,64}@\S{1,255}/g, '')
  return WORDING.find(([, pattern]) => pattern.test(plain))?.[0]
}

const BY_STATUS: Readonly<Record<string, BounceReason>> = {
  '1.1': 'unknown-user',
  '1.2': 'unknown-domain',
  '1.3': 'unknown-user',
  '1.6': 'moved',
  '1.10': 'refuses-mail',
  '2.1': 'disabled',
  '2.2': 'mailbox-full',
  '2.3': 'too-large',
  '3.4': 'too-large',
  '4.1': 'unreachable',
  '4.2': 'unreachable',
  '4.4': 'unknown-domain',
  '4.6': 'unreachable',
  '4.7': 'unreachable',
}

/** What an enhanced status code (RFC 3463) says by itself: `5.1.1`. */
export function reasonOfStatus(status: string | undefined): BounceReason | undefined {
  const [kind, subject, detail] = status?.split('.') ?? []
  if (kind === undefined) return undefined
  const reason = subject === '7' ? 'blocked' : BY_STATUS[`${subject}.${detail}`]
  return kind === '4' && reason && isHard(reason) ? 'unreachable' : reason
}
