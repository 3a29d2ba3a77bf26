/**
 * Columns whose names are words of the language: reserved (`lead` on MySQL 8 alone), or taken for a function when the session
 * ignores spaces before a parenthesis, as mysql2 asks for (`position`).
 */
export const QUOTED_WORDS: readonly string[] = ['lead', 'undo', 'position']

const WORD = new RegExp(`'[^']*'|\`[^\`]*\`|(?<![\\w.])(?:${QUOTED_WORDS.join('|')})(?![\\w(])`, 'g')

const texts = new Map<string, string>()
const KEPT = 5000

/** A statement of core's with such names in quotes. A name after a table's alias needs none. */
export function quoted(text: string): string {
  const known = texts.get(text)
  if (known !== undefined) return known
  const made = text.replace(WORD, (found) => (/^['`]/.test(found) ? found : `\`${found}\``))
  if (texts.size >= KEPT) texts.delete(texts.keys().next().value as string)
  texts.set(text, made)
  return made
}
