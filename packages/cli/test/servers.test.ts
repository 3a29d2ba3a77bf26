import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { rapport } from './support/rapport'

const POSTGRES = (inject('postgresUrl' as never) as string | undefined) ?? process.env.RAPPORT_POSTGRES_URL
let made = 0

describe.skipIf(!POSTGRES)(`on PostgreSQL${POSTGRES ? '' : ' (skipped: set RAPPORT_POSTGRES_URL)'}`, () => {
  async function place() {
    const schema = `cli${process.pid}_${made++}`
    const client = new Client({ connectionString: POSTGRES })
    await client.connect()
    onTestFinished(async () => {
      await client.query(`drop schema if exists ${schema} cascade`)
      await client.end()
    })
    const at = ['--database-url', POSTGRES as string, '--schema', schema, '--table-prefix', 'x_']
    const policies = async () =>
      (await client.query('select 1 from pg_policies where schemaname = $1', [schema])).rowCount ?? 0
    return { client, schema, at, policies }
  }

  test('migrate, status and migrate again', async () => {
    const { at, policies } = await place()
    expect((await rapport('status', ...at)).code).toBe(1)
    expect((await rapport('migrate', ...at)).out.at(-1)).toMatch(/^The schema is at version/)
    expect((await rapport('status', ...at)).code).toBe(0)
    expect((await rapport('migrate', ...at)).out).toEqual([expect.stringMatching(/^Nothing to do/)])
    expect(await policies()).toBe(0)
  })

  test('what sql prints makes a database with nothing pending, fenced, and open to the role', async () => {
    const { client, schema, at, policies } = await place()
    const role = `rapport_cli_${process.pid}`
    await client.query(`create role ${role}`)
    onTestFinished(async () => void (await client.query(`drop schema ${schema} cascade; drop role ${role}`)))
    const { out } = await rapport('sql', ...at, '--rls', '--grant-to', role)
    await client.query(out.join('\n'))
    expect((await rapport('status', ...at)).code).toBe(0)
    expect(await policies()).toBeGreaterThan(20)
    const { rows } = await client.query(`select has_table_privilege('${role}', '${schema}.x_lead', 'insert') as may`)
    expect(rows).toEqual([{ may: true }])
  })

  test('the lines about row-level security, taken out of the SQL, fence a database that is there already', async () => {
    const { client, schema, at, policies } = await place()
    await rapport('migrate', ...at)
    const { out } = await rapport('sql', ...at, '--rls')
    const lines = out.join('\n').split('\n')
    await client.query(lines.filter((line) => /row level security|create policy/.test(line)).join('\n'))
    const fenced = 'relrowsecurity and relforcerowsecurity'
    const { rows } = await client.query(
      `select relname from pg_class where relnamespace = '${schema}'::regnamespace and relkind = 'r' and not (${fenced})`,
    )
    expect(rows.map(({ relname }) => relname).sort()).toEqual(['x_migration', 'x_search_fill'])
    expect(await policies()).toBeGreaterThan(20)
  })

  test.each([
    ['a user that is not there', { username: 'nobody_here' }, /does not let nobody_here in/],
    ['a database that is not there', { pathname: '/none' }, /There is no database none on/],
  ])('%s', async (_, change, said) => {
    const url = Object.assign(new URL(POSTGRES as string), { password: 'sesame', ...change })
    const { code, err } = await rapport('status', '--database-url', url.href)
    expect(code).toBe(2)
    expect(err[0]).toMatch(said)
    expect(err[0]).not.toContain('sesame')
  })

  test('a role that may not make tables', async () => {
    const { client, schema } = await place()
    const role = `rapport_guest_${process.pid}`
    await client.query(`create role ${role} login password 'sesame'`)
    onTestFinished(async () => void (await client.query(`drop role ${role}`)))
    const url = new URL(POSTGRES as string)
    url.username = role
    url.password = 'sesame'
    const { code, err } = await rapport('migrate', '--database-url', url.href, '--schema', schema)
    expect(code).toBe(2)
    expect(err[0]).toMatch(new RegExp(`${role} may not do that: permission denied.*\n.*owner`))
  })
})

const MYSQL = process.env.RAPPORT_MYSQL_URL
const noMysql = !MYSQL
  ? 'skipped: set RAPPORT_MYSQL_URL'
  : await import('@rapport/adapters/mysql' as string).then(
      () => undefined,
      () => 'skipped: no adapter yet',
    )

describe.skipIf(noMysql)(`on MySQL${noMysql ? ` (${noMysql})` : ''}`, () => {
  test('migrate, status, and the printed SQL', async () => {
    const client = await createConnection({ uri: MYSQL as string, multipleStatements: true })
    const name = `cli_${process.pid}`
    await client.query(`create database ${name}_a; create database ${name}_b`)
    onTestFinished(async () => {
      await client.query(`drop database ${name}_a; drop database ${name}_b`)
      await client.end()
    })
    const at = (database: string) => {
      const url = new URL(MYSQL as string)
      url.pathname = `/${database}`
      return ['--database-url', url.href]
    }
    expect((await rapport('migrate', ...at(`${name}_a`))).out.at(-1)).toMatch(/^The schema is at version/)
    expect((await rapport('status', ...at(`${name}_a`))).code).toBe(0)
    const { out } = await rapport('sql', ...at(`${name}_b`))
    await client.query(`use ${name}_b; ${out.join('\n')}`)
    expect((await rapport('status', ...at(`${name}_b`))).code).toBe(0)
  })
})
