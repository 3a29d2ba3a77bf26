import { field } from '@rapport/core'
import { expect, test } from 'vitest'
import { newCrm, withPeople } from './support/crm'

/** Many at once, as on a server: on SQLite they come one after the other, elsewhere they truly meet. */
const together = <T>(count: number, work: (index: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> =>
  Promise.allSettled(Array.from({ length: count }, (_, index) => work(index)))

const done = <T>(results: readonly PromiseSettledResult<T>[]) =>
  results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))

const codes = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.flatMap((one) => (one.status === 'rejected' ? [one.reason.code ?? one.reason] : []))

test('one email, twelve creates at once: one contact, and eleven are told', async () => {
  const { system } = await newCrm()
  const results = await together(12, (index) =>
    system.contacts.create({ lastName: `Nr ${index}`, emails: ['grace@navy.example', `own${index}@navy.example`] }),
  )
  expect(done(results)).toHaveLength(1)
  expect(codes(results)).toEqual(Array(11).fill('DUPLICATE'))
  expect((await system.contacts.list()).items).toHaveLength(1)
})

test('one domain by update, and one unique custom value: the same', async () => {
  const { system } = await newCrm({ fields: { leads: { badge: field.text({ unique: true }) } } })
  const companies = done(await together(8, (index) => system.companies.create({ name: `Nr ${index}` })))
  const claims = await together(8, (index) =>
    system.companies.update((companies[index] as { id: string }).id, { domain: 'navy.example' }),
  )
  expect([done(claims).length, codes(claims)]).toEqual([1, Array(7).fill('DUPLICATE')])
  const badges = await together(8, (index) => system.leads.create({ name: `Nr ${index}`, custom: { badge: 'A1' } }))
  expect([done(badges).length, codes(badges)]).toEqual([1, Array(7).fill('DUPLICATE')])
})

test('one idempotency key, ten calls at once: one lead, which all of them get', async () => {
  const { ada } = await withPeople()
  const results = await together(10, () => ada.leads.create({ name: 'Once' }, { idempotencyKey: 'k' }))
  expect(codes(results)).toEqual([])
  expect(new Set(done(results).map(({ id }) => id)).size).toBe(1)
  expect((await ada.leads.list()).items).toHaveLength(1)
})

test('one lead, eight conversions at once: one contact and one deal', async () => {
  const { ada } = await withPeople()
  const lead = await ada.leads.create({ name: 'Grace Hopper', email: 'grace@navy.example' })
  const results = await together(8, () => ada.leads.convert(lead.id, { deal: { create: { title: 'Compiler' } } }))
  expect(codes(results)).toEqual([])
  expect(new Set(done(results).map(({ deal }) => deal?.id)).size).toBe(1)
  expect((await ada.contacts.list()).items).toHaveLength(1)
  expect((await ada.deals.list()).items).toHaveLength(1)
})

test('sixteen updates of different fields of one record at once: none is lost', async () => {
  const { system } = await newCrm()
  const lead = await system.leads.create({ name: 'Ada' })
  const fields = ['title', 'company', 'campaign', 'medium', 'referrer', 'landingPage'] as const
  const results = await together(12, (index) =>
    system.leads.update(lead.id, { [fields[index % 6] as 'title']: `https://x.example/${index}` }),
  )
  expect(codes(results)).toEqual([])
  const stored = await system.leads.get(lead.id)
  expect(stored.version).toBe(13)
  for (const name of fields) expect(stored[name]).toMatch(/^https:/)
  expect((await system.timeline({ type: 'leads', id: lead.id })).items).toHaveLength(13)
})

test('the turn goes round fairly, however many come at once', async () => {
  const { system } = await newCrm({
    assignment: { leads: { roundRobin: { users: ['u0', 'u1', 'u2', 'u3'] } } },
  })
  await system.users.sync(['u0', 'u1', 'u2', 'u3'].map((id) => ({ id, name: id, roles: ['sales'] })))
  const leads = done(await together(40, (index) => system.leads.create({ name: `Nr ${index}` })))
  const counts = ['u0', 'u1', 'u2', 'u3'].map((id) => leads.filter(({ owner }) => owner === id).length)
  expect(counts).toEqual([10, 10, 10, 10])
})

test('the first deals of a tenant at once: one set of pipelines', async () => {
  const { system } = await newCrm()
  const results = await together(8, (index) => system.deals.create({ title: `Nr ${index}` }))
  expect(codes(results)).toEqual([])
  expect(await system.pipelines.list()).toHaveLength(1)
  expect(new Set(done(results).map(({ stage }) => stage)).size).toBe(1)
})

test('those who want the same records in another order do not block each other for ever', async () => {
  const { system } = await newCrm()
  const [a, b, c] = done(await together(3, (index) => system.leads.create({ name: `Nr ${index}` }))).map(({ id }) => id)
  const orders = [
    [a, b, c],
    [c, b, a],
    [b, c, a],
    [a, c, b],
  ] as string[][]
  const results = await together(8, (index) =>
    system.leads.updateMany((orders[index % 4] as string[]).map((id) => ({ id, patch: { score: index } }))),
  )
  expect(codes(results)).toEqual([])
  for (const result of done(results)) expect(result.every(({ ok }) => ok)).toBe(true)
  expect((await system.leads.get(a as string)).version).toBeGreaterThan(1)
})

test('a public form sent many times at once makes one lead', async () => {
  const { crm, system } = await newCrm({ capture: { tokens: [{ token: 'form-token-1234567890' }] } })
  const results = await together(6, (index) =>
    crm.capture({
      token: 'form-token-1234567890',
      input: { name: 'Grace', email: 'grace@navy.example' },
      ip: `10.0.0.${index}`,
    }),
  )
  expect(codes(results)).toEqual([])
  expect((await system.leads.list()).items).toHaveLength(1)
})

test('a dozen tasks at once about one lead: it knows of the earliest', async () => {
  const { system } = await newCrm()
  for (let round = 0; round < 5; round++) {
    const lead = (await system.leads.create({ name: 'Ada' })).id
    const results = await together(12, (index) =>
      system.tasks.create({ title: 'Call', lead, dueAt: new Date(Date.UTC(2026, 3, ((index * 5) % 12) + 1)) }),
    )
    expect(codes(results)).toEqual([])
    expect((await system.leads.get(lead)).nextActivityAt).toEqual(new Date('2026-04-01T00:00:00Z'))
  }
})
