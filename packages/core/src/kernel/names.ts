const PARTICLES = new Set(
  'von van vom zu zum zur de del della der den dem di da do dos das du la le las los el al bin ibn ben ten ter af av st st. y e'.split(
    ' ',
  ),
)
const SUFFIX = /^(?:jr|sr|ii|iii|iv|phd|md|mba|esq)\.?$/i

/**
 * First and last name of a full name. `Lovelace, Ada` is last name first; particles belong to the last name
 * (`Ludwig van Beethoven`), so do suffixes (`Jr.`); one word alone is a last name.
 */
export function splitName(name: string): { firstName?: string; lastName?: string } {
  const text = name.trim().replace(/\s+/g, ' ')
  const comma = /^([^,]+), ([^,]+)$/.exec(text)
  if (comma && !SUFFIX.test(comma[2] as string)) return { firstName: comma[2], lastName: comma[1] }
  const parts = text.split(' ').filter((part) => part !== '')
  if (parts.length === 0) return {}
  let cut = parts.length - 1
  while (cut > 1 && SUFFIX.test(parts[cut] as string)) cut--
  while (cut > 1 && PARTICLES.has((parts[cut - 1] as string).toLowerCase())) cut--
  if (cut === 0) return { lastName: parts[0] }
  return { firstName: parts.slice(0, cut).join(' '), lastName: parts.slice(cut).join(' ') }
}
