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
const RULE = '________________________________'

/** Lines of text, made of pieces: white space within them counts once, and what is quoted begins with `>`. */
function textLines() {
  const lines: string[] = []
  let pieces: string[] = []
  let afterBlank = true
  let quotes = 0
  return {
    words(text: string) {
      const plain = text
        .replace(/[ \t\r\n\f]+/g, ' ')
        .replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z][a-z0-9]{1,9});/gi, entity)
        .replaceAll('\u00a0', ' ')
      const piece = afterBlank && plain.startsWith(' ') ? plain.slice(1) : plain
      if (piece === '') return
      pieces.push(piece)
      afterBlank = piece.endsWith(' ')
    },
    end(onlyIfBegun = false) {
      const line = pieces.join('').trimEnd()
      if (onlyIfBegun && line === '') return
      lines.push('> '.repeat(Math.min(quotes, DEEPEST_QUOTE)) + line)
      pieces = []
      afterBlank = true
    },
    quote(step: 1 | -1) {
      quotes = Math.max(0, quotes + step)
    },
    text: () =>
      lines
        .join('\n')
        .replace(/\n{4,}/g, '\n\n\n')
        .trim(),
  }
}

/** The words of an HTML mail as lines of text; what stands in a `blockquote` is quoted with `>`. One pass, linear. */
export function htmlText(html: string): string {
  const input = html.slice(0, LONGEST)
  const lines = textLines()
  const nextTag = /<(?=[a-z/!?])/gi
  let silent = ''
  let at = 0
  while (at < input.length) {
    nextTag.lastIndex = at
    const open = nextTag.exec(input)?.index ?? input.length
    if (!silent) lines.words(input.slice(at, open))
    const comment = input.startsWith('<!--', open)
    const end = input.indexOf(comment ? '-->' : '>', open + 1)
    if (end < 0) break
    at = end + (comment ? 3 : 1)
    const [, slash, name = ''] = /^<(\/?)([a-z][a-z0-9]{0,20})/i.exec(input.slice(open, open + 24)) ?? []
    const tag = name.toLowerCase()
    if (silent) silent = slash && tag === silent ? '' : silent
    else if (SILENT.has(tag) && !slash) silent = tag
    else if (tag === 'br') lines.end()
    else if (tag === 'td' || tag === 'th') lines.words(' ')
    else if (LINES.has(tag)) {
      lines.end(true)
      if (tag === 'p' && slash) lines.end()
      if (tag === 'hr') lines.words(RULE)
      if (tag === 'hr') lines.end()
      if (tag === 'blockquote') lines.quote(slash ? -1 : 1)
    }
  }
  lines.end(true)
  return lines.text()
}
