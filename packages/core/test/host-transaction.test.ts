import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm, invalid } from '@rapport/core'
import SQLite from 'better-sqlite3'
import { CamelCasePlugin, ParseJSONResultsPlugin } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { Client } from './support/crm'
import { DATABASE, sqliteOnly } from './support/databases'
import { type Host, invoice, newHost } from './support/host'
import { refusalOf } from './support/outcome'

class Undo extends Error {}

const undone = (work: Promise<unknown>) => expect(work).rejects.toBeInstanceOf(Undo)

/** What the host's own transaction does beside us, before and after. */
const besideHost = (host: Host, work: (me: Client) => Promise<unknown>) =>
  host.db.transaction().execute(async (trx) => {
    await trx.insertInto('invoice').values(invoice('before')).execute()
    await work(host.me.within(trx))
    await trx.insertInto('invoice').values(invoice('after')).execute()
  })

describe('inside the host’s transaction', () => {
  test('the host’s commit takes our rows and events along', async () => {
    const host = await newHost()
    await besideHost(host, (me) => me.leads.create({ name: 'Ada Byron' }))
    expect([await host.invoices(), await host.leads()]).toEqual([['before', 'after'], ['Ada Byron']])
    expect((await host.crm.asSystem({ reason: 'test' }).audit({ where: { name: 'lead.created' } })).items).toHaveLength(
      1,
    )
  })

  test('the host’s rollback takes our rows and events along', async () => {
    const host = await newHost()
    const work = host.db.transaction().execute(async (trx) => {
      const lead = await host.me.within(trx).leads.create({ name: 'Ada Byron', tags: ['VIP'] })
      await host.me.within(trx).leads.update(lead.id, { status: 'contacted' })
      throw new Undo()
    })
    await undone(work)
    expect(await host.leads()).toEqual([])
    for (const table of ['crm_event', 'crm_record_key', 'crm_idempotency']) {
      const ofLeads = table === 'crm_event' ? "where record_type = 'leads'" : ''
      expect(await host.column(`select tenant_id from ${table} ${ofLeads}`), table).toEqual([])
    }
  })

  test('what is rolled back is never announced, and what is committed is, by the next tick', async () => {
    const host = await newHost()
    const heard: string[] = []
    host.crm.on('lead.created', ({ changes }) => void heard.push(String(changes.name?.[1])))
    await undone(
      host.db.transaction().execute(async (trx) => {
        await host.me.within(trx).leads.create({ name: 'Undone' })
        throw new Undo()
      }),
    )
    await besideHost(host, (me) => me.leads.create({ name: 'Done' }))
    await host.crm.tick()
    expect(heard).toEqual(['Done'])
  })

  const failures: [string, (me: Client) => Promise<unknown>][] = [
    ['input that is refused', (me) => me.leads.create({ name: 'x', nope: 1 } as never)],
    ['a record that is not there', (me) => me.leads.update('01890000-0000-7000-8000-000000000000', { name: 'x' })],
    [
      'a duplicate',
      async (me) => [
        await me.companies.create({ name: 'A', domain: 'a.example' }),
        await me.companies.create({ name: 'B', domain: 'a.example' }),
      ],
    ],
    ['a hook that refuses', (me) => me.leads.create({ name: 'refuse me' })],
    ['a hook that fails', (me) => me.leads.create({ name: 'crash' })],
    ['a hook whose own write is refused', (me) => me.leads.create({ name: 'bad task' })],
  ]

  const hooks = {
    leads: {
      inTransaction: async ({ tx, after }: { tx: unknown; after: { id: string; name: string } }) => {
        if (after.name === 'refuse me') throw invalid('name', 'refused', 'Give another name.')
        if (after.name === 'crash') throw new Error('the hook is broken')
        if (after.name === 'bad task') await (tx as Client).tasks.create({ title: 'x', lead: 'nope' })
        else await (tx as Client).tasks.create({ title: `Call ${after.name}`, lead: after.id })
      },
    },
  }

  test.each(failures)('our failure leaves the host’s transaction usable: %s', async (_, fail) => {
    const host = await newHost({ hooks })
    await besideHost(host, async (me) => {
      await me.leads.create({ name: 'Kept' })
      await expect(fail(me)).rejects.toThrow()
      await me.leads.create({ name: 'Kept too' })
    })
    expect([await host.invoices(), await host.leads()]).toEqual([
      ['before', 'after'],
      ['Kept', 'Kept too'],
    ])
    expect(await host.column('select title from crm_task order by title')).toEqual(['Call Kept', 'Call Kept too'])
  })

  test('a statement that fails in our work leaves the host’s transaction usable', async () => {
    const host = await newHost()
    await host.place.breakEvents('lead.created')
    await besideHost(host, async (me) => {
      expect(await refusalOf(() => me.leads.create({ name: 'Ada' }))).toBe('STORAGE storage failed')
      await me.companies.create({ name: 'Kept' })
    })
    expect([await host.invoices(), await host.leads()]).toEqual([['before', 'after'], []])
    expect(await host.column('select name from crm_company')).toEqual(['Kept'])
  })

  const slowHook = {
    inTransaction: async ({ after }: { after: { id: string; name: string } }) => {
      await new Promise((resolve) => setTimeout(resolve, 2))
      if (String(after.name).startsWith('Bad')) throw invalid('name', 'refused', 'Give another name.')
    },
  }

  test('parallel calls do not mix: those that fail take nothing of the others with them', async () => {
    const host = await newHost({ hooks: { leads: slowHook } })
    const names = Array.from({ length: 20 }, (_, index) => `${index % 3 === 0 ? 'Bad' : 'Good'} ${index}`)
    await besideHost(host, (me) => Promise.allSettled(names.map((name) => me.leads.create({ name, tags: ['a', 'b'] }))))
    expect(await host.leads()).toEqual(names.filter((name) => name.startsWith('Good')).sort())
    expect(await host.invoices()).toEqual(['before', 'after'])
  })

  test('parallel calls do not mix when the transaction comes in other clothes', async () => {
    const host = await newHost({ hooks: { leads: slowHook } })
    await host.db.transaction().execute(async (trx) => {
      const clients = [
        host.me.within(trx),
        host.me.within(trx.withPlugin(new CamelCasePlugin())),
        host.me.within(trx.withTables()),
      ]
      await Promise.allSettled(
        clients.flatMap((me, at) =>
          ['Good', 'Bad', 'Good too'].map((name) => me.leads.create({ name: `${name} ${at}` })),
        ),
      )
    })
    expect(await host.leads()).toEqual(['Good 0', 'Good 1', 'Good 2', 'Good too 0', 'Good too 1', 'Good too 2'])
  })

  test('two CRMs share one transaction', async () => {
    const host = await newHost()
    const other = createCrm({ storage: host.place.open({ tablePrefix: 'b2b_' }) })
    await other.migrate()
    await host.db.transaction().execute(async (trx) => {
      const system = other.asSystem({ reason: 'test' }).within(trx)
      await Promise.all([
        host.me.within(trx).leads.create({ name: 'Here' }),
        system.leads.create({ name: 'There' }),
        host.me.within(trx).leads.create({ name: 'Here too' }),
      ])
    })
    expect(await host.leads()).toEqual(['Here', 'Here too'])
    expect(await host.column('select name from b2b_lead')).toEqual(['There'])
  })

  test('reads see what the transaction wrote, and nobody else does', async () => {
    const host = await newHost()
    await undone(
      host.db.transaction().execute(async (trx) => {
        const me = host.me.within(trx)
        const { id } = await me.leads.create({ name: 'Ada Byron' })
        expect((await me.leads.get(id)).name).toBe('Ada Byron')
        expect((await me.leads.list({ count: 'exact' })).count).toBe(1)
        expect(await me.leads.can('update', id)).toBe(true)
        expect((await me.timeline({ type: 'leads', id })).items).toHaveLength(1)
        throw new Undo()
      }),
    )
    expect((await host.me.leads.list()).items).toEqual([])
  })

  test('users synced in a transaction that is rolled back are forgotten with it', async () => {
    const host = await newHost()
    await undone(
      host.db.transaction().execute(async (trx) => {
        await host.crm
          .asSystem({ reason: 'test' })
          .within(trx)
          .users.sync([{ id: 'eve', name: 'Eve', roles: ['admin'] }])
        const eve = host.crm.as({ user: 'eve' }).within(trx)
        await eve.leads.create({ name: 'By Eve' })
        throw new Undo()
      }),
    )
    expect(await refusalOf(() => host.crm.as({ user: 'eve' }).leads.list())).toBe('FORBIDDEN leads read-not-granted')
  })
})

describe('beside the host', () => {
  test('a write of the host while our transaction is open is not lost', async () => {
    let host: Host | undefined
    const pending: Promise<unknown>[] = []
    const inTransaction = async () => {
      if (pending.length === 0)
        pending.push((host as Host).db.insertInto('invoice').values(invoice('meanwhile')).execute())
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    host = await newHost({ hooks: { leads: { inTransaction } } })
    await host.me.leads.create({ name: 'Ada' })
    await Promise.all(pending)
    expect([await host.invoices(), await host.leads()]).toEqual([['meanwhile'], ['Ada']])
  })

  test('our rollback does not take the host’s write along', async () => {
    let host: Host | undefined
    const pending: Promise<unknown>[] = []
    const inTransaction = async () => {
      pending.push((host as Host).db.insertInto('invoice').values(invoice('meanwhile')).execute())
      await new Promise((resolve) => setTimeout(resolve, 20))
      throw new Undo()
    }
    host = await newHost({ hooks: { leads: { inTransaction } } })
    await undone(host.me.leads.create({ name: 'Ada' }))
    await Promise.all(pending)
    expect([await host.invoices(), await host.leads()]).toEqual([['meanwhile'], []])
  })

  test('the very first call may be inside a host transaction', async () => {
    const host = await newHost()
    const cold = createCrm({ storage: host.place.open() })
    await host.db.transaction().execute((trx) => cold.as({ user: 'ada' }).within(trx).leads.create({ name: 'First' }))
    expect(await host.leads()).toEqual(['First'])
  })

  test('an unmigrated database says so inside a host transaction, which stays usable', async () => {
    const host = await newHost({ migrate: false })
    await besideHost(host, async (me) =>
      expect(await refusalOf(() => me.leads.create({ name: 'x' }))).toBe('NOT_MIGRATED storage not-migrated'),
    )
    expect(await host.invoices()).toEqual(['before', 'after'])
  })

  test('close leaves the host’s Kysely open', async () => {
    const host = await newHost()
    await host.crm.close()
    await host.db.insertInto('invoice').values(invoice('after close')).execute()
    expect(await host.invoices()).toEqual(['after close'])
    expect(await refusalOf(() => host.me.leads.list())).toBe('CLOSED crm closed')
    await undone(
      host.db.transaction().execute(async (trx) => {
        expect(await refusalOf(() => host.me.within(trx).leads.create({ name: 'x' }))).toBe('CLOSED crm closed')
        throw new Undo()
      }),
    )
  })

  test('plugins of the host do not change what we read', async () => {
    const host = await newHost({ plugins: [new CamelCasePlugin(), new ParseJSONResultsPlugin()] })
    const { id } = await host.me.contacts.create({
      firstName: '{"a":1}',
      lastName: '[1]',
      emails: ['ada@example.com'],
      tags: ['VIP'],
      consent: { email: true },
    })
    expect(await host.me.contacts.get(id)).toMatchObject({
      firstName: '{"a":1}',
      lastName: '[1]',
      tags: ['VIP'],
      consent: { email: true },
    })
  })

  test('the host’s own failure inside our transaction comes out as it is', async () => {
    const host = await newHost({ hooks: { leads: { inTransaction: () => Promise.reject(new Undo('mine')) } } })
    await undone(host.me.leads.create({ name: 'x' }))
  })

  // On PGlite we are beside the Kysely instance, not behind it: destroying it does not close the database.
  test.skipIf(DATABASE === 'pglite')('a destroyed Kysely is a storage error, not one of the driver', async () => {
    const host = await newHost()
    await host.me.leads.create({ name: 'Before' })
    await host.db.destroy()
    expect(await refusalOf(() => host.me.leads.create({ name: 'x' }))).toMatch(/^STORAGE storage/)
    expect(await refusalOf(() => host.me.leads.list())).toMatch(/^STORAGE storage/)
  })
})

describe('what is refused', () => {
  // The options of one adapter.
  sqliteOnly('raw handles and other things that are no Kysely', async () => {
    const database = new SQLite(':memory:')
    for (const wrong of [database, {}, null, undefined, 'crm.db']) {
      expect(await refusalOf(() => sqlite({ kysely: wrong }))).toBe('VALIDATION storage not-a-database')
    }
    for (const wrong of [database, undefined, '', 5])
      expect(await refusalOf(() => sqlite({ file: wrong as never }))).toBe('VALIDATION storage not-a-database')
    expect(await refusalOf(() => sqlite({} as never))).toBe('VALIDATION storage not-a-database')
    expect(await refusalOf(() => sqlite(undefined as never))).toBe('VALIDATION storage not-a-database')
  })

  test('what is no transaction, or of no Kysely', async () => {
    const { me, db } = await newHost()
    for (const wrong of [db, {}, null, 'trx', undefined])
      expect(await refusalOf(() => me.within(wrong as never))).toBe('VALIDATION within not-a-transaction')
  })

  // A server lets anyone in who has a connection to it; a file of our own is open to us alone.
  sqliteOnly('a transaction of the host on a file that is ours', async () => {
    const { db } = await newHost()
    const own = createCrm({ storage: sqlite({ file: ':memory:' }) }).as({ user: 'ada' })
    await db
      .transaction()
      .execute(async (trx) => expect(await refusalOf(() => own.within(trx))).toBe('VALIDATION within not-joinable'))
  })
})
