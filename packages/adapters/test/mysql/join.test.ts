import { type CrmOptions, invalid } from '@rapport/core'
import type { PoolConnection as CallbackConnection } from 'mysql2'
import type { PoolConnection } from 'mysql2/promise'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newWorld, type World } from './world'

interface Host extends World {
  connection: PoolConnection
  query(text: string): Promise<unknown>
  /** Names of leads as everybody else sees them. */
  leads(): Promise<unknown[]>
  /** Notes of the host's own rows, the same. */
  notes(): Promise<unknown[]>
}

async function newHost(options: Partial<CrmOptions> = {}): Promise<Host> {
  const world = await newWorld(options)
  await world.pool.query('create table invoice (id int auto_increment primary key, note text)')
  const connection = await world.pool.getConnection()
  onTestFinished(() => connection.release())
  const column = async (text: string) =>
    ((await world.pool.query({ sql: text, rowsAsArray: true }))[0] as unknown[][]).flat()
  return {
    ...world,
    connection,
    query: (text) => connection.query(text),
    leads: () => column('select name from crm_lead order by name'),
    notes: () => column('select note from invoice order by id'),
  }
}

/** What the host does before and after our work, in one transaction. */
async function besides(host: Host, work: (me: World['me']) => Promise<unknown>, end: 'commit' | 'rollback' = 'commit') {
  await host.query('start transaction')
  await host.query("insert into invoice (note) values ('before')")
  await work(host.me.within(host.connection))
  await host.query("insert into invoice (note) values ('after')")
  await host.query(end)
}

/** The connection with callbacks that the promises are about. */
const underneath = (connection: PoolConnection) => connection.connection as unknown as CallbackConnection

const NOBODY = '01890000-0000-7000-8000-000000000000'

const ruleOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    ({ code, rule }) => `${code} ${rule}`,
  )

test('the commit takes our rows and events along, and only then are they announced', async () => {
  const host = await newHost()
  const heard: string[] = []
  host.crm.on('lead.created', ({ changes }) => void heard.push(String(changes.name?.[1])))
  await besides(host, async (me) => {
    await me.leads.create({ name: 'Ada', tags: ['VIP'] })
    await host.crm.tick()
    expect([heard, await host.leads()]).toEqual([[], []])
  })
  expect([await host.notes(), await host.leads(), heard]).toEqual([['before', 'after'], ['Ada'], []])
  await host.crm.tick()
  expect(heard).toEqual(['Ada'])
})

test('the rollback takes our rows and events along', async () => {
  const host = await newHost()
  const heard: string[] = []
  host.crm.on('*', ({ name }) => void heard.push(name))
  await besides(host, (me) => me.leads.create({ name: 'Ada', tags: ['VIP'] }), 'rollback')
  await host.crm.tick()
  expect([await host.notes(), await host.leads(), heard]).toEqual([[], [], []])
  const [events] = await host.pool.query("select 1 from crm_event where record_type = 'leads'")
  expect(events).toEqual([])
})

test('our failure leaves the transaction usable, and takes what hooks wrote with it', async () => {
  const inTransaction = async ({ tx, after }: { tx: unknown; after: { id: string; name: string } }) => {
    const { tasks } = tx as World['me']
    await tasks.create({ title: `Call ${after.name}`, lead: after.id })
    if (after.name === 'refuse me') throw invalid('name', 'refused', 'Give another name.')
    if (after.name === 'bad task') await tasks.create({ title: 'x', lead: NOBODY })
    if (after.name === 'bad task, caught') await tasks.create({ title: 'x', lead: NOBODY }).catch(() => {})
  }
  const host = await newHost({ hooks: { leads: { inTransaction } } })
  await host.query(`create trigger fail before insert on crm_event for each row
    begin if new.name = 'company.created' then signal sqlstate '45000' set message_text = 'no'; end if; end`)
  await besides(host, async (me) => {
    await me.leads.create({ name: 'Kept' })
    const failures = [
      await ruleOf(me.leads.create({ name: 'x', nope: 1 } as never)),
      await ruleOf(me.leads.update(NOBODY, { name: 'x' })),
      await ruleOf(me.leads.create({ name: 'refuse me' })),
      await ruleOf(me.leads.create({ name: 'bad task' })),
      await ruleOf(me.companies.create({ name: 'A statement fails' })),
    ]
    expect(failures).toEqual([
      'VALIDATION unknown-key',
      'NOT_FOUND not-found',
      'VALIDATION refused',
      'VALIDATION missing-target',
      'STORAGE failed',
    ])
    await me.leads.create({ name: 'bad task, caught' })
  })
  expect(await host.notes()).toEqual(['before', 'after'])
  expect(new Set(await host.leads())).toEqual(new Set(['Kept', 'bad task, caught']))
})

describe('calls at the same time wait for one another', () => {
  const slow = async ({ after }: { after: { name: string } }) => {
    await new Promise((resolve) => setTimeout(resolve, 2))
    if (after.name.startsWith('Bad')) throw invalid('name', 'refused', 'Give another name.')
  }

  test.each<[string, (connection: PoolConnection) => object]>([
    ['on one connection', (connection) => connection],
    ['on one that comes in other clothes', (connection) => underneath(connection).promise()],
    ['on one with callbacks', underneath],
  ])('%s', async (_, dressed) => {
    const host = await newHost({ hooks: { leads: { inTransaction: slow } } })
    const names = Array.from({ length: 12 }, (_, index) => `${index % 3 === 0 ? 'Bad' : 'Good'} ${index}`)
    await besides(host, async (me) => {
      const calls = names.flatMap((name) => [
        me.leads.create({ name }),
        me.leads.list(),
        host.me.within(dressed(host.connection)).leads.create({ name: `${name} too` }),
      ])
      expect(new Set(await Promise.all(calls.map(ruleOf)))).toEqual(new Set(['no error', 'VALIDATION refused']))
    })
    const good = names.filter((name) => name.startsWith('Good')).flatMap((name) => [name, `${name} too`])
    expect((await host.leads()).sort()).toEqual(good.sort())
    expect(await host.notes()).toEqual(['before', 'after'])
  })
})

test('the pool in place of a connection is refused, with what to do', async () => {
  const { me, pool } = await newWorld()
  for (const wrong of [pool, pool.pool])
    expect(() => me.within(wrong)).toThrow(
      expect.objectContaining({ rule: 'not-a-transaction', remedy: expect.stringContaining('not the pool') }),
    )
})

test.each([
  ['with promises', (connection: PoolConnection) => connection],
  ['with callbacks', underneath],
])('a connection %s on which nothing has begun is refused, and nothing is written', async (_, dressed) => {
  const host = await newHost()
  const stray = host.me.within(dressed(host.connection)).leads.create({ name: 'Stray' })
  expect(await ruleOf(stray)).toBe('VALIDATION not-a-transaction')
  expect(await host.leads()).toEqual([])
})
