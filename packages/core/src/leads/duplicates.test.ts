import { expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'
import { sqliteOnly } from '../../test/support/databases'

test('duplicates of a lead come with a score and the reasons for it', async () => {
  const { ada } = await withPeople()
  const { id } = await ada.leads.create({
    name: 'Ada Byron',
    email: 'ada@example.com',
    phone: '+49 30 901820',
    company: 'Engine Works',
  })
  const scored = async (of: object | string) =>
    (await ada.leads.duplicates(of)).map(({ record, score, reasons }) => [record.id, score, reasons])
  expect(await scored({ email: 'ADA@example.com' })).toEqual([[id, 0.9, ['same-email']]])
  expect(await scored({ phone: '+4930901820' })).toEqual([[id, 0.5, ['same-phone']]])
  expect(await scored({ firstName: 'Ada', lastName: 'Byron' })).toEqual([[id, 0.4, ['same-name']]])
  expect(await scored({ name: 'ada byron', company: 'ENGINE works' })).toEqual([
    [id, 0.64, ['same-name', 'same-company']],
  ])
  expect(await scored({ company: 'Engine Works' })).toEqual([])
  expect(await scored(id)).toEqual([])
})

// How SQLite tells its plans; those of every database are in test/plans.test.ts.
sqliteOnly('they are found through indexes, in one statement', async () => {
  const { ada, storage } = await withPeople()
  const draft = { name: 'Ada Byron', email: 'ada@example.com', phone: '+4930901820' }
  await ada.leads.duplicates(draft)
  const [statement, ...more] = await storage.record(() => ada.leads.duplicates(draft))
  expect(more).toEqual([])
  const plan = (await storage.read(`explain query plan ${statement?.sql}`, statement?.params ?? [])).map((row) =>
    String(row[3]),
  )
  expect(plan.filter((line) => /SCAN crm_|SCAN r\b/.test(line))).toEqual([])
  for (const index of ['crm_lead_email', 'crm_lead_phone']) expect(plan.join('\n')).toContain(index)
})
