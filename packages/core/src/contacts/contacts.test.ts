import { isCrmError } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'
import { sqliteOnly } from '../../test/support/databases'

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => (isCrmError(error) ? error : Promise.reject(error)),
  )

describe('email and phone, the short way', () => {
  test('make the first address on create', async () => {
    const { ada } = await withPeople()
    expect(await ada.contacts.create({ email: 'ada@example.com', phone: '+4930901820' })).toMatchObject({
      name: 'ada@example.com',
      emails: [{ value: 'ada@example.com', primary: true }],
      phones: [{ value: '+4930901820', primary: true }],
    })
  })

  test('beside a list name the primary one of it', async () => {
    const { ada } = await withPeople()
    const emails = [{ value: 'a@example.com', label: 'work', primary: true }, 'b@example.com']
    expect((await ada.contacts.create({ emails, email: 'B@example.com' })).emails).toEqual([
      { value: 'a@example.com', label: 'work', primary: false },
      { value: 'B@example.com', primary: true },
    ])
    expect((await ada.contacts.create({ emails: ['c@example.com'], email: 'd@example.com' })).emails).toEqual([
      { value: 'd@example.com', primary: true },
      { value: 'c@example.com', primary: false },
    ])
  })

  test('replace the primary one on update, and leave the others', async () => {
    const { ada } = await withPeople()
    const { id } = await ada.contacts.create({ emails: [{ value: 'a@example.com', label: 'work' }, 'b@example.com'] })
    expect(await ada.contacts.update(id, { email: 'new@example.com' })).toMatchObject({
      email: 'new@example.com',
      emails: [
        { value: 'new@example.com', label: 'work', primary: true },
        { value: 'b@example.com', primary: false },
      ],
    })
    expect(await ada.contacts.update(id, { email: 'b@example.com' })).toMatchObject({
      emails: [
        { value: 'new@example.com', primary: false },
        { value: 'b@example.com', primary: true },
      ],
    })
    expect(await ada.contacts.update(id, { email: null })).toMatchObject({
      email: 'new@example.com',
      emails: [{ value: 'new@example.com', primary: true }],
    })
  })

  test('are found under the new address and no longer under the old one', async () => {
    const { ada } = await withPeople()
    const { id } = await ada.contacts.create({ lastName: 'Byron', email: 'old@example.com' })
    await ada.contacts.update(id, { email: 'new@example.com' })
    const found = async (email: string) =>
      (await ada.contacts.list({ where: { emails: { has: email } } })).items.map((one) => one.id)
    expect([await found('old@example.com'), await found('NEW@example.com')]).toEqual([[], [id]])
    expect(await refusal(ada.contacts.create({ email: 'New@Example.com' }))).toMatchObject({
      code: 'DUPLICATE',
      field: 'emails',
    })
  })

  test('need the right to change the list', async () => {
    const roles = {
      clerk: { contacts: { read: 'all', create: 'all', update: 'all', fields: { emails: 'read' } } },
    } as const
    const { system, as } = await withPeople({ roles })
    await system.users.sync([{ id: 'kim', name: 'Kim', roles: ['clerk'] }])
    const kim = as('kim')
    const { id } = await kim.contacts.create({ lastName: 'Byron' })
    expect(await refusal(kim.contacts.update(id, { email: 'a@example.com' }))).toMatchObject({
      code: 'FORBIDDEN',
      field: 'email',
    })
    expect((await kim.contacts.get(id)).emails).toEqual([])
  })
})

test('a contact needs a name, an email or a phone', async () => {
  const { ada } = await withPeople()
  expect(await refusal(ada.contacts.create({ title: 'Analyst' }))).toMatchObject({
    field: 'lastName',
    rule: 'required',
  })
})

describe('duplicates of a contact', () => {
  async function withByrons() {
    const people = await withPeople()
    const { ada } = people
    const company = await ada.companies.create({ name: 'Engine Works' })
    const byron = await ada.contacts.create({
      firstName: 'Ada',
      lastName: 'Byron',
      emails: ['ada@example.com', 'countess@example.com'],
      phones: ['+49 30 901820'],
      company: company.id,
    })
    return { ...people, company, byron }
  }

  test('come with a score and the reasons for it', async () => {
    const { ada, byron, company } = await withByrons()
    const scored = async (draft: object) =>
      (await ada.contacts.duplicates(draft)).map(({ record, score, reasons }) => [record.id, score, reasons])
    expect(await scored({ email: 'COUNTESS@example.com' })).toEqual([[byron.id, 0.9, ['same-email']]])
    expect(await scored({ phones: ['+4930901820'] })).toEqual([[byron.id, 0.5, ['same-phone']]])
    expect(await scored({ firstName: 'Byron', lastName: 'ADA' })).toEqual([[byron.id, 0.4, ['same-name']]])
    // 1 - 0.6 * 0.6, 1 - 0.5 * 0.6, and 1 - 0.1 * 0.5 * 0.6 * 0.6
    expect(await scored({ firstName: 'Áda', lastName: 'Byron', company: company.id })).toEqual([
      [byron.id, 0.64, ['same-name', 'same-company']],
    ])
    expect(await scored({ firstName: 'Ada', lastName: 'Byron', phone: '+4930901820' })).toEqual([
      [byron.id, 0.7, ['same-phone', 'same-name']],
    ])
    const all = {
      firstName: 'Ada',
      lastName: 'Byron',
      email: 'ada@example.com',
      phone: '+4930901820',
      company: company.id,
    }
    expect(await scored(all)).toEqual([[byron.id, 0.98, ['same-email', 'same-phone', 'same-name', 'same-company']]])
  })

  test('of a stored one are others than itself, best first', async () => {
    const { ada, byron } = await withByrons()
    const namesake = await ada.contacts.create({ firstName: 'Ada', lastName: 'Byron' })
    const phone = await ada.contacts.create({ lastName: 'Babbage', phone: '+4930901820' })
    expect((await ada.contacts.duplicates(byron.id)).map(({ record }) => record.id)).toEqual([phone.id, namesake.id])
  })

  test('are only those the caller may read', async () => {
    const { ada, bob, cyd, byron } = await withByrons()
    expect((await bob.contacts.duplicates({ email: 'ada@example.com' })).map(({ record }) => record.id)).toEqual([
      byron.id,
    ])
    expect(await cyd.contacts.duplicates({ email: 'ada@example.com' })).toEqual([])
    await ada.contacts.delete(byron.id)
    expect(await ada.contacts.duplicates({ email: 'ada@example.com' })).toEqual([])
    expect(await refusal(cyd.contacts.duplicates(byron.id))).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('rest on nothing the caller may not see, and show nothing of it', async () => {
    const roles = { discreet: { contacts: { read: 'all', fields: { emails: 'none' } } } } as const
    const { system, as, byron } = { ...(await withByronsAs(roles)) }
    await system.users.sync([{ id: 'dis', name: 'Dis', roles: ['discreet'] }])
    const dis = as('dis')
    expect(await dis.contacts.duplicates({ emails: ['ada@example.com'] })).toEqual([])
    const [found] = await dis.contacts.duplicates({ phone: '+4930901820', emails: ['ada@example.com'] })
    expect(found).toMatchObject({ score: 0.5, reasons: ['same-phone'] })
    expect(found?.record).toMatchObject({ id: byron.id })
    expect(found?.record).not.toHaveProperty('emails')
  })

  async function withByronsAs(roles: object) {
    const people = await withPeople({ roles: roles as never })
    const byron = await people.ada.contacts.create({
      firstName: 'Ada',
      lastName: 'Byron',
      emails: ['ada@example.com'],
      phones: ['+49 30 901820'],
    })
    return { ...people, byron }
  }

  test('are at most 20', async () => {
    const { ada } = await withPeople()
    await ada.contacts.createMany(Array.from({ length: 60 }, () => ({ firstName: 'Jo', lastName: 'Doe' })))
    expect(await ada.contacts.duplicates({ firstName: 'Jo', lastName: 'Doe' })).toHaveLength(20)
  })

  // How SQLite tells its plans; those of every database are in test/plans.test.ts.
  sqliteOnly('are found through indexes', async () => {
    const { ada, storage } = await withByrons()
    const draft = { firstName: 'Ada', lastName: 'Byron', email: 'ada@example.com', phone: '+4930901820' }
    await ada.contacts.duplicates(draft)
    const statements = [...(await storage.record(() => ada.contacts.duplicates(draft)))]
    expect(statements).toHaveLength(1)
    for (const { sql, params } of statements) {
      const plan = (await storage.read(`explain query plan ${sql}`, params)).map((row) => String(row[3]))
      expect(plan.filter((line) => /SCAN crm_|SCAN r\b/.test(line))).toEqual([])
    }
  })

  test('of a draft with an unknown field are refused', async () => {
    const { ada } = await withPeople()
    expect(await refusal(ada.contacts.duplicates({ nonsense: 1 } as never))).toMatchObject({
      code: 'VALIDATION',
      field: 'nonsense',
    })
  })
})
