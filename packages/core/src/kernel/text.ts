const ASCII = /^[\x20-\x7e]*$/
/** Accents and points that readers leave out: Latin, Greek and Cyrillic marks, Hebrew points, Arabic vowels, variation selectors. */
const MARKS =
  /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]|[\u0483-\u0489]|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]|[\u0610-\u061a]|[\u064b-\u065f\u0670]|[\ufe00-\ufe0f]/g
/** Characters without width: soft hyphen, zero-width spaces and joiners, direction marks, byte order mark. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g

const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ŧ: 't',
  ŋ: 'n',
  ĸ: 'k',
  ƒ: 'f',
  ς: 'σ',
  '‘': "'",
  '’': "'",
  ʼ: "'",
  '‛': "'",
  '′': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '‐': '-',
  '‑': '-',
  '‒': '-',
  '–': '-',
  '—': '-',
}
const SPECIAL = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g')

/**
 * The form in which two spellings of a name are the same: no accents, lower case, single blanks, plain
 * quotes and hyphens, letters such as ß, ø, æ, ł spelled out. For comparing and searching, never for showing.
 * Folding twice changes nothing. Scripts in which marks are letters (Devanagari, Thai, kana) keep them. At most 255
 * characters, which an index of any database takes: a text folds to more only where it is made of such as ﷺ.
 *
 * @example
 * foldText('  Łukasz  MÜLLER-Straße ')   // 'lukasz muller-strasse'
 */
export function foldText(text: string): string {
  if (ASCII.test(text)) return short(collapse(text.toLowerCase()))
  const bare = text.normalize('NFKD').toLowerCase().normalize('NFKD').replace(MARKS, '').replace(INVISIBLE, '')
  return short(collapse(bare.replace(SPECIAL, (letter) => LETTERS[letter] ?? letter).normalize('NFC')))
}

const LONGEST_FOLD = 255
const short = (text: string) =>
  text.length <= LONGEST_FOLD ? text : collapse(text.slice(0, LONGEST_FOLD).replace(/\p{Surrogate}$/u, ''))

/** One line as people mean it: composed Unicode (NFC), every run of white space one blank, none at the ends. */
export const cleanText = (text: string): string => collapse(ASCII.test(text) ? text : text.normalize('NFC'))

/** True for text with NUL or half a surrogate pair, which databases refuse or damage. */
export const hasForbiddenCharacters = (text: string): boolean => FORBIDDEN.test(text)

const FORBIDDEN = /[\0\p{Surrogate}]/u

const collapse = (text: string): string => (UNEVEN.test(text) ? text.replace(/\s+/g, ' ').trim() : text)

const UNEVEN = /^\s|\s$|\s\s|[^\S ]/
