import { field, isCrmError, type RecordType, type SearchHit } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { type Client, newCrm, room, withPeople } from './support/crm'
import { refusalOf } from './support/outcome'

const titles = (hits: readonly SearchHit[]) => hits.map(({ title }) => title)
const found = async (me: Client, text: string, options?: object) => titles(await me.search(text, options))

describe('what is found', () => {
  test.each<[what: string, text: string, type: RecordType, values: Record<string, unknown>, matched: string]>([
    ['a name', 'hop', 'leads', { name: 'Grace Hopper' }, 'name'],
    ['a name with accents', 'lukasz mull', 'leads', { name: 'Łukasz MÜLLER' }, 'name'],
    ['a name without its accents', 'Müller', 'leads', { name: 'Jo Muller' }, 'name'],
    ['an email', 'navy.ex', 'leads', { name: 'X', email: 'Grace@Navy.example' }, 'email'],
    ['an international domain as it is written', 'bücher', 'leads', { name: 'X', email: 'a@bücher.example' }, 'email'],
    ['a phone by digits', '151 2345', 'leads', { name: 'X', phone: '+49 (151) 2345-6789' }, 'phone'],
    ['a phone as dialled at home', '0151-23456789', 'leads', { name: 'X', phone: '+49 151 23456789' }, 'phone'],
    ['a company on a lead', 'engines', 'leads', { name: 'X', company: 'Analytical Engines' }, 'company'],
    ['a second email', 'second@', 'contacts', { lastName: 'X', emails: ['a@x.example', 'second@x.example'] }, 'emails'],
    ['a second phone', '6789', 'contacts', { lastName: 'X', phones: ['+4930111111', '+49301236789'] }, 'phones'],
    ['a domain', 'loom.ex', 'companies', { name: 'X', domain: 'https://www.loom.example' }, 'domain'],
    ['a phone of a company', '301234', 'companies', { name: 'X', phone: '+4930123456' }, 'phone'],
    ['a title', 'differ', 'deals', { title: 'The Difference Engine' }, 'title'],
    ['a percent sign', '0% o', 'deals', { title: '100% off' }, 'title'],
    ['an underscore', 'e_c', 'deals', { title: 'snake_case' }, 'title'],
    ['quotes', `"it's"`, 'deals', { title: `Say "it's"` }, 'title'],
    ['a backslash', 'a\\b', 'deals', { title: 'a\\b' }, 'title'],
    ['words of a query language', 'not (x or', 'deals', { title: 'Do NOT (x OR y)*' }, 'title'],
    ['an asterisk', 'y)*', 'deals', { title: 'Do NOT (x OR y)*' }, 'title'],
    ['emoji', '🚀🚀', 'deals', { title: 'To the 🚀🚀🚀' }, 'title'],
    ['one emoji', '🚀', 'deals', { title: 'To the 🚀' }, 'title'],
    ['another script', '営業部', 'deals', { title: '東京営業部' }, 'title'],
    ['one letter', 'q', 'deals', { title: 'Quartz' }, 'title'],
    ['two letters within', 'ua', 'deals', { title: 'Quartz' }, 'title'],
    ['a long text', 'x'.repeat(255), 'deals', { title: 'x'.repeat(255) }, 'title'],
    ['words across many blanks', 'the   differ', 'deals', { title: 'The Difference' }, 'title'],
  ])('%s', async (_, text, type, values, matched) => {
    const { ada } = await withPeople()
    const { id } = await room(ada, type).create(values)
    await ada.leads.create({ name: 'Zzz', email: 'zzz@zzz.example' })
    const hits = await ada.search(text)
    expect(hits.map((hit) => [hit.type, hit.id, hit.matched])).toEqual([[type, id, matched]])
    expect((await room(ada, type).list({ search: text })).items.map((one: { id: string }) => one.id)).toEqual([id])
  })

  test.each(['hopr', '% ', 'h_p', '*', 'hop*', '"', 'x'.repeat(500), '', ' ', '\0', '\uE000'])(
    'nothing by %j',
    async (text) => {
      const { ada } = await withPeople()
      await ada.leads.create({ name: 'Grace Hopper', email: 'grace@navy.example' })
      expect(await ada.search(text)).toEqual([])
    },
  )

  test('nothing by the end of one field and the beginning of the next, or by the name of a field', async () => {
    const { ada } = await withPeople()
    await ada.leads.create({ name: 'Grace', company: 'Navy' })
    for (const text of ['gracenavy', 'grace navy', 'ce\tna', 'name', 'company'])
      expect(await ada.search(text)).toEqual([])
  })

  test('custom fields that are marked, and no others', async () => {
    const fields = {
      deals: {
        code: field.text({ searched: true }),
        secret: field.text(),
        tier: field.select(['Gold'], { searched: true }),
      },
    }
    const { ada } = await withPeople({ fields })
    await ada.deals.create({ title: 'X', custom: { code: 'Würfel-7', secret: 'hush', tier: 'Gold' } })
    expect(await ada.search('wurfel')).toMatchObject([{ title: 'X', matched: 'custom.code', closeness: 'prefix' }])
    expect(await found(ada, 'gold')).toEqual(['X'])
    expect(await found(ada, 'hush')).toEqual([])
  })

  test('a field of numbers cannot be marked', async () => {
    const fields = { deals: { seats: field.integer({ searched: true }) } }
    expect(await refusalOf(() => newCrm({ fields }))).toBe('VALIDATION fields.deals.seats.searched not-searchable')
  })
})

test('the closest come first, then the newest, across types', async () => {
  const { ada, clock } = await withPeople()
  const make = async (type: RecordType, values: object) => {
    clock.advance(1000)
    await room(ada, type).create(values)
  }
  await make('leads', { name: 'Ada' })
  await make('companies', { name: 'Adams' })
  await make('deals', { title: 'For Ada' })
  await make('contacts', { lastName: 'Nevada' })
  await make('leads', { name: 'Bob', company: 'Ada' })
  await make('contacts', { lastName: 'Adair' })
  await make('deals', { title: 'Canada' })
  const hits = await ada.search('ADA')
  expect(hits.map(({ title, closeness }) => `${title} ${closeness}`)).toEqual([
    'Bob exact',
    'Ada exact',
    'Adair prefix',
    'Adams prefix',
    'For Ada word',
    'Canada part',
    'Nevada part',
  ])
  expect(await found(ada, 'ada', { limit: 2 })).toEqual(['Bob', 'Ada'])
  expect(await found(ada, 'ada', { types: ['deals', 'contacts'] })).toEqual(['Adair', 'For Ada', 'Canada', 'Nevada'])
})

test('an old record whose title is the text, or begins with it, comes before hundreds of newer ones', async () => {
  const { ada } = await withPeople()
  await ada.leads.create({ name: 'com' })
  await ada.leads.create({ name: 'Compass' })
  for (let batch = 0; batch < 2; batch++)
    await ada.leads.createMany(
      Array.from({ length: 100 }, (_, at) => ({ name: `L${at}`, email: `l${batch}x${at}@x.com` })),
    )
  expect((await found(ada, 'com', { limit: 3 })).slice(0, 2)).toEqual(['com', 'Compass'])
  expect((await found(ada, 'co', { limit: 3 })).slice(0, 2)).toEqual(['Compass', 'com'])
})

test.each([
  ['search 501 characters', (me: Client) => me.search('x'.repeat(501)), 'VALIDATION search wrong-type'],
  ['search no text', (me: Client) => me.search(5 as never), 'VALIDATION search wrong-type'],
  ['limit', (me: Client) => me.search('x', { limit: 51 }), 'VALIDATION limit out-of-range'],
  ['types', (me: Client) => me.search('x', { types: ['users' as never] }), 'VALIDATION types invalid-option'],
  ['types', (me: Client) => me.search('x', { types: [] }), 'VALIDATION types invalid-option'],
  ['an unknown option', (me: Client) => me.search('x', { after: 'y' } as never), 'VALIDATION after unknown-key'],
])('refuses %s', async (_, call, refusal) => {
  const { ada } = await withPeople()
  expect(await refusalOf(() => call(ada))).toBe(refusal)
})

describe('kept in step', () => {
  test('an update takes the old text away and brings the new', async () => {
    const { ada } = await withPeople()
    const { id } = await ada.leads.create({ name: 'Oldname', email: 'old@x.example' })
    await ada.leads.update(id, { name: 'Newname' })
    expect(await found(ada, 'oldname')).toEqual([])
    expect(await found(ada, 'newname')).toEqual(['Newname'])
    expect(await found(ada, 'old@x')).toEqual(['Newname'])
    await ada.leads.update(id, { email: null })
    expect(await found(ada, 'old@x')).toEqual([])
  })

  test('a deleted record is found among the deleted alone, a restored one again, a purged one nowhere', async () => {
    const { root } = await withPeople()
    const { id } = await root.leads.create({ name: 'Vanishing' })
    const listed = async (deleted: boolean) => (await root.leads.list({ search: 'vanish', deleted })).items.length
    await root.leads.delete(id)
    expect([await found(root, 'vanish'), await listed(false), await listed(true)]).toEqual([[], 0, 1])
    await root.leads.restore(id)
    expect([await found(root, 'vanish'), await listed(false), await listed(true)]).toEqual([['Vanishing'], 1, 0])
    await root.leads.delete(id)
    await root.leads.purge(id)
    expect([await found(root, 'vanish'), await listed(false), await listed(true)]).toEqual([[], 0, 0])
  })

  test('a merge brings the winner what it gained, an unmerge takes it back', async () => {
    const { root } = await withPeople()
    const one = await root.contacts.create({ lastName: 'Hopper', emails: ['one@x.example'] })
    const two = await root.contacts.create({ lastName: 'Murray', emails: ['two@x.example'] })
    const { id } = await root.contacts.merge(one.id, [two.id])
    expect(await found(root, 'two@x')).toEqual(['Hopper'])
    expect(await found(root, 'murray')).toEqual([])
    await root.contacts.unmerge(id)
    expect(await found(root, 'two@x')).toEqual(['Murray'])
    expect(await found(root, 'murray')).toEqual(['Murray'])
  })

  test('a conversion is found as what it became', async () => {
    const { ada } = await withPeople()
    const { id } = await ada.leads.create({ name: 'Grace Hopper', email: 'grace@navy.example', company: 'Navy Yard' })
    await ada.leads.convert(id, { deal: 'create' })
    expect((await ada.search('navy yard')).map(({ type }) => type).sort()).toEqual(['companies', 'deals', 'leads'])
    expect((await ada.search('grace@')).map(({ type }) => type).sort()).toEqual(['contacts', 'leads'])
  })

  test('what is imported is found, and what a transaction rolls back is not', async () => {
    const { root } = await withPeople()
    await root.leads.import('name,email\nImported One,one@imp.example\nImported Two,two@imp.example\n')
    expect((await found(root, 'imported')).sort()).toEqual(['Imported One', 'Imported Two'])
    await root
      .transaction(async (tx) => {
        await tx.leads.create({ name: 'Imported Three' })
        expect(await found(tx as Client, 'three')).toEqual(['Imported Three'])
        throw new Error('no')
      })
      .catch(() => {})
    expect(await found(root, 'three')).toEqual([])
  })

  test('nothing is written for search when no searched text changed', async () => {
    const { ada, storage } = await withPeople()
    const { id } = await ada.leads.create({ name: 'Ada' })
    const texts = async (patch: object) =>
      (await storage.record(() => ada.leads.update(id, patch))).filter(({ sql }) => sql.includes('search_text')).length
    expect(await texts({ title: 'Dr' })).toBe(0)
    expect(await texts({ name: 'Ada B' })).toBe(1)
  })
})

describe('permissions', () => {
  test('own, team, all and shared records', async () => {
    const { ada, bob, cyd, mia, root } = await withPeople({
      roles: { loner: { leads: { read: 'own', create: 'own' } } },
    })
    await root.users.sync([{ id: 'lone', name: 'Lone', roles: ['loner'], teams: ['north'] }])
    await ada.leads.create({ name: 'Needle of Ada' })
    const bobs = await bob.leads.create({ name: 'Needle of Bob' })
    await cyd.leads.create({ name: 'Needle of Cyd' })
    const as = async (me: Client) => (await found(me, 'needle')).map((title) => title?.slice(-3)).sort()
    expect(await as(ada)).toEqual(['Ada', 'Bob'])
    expect(await as(cyd)).toEqual(['Cyd'])
    expect(await as(mia)).toEqual(['Ada', 'Bob', 'Cyd'])
    expect(await as(root)).toEqual(['Ada', 'Bob', 'Cyd'])
    await root.leads.share(bobs.id, { with: { user: 'cyd' }, level: 'read' })
    expect(await as(cyd)).toEqual(['Bob', 'Cyd'])
  })

  test('whoever owns little finds it among thousands of others', async () => {
    const { ada, cyd } = await withPeople()
    await cyd.leads.create({ name: 'Common of Cyd' })
    for (let batch = 0; batch < 2; batch++)
      await ada.leads.createMany(Array.from({ length: 700 }, (_, at) => ({ name: `Common ${batch} ${at}` })))
    expect(await found(cyd, 'common')).toEqual(['Common of Cyd'])
    expect(await found(cyd, 'common', { types: ['leads'] })).toEqual(['Common of Cyd'])
    expect((await cyd.leads.list({ search: 'common', count: 'exact' })).count).toBe(1)
  })

  test('a hidden field neither matches nor shows', async () => {
    const { ada, crm, system } = await withPeople({
      roles: {
        blind: {
          '*': { read: 'all', fields: { email: 'none' } },
          deals: { read: 'all', fields: { title: 'none', 'custom.code': 'none' } },
        },
      },
      fields: { deals: { code: field.text({ searched: true }), word: field.text({ searched: true }) } },
    })
    await system.users.sync([{ id: 'blind', name: 'Blind', roles: ['blind'] }])
    const blind = crm.as({ user: 'blind' }) as Client
    await ada.leads.create({ name: 'Grace', email: 'hidden@navy.example', company: 'Navy' })
    await ada.deals.create({ title: 'Secret engine', custom: { code: 'hidden', word: 'Visible word' } })
    for (const text of ['hidden', 'hid', 'hi', 'navy.', 'secret', 'engine'])
      expect([text, await blind.search(text), (await blind.leads.list({ search: text })).items]).toEqual([text, [], []])
    expect(await blind.search('navy')).toMatchObject([{ title: 'Grace', matched: 'company', closeness: 'exact' }])
    expect(await blind.search('word')).toMatchObject([{ title: null, matched: 'custom.word', closeness: 'word' }])
    expect((await ada.search('hidden')).map(({ matched }) => matched).sort()).toEqual(['custom.code', 'email'])
  })

  test('a type out of reach is refused by name, and left out otherwise', async () => {
    const { crm, system, ada } = await withPeople({ roles: { dealer: { deals: { read: 'all' } } } })
    await system.users.sync([{ id: 'dan', name: 'Dan', roles: ['dealer'] }])
    const dan = crm.as({ user: 'dan' }) as Client
    await ada.leads.create({ name: 'Engine' })
    await ada.deals.create({ title: 'Engine' })
    expect((await dan.search('engine')).map(({ type }) => type)).toEqual(['deals'])
    expect(await dan.search('engine', { types: ['leads'] }).catch((error) => isCrmError(error) && error.code)).toBe(
      'FORBIDDEN',
    )
  })

  test('tenants do not see each other', async () => {
    const { crm } = await newCrm()
    const [one, two] = ['one', 'two'].map((tenant) => crm.asSystem({ tenant, reason: 'test' }) as Client)
    await one?.leads.createMany(Array.from({ length: 600 }, (_, at) => ({ name: `Mine ${at}` })))
    await two?.leads.create({ name: 'Mine of two' })
    expect(await found(two as Client, 'mine')).toEqual(['Mine of two'])
    expect(await found(two as Client, 'mine 1')).toEqual([])
    expect((await one?.leads.list({ search: 'mine 59', count: 'exact' }))?.count).toBe(11)
  })
})

describe('list', () => {
  test('combines with where, order, paging and count', async () => {
    const { ada } = await withPeople()
    await ada.leads.createMany(
      Array.from({ length: 30 }, (_, at) => ({
        name: `Ann ${String(at).padStart(2, '0')}`,
        score: at,
        source: at % 2 ? 'website' : 'event',
      })),
    )
    await ada.leads.create({ name: 'Bob', source: 'website' })
    const query = {
      search: 'ann',
      where: { source: 'website' as const },
      orderBy: { score: 'asc' as const },
      limit: 10,
      count: 'exact' as const,
    }
    const first = await ada.leads.list(query)
    const second = await ada.leads.list({ ...query, after: first.nextCursor })
    expect([first.count, second.nextCursor]).toEqual([15, null])
    expect([...first.items, ...second.items].map(({ score }) => score)).toEqual(
      Array.from({ length: 15 }, (_, at) => 2 * at + 1),
    )
  })

  test('searches products, tasks and activities as well', async () => {
    const { root } = await withPeople()
    await root.products.create({ name: 'Löffel', sku: 'LÖ-1' })
    await root.tasks.create({ title: 'Löffel putzen' })
    await root.activities.create({ kind: 'call', subject: 'Löffel' })
    for (const type of ['products', 'tasks', 'activities'] as const)
      expect((await room(root, type).list({ search: 'loff' })).items).toHaveLength(1)
    expect((await root.products.list({ search: 'lo-1' })).items).toHaveLength(1)
    expect(await found(root, 'loff', { types: ['tasks', 'products'] })).toHaveLength(2)
  })
})
