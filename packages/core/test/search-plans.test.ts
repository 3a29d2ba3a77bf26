import { expect, test } from 'vitest'
import { withPeople } from './support/crm'
import { onFenced, onMysql, onPostgres, onSqlite } from './support/databases'

const people = (from: number) =>
  Array.from({ length: 1000 }, (_, at) => ({ name: `Person ${from + at}`, email: `p${from + at}@example.com` }))

test.runIf(!onFenced)('what is rare is found by the index, what is common by a walk', async () => {
  const { crm, storage, root, ada } = await withPeople()
  expect((await crm.migrations.plan()).search).toBe('index')
  for (let batch = 0; batch < 6; batch++) await root.leads.createMany(people(batch * 1000))
  if (onPostgres)
    await storage.transaction(async (session) => {
      await session.all(
        `select gin_clean_pending_list('${storage.table('lead_search_text')}'::regclass) as cleaned`,
        [],
      )
      await session.run(`analyze ${storage.table('lead')}`, [])
    })

  const index = onSqlite
    ? /crm_lead_parts VIRTUAL TABLE INDEX \S*M/
    : onMysql
      ? /"access_type":"fulltext"/
      : /Bitmap Index Scan on lead_search_text/
  const explain = onSqlite ? 'explain query plan' : onMysql ? 'explain format=json' : 'explain'
  for (const me of [root, ada]) {
    const plansOf = async (call: () => Promise<unknown>) => {
      const last = [...(await storage.record(call))].at(-1)
      const rows = await storage.read(`${explain} ${last?.sql}`, last?.params ?? [])
      return rows.map((row) => String(row.at(-1)).replaceAll(/\s/g, onMysql ? '' : ' ')).join('\n')
    }
    expect(await plansOf(() => me.search('son 4711', { types: ['leads'] }))).toMatch(index)
    expect(await plansOf(() => me.search('nowhere', { types: ['leads'] }))).toMatch(index)
    expect(await plansOf(() => me.leads.list({ search: 'son 4711' }))).toMatch(index)
    expect(await plansOf(() => me.search('person', { types: ['leads'] }))).not.toMatch(index)
    expect(await plansOf(() => me.leads.list({ search: 'person' }))).not.toMatch(index)
  }
  expect((await root.search('son 4711')).map(({ title }) => title)).toEqual(['Person 4711'])
  expect((await root.search('person')).map(({ title }) => title)).toContain('Person 5999')
  expect((await root.leads.list({ search: '4711@', count: 'exact' })).count).toBe(1)
})

test.runIf(onSqlite)(
  'records that changed, went or came since their block was written are found as they are',
  async () => {
    const { root } = await withPeople()
    const made = await root.leads.createMany(people(0))
    const ids = made.flatMap((one) => (one.ok ? [(one.value as { id: string }).id] : []))
    await root.leads.update(ids[5] as string, { name: 'Somebody else' })
    await root.leads.delete(ids[6] as string)
    await root.leads.purge(ids[6] as string)
    await root.leads.createMany(people(1000))
    const found = async (text: string) => (await root.search(text)).map(({ title }) => title)
    expect(await found('person 5')).not.toContain('Person 5')
    expect(await found('mebody el')).toEqual(['Somebody else'])
    expect((await root.leads.list({ search: 'p6@' })).items).toEqual([])
    expect((await root.leads.list({ search: 'p5@' })).items.map(({ name }) => name)).toEqual(['Somebody else'])
    expect(await found('p1777@')).toEqual(['Person 1777'])
  },
)
