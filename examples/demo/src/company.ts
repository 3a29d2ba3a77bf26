import type { Crm, UserInput } from '@rapport/core'
import { daysAfter, HISTORY_DAYS } from './calendar'
import type { Chance } from './chance'
import { INVENTED } from './demo-file'
import { inventPerson, REGIONS, type Region, slug } from './people'
import { setPrices } from './price-list'
import { setQuotasAndRates } from './targets'

export const COMPANY_NAME = 'Brightwater Instruments'
const DOMAIN = 'brightwater.example'

/** Somebody who sells, as good and as fast as they are. */
export interface Rep {
  id: string
  name: string
  team: Region['id']
  /** Above 1 wins more than others. */
  skill: number
  /** Above 1 takes longer than others. */
  pace: number
  /** Share of the team's leads. */
  weight: number
}

export interface Company {
  /** Its first day. */
  since: Date
  reps: readonly Rep[]
  /** Ids of those the demo looks through the eyes of. */
  admin: string
  head: string
  support: string
  managers: Readonly<Record<Region['id'], string>>
}

const TEAMS: Readonly<Record<Region['id'], { name: string; reps: number }>> = {
  uk: { name: 'UK & Ireland', reps: 6 },
  dach: { name: 'DACH', reps: 6 },
  france: { name: 'France', reps: 5 },
}

/** Founds the company: a tree of teams, 25 users in five roles, a price list, exchange rates and quotas. */
export async function foundCompany(crm: Crm, chance: Chance, today: Date, leads: number): Promise<Company> {
  const since = daysAfter(today, -HISTORY_DAYS - 30)
  const system = crm.asSystem({ reason: 'demo', history: { at: since } })
  await system.users.syncTeams([
    { id: INVENTED, name: COMPANY_NAME },
    ...REGIONS.map(({ id }) => ({ id, name: TEAMS[id].name, parent: INVENTED })),
  ])
  const { users, reps, ...ids } = hire(chance)
  await system.users.sync(users)
  await setPrices(system)
  await setQuotasAndRates(system, chance, { today, leads, reps })
  return { since, reps, ...ids }
}

function hire(chance: Chance) {
  const users: UserInput[] = []
  const reps: Rep[] = []
  const add = (region: Region, role: string, team: string): { id: string; name: string } => {
    const { firstName, lastName } = inventPerson(region)
    const id = slug(`${firstName} ${lastName}`)
    if (users.some((user) => user.id === id)) return add(region, role, team)
    const timeZone = { uk: 'Europe/London', dach: 'Europe/Berlin', france: 'Europe/Paris' }[region.id]
    const user = {
      id,
      name: `${firstName} ${lastName}`,
      email: `${id}@${DOMAIN}`,
      roles: [role],
      teams: [team],
      timeZone,
    }
    users.push(user)
    return user
  }
  const [uk, dach, france] = REGIONS as readonly [Region, Region, Region]
  const admin = add(dach, 'admin', INVENTED).id
  const head = add(uk, 'manager', INVENTED).id
  const support = add(france, 'support', INVENTED).id
  add(uk, 'support', INVENTED)
  add(dach, 'readonly', INVENTED)
  const managers = {} as Record<Region['id'], string>
  for (const region of REGIONS) {
    managers[region.id] = add(region, 'manager', region.id).id
    for (let index = 0; index < TEAMS[region.id].reps; index++) {
      const { id, name } = add(region, 'sales', region.id)
      reps.push({
        id,
        name,
        team: region.id,
        skill: chance.between(0.7, 1.35),
        pace: chance.between(0.75, 1.35),
        weight: chance.between(0.7, 1.3),
      })
    }
  }
  return { users, reps, admin, head, support, managers }
}
