import type { Faker } from '@faker-js/faker'
import { faker as german } from '@faker-js/faker/locale/de'
import { faker as british } from '@faker-js/faker/locale/en_GB'
import { faker as french } from '@faker-js/faker/locale/fr'
import { type Chance, createChance } from './chance'

/** A part of the market, with a team for it. */
export interface Region {
  id: 'uk' | 'dach' | 'france'
  country: string
  /** Share of all leads. */
  weight: number
  faker: Faker
  /** Ranges that the regulators keep free for films and books: nobody can be reached there. */
  phones: readonly (readonly [prefix: string, digits: number])[]
}

export const REGIONS: readonly Region[] = [
  {
    id: 'uk',
    country: 'GB',
    weight: 0.36,
    faker: british,
    phones: [
      ['+44 20 7946 0', 3],
      ['+44 161 496 0', 3],
      ['+44 7700 900', 3],
    ],
  },
  {
    id: 'dach',
    country: 'DE',
    weight: 0.38,
    faker: german,
    phones: [
      ['+49 30 23125 ', 3],
      ['+49 69 90009 ', 3],
      ['+49 40 66969 ', 3],
    ],
  },
  {
    id: 'france',
    country: 'FR',
    weight: 0.26,
    faker: french,
    phones: [
      ['+33 1 99 00 ', 4],
      ['+33 4 65 71 ', 4],
      ['+33 6 39 98 ', 4],
    ],
  },
]

export interface Person {
  firstName: string
  lastName: string
}

/** Starts all invention from a seed. */
export function seedEverything(seed: number): Chance {
  for (const [index, { faker }] of REGIONS.entries()) faker.seed(seed + index * 7919)
  return createChance(british)
}

export const inventPerson = ({ faker }: Region): Person => ({
  firstName: faker.person.firstName(),
  lastName: faker.person.lastName(),
})

export function inventPhone({ phones }: Region, chance: Chance): string {
  const [prefix, digits] = chance.pick(phones)
  return prefix + String(chance.whole(0, 10 ** digits - 1)).padStart(digits, '0')
}

/** A name as part of an address: `Jörg Weiß` → `joerg.weiss`. */
export const slug = (text: string, between = '.'): string =>
  text
    .toLowerCase()
    .replace(/[äöüß]/g, (letter) => ({ ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' })[letter] as string)
    .normalize('NFD')
    .replace(/[^a-z0-9]+/g, (run) => (/^[\u0300-\u036f]+$/.test(run) ? '' : between))
    .replace(/^[.-]+|[.-]+$/g, '')
