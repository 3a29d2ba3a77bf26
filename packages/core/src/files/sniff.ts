import { invalid } from '../kernel/errors'
import { checkClaim, isHarmlessText, typeOfExtension } from './media-types'
import { extensionOf } from './names'

/** Bytes at the beginning from which a type is told: enough for the first entries of an office document. */
export const HEAD = 256 * 1024
const MARKUP_WITHIN = 4096

/** Old office files are all of one container format; the extension tells which. */
const CONTAINER = 'application/x-cfb'
const IN_CONTAINER = ['doc', 'xls', 'ppt', 'msg', 'msi']

/** The control characters that occur in text (WHATWG MIME Sniffing): tab, line feed, form feed, return, escape. */
const IN_TEXT = new Set([9, 10, 12, 13, 27])
const HTML = /^\s*<(!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[\s>]/i
const XML = /^\s*<\?xml\s/i
const SVG = /<svg[\s>]/i
const XHTML = /<html[\s>]/i

/** Said of anything by those who do not know. */
const VAGUE = ['', 'application/octet-stream', 'binary/octet-stream', 'application/x-download']
const SAME: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'application/x-pdf': 'application/pdf',
  'application/x-zip-compressed': 'application/zip',
  'application/x-rtf': 'application/rtf',
  'text/rtf': 'application/rtf',
  'text/xml': 'application/xml',
  'application/csv': 'text/csv',
  'audio/mp3': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'application/javascript': 'text/javascript',
}
/**
 * The media type of content that begins so. What the name's extension or the uploader says of it only tells apart
 * what looks the same, such as CSV and plain text; where it says what is not so, the file is refused.
 *
 * @throws VALIDATION `type-mismatch`
 */
export async function typeOf(head: Uint8Array, name: string, declared: string | undefined): Promise<string> {
  const type = await sniff(head, name)
  checkClaim('content', name, type)
  const said = declared?.split(';')[0]?.trim().toLowerCase() ?? ''
  const meant = SAME[said] ?? said
  // Windows with Excel says so of CSV.
  const isClose = isHarmlessText(type) && (isHarmlessText(meant) || meant === 'application/vnd.ms-excel')
  if (VAGUE.includes(meant) || meant === type || isClose) return type
  throw invalid(
    'content',
    'type-mismatch',
    `The content is ${type}, not ${meant}: leave the type out, or give that one.`,
  )
}

async function sniff(head: Uint8Array, name: string): Promise<string> {
  const text = textOf(head)
  // The mark of UTF-16 is also the beginning of some music.
  const marked = head[0] === 0xff && head[1] === 0xfe ? typeOfText(text, name) : undefined
  if (marked) return marked
  const { fileTypeFromBuffer } = await import('file-type')
  const found = await fileTypeFromBuffer(head)
  if (found?.mime === CONTAINER) return (IN_CONTAINER.includes(extensionOf(name)) && typeOfExtension(name)) || CONTAINER
  if (found && !/^(text\/|application\/xml)/.test(found.mime)) return found.mime
  return typeOfText(text, name) ?? 'application/octet-stream'
}

/** Undefined for what is no text. */
function typeOfText(text: string, name: string): string | undefined {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 32 && !IN_TEXT.has(code)) return undefined
  }
  const byName = typeOfExtension(name)
  // A page of Markdown may begin with a piece of HTML.
  if (byName === 'text/markdown') return byName
  const start = text.slice(0, MARKUP_WITHIN)
  if (/^\s*</.test(start) && SVG.test(start)) return 'image/svg+xml'
  if (XML.test(start)) return XHTML.test(start) ? 'application/xhtml+xml' : 'application/xml'
  if (HTML.test(start)) return 'text/html'
  return byName && (isHarmlessText(byName) || RUNS.test(byName)) ? byName : 'text/plain'
}

/** Text that is told by its name alone. */
const RUNS = /^(text\/(html|javascript|css)|application\/(x-(bat|powershell|vbscript|sh|php)|hta))$/

function textOf(head: Uint8Array): string {
  const [first, second, third] = head
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(head)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(head)
  const marked = first === 0xef && second === 0xbb && third === 0xbf
  return new TextDecoder('latin1').decode(marked ? head.subarray(3) : head)
}
