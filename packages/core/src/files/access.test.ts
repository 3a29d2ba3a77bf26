import { isCrmError } from '@rapport/core'
import { expect, test } from 'vitest'
import { type Client, listedIds, withPeople } from '../../test/support/crm'
import { errorOf, refusalOf } from '../../test/support/outcome'

const NOWHERE = 'NOT_FOUND id not-found'

/** A file of cyd's, of another team than ada’s, about records of everybody’s. */
async function withFileOf(link: 'deals' | 'contacts' | 'companies' | 'leads', options = {}) {
  const made = await withPeople(options)
  const name = { deals: 'deal', contacts: 'contact', companies: 'company', leads: 'lead' }[link]
  const minimal = {
    deals: { title: 'D' },
    contacts: { lastName: 'C' },
    companies: { name: 'C' },
    leads: { name: 'L' },
  }[link]
  const about = await made.system[link].create({ ...minimal, owner: 'ada' } as never)
  const file = await made.system.files.upload({ name: 'x.txt', content: 'hello', owner: 'cyd', [name]: about.id })
  return { ...made, about, file, room: made.system[link], unlinked: { [name]: null } }
}

/** Whether the call gives something; NOT_FOUND is the only other answer. */
const given = (work: Promise<unknown>) =>
  work.then(
    () => true,
    (error) => {
      if (isCrmError(error, 'NOT_FOUND')) return false
      throw error
    },
  )

/** Every way to a file says the same. */
async function reaches(client: Client, id: string): Promise<boolean> {
  const gets = await given(client.files.get(id))
  const answers = [
    (await listedIds(client.files as never)).includes(id),
    (await listedIds(client.files as never, { orderBy: [{ name: 'asc' }] })).includes(id),
    (await client.files.list({ where: { id }, count: 'exact' } as never)).count === 1,
    (await client.search('x.txt', { types: ['files'] })).length === 1,
    await client.files.can('read', id),
    await given(client.files.download(id)),
    await given(client.files.versions(id)),
    await given(client.files.link(id)),
    await given(client.files.timeline(id)),
    await given(client.notes.list({ type: 'files', id })),
  ]
  expect(answers).toEqual(answers.map(() => gets))
  return gets
}

test.each(['deals', 'contacts', 'companies', 'leads'] as const)(
  'whoever may read one of %s may read its files, and no more',
  async (link) => {
    const { ada, bob, cyd, file, about, room, system, unlinked } = await withFileOf(link)
    for (const client of [ada, bob, cyd]) expect(await reaches(client, file.id)).toBe(true)
    for (const client of [ada, bob]) {
      expect(await refusalOf(() => client.files.update(file.id, { name: 'y' }))).toBe(
        'FORBIDDEN files update-not-granted',
      )
      expect(await refusalOf(() => client.files.delete(file.id))).toBe('FORBIDDEN files delete-not-granted')
    }
    await room.delete(about.id)
    expect(await reaches(ada, file.id)).toBe(false)
    await room.restore(about.id)
    expect(await reaches(ada, file.id)).toBe(true)
    await system.files.update(file.id, unlinked)
    expect(await reaches(ada, file.id)).toBe(false)
    expect(await reaches(cyd, file.id)).toBe(true)
  },
)

test('a record that is shared shows its files', async () => {
  const { cyd, ada, system } = await withPeople()
  const deal = await system.deals.create({ title: 'D', owner: 'cyd' })
  const { id } = await system.files.upload({ name: 'x.txt', content: 'x', owner: 'cyd', deal: deal.id })
  expect(await reaches(ada, id)).toBe(false)
  await cyd.deals.share(deal.id, { with: { user: 'ada' }, level: 'read' })
  expect(await reaches(ada, id)).toBe(true)
})

test('level own is one’s own files alone; without a level there are none', async () => {
  const roles = {
    own: { files: { read: 'own' }, deals: { read: 'all' } },
    none: { deals: { read: 'all' } },
    team: { files: { read: 'team' } },
  } as const
  const { crm, system, file } = await withFileOf('deals', { roles })
  await system.users.sync(Object.keys(roles).map((id) => ({ id, name: id, roles: [id] })))
  expect(await reaches(crm.as({ user: 'own' }) as Client, file.id)).toBe(false)
  // The record it is about is out of reach.
  expect(await reaches(crm.as({ user: 'team' }) as Client, file.id)).toBe(false)
  const none = crm.as({ user: 'none' }) as Client
  expect(await refusalOf(() => none.files.list())).toBe('FORBIDDEN files read-not-granted')
  expect(await refusalOf(() => none.files.download(file.id))).toBe(NOWHERE)
})

test('a link one may not see shows no file', async () => {
  const roles = { clerk: { files: { read: 'team', fields: { deal: 'none' } }, deals: { read: 'all' } } } as const
  const { crm, system, file } = await withFileOf('deals', { roles })
  await system.users.sync([{ id: 'clerk', name: 'Clerk', roles: ['clerk'] }])
  expect(await reaches(crm.as({ user: 'clerk' }) as Client, file.id)).toBe(false)
})

test('where the content is hidden, or its name, or any fact of it, none of it is told', async () => {
  for (const hidden of ['content', 'name', 'size', 'sha256', 'type', 'contentVersion']) {
    const roles = { clerk: { files: { read: 'all', fields: { [hidden]: 'none' } } } } as never
    const { crm, system, file } = await withFileOf('deals', { roles })
    await system.files.addVersion(file.id, { content: 'newer' })
    await system.users.sync([{ id: 'clerk', name: 'Clerk', roles: ['clerk'] }])
    const clerk = crm.as({ user: 'clerk' }) as Client
    const seen = await clerk.files.get(file.id)
    expect(Object.keys(seen)).not.toEqual(expect.arrayContaining(['size']))
    for (const name of ['size', 'sha256', 'type', 'contentVersion']) expect(seen).not.toHaveProperty(name)
    expect(seen.name).toBe(hidden === 'name' ? undefined : 'x.txt')
    for (const call of [
      () => clerk.files.download(file.id),
      () => clerk.files.versions(file.id),
      () => clerk.files.link(file.id),
    ]) {
      const error = await errorOf(call)
      expect([error.code, error.field]).toEqual(['FORBIDDEN', 'content'])
    }
    const told = (await clerk.files.timeline(file.id)).items.map(({ name, changes }) => [
      name,
      Object.keys(changes).sort(),
    ])
    expect(told).toEqual([
      ['file.created', hidden === 'name' ? ['category', 'deal', 'owner'] : ['category', 'deal', 'name', 'owner']],
    ])
  }
})
