import { type CrmOptions, invalid } from '@rapport/core'
import { Client } from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newWorld, URL, type World } from './world'

/** What the host gives to `within`, and how it says something itself. */
interface Host extends World {
  transaction: object
  query(text: string): Promise<unknown[]>
  /** Names of leads as everybody else sees them. */
  leads(): Promise<string[]>
  /** Notes of the host's own rows, the same. */
  notes(): Promise<string[]>
}

async function connected(pipeline = false): Promise<Client> {
  const client = new Client({ connectionString: URL, ...(pipeline && { pipeline }) })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

type Way = () => Promise<{ client: Client; transaction: object }>

const ways: Record<string, Way> = {
  'a client of pg': async () => {
    const client = await connected()
    return { client, transaction: client }
  },
  'a client in pipeline mode': async () => {
    const client = await connected(true)
    return { client, transaction: client }
  },
  'a client of another library that takes the same queries': async () => {
    const client = await connected()
    return { client, transaction: { query: (query: never) => client.query(query) } }
  },
}

async function newHost(way: string, options: Partial<CrmOptions> = {}, rls = false): Promise<Host> {
  const world = await newWorld(rls ? { rls: 'enforce' } : {}, options)
  const { client, transaction } = await (ways[way] as Way)()
  const column = async (text: string) => (await world.pool.query({ text, rowMode: 'array' })).rows.flat()
  await world.pool.query(`create table "${world.schema}".invoice (id serial, note text)`)
  return {
    ...world,
    transaction,
    query: async (text) => (await client.query(text.replaceAll('$', `"${world.schema}".`))).rows,
    leads: () => column(`select name from "${world.schema}".lead order by name`),
    notes: () => column(`select note from "${world.schema}".invoice order by id`),
  }
}

const NOBODY = '01890000-0000-7000-8000-000000000000'

const breakEvents = ({ query }: Host, name: string) =>
  query(`create function $fail() returns trigger language plpgsql as 'begin raise exception ''no''; end';
    create trigger fail before insert on $event for each row when (new.name = '${name}') execute function $fail()`)

/** What the host does before and after our work, in one transaction. */
async function besides(host: Host, work: (me: World['me']) => Promise<unknown>, end: 'commit' | 'rollback' = 'commit') {
  await host.query('begin')
  await host.query("insert into $invoice (note) values ('before')")
  await work(host.me.within(host.transaction))
  await host.query("insert into $invoice (note) values ('after')")
  await host.query(end)
}

const ruleOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    ({ code, rule }) => `${code} ${rule}`,
  )

describe.each(Object.keys(ways))('%s', (way) => {
  test('the commit takes our rows and events along, and only then are they announced', async () => {
    const host = await newHost(way)
    const heard: string[] = []
    host.crm.on('lead.created', ({ changes }) => void heard.push(String(changes.name?.[1])))
    await besides(host, async (me) => {
      const { id } = await me.leads.create({ name: 'Ada', tags: ['VIP'] })
      await me.leads.update(id, { title: 'Countess' })
      expect((await me.leads.get(id)).title).toBe('Countess')
      await host.crm.tick()
      expect([heard, await host.leads()]).toEqual([[], []])
    })
    expect([await host.notes(), await host.leads()]).toEqual([['before', 'after'], ['Ada']])
    expect(heard).toEqual([])
    await host.crm.tick()
    expect(heard).toEqual(['Ada'])
  })

  test('the rollback takes our rows and events along', async () => {
    const host = await newHost(way)
    const heard: string[] = []
    host.crm.on('*', ({ name }) => void heard.push(name))
    await besides(host, (me) => me.leads.create({ name: 'Ada', tags: ['VIP'] }), 'rollback')
    await host.crm.tick()
    expect([await host.notes(), await host.leads(), heard]).toEqual([[], [], []])
    for (const table of ['event', 'record_key'])
      expect(await host.query(`select 1 from $${table} where record_type = 'leads'`), table).toEqual([])
  })

  const inTransaction = async ({ tx, after }: { tx: unknown; after: { id: string; name: string } }) => {
    const { tasks } = tx as World['me']
    await tasks.create({ title: `Call ${after.name}`, lead: after.id })
    if (after.name === 'refuse me') throw invalid('name', 'refused', 'Give another name.')
    if (after.name === 'bad task') await tasks.create({ title: 'x', lead: NOBODY })
    if (after.name === 'bad task, caught') await tasks.create({ title: 'x', lead: NOBODY }).catch(() => {})
  }

  test('our failure leaves the transaction usable, and takes what hooks wrote with it', async () => {
    const host = await newHost(way, { hooks: { leads: { inTransaction } } })
    await breakEvents(host, 'company.created')
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
    expect([await host.notes(), await host.leads()]).toEqual([
      ['before', 'after'],
      ['Kept', 'bad task, caught'],
    ])
    expect(await host.query('select title from $task order by title')).toEqual([
      { title: 'Call Kept' },
      { title: 'Call bad task, caught' },
    ])
  })

  test('a read that fails leaves the transaction usable', async () => {
    const host = await newHost(way)
    await besides(host, async (me) => {
      await host.query('alter table $lead rename to elsewhere')
      expect(await ruleOf(me.leads.list())).toBe('STORAGE missing-table')
      await host.query('alter table $elsewhere rename to lead')
      await me.leads.create({ name: 'Kept' })
    })
    expect([await host.notes(), await host.leads()]).toEqual([['before', 'after'], ['Kept']])
  })

  test.each([false, true])('calls at the same time wait for one another; row-level security: %s', async (rls) => {
    const slow = async ({ after }: { after: { name: string } }) => {
      await new Promise((resolve) => setTimeout(resolve, 2))
      if (after.name.startsWith('Bad')) throw invalid('name', 'refused', 'Give another name.')
    }
    const host = await newHost(way, { hooks: { leads: { inTransaction: slow } } }, rls)
    const other = host.crm.asSystem({ tenant: 'other', reason: 'test' })
    const names = Array.from({ length: 12 }, (_, index) => `${index % 3 === 0 ? 'Bad' : 'Good'} ${index}`)
    await besides(host, async (me) => {
      const calls = names.flatMap((name) => [
        me.leads.create({ name }),
        me.leads.list(),
        other.within(host.transaction).leads.list(),
        host.me.within(host.transaction).leads.create({ name: `${name} too` }),
      ])
      const outcomes = await Promise.all(calls.map(ruleOf))
      expect(new Set(outcomes)).toEqual(new Set(['no error', 'VALIDATION refused']))
      expect((await other.within(host.transaction).leads.list()).items).toEqual([])
    })
    const good = names.filter((name) => name.startsWith('Good')).flatMap((name) => [name, `${name} too`])
    expect(await host.leads()).toEqual(good.sort())
    expect(await host.notes()).toEqual(['before', 'after'])
  })

  test('a client on which nothing has begun is refused, and nothing is written', async () => {
    const host = await newHost(way)
    const error = await host.me
      .within(host.transaction)
      .leads.create({ name: 'Stray' })
      .catch((reason) => reason)
    expect(error).toMatchObject({ code: 'VALIDATION', field: 'within', rule: 'not-a-transaction' })
    expect(error.remedy).toContain('BEGIN')
    expect(await host.leads()).toEqual([])
  })

  test('after a failure of the host’s own the error says to roll back', async () => {
    const host = await newHost(way)
    await host.query('begin')
    await host.query('select 1 / 0').catch(() => {})
    const error = await host.me
      .within(host.transaction)
      .leads.list()
      .catch((reason) => reason)
    await host.query('rollback')
    expect(error).toMatchObject({ code: 'STORAGE', rule: 'failed' })
    expect(error.remedy).toContain('roll your transaction back')
  })
})

test('we say nothing on the client but savepoints and what is between them', async () => {
  const { me } = await newWorld()
  const client = await connected()
  const said: string[] = []
  const recorder = {
    query(query: { text: string }) {
      said.push(query.text)
      return client.query(query)
    },
  }
  await client.query('begin')
  const inside = me.within(recorder)
  const { id } = await inside.leads.create({ name: 'Ada' })
  await inside.leads.update(NOBODY, { name: 'Nobody' }).catch(() => {})
  await inside.leads.list()
  await inside.transaction(async (tx) => tx.leads.convert(id, {}))
  await client.query('rollback')
  const control = said.filter((text) => !/^\s*(select|insert|update|delete|with)\b/i.test(text))
  expect(new Set(control.map((text) => text.replace(/\d/, 'n')))).toEqual(
    new Set(['savepoint rapport_n', 'release savepoint rapport_n', 'rollback to savepoint rapport_n']),
  )
})

describe('what is refused', () => {
  test('the pool in place of a client, with what to do', async () => {
    const { me, pool } = await newWorld()
    expect(() => me.within(pool)).toThrow(
      expect.objectContaining({ rule: 'not-a-transaction', remedy: expect.stringContaining('not the pool') }),
    )
  })

  test.each([
    ['rows as objects', { rows: [{ a: 1 }], rowCount: 1 }],
    ['rows alone', [{ a: 1 }]],
    ['nothing', undefined],
  ])('a `query` that gives %s', async (_, result) => {
    const { me } = await newWorld()
    const stranger = { query: async () => result }
    expect(await ruleOf(me.within(stranger).leads.list())).toBe('VALIDATION not-a-transaction')
  })
})
