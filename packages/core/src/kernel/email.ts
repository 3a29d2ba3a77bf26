const BLANKS_AROUND = /^[ \t\u00a0\u200b\u3000\ufeff]+|[ \t\u00a0\u200b\u3000\ufeff]+$/g
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[a-z0-9-]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const INTERNATIONAL = /^[\p{L}\p{N}\p{M}.。．｡-]+$/u

/**
 * The one spelling under which an email address is stored, compared and searched, or undefined when mail
 * cannot be sent to it. Blanks around it are dropped (a line break is not: it forges mail headers), letters are
 * lower-cased, an international domain becomes its ASCII form (`xn--…`).
 *
 * Accepted is what mail systems deliver: `local@domain` with a plain local part (at most 64 characters) and a
 * domain of at least two labels (each at most 63 characters), 254 characters in all. Refused, though RFC 5322
 * knows them: quoted local parts, comments, white space inside, address literals (`[127.0.0.1]`), domains without
 * a dot or with an all-digit last label, and local parts outside ASCII.
 *
 * @example
 * normaliseEmail(' Ada@Bücher.example ')   // 'ada@xn--bcher-kva.example'
 * normaliseEmail('ada@localhost')          // undefined
 */
export function normaliseEmail(input: string): string | undefined {
  if (typeof input !== 'string' || input.length > 1_000) return undefined
  const text = input.replace(BLANKS_AROUND, '').toLowerCase()
  const at = text.lastIndexOf('@')
  if (at < 1 || at > 64) return undefined
  const local = text.slice(0, at)
  if (!LOCAL.test(local)) return undefined
  const domain = asciiDomain(text.slice(at + 1))
  if (domain === undefined || local.length + 1 + domain.length > 254) return undefined
  return `${local}@${domain}`
}

/** The part behind the `@` of an address, lower-cased: the company's domain, unless {@link isFreeMailDomain}. */
export const emailDomain = (email: string): string => email.slice(email.lastIndexOf('@') + 1).toLowerCase()

function asciiDomain(domain: string): string | undefined {
  const plain = DOMAIN.test(domain)
  if (plain && !domain.includes('xn--')) return domain.length <= 253 ? domain : undefined
  if (!INTERNATIONAL.test(domain)) return undefined
  try {
    const ascii = new URL(`http://${domain}`).hostname
    return ascii.length <= 253 && DOMAIN.test(ascii) ? ascii : undefined
  } catch {
    return undefined
  }
}

const FREE_MAIL = new Set(
  (
    'gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.co.in yahoo.co.jp yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca ' +
    'yahoo.com.au yahoo.com.br ymail.com rocketmail.com hotmail.com hotmail.co.uk hotmail.de hotmail.fr hotmail.it ' +
    'hotmail.es outlook.com outlook.de outlook.fr outlook.es live.com live.co.uk live.de live.fr live.nl msn.com aol.com ' +
    'aol.de icloud.com me.com mac.com proton.me protonmail.com pm.me tutanota.com tuta.io fastmail.com hey.com gmx.de gmx.net ' +
    'gmx.at gmx.ch gmx.com web.de t-online.de freenet.de mail.com zoho.com zohomail.com yandex.ru yandex.com mail.ru bk.ru ' +
    'list.ru inbox.ru rambler.ru ukr.net wp.pl o2.pl onet.pl interia.pl seznam.cz centrum.cz orange.fr wanadoo.fr free.fr ' +
    'laposte.net sfr.fr libero.it virgilio.it tiscali.it alice.it qq.com 163.com 126.com sina.com foxmail.com naver.com ' +
    'hanmail.net daum.net rediffmail.com uol.com.br bol.com.br terra.com.br comcast.net verizon.net att.net sbcglobal.net ' +
    'cox.net btinternet.com sky.com bluewin.ch ziggo.nl telenet.be'
  ).split(' '),
)

/** True for a domain that gives mailboxes to anybody (gmail.com, gmx.de, qq.com, …), so it names no company. */
export const isFreeMailDomain = (domain: string): boolean => FREE_MAIL.has(domain.toLowerCase())
