import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCrm, field } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { newStorage } from './support/databases'

const corpus = process.env.RAPPORT_CORPUS

async function setUp(country?: string) {
  const crm = createCrm({
    storage: await newStorage(),
    settings: { country, currency: 'EUR' },
    fields: { leads: { tier: field.select(['gold', 'silver']) } },
  })
  await crm.migrate()
  await crm.asSystem({ reason: 'test' }).users.sync([
    { id: 'boss', name: 'Boss', roles: ['admin'] },
    { id: 'rep', name: 'Rosa Rep', email: 'rosa@example.com', roles: ['sales'] },
  ])
  return { crm, me: crm.as({ user: 'boss' }) }
}

describe('import of leads', () => {
  test('creates a lead for each row, under its mapped fields', async () => {
    const { me } = await setUp('DE')
    const csv =
      'Full Name;E-Mail;Telefon;Firma;Tier;Owner\r\nAda Byron;Ada@Example.com;030 901820;Engines;Gold;rosa@example.com\r\n'
    const result = await me.leads.import(csv)
    expect(result).toMatchObject({ rows: 1, created: 1, failed: 0, delimiter: ';' })
    const { items } = await me.leads.list()
    expect(items[0]).toMatchObject({
      name: 'Ada Byron',
      email: 'Ada@Example.com',
      phone: '030 901820',
      company: 'Engines',
      owner: 'rep',
      custom: { tier: 'gold' },
    })
  })

  test('reports each refused row by line and column, and keeps the others', async () => {
    const { me } = await setUp()
    let failed = ''
    const csv =
      'name,email,score\nAda,ada@example.com,5\nBob,not-an-email,6\nEve,eve@example.com,101\nZoe,zoe@example.com,7\n'
    const result = await me.leads.import(csv, {
      onFailedRows: (text) => {
        failed += text
      },
    })
    expect(result).toMatchObject({ rows: 4, created: 2, failed: 2 })
    expect(result.errors.map(({ line, column, rule }) => [line, column, rule])).toEqual([
      [3, 'email', 'invalid-email'],
      [4, 'score', 'too-large'],
    ])
    expect(failed.split('\r\n')[0]).toBe('name,email,score,Problem')
    expect(failed).toContain('Bob,not-an-email,6,')
  })

  test('finds duplicates in the file and in the database by normalised email', async () => {
    const { me } = await setUp()
    await me.leads.create({ name: 'Old', email: 'ADA@example.com' })
    const result = await me.leads.import('name,email\nA,ada@Example.COM\nB,bob@example.com\nC,BOB@example.com\n')
    expect(result).toMatchObject({ created: 1, failed: 2 })
    expect(result.errors.map(({ line, rule }) => [line, rule])).toEqual([
      [2, 'duplicate'],
      [4, 'duplicate'],
    ])
  })

  test('upserts: changes what is there, creates what is not, leaves alone what is equal', async () => {
    const { me } = await setUp()
    const ada = await me.leads.create({ name: 'Ada', email: 'ada@example.com', score: 1 })
    await me.leads.create({ name: 'Bob', email: 'bob@example.com' })
    const result = await me.leads.import(
      'name,email,score\nAda,ADA@example.com,9\nBob,bob@example.com,\nEve,eve@example.com,3\n',
      { mode: 'upsert' },
    )
    expect(result).toMatchObject({ created: 1, updated: 1, unchanged: 1, failed: 0 })
    expect(await me.leads.get(ada.id)).toMatchObject({ score: 9, version: 2, email: 'ADA@example.com' })
  })

  test('update mode refuses what is not there', async () => {
    const { me } = await setUp()
    const result = await me.leads.import('name,email\nAda,ada@example.com\n', { mode: 'update' })
    expect(result).toMatchObject({ created: 0, failed: 1 })
    expect(result.errors[0]).toMatchObject({ line: 2, rule: 'no-match' })
  })

  test('a dry run counts the same and writes nothing', async () => {
    const { me } = await setUp()
    const csv = 'name,email\nAda,ada@example.com\nAda,ada@example.com\nBob,x\n'
    const dry = await me.leads.import(csv, { dryRun: true })
    expect((await me.leads.list()).items).toEqual([])
    const real = await me.leads.import(csv)
    expect({ ...dry, dryRun: false }).toEqual(real)
  })

  test('goes on after the last written row when called again under the same job name', async () => {
    const { me } = await setUp()
    const rows = Array.from({ length: 1200 }, (_, i) => `Person ${i},p${i}@example.com`)
    const csv = `name,email\n${rows.join('\n')}\n`
    const stop = new Error('stop')
    await expect(me.leads.import(csv, { job: 'list', onProgress: () => Promise.reject(stop) })).rejects.toBe(stop)
    expect((await me.leads.list({ count: 'exact' })).count).toBe(500)
    const result = await me.leads.import(csv, { job: 'list' })
    expect(result).toMatchObject({ rows: 1200, created: 1200, failed: 0 })
    expect((await me.leads.list({ count: 'exact' })).count).toBe(1200)
    expect(await me.leads.import(csv, { job: 'list' })).toMatchObject({ created: 1200 })
    expect((await me.leads.list({ count: 'exact' })).count).toBe(1200)
  })

  test('needs the import permission', async () => {
    const { crm } = await setUp()
    await expect(crm.as({ user: 'rep' }).leads.import('name\nAda\n')).rejects.toMatchObject({
      code: 'FORBIDDEN',
      rule: 'import-not-granted',
    })
  })
})

describe('import of contacts', () => {
  test('links companies by name and creates the missing ones once', async () => {
    const { me } = await setUp()
    await me.companies.create({ name: 'Ácme' })
    const result = await me.contacts.import(
      'first name,last name,email,company\nA,B,a@example.com,acme\nC,D,c@example.com,Globex\nE,F,e@example.com,GLOBEX\n',
    )
    expect(result).toMatchObject({ created: 3, failed: 0 })
    const companies = await me.companies.list({ orderBy: { name: 'asc' } })
    expect(companies.items.map((one) => one.name)).toEqual(['Ácme', 'Globex'])
  })

  test('a refused row leaves no company behind', async () => {
    const { me } = await setUp()
    await me.contacts.create({ emails: ['taken@example.com'], lastName: 'X' })
    const result = await me.contacts.import('last name,email,company\nY,taken@example.com,New Corp\n', { key: 'email' })
    expect(result.failed).toBe(1)
    expect((await me.companies.list()).items).toEqual([])
  })

  test.skipIf(!corpus)('500 messy contacts: every row, every company once', async () => {
    const { me } = await setUp('US')
    const file = readFileSync(join(corpus as string, 'contacts-csv/atomic-crm-contacts-500.csv'))
    const result = await me.contacts.import(file, { dateFormat: 'month-first' })
    expect(result.rows).toBe(500)
    expect(result.created).toBe(500)
    expect((await me.companies.list({ count: 'exact' })).count).toBe(55)
  })
})

describe('export', () => {
  test('gives back what was imported, with formulas made harmless', async () => {
    const { me } = await setUp()
    await me.leads.create({ name: '=1+1', email: 'a@example.com' })
    let text = ''
    for await (const piece of me.leads.export({ fields: ['name', 'email'] })) text += piece
    expect(text).toBe("name,email\r\n'=1+1,a@example.com\r\n")
  })
})
