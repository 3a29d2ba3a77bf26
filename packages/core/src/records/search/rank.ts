import { readSearchText } from './text'

/** How much of a value was found, the closest first. */
export type Closeness = 'exact' | 'prefix' | 'word' | 'part'
export const RANKS: readonly Closeness[] = ['exact', 'prefix', 'word', 'part']

const LETTER = /[\p{L}\p{N}\p{M}]/u

/** The field that comes closest, of those with such a mark; undefined when none holds one of the parts. */
export function closenessOf(
  text: string,
  marks: ReadonlyMap<string, string>,
  parts: readonly string[],
): { matched: string; closeness: Closeness } | undefined {
  let best = RANKS.length
  let matched = ''
  for (const [name, values] of readSearchText(text, marks)) {
    for (const value of values) {
      for (const part of parts) {
        const rank = rankIn(value, part)
        if (rank >= best) continue
        best = rank
        matched = name
      }
    }
  }
  return matched === '' ? undefined : { matched, closeness: RANKS[best] as Closeness }
}

function rankIn(value: string, part: string): number {
  const first = value.indexOf(part)
  if (first === 0) return value.length === part.length ? 0 : 1
  for (let at = first; at > 0; at = value.indexOf(part, at + 1)) if (!LETTER.test(letterBefore(value, at))) return 2
  return first < 0 ? RANKS.length : 3
}

/** The whole letter before that place, also where it takes two units. */
const letterBefore = (value: string, at: number): string => {
  const unit = value.charCodeAt(at - 1)
  return unit >= 0xdc00 && unit <= 0xdfff ? value.slice(at - 2, at) : value.charAt(at - 1)
}
