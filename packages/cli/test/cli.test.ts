import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rapport } from './support/rapport'

let folder = ''
let file = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rapport-cli-'))
  file = join(folder, 'crm.db')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('on SQLite', () => {
  test('status of a file that is not there: everything is pending, and no file is made', async () => {
    const { code, out } = await rapport('status', '--database-url', file)
    expect(code).toBe(1)
    expect(out[0]).toBe(`There is no file ${file} yet.`)
    expect(out[1]).toBe('current  0, nothing is installed')
    expect(out[3]).toMatch(/^pending {2}1 foundation/)
    expect(existsSync(file)).toBe(false)
  })

  test('migrate tells of each migration with its time, and the second time that there is nothing to do', async () => {
    const first = await rapport('migrate', '--database-url', `sqlite:${file}`)
    expect(first).toMatchObject({ code: 0, err: [] })
    expect(first.out[0]).toMatch(/^1 foundation, \d+(\.\d)? m?s$/)
    expect(first.out.at(-1)).toMatch(/^The schema is at version \d+\.$/)
    const second = await rapport('migrate', '--database-url', `file:${file}`)
    expect(second.code).toBe(0)
    expect(second.out).toEqual([expect.stringMatching(/^Nothing to do: the schema is at version \d+\.$/)])
  })

  test('status afterwards: nothing is pending', async () => {
    const { code, out } = await rapport('status', '--database-url', file)
    expect(code).toBe(0)
    expect(out.at(-1)).toBe('pending  nothing')
  })

  test('the url may come from the environment, and a prefix makes a place of its own', async () => {
    const { code } = await rapport.with({ DATABASE_URL: file })('status', '--table-prefix', 'other_')
    expect(code).toBe(1)
  })

  test('what sql prints makes the same database, and leaves nothing when it stops half-way', async () => {
    const { code, out } = await rapport('sql', '--database-url', 'nowhere.db')
    expect(code).toBe(0)
    expect(existsSync('nowhere.db')).toBe(false)
    const script = out.join('\n')
    const other = join(folder, 'other.db')
    const database = new Database(other)
    const half = script.slice(0, script.indexOf('create table crm_note'))
    expect(() => database.exec(`${half} create table crm_lead (x);`)).toThrow(/already exists/)
    database.exec('rollback')
    expect(database.prepare('select name from sqlite_master').all()).toEqual([])
    database.exec(script)
    database.close()
    expect((await rapport('status', '--database-url', other)).code).toBe(0)
    expect(schemaOf(other)).toEqual(schemaOf(file))
  })

  test('an upgrade from the newest version is nothing', async () => {
    const { out } = await rapport('status', '--database-url', file)
    const target = /\d+/.exec(out[1] as string)?.[0] as string
    expect((await rapport('sql', '--database-url', file, '--from', target)).out).toEqual(['-- Nothing to do.'])
  })

  test('a schema that a newer release has changed is refused, and why', async () => {
    const newer = join(folder, 'newer.db')
    await rapport('migrate', '--database-url', newer)
    const database = new Database(newer)
    database.exec("insert into crm_migration values (98, 'added', 0, 0)")
    expect(await rapport('status', '--database-url', newer)).toMatchObject({
      code: 0,
      out: expect.arrayContaining(['current  98']),
    })
    database.exec("insert into crm_migration values (99, 'renamed', 1, 0)")
    database.close()
    const { code, err } = await rapport('migrate', '--database-url', newer)
    expect(code).toBe(2)
    expect(err[0]).toMatch(
      /^rapport: The database is at schema 99, this release knows \d+\.\n.*Upgrade @rapport\/core/s,
    )
  })
})

function schemaOf(path: string) {
  const database = new Database(path)
  const rows = database.prepare('select name, sql from sqlite_master order by name').raw().all()
  const history = database.prepare('select version, name, breaking from crm_migration').raw().all()
  database.close()
  return { rows, history }
}

describe('what goes wrong is said in two lines at most, with what to do, and exit code 2', () => {
  const PG = 'postgres://ada:se%63ret@127.0.0.1:1/crm'
  test.each<[string[], RegExp]>([
    [['status'], /Which database\?\n.*DATABASE_URL/],
    [['frobnicate', '--database-url', PG], /migrate, status or sql.\n.*--help/],
    [['status', PG], /a word too many.\n.*--database-url/],
    [['status', `--databse-url=${PG}`], /Unknown option '--databse-url'\n.*--help/],
    [['status', '--database-url'], /argument missing/],
    [['status', '--database-url', 'mongodb://ada:secret@host/crm'], /not the url of a database I know.\n.*postgres:/],
    [['status', '--database-url', 'postgres://ada:se#cret@host/crm'], /cannot be read.\n.*%23/],
    [['status', '--database-url', PG], /127.0.0.1:1 cannot be reached: .*ECONNREFUSED.*\n.*host and port/],
    [['sql', '--database-url', PG, '--schema', 'a b'], /--schema: Use letters/],
    [['sql', '--database-url', PG, '--table-prefix', 'A'], /--table-prefix: Use lower-case/],
    [['sql', '--database-url', PG, '--from', '999'], /--from: Give the version/],
    [['sql', '--database-url', PG, '--from', 'one'], /--from is a version/],
    [['migrate', '--database-url', PG, '--from', '1'], /--from goes with sql only/],
    [['status', '--database-url', PG, '--grant-to', 'app'], /--grant-to goes with sql only/],
    [['sql', '--database-url', 'crm.db', '--schema', 'crm'], /--schema is for PostgreSQL.\n.*--table-prefix/],
    [['sql', '--database-url', 'crm.db', '--rls'], /--rls is for PostgreSQL/],
    [['sql', '--database-url', 'crm.db', '--grant-to', 'app'], /--grant-to: There are no such roles/],
    [['migrate', '--database-url', '/no/such/folder/crm.db'], /folder|directory/],
  ])('rapport %j', async (argv, said) => {
    const { code, out, err } = await rapport(...argv)
    expect({ code, out }).toEqual({ code: 2, out: [] })
    expect(err).toHaveLength(1)
    expect(err[0]).toMatch(said)
    expect((err[0] as string).split('\n').length).toBeLessThanOrEqual(2)
    expect(err[0]).not.toMatch(/secret|se%63ret|se#cret|\n +at /)
  })
})

test('--help tells of every command and option', async () => {
  const { code, out } = await rapport('--help')
  expect(code).toBe(0)
  for (const word of ['migrate', 'status', 'sql', '--database-url', '--schema', '--table-prefix', '--rls', '--from'])
    expect(out[0]).toContain(word)
  expect((await rapport()).out).toEqual(out)
})
