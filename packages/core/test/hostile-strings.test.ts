import { sqlite } from '@rapport/adapters/sqlite'
import { type CrmError, createCrm, field, isCrmError } from '@rapport/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { cleanText, foldText, hasForbiddenCharacters } from '../src/kernel/text'
import { addPeople, type Client, newCrm, type TestCrm } from './support/crm'
import { HOSTILE, named40 } from './support/hostile'
import { expectHelpful } from './support/outcome'

let made: TestCrm
let me: Client

beforeAll(async () => {
  made = await newCrm({ fields: { leads: { word: field.text({ max: 400 }) } }, keep: true })
  await addPeople(made.system)
  me = made.crm.as({ user: 'root' }) as Client
  return () => made.crm.close()
})

/** The value, or the refusal, which must be one that helps. */
async function tried<T>(work: () => Promise<T>): Promise<T | CrmError> {
  try {
    return await work()
  } catch (error) {
    if (!isCrmError(error)) throw error
    expect(error.code).toBe('VALIDATION')
    expectHelpful(error)
    expect(error.message.length).toBeLessThan(5000)
    return error
  }
}

const fits = (text: string, max = 255) =>
  cleanText(text).length <= max && cleanText(text) !== '' && !hasForbiddenCharacters(text)

test('a name survives create, get, filter, update, event and note, or is refused', async () => {
  for (const text of HOSTILE) {
    const say = named40(text)
    const lead = await tried(() => me.leads.create({ name: text }))
    expect(isCrmError(lead), say).toBe(!fits(text))
    if (isCrmError(lead)) continue
    const name = cleanText(text)
    expect(lead.name, say).toBe(name)
    expect((await me.leads.get(lead.id)).name, say).toBe(name)
    const found = async (where: object) => (await me.leads.list({ where: { id: lead.id, ...where } })).items.length
    expect(await found({ name: text }), say).toBe(1)
    if (foldText(name) !== '') {
      expect(await found({ name: { contains: name.slice(0, 400) } }), say).toBe(1)
      expect(await found({ name: { startsWith: [...name].slice(0, 3).join('') } }), say).toBe(1)
    }
    expect((await me.leads.list({ where: { id: lead.id }, search: name.slice(0, 400) })).items, say).toHaveLength(1)

    expect((await me.leads.update(lead.id, { company: text, tags: ['changed'] })).company, say).toBe(name)
    const { items } = await me.timeline({ type: 'leads', id: lead.id })
    expect(items.find(({ name: event }) => event === 'lead.created')?.changes.name, say).toEqual([null, name])
    await me.leads.delete(lead.id)
  }
}, 60_000)

describe('elsewhere', () => {
  test('tags are found by what they were given as', async () => {
    for (const text of HOSTILE) {
      const lead = await tried(() => me.leads.create({ name: 'Tagged', tags: [text] }))
      expect(isCrmError(lead), named40(text)).toBe(!fits(text, 60))
      if (isCrmError(lead)) continue
      expect((await me.leads.get(lead.id)).tags).toEqual([cleanText(text)])
      if (foldText(text) !== '')
        expect(
          (await me.leads.list({ where: { id: lead.id, tags: { has: text } } })).items,
          named40(text),
        ).toHaveLength(1)
    }
  })

  test('custom text survives and is found', async () => {
    for (const text of HOSTILE) {
      const lead = await tried(() => me.leads.create({ name: 'Custom', custom: { word: text } }))
      if (text === '') continue
      expect(isCrmError(lead), named40(text)).toBe(!fits(text, 400))
      if (isCrmError(lead)) continue
      const word = cleanText(text)
      expect((await me.leads.get(lead.id)).custom).toEqual({ word })
      for (const condition of [
        word,
        { eq: word },
        { in: [word, 'other'] },
        { contains: word },
        { startsWith: word },
        { endsWith: word },
      ]) {
        const { items } = await me.leads.list({ where: { id: lead.id, custom: { word: condition } } })
        expect(items, `${named40(text)} ${Object.keys(condition)}`).toHaveLength(1)
      }
    }
  })

  test('a long text keeps its lines and its length', async () => {
    for (const text of HOSTILE) {
      const activity = await tried(() => me.activities.create({ kind: 'note', body: text }))
      if (isCrmError(activity)) {
        expect(text.length > 100_000 || hasForbiddenCharacters(text), named40(text)).toBe(true)
        continue
      }
      expect((await me.activities.get(activity.id)).body, named40(text)).toBe(text)
    }
  })

  test('long texts that begin alike are paged through without a gap', async () => {
    const description = (text: string) => `${'x'.repeat(2000)}${text}`
    for (const [at, text] of ['c', 'a', 'd', 'b'].entries())
      await me.companies.create({ name: text, description: at === 3 ? 'x🚀' : description(text) })
    const names: string[] = []
    for (let after: string | null = null, page = 0; page === 0 || after; page++) {
      const answer: Awaited<ReturnType<Client['companies']['list']>> = await me.companies.list({
        where: { description: { startsWith: 'x' } },
        orderBy: { description: 'desc' },
        limit: 1,
        after,
      })
      names.push(...answer.items.map((one) => one.name))
      after = answer.nextCursor
    }
    expect(names).toEqual(['b', 'd', 'a', 'c'])
  })

  test('emails, phones, URLs, domains, JSON and links take it or refuse it', async () => {
    for (const text of HOSTILE) {
      const calls: (() => Promise<unknown>)[] = [
        () => me.leads.create({ name: 'x', email: text }),
        () => me.leads.create({ name: 'x', phone: text }),
        () => me.leads.create({ name: 'x', referrer: text }),
        () => me.leads.create({ name: 'x', source: text }),
        () => me.leads.create({ name: 'x', consent: { [text]: text } }),
        () => me.companies.create({ name: 'x', domain: text }),
        () =>
          me.contacts.create({ lastName: 'x', emails: [text], phones: [{ value: text, label: text.slice(0, 40) }] }),
        () => me.contacts.create({ lastName: 'x', company: text }),
        () => me.tasks.create({ title: 'x', dueDate: text }),
        () => me.tasks.create({ title: 'x', dueAt: text }),
      ]
      for (const call of calls) {
        const record = (await tried(call)) as { id?: string; consent?: unknown } | CrmError
        if (isCrmError(record) || !('consent' in record) || record.consent === null) continue
        expect((await me.leads.get(record.id as string)).consent, named40(text)).toEqual(record.consent)
      }
    }
  }, 60_000)

  test('user, team and tenant ids are kept to the letter, never mixed up', async () => {
    const ids = HOSTILE.filter((text) => text.length <= 300)
    const users = ids.filter((id) => id.trim() !== '' && id.length <= 255 && !hasForbiddenCharacters(id))
    for (const id of ids) {
      const result = await tried(() => made.system.users.sync([{ id, name: 'N', roles: ['admin'] }]))
      expect(isCrmError(result), named40(id)).toBe(!users.includes(id))
    }
    expect((await made.system.users.list()).map(({ id }) => id).filter((id) => users.includes(id)).length).toBe(
      new Set(users).size,
    )
    for (const id of users) {
      const lead = await (made.crm.as({ user: id }) as Client).leads.create({ name: 'Mine' })
      expect([lead.owner, lead.createdBy], named40(id)).toEqual([id, id])
      expect((await me.leads.update(lead.id, { owner: 'root' })).owner).toBe('root')
      expect((await me.leads.assign(lead.id, { user: id })).owner, named40(id)).toBe(id)
      expect(
        (await me.leads.list({ where: { owner: id }, limit: 2 })).items.map((one) => one.owner),
        named40(id),
      ).toEqual([id])
      await me.leads.delete(lead.id)
    }
  })

  test('a tenant sees only its own, whatever the tenants are called', async () => {
    const tenants = HOSTILE.filter((text) => text.length <= 300)
    const names = new Map<string, string>()
    for (const tenant of tenants) {
      let system: Client
      try {
        system = made.crm.asSystem({ tenant, reason: 'test' }) as Client
      } catch (error) {
        expect(isCrmError(error, 'VALIDATION'), named40(tenant)).toBe(true)
        expect(tenant.length > 255 || hasForbiddenCharacters(tenant), named40(tenant)).toBe(true)
        continue
      }
      expect(hasForbiddenCharacters(tenant), named40(tenant)).toBe(false)
      names.set(tenant, (await system.companies.create({ name: `Of ${names.size}` })).name)
    }
    for (const [tenant, name] of names) {
      const { items } = await (made.crm.asSystem({ tenant, reason: 'test' }) as Client).companies.list()
      expect(
        items.map((one) => one.name),
        named40(tenant),
      ).toEqual([name])
    }
  })

  test('users of two tenants are never taken for one another', async () => {
    const one = made.crm.asSystem({ tenant: 'a\nb', reason: 'test' }) as Client
    const two = made.crm.asSystem({ tenant: 'a', reason: 'test' }) as Client
    await one.users.sync([{ id: 'c', name: 'Admin', roles: ['admin'] }])
    await two.users.sync([{ id: 'b\nc', name: 'Nobody' }])
    expect(await (made.crm.as({ tenant: 'a\nb', user: 'c' }) as Client).can('leads', 'create')).toBe(true)
    expect(await (made.crm.as({ tenant: 'a', user: 'b\nc' }) as Client).can('leads', 'create')).toBe(false)
  })

  test('select options and idempotency keys are kept to the letter', async () => {
    const options = HOSTILE.filter((text) => text.length <= 100 && fits(text))
    const { system } = await newCrm({
      fields: { leads: { pick: field.select(options), many: field.multiSelect(options) } },
    })
    for (const option of options) {
      const { id } = await system.leads.create(
        { name: 'x', custom: { pick: option, many: [option] } },
        { idempotencyKey: option },
      )
      expect(
        (await system.leads.create({ name: 'x', custom: { pick: option, many: [option] } }, { idempotencyKey: option }))
          .id,
        named40(option),
      ).toBe(id)
      expect((await system.leads.get(id)).custom).toEqual({ pick: option, many: [option] })
      expect(
        (await system.leads.list({ where: { custom: { pick: option } } })).items.map((one) => one.id),
        named40(option),
      ).toEqual([id])
      expect(
        (await system.leads.list({ where: { custom: { many: { has: option } } } })).items.map((one) => one.id),
        named40(option),
      ).toEqual([id])
    }
  })

  test('what is only looked up is found nowhere, or refused', async () => {
    const { system } = made
    const lead = await system.leads.create({ name: 'Looked for' })
    const deal = await system.deals.create({ title: 'Looked for' })
    const failed: string[] = []
    for (const text of ['\0', 'a\0b', '\uD800', 'a\uDFFFb']) {
      const calls: Record<string, () => Promise<unknown>> = {
        'tags.rename': () => system.tags.rename('leads', text, 'x'),
        'tags.merge': () => system.tags.merge('leads', ['x', text], 'y'),
        has: () => system.leads.list({ where: { tags: { has: text } } }),
        'has email': () => system.contacts.list({ where: { emails: { has: text } } } as never),
        hasAll: () => system.leads.list({ where: { tags: { hasAll: ['x', text] } } }),
        owner: () => system.leads.list({ where: { owner: text } }),
        team: () => system.leads.list({ where: { owner: { team: text } } }),
        stage: () => system.deals.list({ where: { stage: text } }),
        'stage.name': () => system.deals.list({ where: { stage: { name: text } } } as never),
        email: () => system.leads.list({ where: { email: text } }),
        contains: () => system.leads.list({ where: { name: { contains: text } } }),
        id: () => system.leads.list({ where: { id: text } } as never),
        searched: () => system.leads.list({ search: text }),
        search: () => system.search(text),
        get: () => system.leads.get(text),
        key: () => system.leads.create({ name: 'x' }, { idempotencyKey: text }),
        assign: () => system.leads.assign(lead.id, { user: text }),
        'assign to a team': () => system.leads.assign(lead.id, { roundRobin: { team: text } }),
        'assign among': () => system.leads.assign(lead.id, { leastLoaded: { users: [text] } }),
        share: () => system.leads.share(lead.id, { with: { user: text }, level: 'read' }),
        'share with a team': () => system.leads.share(lead.id, { with: { team: text }, level: 'read' }),
        unshare: () => system.leads.unshare(lead.id, { user: text }),
        moveTo: () => system.deals.moveTo(deal.id, text),
        pipeline: () => system.deals.moveTo(deal.id, 'Negotiation', { pipeline: text }),
        'lines.product': () => system.deals.setLines(deal.id, [{ product: text }]),
        book: () => system.deals.setLines(deal.id, [{ name: 'x' }], { priceBook: text } as never),
        contacts: () => system.deals.setContacts(deal.id, [{ contact: text }]),
        unmerge: () => system.leads.unmerge(text),
        duplicates: () => system.leads.duplicates({ name: text, email: text, company: text }),
        'duplicate companies': () => system.companies.duplicates({ name: text, domain: text, phone: text }),
        'audit.actor': () => system.audit({ where: { actor: text } }),
        'audit.name': () => system.audit({ where: { name: text } }),
        'audit.recordId': () => system.audit({ where: { recordId: text } }),
        timeline: () => system.timeline({ type: 'leads', id: text }),
        user: () => system.users.get(text),
        deactivate: () => system.users.deactivate(text),
        'quotas.list': () => system.quotas.list({ user: text } as never),
        'rates.list': () => system.rates.list({ from: text } as never),
        'quotas.set': () =>
          system.quotas.set([{ user: text, month: '2026-01', amount: { amount: 1, currency: 'EUR' } }]),
        archive: () => system.pipelines.archive(text),
        updateStage: () => system.pipelines.updateStage(text, { probability: 5 }),
        'report of a pipeline': () => system.reports.winRate({ period: { this: 'year' }, pipeline: text }),
        import: () => system.leads.import(`name\n${text}\n`),
        job: () => system.leads.import('name\nx\n', { job: text }),
        'event retried': () => made.crm.events.retry(text, text),
        capture: () => made.crm.capture({ token: text, input: {}, ip: text }),
      }
      for (const [name, call] of Object.entries(calls))
        await call().catch((error) => {
          if (!isCrmError(error) || error.code === 'STORAGE') failed.push(`${name} ${named40(text)}`)
        })
    }
    expect(failed).toEqual([])
  })

  test('a custom field has a plain name, or the CRM refuses to start', async () => {
    const names = HOSTILE.filter((text) => text.length < 70)
    const refused = await Promise.all(
      names.map((name) =>
        tried(async () => createCrm({ storage: sqlite({ file: ':memory:' }), fields: fieldNamed(name) })),
      ),
    )
    for (const name of names.filter((_, index) => !isCrmError(refused[index]))) {
      const { system, crm } = await newCrm({ fields: fieldNamed(name), keep: true })
      expect(name).toMatch(/^[A-Za-z]\w*$/)
      const { id } = await system.leads.create({ name: 'x', custom: { [name]: 'v' } })
      expect(
        (
          await system.leads.list({
            where: { custom: { [name]: 'v' } },
            orderBy: { custom: { [name]: 'asc' } } as never,
          })
        ).items.map((one) => one.id),
        name,
      ).toEqual([id])
      await crm.close()
    }
  })
})

const fieldNamed = (name: string) => ({ leads: { [name]: field.text() } })
