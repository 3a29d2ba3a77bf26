import { createReadStream, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inputReader } from './input'
import { type ImportField, mapColumns } from './mapping'
import { type CsvFile, openCsv } from './rows'

const corpus = process.env.RAPPORT_CORPUS
const path = (...parts: string[]) => join(corpus ?? '', ...parts)
const reason = corpus ? '' : ' (skipped: no corpus)'

async function valuesOf(file: CsvFile) {
  const rows: string[][] = []
  for await (const batch of file.batches()) {
    expect(batch.errors).toEqual([])
    rows.push(...batch.rows.map(({ values }) => values))
  }
  return rows
}

const open = (...parts: string[]) => openCsv(createReadStream(path(...parts)))
const field = (name: string, kind: ImportField['kind'] = 'text', label = name): ImportField => ({
  name,
  kind,
  label,
  aliases: [],
})

const contactFields = [
  field('name'),
  field('firstName'),
  field('lastName'),
  field('emails', 'emails'),
  field('phones', 'phones'),
  field('company', 'link'),
  field('title', 'text', 'Job title'),
  field('tags', 'tags'),
]

describe.skipIf(!corpus)(`csv-torture${reason}`, () => {
  const spectrum = corpus ? readdirSync(path('csv-torture', 'csv-spectrum', 'csvs')) : []

  test.each(spectrum)('%s gives the rows of its JSON', async (name) => {
    const file = await open('csv-torture', 'csv-spectrum', 'csvs', name)
    const rows = (await valuesOf(file)).map((values) =>
      Object.fromEntries(values.map((value, index) => [file.columns[index], value])),
    )
    const json = JSON.parse(
      readFileSync(path('csv-torture', 'csv-spectrum', 'json', name.replace('.csv', '.json')), 'utf8'),
    )
    // This one answer is an object, not a list, and gives 1234567890 for the 2095257564 that the CSV has.
    const expected = name === 'location_coordinates.csv' ? [{ ...json, 'Contact Phone Number': '2095257564' }] : json
    expect(rows).toEqual(expected)
  })

  test('comma and semicolon give equal rows', async () => {
    const comma = await open('csv-torture', 'medusa', 'exported-products-comma.csv')
    const semicolon = await open('csv-torture', 'medusa', 'exported-products-semicolon.csv')
    expect([comma.delimiter, semicolon.delimiter]).toEqual([',', ';'])
    expect(semicolon.columns).toEqual(comma.columns)
    const rows = await valuesOf(comma)
    expect(await valuesOf(semicolon)).toEqual(rows)
    expect(rows.length).toBeGreaterThan(0)
  })

  test.each([
    ['sample.csv', ['A', 'B', 'C'], 1],
    ['slow-sample.csv', ['A', 'B', 'C'], 1],
    ['utf-8-bom-sample.csv', ['A', 'B', 'C'], 1],
    ['sample-header.csv', ['title', 'name'], 2],
  ])('%s', async (name, columns, count) => {
    const file = await open('csv-torture', 'papaparse', name)
    expect(file.columns).toEqual(columns)
    expect(await valuesOf(file)).toHaveLength(count)
  })

  test('verylong-sample.csv: the four rows that lack a cell are errors, the others come', async () => {
    let rows = 0
    const errors: [number, string][] = []
    for await (const batch of (await open('csv-torture', 'papaparse', 'verylong-sample.csv')).batches()) {
      rows += batch.rows.length
      errors.push(...batch.errors.map(({ line, problem }): [number, string] => [line, problem.rule]))
    }
    expect([rows, errors]).toEqual([1_996, [500, 1_000, 1_500, 2_000].map((line) => [line, 'ragged-row'])])
  })

  test('long-sample.csv has no header, and is read with named columns', async () => {
    const file = () => createReadStream(path('csv-torture', 'papaparse', 'long-sample.csv'))
    await expect(openCsv(file())).rejects.toMatchObject({ rule: 'no-header' })
    const columns = ['first', 'last', 'email', 'from', 'to', 'company', 'by']
    expect(await valuesOf(await openCsv(file(), { columns }))).toHaveLength(8)
  })
})

describe.skipIf(!corpus)(`contacts-csv${reason}`, () => {
  test('500 contacts have 500 emails, 498 names and 55 companies', async () => {
    const file = await open('contacts-csv', 'atomic-crm-contacts-500.csv')
    const reader = inputReader(
      mapColumns(file.columns, contactFields, { company_name: 'company' }),
      contactFields,
      {},
      file,
    )
    const rows = (await valuesOf(file)).map((values) => reader.read(values))
    const emails = rows.flatMap(({ input }) =>
      (input.emails as { value: string }[]).map(({ value }) => value.toLowerCase()),
    )
    expect(rows).toHaveLength(500)
    expect(rows.flatMap(({ problems }) => problems)).toEqual([])
    expect(new Set(emails).size).toBe(500)
    expect(new Set(rows.map(({ input }) => `${input.firstName} ${input.lastName}`)).size).toBe(498)
    expect(new Set(rows.map(({ input }) => input.company)).size).toBe(55)
    expect(rows[1]?.input).toEqual({
      firstName: 'Leah',
      lastName: 'Boehm',
      title: 'Cutting-edge',
      company: 'Gottlieb and Sons',
      emails: [{ value: 'Leah93@yahoo.com', label: 'other' }],
      phones: [
        { value: '(415) 293-3313', label: 'work' },
        { value: '(980) 494-7423', label: 'home' },
      ],
    })
  })

  test('a byte order mark and emoji', async () => {
    const bom = await open('contacts-csv', 'chatwoot-with_bom.csv')
    expect(bom.columns).toEqual(['name', 'email', 'phone_number'])
    expect(await valuesOf(bom)).toEqual([['Ahmed', 'ahmed@example.com', '+971501234567']])
    expect(await valuesOf(await open('contacts-csv', 'chatwoot-with_emoji.csv'))).toEqual([['+123456', 'T 🏠 🔥 Test']])
  })

  // Columns that an export really lacks are missing here too: LinkedIn has no phone; Pipedrive's only name is the full one.
  const expected: Record<string, Record<string, string[]>> = {
    google_contacts_csv_current: {
      firstName: ['First Name'],
      lastName: ['Last Name'],
      emails: ['E-mail 1 - Value', 'E-mail 2 - Value'],
      phones: ['Phone 1 - Value'],
      company: ['Organization Name'],
      title: ['Organization Title'],
      tags: ['Labels'],
    },
    google_contacts_csv_legacy: {
      name: ['Name'],
      firstName: ['Given Name'],
      lastName: ['Family Name'],
      emails: ['E-mail 1 - Value', 'E-mail 2 - Value'],
      phones: ['Phone 1 - Value', 'Phone 2 - Value'],
      company: ['Organization 1 - Name'],
      title: ['Organization 1 - Title'],
      tags: ['Group Membership'],
    },
    outlook_desktop_csv: {
      firstName: ['First Name'],
      lastName: ['Last Name'],
      emails: ['E-mail Address', 'E-mail 2 Address', 'E-mail 3 Address'],
      phones: [
        'Business Phone',
        'Business Phone 2',
        'Home Phone',
        'Home Phone 2',
        'Mobile Phone',
        'Other Phone',
        'Primary Phone',
      ],
      company: ['Company'],
      title: ['Job Title'],
      tags: ['Categories', 'Keywords'],
    },
    outlook_com_or_google_for_outlook_csv: {
      firstName: ['First Name'],
      lastName: ['Last Name'],
      emails: ['E-mail Address', 'E-mail 2 Address', 'E-mail 3 Address'],
      phones: [
        'Primary Phone',
        'Home Phone',
        'Home Phone 2',
        'Mobile Phone',
        'Business Phone',
        'Business Phone 2',
        'Other Phone',
      ],
      company: ['Company'],
      title: ['Job Title'],
      tags: ['Keywords', 'Categories'],
    },
    linkedin_connections_csv: {
      firstName: ['First Name'],
      lastName: ['Last Name'],
      emails: ['Email Address'],
      company: ['Company'],
      title: ['Position'],
    },
    pipedrive_people_export: {
      name: ['Person - Name'],
      emails: ['Person - Email'],
      phones: ['Person - Phone'],
      company: ['Organization - Name'],
    },
    // A list of activities, which names the person that each was with.
    pipedrive_activities_export: {
      name: ['Person - Name'],
      emails: ['Person - Email'],
      company: ['Organization - Name'],
    },
    hubspot_contacts_export: {
      firstName: ['First Name'],
      lastName: ['Last Name'],
      emails: ['Email'],
      phones: ['Phone Number'],
      company: ['Associated Company'],
    },
    salesforce_contacts_report: {
      firstName: ['First Name'],
      lastName: ['Last Name'],
      emails: ['Email'],
      phones: ['Phone'],
      company: ['Account Name'],
    },
    atomic_crm_export: {
      firstName: ['first_name'],
      lastName: ['last_name'],
      emails: ['email_work', 'email_home', 'email_other'],
      phones: ['phone_work', 'phone_home', 'phone_other'],
      company: ['company'],
      title: ['title'],
      tags: ['tags'],
    },
  }
  const formats: Record<string, { header?: string[]; preamble_lines?: string[]; sample_row?: string }> = corpus
    ? JSON.parse(readFileSync(path('contacts-csv', 'export-headers.json'), 'utf8'))
    : {}

  test('every format with a header row is here', () => {
    const withHeader = Object.keys(formats).filter((name) => formats[name]?.header)
    expect(Object.keys(expected).sort()).toEqual(withHeader.sort())
  })

  test.each(Object.keys(expected))('%s: its columns are found', async (name) => {
    const { header = [], preamble_lines = [] } = formats[name] ?? {}
    const head = header.map((column) => `"${column}"`).join(',')
    const row = header.map((column) => `${column}!`).join(',')
    const file = await openCsv([...preamble_lines, head, row].join('\r\n'))
    expect(file.columns).toEqual(header)
    const found: Record<string, string[]> = {}
    for (const { column, field: target } of mapColumns(file.columns, contactFields)) {
      if (target === undefined) continue
      found[target] = [...(found[target] ?? []), column]
    }
    expect(found).toEqual(expected[name])
  })

  test("Google's sample row becomes a contact with labels", async () => {
    const { header = [], sample_row = '' } = formats.google_contacts_csv_current ?? {}
    const file = await openCsv(`${header.join(',')}\n${sample_row}\n`)
    const [values = []] = await valuesOf(file)
    expect(inputReader(mapColumns(file.columns, contactFields), contactFields, {}, file).read(values)).toEqual({
      problems: [],
      input: {
        firstName: 'Grace',
        lastName: 'Hopper',
        company: 'US Navy',
        title: 'Rear Admiral',
        tags: ['* myContacts', 'Navy'],
        emails: [
          { value: 'grace@navy.example', label: 'work' },
          { value: 'grace@example.com', label: 'other' },
        ],
        phones: [{ value: '+1 555 0199', label: 'mobile' }],
      },
    })
  })
})

describe.skipIf(!corpus)(`maven-crm${reason}`, () => {
  test('8,800 opportunities: amounts, dates and a value mapping', async () => {
    const fields = [
      field('title'),
      field('amount', 'money'),
      field('product'),
      field('stage', 'link'),
      field('company', 'link'),
      field('owner', 'user'),
      field('createdAt', 'instant'),
      field('closedAt', 'date'),
    ]
    const file = await open('maven-crm', 'sales_pipeline.csv')
    const mapping = mapColumns(file.columns, fields, { opportunity_id: 'title' })
    expect(mapping.map((column) => column.field)).toEqual([
      'title',
      'owner',
      'product',
      'company',
      'stage',
      'createdAt',
      'closedAt',
      'amount',
    ])
    const options = {
      currency: 'USD',
      timeZone: 'America/New_York',
      values: { product: { GTXPro: 'GTX Pro' }, stage: { Engaging: 'Proposal Sent' } },
    }
    const reader = inputReader(mapping, fields, options, file)
    const rows = (await valuesOf(file)).map((values) => reader.read(values))
    expect(rows.flatMap(({ problems }) => problems)).toEqual([])
    const inputs = rows.map(({ input }) => input)
    expect(inputs).toHaveLength(8_800)
    expect(inputs.filter(({ product }) => product === 'GTX Pro')).toHaveLength(1_480)
    expect(inputs.filter(({ stage }) => stage === 'Proposal Sent')).toHaveLength(1_589)
    expect(inputs.filter(({ company }) => company === undefined)).toHaveLength(1_425)
    expect(inputs.filter(({ createdAt }) => createdAt === undefined)).toHaveLength(500)
    const won = inputs.filter(({ stage }) => stage === 'Won').map(({ amount }) => (amount as { amount: number }).amount)
    expect(won).toHaveLength(4_238)
    expect(won.reduce((sum, amount) => sum + amount, 0)).toBe(1_000_553_400)
    expect(inputs[0]).toMatchObject({
      createdAt: new Date('2016-10-20T04:00:00Z'),
      closedAt: '2017-03-01',
      amount: { amount: 105_400, currency: 'USD' },
    })
  })
})
