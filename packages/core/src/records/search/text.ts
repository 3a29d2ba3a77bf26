import { foldText } from '../../kernel/text'
import type { Normaliser } from '../codec'
import type { RecordDefinition } from '../definition'
import type { Field, Fields, LabelledValue } from '../field'
import type { AnyRecord } from '../types'

/** Between two values of a field, and around them. No folded text has it. */
export const EDGE = '\t'
/** Between two fields. */
export const END = '\n'

/** Longest text of one field that is looked at. */
const LONGEST = 2000

/** Characters of nobody's script, of which marks are made: left out of what is searched and of what is searched for. */
const PRIVATE = /[\uE000-\uF8FF]/g

/** The form in which texts are searched. */
export const searchForm = (text: string): string => foldText(text.replaceAll('\0', ' ').replace(PRIVATE, ''))

/** Which fields of a type are searched, `custom.x` for custom ones, and what a record says in them. */
export interface SearchedFields {
  readonly names: readonly string[]
  /** Stored beside the record: each field behind its mark, so that a field can be told from the others in SQL. */
  textOf(record: AnyRecord): string
}

export function searchedFields(definition: RecordDefinition, custom: Fields, normalise: Normaliser): SearchedFields {
  const own = Object.keys(custom).filter((name) => custom[name]?.searched)
  const readers = [
    ...definition.searched.map((name) => ({
      name,
      field: definition.fields[name] as Field,
      read: (record: AnyRecord) => record[name],
    })),
    ...own.map((name) => ({
      name: `custom.${name}`,
      field: custom[name] as Field,
      read: (record: AnyRecord) => record.custom[name],
    })),
  ].map((reader) => ({ ...reader, mark: markOf(reader.name) }))

  return {
    names: readers.map(({ name }) => name),
    textOf(record) {
      let text = ''
      for (const { field, mark, read } of readers) {
        const values = valuesOf(field, read(record), normalise)
        if (values.length > 0) text += `${mark}${EDGE}${values.join(EDGE)}${EDGE}${END}`
      }
      return text
    },
  }
}

/** Two letters that stand for a field and are the same in every release: made of its name, out of 6,400 each. */
export function markOf(name: string): string {
  let hash = 0
  for (const letter of name) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) as number)) | 0
  const number = hash >>> 0
  return String.fromCharCode(0xe000 + (number % 6400), 0xe000 + (Math.floor(number / 6400) % 6400))
}

function valuesOf(field: Field, value: unknown, normalise: Normaliser): string[] {
  if (value == null) return []
  if (Array.isArray(value)) {
    const kind = field.kind === 'emails' ? 'email' : field.kind === 'phones' ? 'phone' : undefined
    return value.flatMap((one) => forms(kind, textIn(one), normalise))
  }
  return forms(field.normalised, String(value), normalise)
}

const textIn = (one: unknown) => String(typeof one === 'object' ? (one as LabelledValue).value : one)

/** A phone number as its digits; an email or domain in its normal form, and as it was written where that differs. */
function forms(kind: Field['normalised'], value: string, normalise: Normaliser): string[] {
  const normal = kind && normalise(kind, value)
  if (kind === 'phone') return [(normal ?? value).replace(/\D/g, '')]
  const written = searchForm(value).slice(0, LONGEST)
  return [...new Set([...(normal ? [normal] : []), written])].filter((form) => form !== '')
}

/** Names of fields by their marks. */
export const marksOf = (names: readonly string[]): ReadonlyMap<string, string> =>
  new Map(names.map((name) => [markOf(name), name]))

/** The fields with such a mark and their values in a text, in its order. */
export function* readSearchText(text: string, marks: ReadonlyMap<string, string>): Iterable<[string, string[]]> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(END, at)
    const name = marks.get(text.slice(at, at + 2))
    if (name !== undefined) yield [name, text.slice(at + 3, end - 1).split(EDGE)]
    at = end + 1
  }
}
