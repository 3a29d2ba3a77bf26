/** Words that begin a family name: `Ludwig van Beethoven`, `Maria de la Cruz`. */
const PARTICLES = new Set(
  'van von de del della di da dos du la le der den zu zur af av ter ten bin ibn al el'.split(' '),
)

/**
 * A full name in two parts. `Byron, Ada` and `Ada Byron` are the same; a single word is a family name.
 *
 * @example
 * splitName('Ludwig van Beethoven')   // { firstName: 'Ludwig', lastName: 'van Beethoven' }
 */
export function splitName(name: string): { firstName: string | null; lastName: string | null } {
  const comma = /^([^,]+),\s*([^,]+)$/.exec(name)
  if (comma) return { firstName: comma[2] as string, lastName: comma[1] as string }
  const words = name.split(' ').filter(Boolean)
  if (words.length < 2) return { firstName: null, lastName: words[0] ?? null }
  const particle = words.findIndex(
    (word, index) => index > 0 && index < words.length - 1 && PARTICLES.has(word.toLowerCase()),
  )
  const at = particle > 0 ? particle : words.length - 1
  return { firstName: words.slice(0, at).join(' '), lastName: words.slice(at).join(' ') }
}
