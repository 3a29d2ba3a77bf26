const SILENT = new Set(['head', 'script', 'style', 'title', 'template', 'noscript', 'xml'])
const LINES = new Set(
  'address article blockquote body div dd dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li main ol p pre section table tr ul'.split(
    ' ',
  ),
)
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
/** The names of U+00A0 to U+00FF, in order, and of the punctuation that word processors put in mails. */
const LATIN =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'.split(
    ' ',
  )
const PUNCTUATION: Readonly<Record<string, string>> = {
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  hellip: '…',
  bull: '•',
  euro: '€',
}

function entity(whole: string, name: string): string {
  if (name.startsWith('#')) {
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : ''
  }
  const latin = LATIN.indexOf(name)
  return NAMED[name] ?? PUNCTUATION[name] ?? (latin < 0 ? whole : String.fromCharCode(0xa0 + latin))
}

const LONGEST = 1_000_000
const DEEPEST_QUOTE = 20

/** The words of an HTML mail as lines of text; what stands in a `blockquote` is quoted with `>`. One pass, linear. */
export function htmlText(html: string): string {
  const lines: string[] = []
  let line = ''
  let quotes = 0
  let silent = ''
  const words = (text: string) => {
    const plain = text
      .replace(/[ \t\r\n\f]+/g, ' ')
      .replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z][a-z0-9]{1,9});/gi, entity)
      .replaceAll('\u00a0', ' ')
    line += line === '' || line.endsWith(' ') ? plain.replace(/^ /, '') : plain
  }
  const endLine = () => {
    lines.push('> '.repeat(Math.min(quotes, DEEPEST_QUOTE)) + line.trimEnd())
    line = ''
  }
  const input = html.slice(0, LONGEST)
  let at = 0
  while (at < input.length) {
    const open = input.indexOf('<', at)
    if (!silent) words(input.slice(at, open < 0 ? input.length : open))
    if (open < 0) break
    if (!/[a-z/!?]/i.test(input[open + 1] ?? '')) {
      if (!silent) words('<')
      at = open + 1
      continue
    }
    const comment = input.startsWith('<!--', open)
    const end = input.indexOf(comment ? '-->' : '>', open + 1)
    if (end < 0) break
    at = end + (comment ? 3 : 1)
    if (comment) continue
    const [, slash, found = ''] = /^<(\/?)([a-z][a-z0-9]{0,20})/i.exec(input.slice(open, open + 24)) ?? []
    const tag = found.toLowerCase()
    if (silent) silent = slash && tag === silent ? '' : silent
    else if (SILENT.has(tag) && !slash) silent = tag
    else if (tag === 'br') endLine()
    else if (LINES.has(tag)) {
      if (line.trim() !== '') endLine()
      if (tag === 'p' && slash) endLine()
      if (tag === 'hr') lines.push(`${'> '.repeat(Math.min(quotes, DEEPEST_QUOTE))}________________________________`)
      if (tag === 'blockquote') quotes = Math.max(0, quotes + (slash ? -1 : 1))
    } else if (tag === 'td' || tag === 'th') words(' ')
  }
  if (line.trim() !== '') endLine()
  return lines
    .join('\n')
    .replace(/\n{4,}/g, '\n\n\n')
    .trim()
}
