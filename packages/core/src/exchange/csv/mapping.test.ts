import { describe, expect, test } from 'vitest'
import { type ImportField, mapColumns } from './mapping'
import { words } from './words'

const field = (
  name: string,
  kind: ImportField['kind'] = 'text',
  aliases: string[] = [],
  label = name,
): ImportField => ({
  name,
  kind,
  aliases,
  label,
})

const lead = [
  field('name'),
  field('firstName'),
  field('lastName'),
  field('email', 'email'),
  field('phone', 'phone'),
  field('company', 'text', ['account']),
  field('title', 'text', [], 'Job title'),
  field('source', 'select'),
  field('status', 'select'),
  field('tags', 'tags'),
  field('owner', 'user'),
  field('createdAt', 'instant'),
  field('custom.tier', 'select', [], 'Tier'),
]
const contact = [
  field('name'),
  field('firstName'),
  field('lastName'),
  field('emails', 'emails'),
  field('phones', 'phones'),
  field('company', 'link'),
  field('title', 'text', [], 'Job title'),
  field('addresses.street'),
  field('addresses.city'),
  field('tags', 'tags'),
]
const company = [
  field('name'),
  field('domain'),
  field('industry'),
  field('size', 'integer'),
  field('revenue', 'money'),
  field('phone', 'phone'),
]
const deal = [
  field('title'),
  field('amount', 'money'),
  field('currency'),
  field('stage', 'link'),
  field('pipeline', 'link'),
  field('expectedCloseDate', 'date'),
  field('company', 'link'),
  field('owner', 'user'),
  field('probability', 'integer'),
]

/** Field by column, only of the mapped ones. */
function mapped(columns: string[], fields: ImportField[], overrides?: Record<string, string | null>) {
  const result = mapColumns(columns, fields, overrides).filter((column) => column.field !== undefined)
  return Object.fromEntries(result.map((column) => [column.column, column.field]))
}

test.each([
  ['E-Mail Adresse', 'email adresse'],
  ['e_mail', 'email'],
  ['firstName', 'first name'],
  ['URLPath', 'url path'],
  ['  Straße/Nr. ', 'strasse nr'],
  ['E-mail 1 - Value', 'email 1 value'],
  ['PRÉNOM', 'prenom'],
  ['email2', 'email 2'],
  ['Имя', 'имя'],
])('words(%j) is %j', (header, expected) => {
  expect(words(header)).toBe(expected)
})

describe('guesses', () => {
  test.each([
    [
      'German',
      [
        'Vorname',
        'Nachname',
        'E-Mail',
        'Telefon',
        'Firma',
        'Position',
        'Quelle',
        'Zuständig',
        'Schlagwörter',
        'Erstellt am',
      ],
    ],
    [
      'French',
      [
        'Prénom',
        'Nom',
        'Courriel',
        'Téléphone',
        'Société',
        'Fonction',
        'Origine',
        'Responsable',
        'Étiquettes',
        'Date de création',
      ],
    ],
    [
      'Spanish',
      [
        'Nombre',
        'Apellidos',
        'Correo electrónico',
        'Teléfono',
        'Empresa',
        'Cargo',
        'Origen',
        'Propietario',
        'Etiquetas',
        'Fecha de creación',
      ],
    ],
    [
      'snake case',
      [
        'first_name',
        'last_name',
        'email_address',
        'phone_number',
        'company_name',
        'job_title',
        'lead_source',
        'lead_owner',
        'tags',
        'created_at',
      ],
    ],
    [
      'camel case',
      [
        'firstName',
        'lastName',
        'emailAddress',
        'phoneNumber',
        'companyName',
        'jobTitle',
        'leadSource',
        'leadOwner',
        'tags',
        'createdAt',
      ],
    ],
    [
      'shouting',
      [
        'FIRST NAME',
        'LAST NAME',
        'E-MAIL',
        'TEL.',
        'ORGANISATION',
        'JOB TITLE',
        'SOURCE',
        'OWNER',
        'LABELS',
        'CREATED',
      ],
    ],
    [
      'with the record in front',
      [
        'Lead First Name',
        'Lead Last Name',
        'Lead - Email',
        'Contact Phone',
        'Company',
        'Title',
        'Lead Source',
        'Lead Owner',
        'Contact Tags',
        'Create Date',
      ],
    ],
  ])('%s headers of a lead', (_, columns) => {
    const names = [
      'firstName',
      'lastName',
      'email',
      'phone',
      'company',
      'title',
      'source',
      'owner',
      'tags',
      'createdAt',
    ]
    expect(mapped(columns, lead)).toEqual(Object.fromEntries(columns.map((column, index) => [column, names[index]])))
  })

  test('companies and deals mean other things by name and title', () => {
    expect(mapped(['account', 'sector', 'employees', 'Umsatz', 'Website', 'Company Phone'], company)).toEqual({
      account: 'name',
      sector: 'industry',
      employees: 'size',
      Umsatz: 'revenue',
      Website: 'domain',
      'Company Phone': 'phone',
    })
    expect(
      mapped(
        [
          'Deal - Title',
          'Deal - Value',
          'Currency',
          'Deal - Stage',
          'Close Date',
          'Account Name',
          'sales_agent',
          'Wahrscheinlichkeit',
        ],
        deal,
      ),
    ).toEqual({
      'Deal - Title': 'title',
      'Deal - Value': 'amount',
      Currency: 'currency',
      'Deal - Stage': 'stage',
      'Close Date': 'expectedCloseDate',
      'Account Name': 'company',
      sales_agent: 'owner',
      Wahrscheinlichkeit: 'probability',
    })
    expect(mapped(['Name', 'Deal - Title'], contact)).toEqual({ Name: 'name' })
  })

  test.each([
    [['Name', 'Vorname'], { Name: 'lastName', Vorname: 'firstName' }],
    [['Nom', 'Prénom'], { Nom: 'lastName', Prénom: 'firstName' }],
    [['Nombre', 'Apellidos'], { Nombre: 'firstName', Apellidos: 'lastName' }],
    [['Name', 'Given Name', 'Family Name'], { Name: 'name', 'Given Name': 'firstName', 'Family Name': 'lastName' }],
    [['Nom'], { Nom: 'name' }],
    [['Nombre'], { Nombre: 'name' }],
  ])('half a name beside the other half: %j', (columns, expected) => {
    expect(mapped(columns, lead)).toEqual(expected)
  })

  test("the caller's labels, aliases and custom fields count", () => {
    expect(mapped(['Tier', 'Account'], lead)).toEqual({ Tier: 'custom.tier', Account: 'company' })
  })

  test('what nothing fits stays unmapped', () => {
    expect(mapColumns(['Shoe size', 'Fax', 'Assistant phone', ''], lead).map(({ unmapped }) => unmapped)).toEqual(
      Array(4).fill('unknown'),
    )
  })
})

describe('several columns for one field', () => {
  test('one value: the best gets it, the others are taken', () => {
    const columns = ['Home Email', 'E-mail 2', 'Email', 'Work Email']
    expect(mapColumns(columns, lead).map(({ column, unmapped }) => [column, unmapped])).toEqual([
      ['Home Email', 'taken'],
      ['E-mail 2', 'taken'],
      ['Email', undefined],
      ['Work Email', 'taken'],
    ])
    expect(mapped(['Home Email', 'Work Email'], lead)).toEqual({ 'Work Email': 'email' })
    expect(mapped(['Title', 'Job Title'], lead)).toEqual({ 'Job Title': 'title' })
  })

  test('many values: each with its label', () => {
    const columns = [
      'Email',
      'email_work',
      'Private E-Mail',
      'E-mail 2 Address',
      'Mobile',
      'Business Phone 2',
      'Handy',
      'Téléphone portable',
      'phone_other',
    ]
    const mapping = mapColumns(columns, contact)
    expect(mapping.map(({ field: name, label, number }) => [name, label, number])).toEqual([
      ['emails', undefined, undefined],
      ['emails', 'work', undefined],
      ['emails', 'home', undefined],
      ['emails', undefined, 2],
      ['phones', 'mobile', undefined],
      ['phones', 'work', 2],
      ['phones', 'mobile', undefined],
      ['phones', 'mobile', undefined],
      ['phones', 'other', undefined],
    ])
  })

  test('a label column belongs to its value column', () => {
    const columns = ['E-mail 1 - Label', 'E-mail 1 - Value', 'E-mail 2 - Type', 'E-mail 2 - Value', 'Phone 1 - Label']
    const mapping = mapColumns(columns, contact)
    expect(mapping.map(({ labelColumn, unmapped }) => labelColumn ?? unmapped)).toEqual([
      'label',
      0,
      'label',
      2,
      'unknown',
    ])
  })

  test('addresses keep label and number; the second line of a street is no second address', () => {
    const columns = ['Business Street', 'Business Street 2', 'Home City', 'Address 2 - City']
    expect(mapColumns(columns, contact).map(({ field: name, label, number }) => [name, label, number])).toEqual([
      ['addresses.street', 'work', undefined],
      [undefined, undefined, undefined],
      ['addresses.city', 'home', undefined],
      ['addresses.city', undefined, 2],
    ])
  })
})

describe('overrides', () => {
  test('go before the guess', () => {
    expect(mapped(['Email', 'x', 'Company'], lead, { x: 'email', Company: null })).toEqual({ x: 'email' })
    const [email, , company] = mapColumns(['Email', 'x', 'Company'], lead, { x: 'email', Company: null })
    expect([email?.unmapped, company?.unmapped]).toEqual(['taken', 'ignored'])
  })

  test('find headers without case and accents', () => {
    expect(mapped(['Größe (cm)'], lead, { 'GROSSE CM': 'custom.tier' })).toEqual({ 'Größe (cm)': 'custom.tier' })
  })

  test.each([
    [{ Emial: 'email' }, 'unknown-column', 'Use a header of the file: "Email", "Mail".'],
    [{ Email: 'emial' }, 'unknown-field', /Use one of the fields name, firstName/],
    [
      { Email: 'email', Mail: 'email' },
      'mapped-twice',
      '"email" has one value: map "Email" or "Mail" to it, not both.',
    ],
    [{ Email: 'email', 'E-MAIL': 'name' }, 'mapped-twice', 'Name the column "Email" once.'],
  ])('%j is refused', (overrides, rule, remedy) => {
    expect(() => mapColumns(['Email', 'Mail'], lead, overrides as never)).toThrow(
      expect.objectContaining({
        code: 'VALIDATION',
        rule,
        remedy: typeof remedy === 'string' ? remedy : expect.stringMatching(remedy),
      }),
    )
  })
})
