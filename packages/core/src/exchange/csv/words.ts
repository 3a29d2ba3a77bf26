import { foldText } from '../../kernel/text'

/** A column header in words: `E-mail 1 - Value` and `email1Value` are both `email 1 value`. */
export function words(header: string): string {
  const spaced = header
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\p{Nd})/gu, '$1 $2')
    .replace(/(\p{Nd})(\p{L})/gu, '$1 $2')
  return foldText(spaced)
    .replace(/[^\p{L}\p{M}\p{Nd}]+/gu, ' ')
    .trim()
    .replace(/\be mail(s?)\b/g, 'email$1')
}

/** Which of a person's addresses a column holds. */
export type ColumnLabel = 'work' | 'home' | 'mobile' | 'other'

const LABELS: Readonly<Record<ColumnLabel, string>> = {
  work: 'work business office job corporate professional geschaftlich geschaeftlich dienstlich beruflich arbeit buro professionnel professionnelle bureau travail pro trabajo oficina profesional',
  home: 'home private personal privat personnel personnelle prive domicile maison casa particular',
  mobile: 'mobile cell cellular cellphone mobil mobiltelefon mobilnummer handy handynummer portable movil celular',
  other: 'other alternative alternate secondary additional sonstige andere weitere autre otro otra secundario',
}

const LABEL_OF = new Map(
  Object.entries(LABELS).flatMap(([label, list]) =>
    list.split(' ').map((word) => [word, label as ColumnLabel] as const),
  ),
)
/** Words that say only that this is the first of several. */
const PRIMARY = new Set(['primary', 'main', 'default', 'haupt', 'principal', 'principale', 'first'])
const FILLER = new Set(['value', 'wert', 'valeur', 'valor'])

export interface Qualified {
  /** The header's words without label, number and filler. */
  core: string
  label?: ColumnLabel
  /** The number in the header; 1 when there is none. */
  number: number
}

/** Takes a header's words apart: `mobile phone 2` is the second `phone`, label mobile. */
export function qualify(text: string): Qualified {
  const core: string[] = []
  let label: ColumnLabel | undefined
  let number = 1
  for (const word of text.split(' ')) {
    const named = LABEL_OF.get(word)
    if (named) label ??= named
    else if (/^\d{1,2}$/.test(word)) number = Number(word)
    else if (!PRIMARY.has(word) && !FILLER.has(word)) core.push(word)
  }
  return { core: core.join(' '), number, ...(label && { label }) }
}

/** The label that a cell such as `* Work` or `Mobile` stands for. */
export function labelOf(text: string): ColumnLabel | undefined {
  return qualify(words(text)).label
}
