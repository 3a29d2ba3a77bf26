import type { Chance } from './chance'
import { inventPerson, inventPhone, type Person, REGIONS, type Region, slug } from './people'

/** A company that may become a customer. */
export interface Firm {
  name: string
  domain: string
  industry: string
  employees: number
  city: string
  region: Region
  people: Prospect[]
}

/** Somebody who asks. */
export interface Prospect extends Person {
  email: string
  phone: string | undefined
  title: string
  firm: Firm
}

/** Where leads come from: how many, how good they are, and by which way. */
export interface Source {
  name: 'website' | 'advertising' | 'social' | 'email' | 'event' | 'partner' | 'referral' | 'phone'
  weight: number
  /** Above 1 converts better than others. */
  quality: number
  medium?: string
  campaigns?: readonly string[]
}

export const SOURCES: readonly Source[] = [
  { name: 'website', weight: 30, quality: 1, medium: 'organic' },
  {
    name: 'advertising',
    weight: 20,
    quality: 0.55,
    medium: 'cpc',
    campaigns: ['search-brand', 'search-sensors', 'display-water'],
  },
  { name: 'social', weight: 12, quality: 0.5, medium: 'social', campaigns: ['lab-stories', 'field-video'] },
  { name: 'email', weight: 8, quality: 0.8, medium: 'email', campaigns: ['newsletter', 'reactivation'] },
  { name: 'event', weight: 11, quality: 1.1, medium: 'fair', campaigns: ['water-fair', 'open-lab'] },
  { name: 'partner', weight: 7, quality: 1.5, medium: 'partner' },
  { name: 'referral', weight: 8, quality: 1.8 },
  { name: 'phone', weight: 4, quality: 1.2 },
]

const INDUSTRIES = [
  'Water utilities',
  'Food & beverage',
  'Chemicals',
  'Pharma',
  'Agriculture',
  'Aquaculture',
  'Energy',
  'Research',
  'Textiles',
  'Paper',
]
const TITLES = [
  'Plant manager',
  'Head of operations',
  'Laboratory manager',
  'Procurement lead',
  'Quality manager',
  'Technical director',
  'Process engineer',
  'Managing director',
  'Environmental officer',
]

export interface Market {
  /** Somebody new, or a colleague of somebody who asked before, or that person again. */
  prospect(): Prospect
}

export function createMarket(chance: Chance): Market {
  const known = new Map<Region, Firm[]>(REGIONS.map((region) => [region, []]))
  const domains = new Set<string>()
  return {
    prospect() {
      const region = chance.weighted(REGIONS)
      const firms = known.get(region) as Firm[]
      if (firms.length > 0 && chance.yes(0.3)) {
        const firm = chance.pick(firms)
        return firm.people.length > 0 && chance.yes(0.15) ? chance.pick(firm.people) : join(chance, firm)
      }
      const firm = found(chance, region, domains)
      firms.push(firm)
      return join(chance, firm)
    },
  }
}

function found(chance: Chance, region: Region, domains: Set<string>): Firm {
  const name = region.faker.company.name()
  const base = slug(name, '-')
  let domain = `${base}.example`
  for (let number = 2; domains.has(domain); number++) domain = `${base}-${number}.example`
  domains.add(domain)
  const employees = Math.max(3, Math.round(chance.near(70, 1.2)))
  return {
    name,
    domain,
    industry: chance.pick(INDUSTRIES),
    employees,
    city: region.faker.location.city(),
    region,
    people: [],
  }
}

function join(chance: Chance, firm: Firm): Prospect {
  const person = inventPerson(firm.region)
  const prospect: Prospect = {
    ...person,
    email: `${slug(`${person.firstName} ${person.lastName}`)}@${firm.domain}`,
    phone: chance.yes(0.7) ? inventPhone(firm.region, chance) : undefined,
    title: chance.pick(TITLES),
    firm,
  }
  firm.people.push(prospect)
  return prospect
}
