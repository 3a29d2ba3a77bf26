import { isCrmError } from '@rapport/core'
import { dumpTables } from '@rapport/core/testing'
import { describe, expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'
import { withoutGuards } from '../../test/support/databases'

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => (isCrmError(error) ? error : Promise.reject(error)),
  )

const ADA = {
  name: 'Ada Byron',
  email: 'ada@engine.example',
  phone: '+49 30 901820',
  company: 'Engine Works',
  title: 'Analyst',
  source: 'event',
  tags: ['math'],
  consent: { newsletter: false },
}

async function withLead(lead: object = ADA) {
  const people = await withPeople()
  const made = await people.ada.leads.create(lead as never)
  return { ...people, lead: made }
}

describe('duplicates', () => {
  async function withDuplicates() {
    const made = await withLead()
    const contact = await made.bob.contacts.create({ firstName: 'A.', lastName: 'Byron', email: 'ADA@engine.example' })
    const company = await made.bob.companies.create({ name: 'ENGINE Works Ltd.' })
    return { ...made, contact, company }
  }

  test('of all targets are reported together, before anything is written', async () => {
    const { ada, lead, contact, company, storage } = await withDuplicates()
    const before = await dumpTables(storage)
    const statements = await storage.record(async () => {
      const error = await refusal(ada.leads.convert(lead.id))
      expect(error).toMatchObject({ code: 'DUPLICATE' })
      expect(error?.problems.map(({ field, candidates }) => [field, candidates])).toEqual([
        ['contact', [contact.id]],
        ['company', [company.id]],
      ])
    })
    expect(withoutGuards(statements).filter(({ sql }) => !/^\s*select/i.test(sql))).toEqual([])
    expect(await dumpTables(storage)).toEqual(before)
  })

  test('are linked where asked', async () => {
    const { ada, lead, contact, company } = await withDuplicates()
    expect(await ada.leads.convert(lead.id, { onDuplicate: 'link' })).toMatchObject({
      contact: { id: contact.id },
      company: { id: company.id },
    })
  })

  test('are made once more where asked, even with the same email', async () => {
    const { ada, lead, contact, company } = await withDuplicates()
    const made = await ada.leads.convert(lead.id, { onDuplicate: 'create' })
    expect(made.contact).toMatchObject({ email: 'ada@engine.example' })
    expect([contact.id, company.id]).not.toContain(made.contact?.id)
    expect([contact.id, company.id]).not.toContain(made.company?.id)
  })

  test('that the caller may not see do not count', async () => {
    const { ada, cyd, lead } = await withLead()
    await cyd.contacts.create({ lastName: 'Byron', email: 'ada@engine.example' })
    await cyd.companies.create({ name: 'Engine Works' })
    expect((await ada.leads.convert(lead.id)).contact).toMatchObject({ email: 'ada@engine.example' })
  })

  test('are an open deal of the same title with the same company as well', async () => {
    const { ada, lead } = await withLead()
    const company = await ada.companies.create({ name: 'Engine Works' })
    const deal = await ada.deals.create({ title: 'engine', company: company.id })
    const input = { company: { link: company.id }, deal: { create: { title: 'Engine' } } }
    expect(await refusal(ada.leads.convert(lead.id, input))).toMatchObject({ code: 'DUPLICATE', field: 'deal' })
    expect((await ada.leads.convert(lead.id, { ...input, onDuplicate: 'link' })).deal).toMatchObject({ id: deal.id })
  })

  test('are not: a namesake, or a colleague with the same number', async () => {
    const { ada, lead } = await withLead()
    await ada.contacts.create({ firstName: 'Ada', lastName: 'Byron', email: 'other@else.example' })
    await ada.contacts.create({ lastName: 'Babbage', phone: '+4930901820' })
    expect(await refusal(ada.leads.convert(lead.id))).toBeUndefined()
  })
})
