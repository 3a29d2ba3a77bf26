import { mysql } from '@rapport/adapters/mysql'
import type { Crm } from '@rapport/core'
import { createCrm } from '@rapport/core'
import type { Session, Storage } from '@rapport/core/storage'
import { sql } from '@rapport/core/storage'
import { Kysely, MysqlDialect } from 'kysely'
import { createPool as createCallbackPool } from 'mysql2'
import { createPool } from 'mysql2/promise'
import { describe, expect, onTestFinished, test } from 'vitest'
import { migrate, migrationStatements, tablesOn } from '../src/storage/migrate'
import { addPeople, type Client } from './support/crm'
import { DATABASE, newPlace as lend } from './support/databases'
import { mysqlPool } from './support/mysql'
import { refusalOf } from './support/outcome'
import { RESERVED } from './support/reserved-words'

const url = process.env.RAPPORT_MYSQL_URL as string
const ruleOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error) => error.rule)

function newPool(options: object = {}) {
  const pool = createPool({ uri: url, ...options })
  onTestFinished(() => pool.end())
  return pool
}

async function newPlace() {
  const storage = (await lend()).open()
  return { storage, database: storage.table('lead').split('`')[1] as string }
}

/** A promise that another side can fulfil. */
function signal() {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { give, given }
}

/** Holds values until told, and says when it has them. */
function holder(storage: Storage, values: readonly string[] | 'all', tenant = 't', space = 'leads') {
  const [has, may] = [signal(), signal()]
  const done = storage.transaction(async (session) => {
    for (const { text, params } of storage.dialect.guard?.(tenant, space, values) ?? []) await session.run(text, params)
    has.give()
    await may.given
  })
  return { has: has.given, let: may.give, done }
}

const soon = (work: Promise<unknown>) =>
  Promise.race([work.then(() => true), new Promise((resolve) => setTimeout(resolve, 400)).then(() => false)])

describe.runIf(DATABASE === 'mysql')('what only MySQL and MariaDB do', () => {
  describe('holding values', () => {
    test('waits for who holds the same one, and for nobody else', async () => {
      const { storage } = await newPlace()
      for (const again of [false, true]) {
        const first = holder(storage, ['ada@x.example', 'bob@x.example'])
        await first.has
        const [same, other, elsewhere] = [
          holder(storage, ['bob@x.example']),
          holder(storage, ['cyd@x.example']),
          holder(storage, ['bob@x.example'], 'u'),
        ]
        expect([again, await soon(other.has), await soon(elsewhere.has), await soon(same.has)]).toEqual([
          again,
          true,
          true,
          false,
        ])
        first.let()
        await same.has
        for (const one of [same, other, elsewhere]) one.let()
        await Promise.all([first, same, other, elsewhere].map(({ done }) => done))
      }
    })

    test('the whole space waits for every value, and every value for it', async () => {
      const { storage } = await newPlace()
      const value = holder(storage, ['ada'])
      await value.has
      const all = holder(storage, 'all')
      expect(await soon(all.has)).toBe(false)
      value.let()
      await all.has
      const [late, other] = [holder(storage, ['zoe']), holder(storage, ['zoe'], 't', 'contacts')]
      expect([await soon(late.has), await soon(other.has)]).toEqual([false, true])
      all.let()
      await late.has
      for (const one of [late, other]) one.let()
      await Promise.all([value, all, late, other].map(({ done }) => done))
    })
  })

  test('text is compared and sorted by code point: case, accents and blanks at the end count', async () => {
    const { storage } = await newPlace()
    const names = ['a', 'a ', 'A', 'á', 'ä', 'ss', 'ß', 'Z', 'z', '', '\u{1F680}', '\uFF5E', 'b\t']
    const team = storage.table('team')
    await storage.transaction(async (session) => {
      for (const name of names)
        await session.run(`insert into ${team} (tenant_id, id, name) values (?, ?, ?)`, ['t', `x${name}`, name])
    })
    const byCodePoint = [...names].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    for (const column of ['name', 'id'])
      expect((await storage.read(`select name from ${team} order by ${column}`, [])).flat()).toEqual(byCodePoint)
    for (const name of names) {
      expect(await storage.read(`select name from ${team} where name = ?`, [name])).toEqual([[name]])
      expect(await storage.read(`select name from ${team} where id = ?`, [`x${name}`])).toEqual([[name]])
    }
    expect(await storage.read(`select count(*) from ${team} group by name`, [])).toHaveLength(names.length)
  })

  test('contains knows upper and lower case of a to z, and of no other letter, as on SQLite', async () => {
    const { storage } = await newPlace()
    const found = async (text: string, needle: string) => {
      const query = sql`select case when ${storage.dialect.contains(sql`${text}`, needle, 'anywhere')} then 1 else 0 end`
      return Number((await storage.read(query.text, query.params))[0]?.[0])
    }
    expect(await found('Ada LOVELACE', 'lovel')).toBe(1)
    expect(await found('Émile', 'ém')).toBe(0)
    expect(await found('Émile', 'ÉM')).toBe(1)
    expect(await found('Ä', 'a')).toBe(0)
    expect(await found('㩀', 'é')).toBe(0)
    expect(await found('100% | _', '% | _')).toBe(1)
    expect(await found('100', '%')).toBe(0)
  })

  test('insert-or-ignore says whether it inserted, and lets no other error pass', async () => {
    const { storage } = await newPlace()
    const member = storage.table('team_member')
    const insert = storage.dialect.insertOrIgnore(storage.table('team'), ['tenant_id', 'id', 'name'])
    await storage.transaction(async (session) => {
      expect(await session.run(insert, ['t', 'a', 'A'])).toBe(1)
      expect(await session.run(insert, ['t', 'a', 'B'])).toBe(0)
      expect(await session.run(insert, ['t', 'b', 'B'])).toBe(1)
    })
    const orphan = storage.dialect.insertOrIgnore(member, ['tenant_id', 'team_id', 'user_id'])
    expect(await ruleOf(storage.transaction(async ({ run }) => run(orphan, ['t', 'a', 'nobody'])))).toBe('foreign-key')
    const long = storage.transaction(async ({ run }) => run(insert, ['t', 'x'.repeat(256), 'A']))
    expect(await ruleOf(long)).toBe('failed')
  })

  test('an update counts the rows it found, whatever the flags and the mode of the pool', async () => {
    const { database } = await newPlace()
    const pool = newPool({
      flags: ['-FOUND_ROWS'],
      supportBigNumbers: true,
      bigNumberStrings: true,
      rowsAsArray: false,
    })
    const storage = mysql({ pool, database })
    const team = storage.table('team')
    await storage.transaction(async ({ run }) => {
      await run(`insert into ${team} (tenant_id, id, name) values (?, ?, ?)`, ['t', 'a', 'A'])
      expect(await run(`update ${team} set name = ? where id = ?`, ['A', 'a'])).toBe(1)
      expect(await run(`update ${team} set name = name`, [])).toBe(1)
    })
    expect(await storage.read(`select count(*), sum(9007199254740991), 1.5 from ${team}`, [])).toEqual([
      [1, 9007199254740991, 1.5],
    ])
  })

  test('after a deadlock nothing more of the transaction runs', async () => {
    const { storage } = await newPlace()
    const team = storage.table('team')
    const update = `update ${team} set name = ? where tenant_id = ? and id = ?`
    await storage.transaction(async ({ run }) => {
      for (const id of ['a', 'b'])
        await run(`insert into ${team} (tenant_id, id, name) values (?, ?, ?)`, ['t', id, 'old'])
    })
    const [hasA, hasB] = [signal(), signal()]
    const cross = async (session: Session, mine: ReturnType<typeof signal>, first: string, then: string) => {
      const set = async (name: string, id: string) => session.run(update, [name, 't', id])
      await set(`by ${first}`, first)
      mine.give()
      await (mine === hasA ? hasB : hasA).given
      // The loser goes on as if nothing were wrong.
      await set(`by ${first}`, then).catch(() => set('stray', first).catch(() => {}))
    }
    const rules = await Promise.all([
      ruleOf(storage.transaction((session) => cross(session, hasA, 'a', 'b'))),
      ruleOf(storage.transaction((session) => cross(session, hasB, 'b', 'a'))),
    ])
    expect(rules.filter((rule) => rule === 'conflict')).toHaveLength(1)
    const names = (await storage.read(`select name from ${team} order by id`, [])).flat()
    expect(new Set(names).size).toBe(1)
    expect(names).not.toContain('stray')
  })

  test('limits of time are ours alone: the host’s connection is left as it was', async () => {
    const { database } = await newPlace()
    const pool = newPool({ connectionLimit: 1 })
    const state = async () =>
      JSON.stringify(
        (
          await pool.query(
            'select @@sql_mode, @@innodb_lock_wait_timeout, @@max_statement_time, @@tx_isolation, @@autocommit',
          )
        )[0],
      )
    await pool.query("set session innodb_lock_wait_timeout = 33, sql_mode = 'ANSI_QUOTES'")
    const before = await state()
    const storage = mysql({ pool, database, lockTimeout: 1000, statementTimeout: 300 })
    expect(await ruleOf(Promise.resolve(storage.read('select sleep(5)', [])))).toBe('timeout')
    expect(await state()).toBe(before)
    const inside = await storage.transaction(async ({ all, run }) => {
      const isolation = `select trx_isolation_level from information_schema.innodb_trx where trx_mysql_thread_id = connection_id()`
      await run(`insert into ${storage.table('team')} (tenant_id, id, name) values (?, ?, ?)`, ['t', 'a', 'A'])
      return [await all(isolation, []), await all('select @@innodb_lock_wait_timeout', [])].flat(2)
    })
    expect(inside).toEqual(['READ COMMITTED', 1])
    expect(await state()).toBe(before)
    expect(await ruleOf(storage.transaction(async ({ all }) => all('select sleep(5)', [])))).toBe('timeout')
    expect(await state()).toBe(before)
  })

  test('a row that another transaction holds is waited for so long, and claimed work is skipped', async () => {
    const { storage, database } = await newPlace()
    const quick = mysql({ pool: newPool(), database, lockTimeout: 1000 })
    const team = storage.table('team')
    const [has, may] = [signal(), signal()]
    await storage.transaction(async ({ run }) =>
      run(`insert into ${team} (tenant_id, id, name) values (?, ?, ?)`, ['t', 'a', 'A']),
    )
    const holding = storage.transaction(async ({ all }) => {
      await all(`select id from ${team} where tenant_id = ? and id = ? for update`, ['t', 'a'])
      has.give()
      await may.given
    })
    await has.given
    const claim = `select id from ${team} where tenant_id = ? order by id limit 5${quick.dialect.lockRows}`
    expect(await quick.transaction(async ({ all }) => all(claim, ['t']))).toEqual([])
    const wanting = quick.transaction(async ({ run }) => run(`update ${team} set name = ? where id = ?`, ['B', 'a']))
    expect(await ruleOf(wanting)).toBe('busy')
    may.give()
    await holding
  })

  describe('in a transaction of the host', () => {
    async function newHost() {
      const { database } = await newPlace()
      const pool = newPool({ database })
      const crm = createCrm({ storage: mysql({ pool }) }) as Crm
      await addPeople(crm.asSystem({ reason: 'test' }) as Client)
      const leads = async () => (await pool.query('select name from crm_lead order by name'))[0]
      return { database, pool, leads, me: crm.as({ user: 'ada' }) as Client }
    }

    test('a connection of mysql2: what the host rolls back or commits is what there is', async () => {
      const { pool, me, leads } = await newHost()
      const connection = await pool.getConnection()
      await connection.query('start transaction')
      await me.within(connection).leads.create({ name: 'Gone' })
      await connection.query('rollback')
      expect(await leads()).toEqual([])
      await connection.query('start transaction')
      const mine = me.within(connection)
      const lead = await mine.leads.create({ name: 'Kept' })
      expect(await refusalOf(() => mine.leads.update(lead.id, { status: 'no such' } as never))).toContain('VALIDATION')
      await mine.leads.update(lead.id, { phone: '+4930901820' })
      await connection.query('commit')
      connection.release()
      expect(await leads()).toEqual([{ name: 'Kept' }])
    })

    test('a Kysely transaction', async () => {
      const { database, me, leads } = await newHost()
      const pool = createCallbackPool({ uri: url, database })
      const db = new Kysely<unknown>({ dialect: new MysqlDialect({ pool }) })
      onTestFinished(() => db.destroy())
      const undone = db.transaction().execute(async (trx) => {
        await me.within(trx).leads.create({ name: 'Gone' })
        throw new Error('no')
      })
      await expect(undone).rejects.toThrow('no')
      await db.transaction().execute(async (trx) => {
        const lead = await me.within(trx).leads.create({ name: "It's; 🚀 \\ kept" })
        await me.within(trx).leads.update(lead.id, { score: 7 })
        expect((await me.within(trx).leads.list({ where: { score: { gte: 7 } } as never })).items).toHaveLength(1)
      })
      expect(await leads()).toEqual([{ name: "It's; 🚀 \\ kept" }])
    })

    test('what is none is refused before anything is written', async () => {
      const { pool, me, leads } = await newHost()
      const connection = await pool.getConnection()
      const strangers = [connection, pool, (connection as unknown as { connection: object }).connection]
      for (const stranger of strangers) {
        const attempt = async () => me.within(stranger).leads.create({ name: 'Stray' })
        expect(await refusalOf(attempt)).toBe('VALIDATION within not-a-transaction')
      }
      connection.release()
      expect(await leads()).toEqual([])
    })
  })

  test('an SKU is free again once its product is deleted, and taken while it is not', async () => {
    const { storage } = await newPlace()
    const product = `insert into ${storage.table('product')} (tenant_id, id, name, name_fold, sku, active, created_at, updated_at, version, deleted_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
    const add = (id: string, sku: string | null, deleted: number | null) =>
      storage.transaction(async ({ run }) => run(product, ['t', id, id, id, sku, 1, 0, 0, 1, deleted]))
    await add('a', 'E-1', 1)
    await add('b', 'E-1', 1)
    await add('c', 'E-1', null)
    await add('d', null, null)
    await add('e', null, null)
    expect(await ruleOf(add('f', 'E-1', null))).toBe('unique')
  })

  test('a migration that was cut short goes on where it stopped', async () => {
    const pool = mysqlPool()
    const database = `rapport_cut_${process.pid}`
    onTestFinished(async () => {
      await pool.query(`drop database ${database}`)
      await pool.end()
    })
    await pool.query(`drop database if exists ${database}; create database ${database}`)
    const storage = mysql({ pool, database })
    const statements = migrationStatements(storage, new Date(0))
    // Cut in the middle of making tables, and where earlier tables have begun to get their columns, and their indexes of parts.
    const first = (text: string) => statements.findIndex((sql) => sql.startsWith('alter table') && sql.includes(text))
    for (const until of [9, first('add column') + 2, first('fulltext') + 2]) {
      await pool.query(`drop database ${database}; create database ${database}`)
      for (const statement of statements.slice(0, until)) await pool.query(statement)
      expect((await migrate(storage, new Date(0))).pending).not.toEqual([])
    }
    expect((await migrate(storage, new Date(0))).pending).toEqual([])
    for (const { name } of tablesOn(storage)) await storage.read(`select 1 from ${storage.table(name)}`, [])
  })

  test('indexes keep the columns they are searched and sorted by; unique ones are never cut', async () => {
    const { storage, database } = await newPlace()
    const rows = await storage.read(
      'select table_name, index_name, column_name, sub_part, non_unique from information_schema.statistics where table_schema = ? order by table_name, index_name, seq_in_index',
      [database],
    )
    expect(rows.filter(([, , , part]) => part !== null)).toEqual([])
    const dropped: string[] = []
    for (const table of tablesOn(storage)) {
      for (const index of table.indexes ?? []) {
        const stored = rows.filter(([t, i]) => t === `crm_${table.name}` && i === index.name).map((row) => row[2])
        // The primary key is in every index anyway.
        const missing = index.columns.filter(
          (name) => !stored.includes(name) && !index.unique && !table.primaryKey.includes(name),
        )
        if (missing.length > 0) dropped.push(`${index.name}: ${missing.join(' ')}`)
      }
    }
    expect(dropped).toEqual([])
  })

  test('a column whose name is reserved, on MySQL 8 too, reaches the server in quotes', async () => {
    const { database } = await newPlace()
    const [real, sent] = [newPool(), [] as string[]]
    const pool = {
      end: () => real.end(),
      async getConnection() {
        const connection = await real.getConnection()
        const noting = (query: { sql: string }) => {
          sent.push(query.sql)
          return connection.query(query)
        }
        return { query: noting, release: () => connection.release() }
      },
    }
    const storage = mysql({ pool: pool as never, database })
    const clashing = new Set<string>()
    for (const { name: table, columns } of tablesOn(storage)) {
      for (const { name } of columns) {
        if (!RESERVED.has(name)) continue
        clashing.add(name)
        await storage.read(
          `select ${name}, r.${name} from ${storage.table(table)} r where ${name}=1 or (${name} is null)`,
          [],
        )
        const rest = sent.at(-1)?.replaceAll(`\`${name}\``, '').replace(`r.${name}`, '').replaceAll(`_${name}`, '')
        expect(rest).not.toMatch(new RegExp(`\\b${name}\\b`))
      }
    }
    expect(clashing.size).toBeGreaterThan(2)
  })

  test('what goes wrong says what to do', async () => {
    const { database } = await newPlace()
    const at = (text: string, options: object = {}) => {
      const storage = mysql({ url: text, ...options })
      onTestFinished(() => storage.close())
      return ruleOf(Promise.resolve(storage.read(`select 1 from ${storage.table('lead')}`, [])))
    }
    const here = new URL(url)
    const with_ = (change: (to: URL) => void) => {
      const copy = new URL(here)
      change(copy)
      return copy.href
    }
    expect(await at(url, { database: 'rapport_no_such' })).toBe('missing-table')
    expect(
      await at(
        with_((to) => {
          to.pathname = '/rapport_no_such'
        }),
      ),
    ).toBe('missing-database')
    expect(await at(url, { database, tablePrefix: 'no_' })).toBe('missing-table')
    expect(
      await at(
        with_((to) => {
          to.port = '1'
        }),
      ),
    ).toBe('connection')
    expect(
      await at(
        with_((to) => {
          to.username = 'stranger'
          to.password = 'wrong'
        }),
      ),
    ).toBe('credentials')
    const latin = mysql({ pool: newPool({ charset: 'LATIN1_SWEDISH_CI' }), database })
    expect(await ruleOf(Promise.resolve(latin.read('select 1', [])))).toBe('encoding')
    const readOnly = mysql({ pool: newPool(), database }).transaction(async ({ run }) => {
      await run('commit', [])
      await run('start transaction read only', [])
      await run(`insert into ${database}.crm_team (tenant_id, id, name) values (?, ?, ?)`, ['t', 'a', 'A'])
    })
    expect(await ruleOf(readOnly)).toBe('read-only')
    const small = mysql({ pool: newPool({ connectionLimit: 1 }), database, patience: 50 })
    expect(await ruleOf(small.transaction(async () => small.read('select 1', [])))).toBe('busy')
  })

  test('a connection that is lost fails its call alone', async () => {
    const { database, storage: other } = await newPlace()
    const storage = mysql({ pool: newPool({ connectionLimit: 1 }), database })
    const lost = storage.transaction(async ({ all }) => {
      const [[id] = []] = await all('select connection_id()', [])
      await other.transaction(async ({ run }) => run(`kill ${Number(id)}`, []))
      await all('select 1', [])
    })
    expect(await ruleOf(lost)).toBe('connection')
    expect(await storage.read('select 1', [])).toEqual([[1]])
  })
})
