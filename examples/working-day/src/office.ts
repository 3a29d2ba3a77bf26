import { localFiles } from '@rapport/adapters/local-files'
import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm, eur } from '@rapport/core'
import { memoryEmail, stepClock } from '@rapport/core/testing'

/** Two colleagues in a team, a customer, and the deal that the day is about. */
export async function openOffice(folder: string) {
  const clock = stepClock('2026-03-23T08:00:00+01:00')
  const email = memoryEmail()
  const crm = createCrm({
    storage: sqlite({ file: `${folder}/crm.db` }),
    files: localFiles({ folder: `${folder}/files` }),
    secrets: ['for this example: yours comes from the environment'],
    email,
    clock,
    settings: { currency: 'EUR', timeZone: 'Europe/Berlin' },
  })
  await crm.migrate()
  const { users } = crm.asSystem({ reason: 'set-up' })
  await users.syncTeams([{ id: 'north', name: 'North' }])
  await users.sync([
    { id: 'ada', name: 'Ada', email: 'ada@acme.example', roles: ['sales'], teams: ['north'] },
    { id: 'bob', name: 'Bob', email: 'bob@acme.example', roles: ['sales'], teams: ['north'] },
  ])
  const ada = crm.as({ user: 'ada' })
  const grace = await ada.contacts.create({ firstName: 'Grace', lastName: 'Hopper', email: 'grace@navy.example' })
  const deal = await ada.deals.create({ title: 'Compiler', amount: eur(12_000) })
  await ada.deals.setContacts(deal.id, [{ contact: grace.id }])
  return { crm, clock, email, ada, bob: crm.as({ user: 'bob' }), grace, deal }
}

export type Office = Awaited<ReturnType<typeof openOffice>>
