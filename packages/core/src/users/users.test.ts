import { createCrm, defineRole, isCrmError } from '@rapport/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { addPeople, type Client, withPeople } from '../../test/support/crm'
import { newPlace } from '../../test/support/databases'

const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error) => (isCrmError(error) ? `${error.code} ${error.field} ${error.rule}` : error),
  )

/** Ada owns two open leads and a lost one, a contact, an open task, a done one, an open deal, a won one and an activity. */
async function withWork() {
  const made = await withPeople()
  const { ada, bob } = made
  const open = await ada.leads.create({ name: 'One', source: 'website' })
  await ada.leads.create({ name: 'Two', source: 'website' })
  const lost = await ada.leads.create({ name: 'Three', source: 'website' })
  await ada.leads.update(lost.id, { status: 'lost', lostReason: 'price' })
  const contact = await ada.contacts.create({ firstName: 'Grace' })
  const task = await ada.tasks.create({ title: 'Call' })
  const done = await ada.tasks.create({ title: 'Done', status: 'done' })
  const activity = await ada.activities.create({ kind: 'call' })
  const deal = await ada.deals.create({ title: 'Engine' })
  const won = await ada.deals.create({ title: 'Won' })
  await ada.deals.win(won.id)
  await bob.leads.create({ name: 'Four', source: 'website' })
  return { ...made, open, lost, contact, task, done, activity, deal, won }
}

test('one user is read by those who may read users', async () => {
  const { ada, root, as } = await withPeople()
  const user = {
    id: 'ada',
    name: 'Ada',
    email: null,
    roles: ['sales'],
    teams: ['north'],
    timeZone: 'UTC',
    locale: 'en',
    active: true,
  }
  for (const me of [ada, root]) expect(await me.users.get('ada')).toEqual(user)
  expect(await refused(root.users.get('nobody'))).toBe('NOT_FOUND id not-found')
  expect(await refused(as('nobody').users.get('ada'))).toBe('FORBIDDEN users read-not-granted')
})

test('deactivating reports the open records that are left', async () => {
  const { root, ada, bob } = await withWork()
  const { user, handedOver, left } = await root.users.deactivate('ada')
  expect(user).toMatchObject({ id: 'ada', active: false })
  expect(handedOver).toEqual({})
  expect(left).toEqual({ leads: 2, contacts: 1, deals: 1, tasks: 1 })
  expect(await ada.can('leads', 'read')).toBe(false)
  expect((await bob.leads.list()).items).toHaveLength(4)
  const [event] = (await root.audit({ where: { name: 'user.deactivated' } })).items
  expect(event).toMatchObject({
    recordType: 'users',
    recordId: 'ada',
    actor: 'root',
    changes: { active: [true, false] },
  })
})

test('open records pass to the successor, each with its event; what is done stays', async () => {
  const { root, open, lost, contact, task, done, activity, deal, won } = await withWork()
  const { handedOver, left } = await root.users.deactivate('ada', { handOverTo: 'bob' })
  expect(handedOver).toEqual({ leads: 2, contacts: 1, deals: 1, tasks: 1 })
  expect(left).toEqual({})
  const ownerOf = async (type: 'leads' | 'contacts' | 'deals' | 'tasks' | 'activities', id: string) =>
    (await root[type].get(id)).owner
  expect(await ownerOf('leads', open.id)).toBe('bob')
  expect(await ownerOf('contacts', contact.id)).toBe('bob')
  expect(await ownerOf('tasks', task.id)).toBe('bob')
  expect(await ownerOf('leads', lost.id)).toBe('ada')
  expect(await ownerOf('tasks', done.id)).toBe('ada')
  expect(await ownerOf('activities', activity.id)).toBe('ada')
  expect(await ownerOf('deals', deal.id)).toBe('bob')
  expect(await ownerOf('deals', won.id)).toBe('ada')
  const [last] = (await root.leads.timeline(open.id)).items
  expect(last).toMatchObject({ name: 'lead.assigned', actor: 'root', changes: { owner: ['ada', 'bob'] } })
})

test('it can be done in two steps, and again without harm', async () => {
  const { root } = await withWork()
  await root.users.deactivate('ada')
  expect((await root.users.deactivate('ada', { handOverTo: 'bob' })).handedOver).toEqual({
    leads: 2,
    contacts: 1,
    deals: 1,
    tasks: 1,
  })
  expect(await root.users.deactivate('ada', { handOverTo: 'bob' })).toMatchObject({ handedOver: {}, left: {} })
  expect((await root.audit({ where: { name: 'user.deactivated' } })).items).toHaveLength(1)
})

test('many records pass on, hooks and all', async () => {
  const hooked: string[] = []
  const { root, ada } = await withPeople({
    hooks: { leads: { inTransaction: ({ event }) => void hooked.push(event.name) } },
  })
  await ada.leads.createMany(Array.from({ length: 450 }, () => ({ name: 'Ada', source: 'website' as const })))
  expect((await root.users.deactivate('ada', { handOverTo: 'bob' })).handedOver).toEqual({ leads: 450 })
  expect(hooked.filter((name) => name === 'lead.assigned')).toHaveLength(450)
})

test('a failure at any statement leaves everything as it was', async () => {
  const { root, storage } = await withWork()
  await root.users.list()
  for (let statement = 1; ; statement++) {
    const failed = storage.failOn(statement)
    const answer = await refused(root.users.deactivate('ada', { handOverTo: 'bob' }))
    const happened = failed()
    storage.failOn(null)
    if (!happened) break
    expect(answer).toBe('STORAGE storage failed')
    expect((await root.users.get('ada')).active).toBe(true)
    expect((await root.leads.list({ where: { owner: 'ada' } })).items).toHaveLength(3)
    expect((await root.tasks.list({ where: { owner: 'ada' } })).items).toHaveLength(2)
    expect(statement).toBeLessThan(80)
  }
  expect((await root.users.get('ada')).active).toBe(false)
})

test('only administrators deactivate, and only for a good successor', async () => {
  const roles = { clerk: defineRole({ users: { read: 'all', update: 'all' }, leads: { read: 'all' } }) }
  const { system, as, mia, root, ada } = await withPeople({ roles })
  await system.users.sync([
    { id: 'cleo', name: 'Cleo', roles: ['clerk'] },
    { id: 'off', name: 'Off', active: false },
  ])
  await ada.leads.create({ name: 'One', source: 'website' })
  await ada.contacts.create({ firstName: 'Grace' })
  expect(await refused(mia.users.deactivate('ada'))).toBe('FORBIDDEN users update-not-granted')
  expect(await refused(root.users.deactivate('nobody'))).toBe('NOT_FOUND id not-found')
  expect(await refused(root.users.deactivate('ada', { handOverTo: 'ada' }))).toBe('VALIDATION handOverTo same-user')
  expect(await refused(root.users.deactivate('ada', { handOverTo: 'nobody' }))).toBe(
    'VALIDATION handOverTo unknown-user',
  )
  expect(await refused(root.users.deactivate('ada', { handOverTo: 'off' }))).toBe('VALIDATION handOverTo inactive-user')
  // Cleo may administer users, but gives nobody's leads away, and does not learn of contacts.
  expect(await refused(as('cleo').users.deactivate('ada', { handOverTo: 'bob' }))).toBe(
    'FORBIDDEN leads assign-not-granted',
  )
  expect((await root.users.get('ada')).active).toBe(true)
  expect((await as('cleo').users.deactivate('ada')).left).toEqual({ leads: 1 })
})

test('sync reports what users leave behind whose active goes false', async () => {
  const { system } = await withWork()
  const result = await system.users.sync([
    { id: 'ada', name: 'Ada', roles: ['sales'], teams: ['north'], active: false },
    { id: 'mia', name: 'Mia', roles: ['manager'], teams: ['all'], active: false },
    { id: 'bob', name: 'Bob', roles: ['sales'], teams: ['north'] },
  ])
  expect(result).toEqual({
    created: 0,
    updated: 2,
    unchanged: 1,
    deactivated: [
      { user: 'ada', left: { leads: 2, contacts: 1, deals: 1, tasks: 1 } },
      { user: 'mia', left: {} },
    ],
  })
  expect((await system.leads.list({ where: { owner: 'ada' } })).items).toHaveLength(3)
  expect(await system.users.sync([{ id: 'bob', name: 'Bob', roles: ['sales'], teams: ['north'] }])).toEqual({
    created: 0,
    updated: 0,
    unchanged: 1,
  })
})

test('a change of roles counts at once in its own process, and after five seconds in another', async () => {
  const place = await newPlace()
  const open = () => createCrm({ storage: place.open() })
  const [here, there] = [open(), open()]
  onTestFinished(async () => {
    vi.useRealTimers()
    await here.close()
    await there.close()
  })
  await here.migrate()
  const system = here.asSystem({ reason: 'test' })
  await addPeople(system as Client)
  const lead = await system.leads.create({ name: 'Ada', source: 'website', owner: 'cyd' })
  vi.useFakeTimers({ toFake: ['Date'] })
  const sees = (crm: typeof here) => crm.as({ user: 'ada' }).can('leads', 'read', lead.id)
  expect([await sees(here), await sees(there)]).toEqual([false, false])
  await system.users.sync([{ id: 'ada', name: 'Ada', roles: ['sales'], teams: ['south'] }])
  expect([await sees(here), await sees(there)]).toEqual([true, false])
  vi.setSystemTime(Date.now() + 4999)
  expect(await sees(there)).toBe(false)
  vi.setSystemTime(Date.now() + 1)
  expect(await sees(there)).toBe(true)
  await system.users.deactivate('ada')
  expect(await sees(here)).toBe(false)
  vi.setSystemTime(Date.now() + 5000)
  expect(await sees(there)).toBe(false)
})
