import { isCrmError } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'
import { sqliteOnly } from '../../test/support/databases'

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => (isCrmError(error) ? error : Promise.reject(error)),
  )

describe('the domain of a company', () => {
  test.each([
    [{ website: 'https://www.Engine.example/about' }, 'engine.example'],
    [{ website: 'https://engine.example', domain: 'works.example' }, 'works.example'],
    [{ domain: 'HTTPS://www.Works.example/' }, 'works.example'],
    [{ website: 'https://www.linkedin.com/company/engine' }, null],
    [{ website: 'https://engine.wordpress.com' }, null],
    [{ website: 'https://engine.example', domain: null }, null],
    [{}, null],
  ])('of %j is %s', async (given, domain) => {
    const { ada } = await withPeople()
    expect((await ada.companies.create({ name: 'Engine', ...given })).domain).toBe(domain)
  })

  test('follows a new website only while there is none', async () => {
    const { ada } = await withPeople()
    const { id } = await ada.companies.create({ name: 'Engine' })
    expect(await ada.companies.update(id, { website: 'https://engine.example' })).toMatchObject({
      domain: 'engine.example',
    })
    expect(await ada.companies.update(id, { website: 'https://works.example' })).toMatchObject({
      domain: 'engine.example',
    })
  })

  test('is one company’s, unless it is a mail provider’s', async () => {
    const { ada } = await withPeople()
    await ada.companies.create({ name: 'Engine', domain: 'engine.example' })
    expect(await refusal(ada.companies.create({ name: 'Other', website: 'https://engine.example' }))).toMatchObject({
      code: 'DUPLICATE',
      field: 'domain',
    })
    await ada.companies.create({ name: 'One', domain: 'gmail.com' })
    expect(await ada.companies.create({ name: 'Two', domain: 'gmail.com' })).toMatchObject({ domain: 'gmail.com' })
  })
})

test('a company is not its own ancestor', async () => {
  const { ada } = await withPeople()
  const top = await ada.companies.create({ name: 'Top' })
  const middle = await ada.companies.create({ name: 'Middle', parent: top.id })
  const bottom = await ada.companies.create({ name: 'Bottom', parent: middle.id })
  expect(await refusal(ada.companies.update(top.id, { parent: top.id }))).toMatchObject({
    field: 'parent',
    rule: 'circular-parent',
  })
  expect(await refusal(ada.companies.update(top.id, { parent: bottom.id }))).toMatchObject({ rule: 'circular-parent' })
  expect(await ada.companies.update(bottom.id, { parent: top.id })).toMatchObject({ parent: top.id })
})

describe('duplicates of a company', () => {
  test('come with a score and the reasons for it', async () => {
    const { ada } = await withPeople()
    const { id } = await ada.companies.create({
      name: 'Engine Works, Inc.',
      domain: 'engine.example',
      phone: '+49 30 901820',
    })
    const scored = async (draft: object) =>
      (await ada.companies.duplicates(draft)).map(({ record, score, reasons }) => [record.id, score, reasons])
    expect(await scored({ domain: 'www.engine.example' })).toEqual([[id, 0.85, ['same-domain']]])
    expect(await scored({ website: 'http://engine.example/x' })).toEqual([[id, 0.85, ['same-domain']]])
    expect(await scored({ name: 'ENGINE works, inc.' })).toEqual([[id, 0.7, ['same-name']]])
    expect(await scored({ name: 'Engine Works GmbH' })).toEqual([[id, 0.6, ['similar-name']]])
    expect(await scored({ phone: '+4930901820' })).toEqual([[id, 0.5, ['same-phone']]])
    // 1 - 0.15 * 0.3 * 0.5
    expect(await scored({ name: 'Engine Works, Inc.', domain: 'engine.example', phone: '+4930901820' })).toEqual([
      [id, 0.98, ['same-domain', 'same-name', 'same-phone']],
    ])
    expect(await scored({ name: 'Engine' })).toEqual([])
  })

  test('do not rest on a mail provider’s domain', async () => {
    const { ada } = await withPeople()
    await ada.companies.create({ name: 'One', domain: 'gmail.com' })
    expect(await ada.companies.duplicates({ name: 'Two', domain: 'gmail.com' })).toEqual([])
  })

  // How SQLite tells its plans; those of every database are in test/plans.test.ts.
  sqliteOnly('are found through indexes', async () => {
    const { ada, storage } = await withPeople()
    const draft = { name: 'Engine Works', domain: 'engine.example', phone: '+4930901820' }
    await ada.companies.duplicates(draft)
    const [statement, ...more] = await storage.record(() => ada.companies.duplicates(draft))
    expect(more).toEqual([])
    const plan = (await storage.read(`explain query plan ${statement?.sql}`, statement?.params ?? [])).map((row) =>
      String(row[3]),
    )
    expect(plan.filter((line) => /SCAN crm_|SCAN r\b/.test(line))).toEqual([])
  })
})
