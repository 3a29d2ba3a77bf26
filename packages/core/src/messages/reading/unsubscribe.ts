import { invalid } from '../../kernel/errors'
import { headerOf, type Mail } from './mail'

/** `List-Unsubscribe` and `List-Unsubscribe-Post`, as headers of an email. */
export interface UnsubscribeHeaders {
  'List-Unsubscribe': string
  'List-Unsubscribe-Post': string
}

/** How a mail says that one can leave its list. */
export type Unsubscribe =
  | { kind: 'one-click'; url: string }
  | { kind: 'link'; url: string }
  | { kind: 'mail'; address: string }

/** The body of the POST by which a mail program unsubscribes (RFC 8058), and its content type. */
export const ONE_CLICK_BODY = 'List-Unsubscribe=One-Click'

const LONGEST_URL = 900

/**
 * The headers by which mail programs offer to unsubscribe with one click (RFC 8058). The link must name recipient and
 * list by itself, in a way that nobody can guess; it acts on POST alone, since scanners fetch every link with GET. Both
 * headers have to be covered by the DKIM signature.
 *
 * @param options.mailto An address that takes `unsubscribe` by mail as well.
 * @throws VALIDATION `url` `invalid-url`, `mailto` `invalid-email`
 */
export function unsubscribeHeaders(url: string, options: { mailto?: string } = {}): UnsubscribeHeaders {
  const link = asUrl(url)
  if (link?.protocol !== 'https:' || link.username || link.href.length > LONGEST_URL)
    throw invalid(
      'url',
      'invalid-url',
      `Give a link that begins with https:// and has at most ${LONGEST_URL} characters.`,
    )
  const { mailto } = options
  if (mailto !== undefined && !/^[^\s<>,"@]{1,64}@[^\s<>,"@?]{1,255}(?:\?[\w=%.~+-]{1,255})?$/.test(mailto))
    throw invalid('mailto', 'invalid-email', 'Give an email address, with ?subject=… behind it at most.')
  // What URL leaves as it is, and a header cannot hold: a comma ends the link for some programs.
  const uris = [...(mailto ? [`mailto:${mailto}`] : []), link.href.replaceAll(',', '%2C')]
  return {
    // One a line: a header line has at most 998 characters.
    'List-Unsubscribe': uris.map((uri) => `<${uri}>`).join(',\r\n '),
    'List-Unsubscribe-Post': ONE_CLICK_BODY,
  }
}

/** Reads how to leave the list of a mail: one click before a link before a mail. `undefined` where it does not say. */
export function readUnsubscribe(mail: Pick<Mail, 'headers'>): Unsubscribe | undefined {
  const uris = (
    headerOf(mail, 'list-unsubscribe')
      .slice(0, 4_000)
      .match(/<[^<>]{1,2000}>/g) ?? []
  ).flatMap((uri) => {
    const url = asUrl(uri.slice(1, -1).replace(/\s/g, ''))
    return url ? [url] : []
  })
  const oneClick = /^\s*list-unsubscribe=one-click\s*$/i.test(headerOf(mail, 'list-unsubscribe-post'))
  const secure = uris.find(({ protocol }) => protocol === 'https:')
  if (oneClick && secure) return { kind: 'one-click', url: secure.href }
  const link = secure ?? uris.find(({ protocol }) => protocol === 'http:')
  if (link) return { kind: 'link', url: link.href }
  const address = uris.find(({ protocol }) => protocol === 'mailto:')?.pathname
  return address ? { kind: 'mail', address: decoded(address) } : undefined
}

/** Whether the body of a POST asks to unsubscribe (RFC 8058), as a form of either kind. */
export function isOneClick(body: string): boolean {
  const text = body.slice(0, 4_000)
  return (
    new URLSearchParams(text).get('List-Unsubscribe') === 'One-Click' ||
    /name="List-Unsubscribe"\r?\n(?:[\w-]{1,40}:[^\r\n]{0,200}\r?\n){0,5}\r?\nOne-Click\r?\n/.test(text)
  )
}

function asUrl(text: unknown): URL | undefined {
  try {
    return typeof text === 'string' ? new URL(text) : undefined
  } catch {
    return undefined
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
