import { invalid } from '../../kernel/errors'
import { searchForm } from './text'

/** What is looked for. */
export interface Needle {
  readonly text: string
  /** Of what may be part of a phone number: its digits, without country prefix marks and the zeros in front. */
  readonly digits: string | undefined
}

const LONGEST = 500
const PHONE = /^\+?[\d\s()./-]+$/

/** Undefined for nothing but blanks. */
export function readNeedle(search: unknown): Needle | undefined {
  if (typeof search !== 'string' || search.length > LONGEST)
    throw invalid('search', 'wrong-type', 'Give at most 500 characters of text.')
  const text = searchForm(search)
  if (text === '') return undefined
  const digits = PHONE.test(text) ? text.replace(/\D/g, '').replace(/^0+/, '') : ''
  return { text, digits: digits.length >= 3 && digits !== text ? digits : undefined }
}

/** The texts of which one must occur. */
export const partsOf = ({ text, digits }: Needle): readonly string[] => (digits === undefined ? [text] : [text, digits])
