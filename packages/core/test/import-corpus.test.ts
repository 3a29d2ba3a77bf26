import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCrm, type Fields, field } from '@rapport/core'
import { type CountryCode, getCountryCallingCode } from 'libphonenumber-js'
import { describe, expect, test } from 'vitest'
import { newStorage } from './support/databases'

/** Real files through the importer, as a host would. Named by RAPPORT_CORPUS; without it: skipped, no corpus. */
const corpus = process.env.RAPPORT_CORPUS ?? ''
const read = (path: string) => readFileSync(join(corpus, path))
const json = (path: string) => JSON.parse(read(path).toString('utf8'))
const cell = (text: string) => `"${text.replaceAll('"', '""')}"`

async function admin(fields: Partial<Record<'leads' | 'contacts', Fields>> = {}) {
  const crm = createCrm({ storage: await newStorage(), fields })
  await crm.migrate()
  await crm.asSystem({ reason: 'test' }).users.sync([{ id: 'boss', name: 'Boss', roles: ['admin'] }])
  return crm.as({ user: 'boss' })
}

describe.skipIf(!corpus)('skipped: no corpus — real files through the importer', () => {
  test('contacts with a byte order mark keep their first column', async () => {
    const me = await admin()
    expect(await me.contacts.import(read('contacts-csv/chatwoot-with_bom.csv'))).toMatchObject({
      created: 1,
      failed: 0,
    })
    expect((await me.contacts.list()).items[0]).toMatchObject({
      lastName: 'Ahmed',
      email: 'ahmed@example.com',
      phone: '+971501234567',
    })
  })

  test('a contact with emoji in its name survives; an impossible number is refused with its line', async () => {
    const me = await admin()
    const file = read('contacts-csv/chatwoot-with_emoji.csv')
    const strict = await me.contacts.import(file)
    expect(strict.errors).toMatchObject([{ line: 2, column: 'phone_number', rule: 'invalid-phone' }])
    expect(await me.contacts.import(file, { mapping: { phone_number: null } })).toMatchObject({ created: 1 })
    expect((await me.contacts.list()).items[0]?.name).toBe('T 🏠 🔥 Test')
  })

  test('every known export finds name, email, phone and company', async () => {
    const me = await admin()
    const exports = json('contacts-csv/export-headers.json') as Record<string, { header?: string[] }>
    const without: Record<string, string[]> = {}
    for (const [name, { header }] of Object.entries(exports)) {
      if (!header) continue
      const csv = `${header.map(cell).join(',')}\n${header.map(() => '').join(',')}\nx${','.repeat(header.length - 1)}\n`
      const { mapping } = await me.contacts.previewImport(csv, { header: true })
      const found = new Set(mapping.map((column) => column.field))
      const person = (found.has('firstName') && found.has('lastName')) || found.has('name')
      const missing = [...(person ? [] : ['name']), ...['emails', 'phones', 'company'].filter((one) => !found.has(one))]
      if (missing.length > 0) without[name] = missing
    }
    // These two formats have no column for phone numbers.
    expect(without).toEqual({ linkedin_connections_csv: ['phones'], pipedrive_activities_export: ['phones'] })
  })

  test('spectrum: each cell of each file arrives as its JSON says', async () => {
    for (const file of readdirSync(join(corpus, 'csv-torture/csv-spectrum/csvs'))) {
      const answer = json(`csv-torture/csv-spectrum/json/${file.replace('.csv', '.json')}`) as
        | Record<string, string>[]
        | Record<string, string>
      const expected = Array.isArray(answer) ? answer : [answer]
      const columns = Object.keys(expected[0] as object)
      const fields = Object.fromEntries(columns.map((_, index) => [`c${index}`, field.text({ max: 5000 })]))
      const me = await admin({ leads: fields })
      const mapping = Object.fromEntries(columns.map((column, index) => [column, `custom.c${index}`]))
      const result = await me.leads.import(read(`csv-torture/csv-spectrum/csvs/${file}`), {
        mapping,
        header: true,
        defaults: { name: 'Row' },
      })
      expect({ file, errors: result.errors }).toEqual({ file, errors: [] })
      const { items } = await me.leads.list({ orderBy: { createdAt: 'asc' } })
      const rows = items.map(({ custom }) =>
        columns.map((_, index) => (custom as Record<string, string>)[`c${index}`] ?? ''),
      )
      const answers = expected.map((row) => columns.map((column) => (row[column] as string).trim()))
      // The phone number was anonymised in this one's JSON, not in its CSV.
      if (file === 'location_coordinates.csv') (answers[0] as string[])[0] = '2095257564'
      expect({ file, rows }).toEqual({ file, rows: answers })
    }
  })

  test('comma and semicolon give equal leads', async () => {
    const leads = []
    for (const separator of ['comma', 'semicolon']) {
      const me = await admin({ leads: { handle: field.text(), price: field.text() } })
      const file = read(`csv-torture/medusa/exported-products-${separator}.csv`)
      const { mapping: columns } = await me.leads.previewImport(file)
      const mapping = Object.fromEntries(columns.map(({ column }) => [column, null as string | null]))
      Object.assign(mapping, { 'Product Title': 'name', 'Product Handle': 'custom.handle' })
      const result = await me.leads.import(file, { mapping })
      expect(result.created).toBe(result.rows)
      leads.push((await me.leads.list()).items.map(({ name, custom }) => ({ name, custom })))
    }
    expect(leads[0]?.length).toBeGreaterThan(0)
    expect(leads[0]).toEqual(leads[1])
  })

  test('a mobile number of every region is found by its E.164 form', async () => {
    const me = await admin()
    const numbers = json('phone/libphonenumber-example-mobile-numbers.json') as Record<string, string>
    const expected = Object.entries(numbers).map(
      ([region, national]) => `+${getCountryCallingCode(region as CountryCode)}${national}`,
    )
    const spaced = expected.map((number) => number.replace(/(\d{3})(?=\d)/g, '$1 '))
    const result = await me.leads.import(
      `name,phone\n${spaced.map((number, index) => `Lead ${index},${number}`).join('\n')}\n`,
      { key: 'phone' },
    )
    expect({ rows: result.rows, failed: result.errors.filter(({ rule }) => rule !== 'duplicate') }).toEqual({
      rows: 245,
      failed: [],
    })
    expect(result.created).toBe(new Set(expected).size)
    for (const number of expected.slice(0, 40))
      expect((await me.leads.list({ where: { phone: number }, limit: 1 })).items).toHaveLength(1)
  })

  test('164 addresses: what is no address is refused with its line, what mail systems deliver is taken', async () => {
    const me = await admin()
    const xml = read('email-validity/isemail-tests.xml').toString('utf8')
    const cases = [...xml.matchAll(/<test id="\d+">([\s\S]*?)<\/test>/g)].map(([, body]) => ({
      address: decode(/<address>([\s\S]*?)<\/address>/.exec(body as string)?.[1] ?? ''),
      category: /<category>(.*?)<\/category>/.exec(body as string)?.[1] ?? '',
      diagnosis: /<diagnosis>(.*?)<\/diagnosis>/.exec(body as string)?.[1] ?? '',
    }))
    expect(cases).toHaveLength(164)
    for (const { address, category, diagnosis } of cases) {
      if (address.includes('\0')) {
        await expect(me.leads.import(`name,email\nSomebody,${cell(address)}\n`)).rejects.toMatchObject({
          code: 'VALIDATION',
          rule: 'binary',
        })
        continue
      }
      const result = await me.leads.import(`name,email\nSomebody,${cell(address)}\n`, { mode: 'create', header: true })
      // `test@io` has a domain without a dot: valid, and undeliverable from outside.
      const deliverable = ['ISEMAIL_VALID_CATEGORY', 'ISEMAIL_DNSWARN'].includes(category) && address !== 'test@io'
      const where = { address, category, diagnosis }
      // Cells are trimmed: what is only wrong by a line break around it is an address.
      if (category === 'ISEMAIL_ERR' && address === address.trim() && address !== '') {
        expect({ ...where, failed: result.failed }).toEqual({ ...where, failed: 1 })
        expect({ ...where, rules: result.errors.map(({ rule }) => rule) }).toEqual({
          ...where,
          rules: ['invalid-email'],
        })
      } else if (deliverable) {
        expect({ ...where, errors: result.errors.filter(({ rule }) => rule !== 'duplicate') }).toEqual({
          ...where,
          errors: [],
        })
      }
      expect(result.rows).toBe(1)
      expect(result.created + result.failed).toBe(1)
    }
  })
})

/** The file writes control characters as their pictures, U+2400 and up, and uses XML entities. */
const decode = (text: string): string =>
  text
    .replace(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/[\u2400-\u241f]/g, (picture) => String.fromCharCode(picture.charCodeAt(0) - 0x2400))
