import { field } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { withPeople } from './support/crm'
import { errorOf, refusalOf } from './support/outcome'

const codes = {
  leads: {
    code: { ...field.text(), unique: true },
    number: { ...field.integer(), unique: true },
    moment: { ...field.instant(), unique: true },
    flag: { ...field.boolean(), unique: true },
  },
}

describe('a unique custom field', () => {
  test.each([
    ['code', 'A-1', 'A-2'],
    ['number', 7, 8],
    ['moment', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00.001Z'],
    ['flag', true, false],
  ])('%s is taken once in a tenant', async (name, value, other) => {
    const { ada, crm } = await withPeople({ fields: codes })
    const create = (value: unknown) => ada.leads.create({ name: 'x', custom: { [name]: value } } as never)
    const first = await create(value)
    expect(await refusalOf(() => create(value))).toBe(`DUPLICATE custom.${name} duplicate`)
    const second = await create(other)
    expect(await refusalOf(() => ada.leads.update(second.id, { custom: { [name]: value } } as never))).toBe(
      `DUPLICATE custom.${name} duplicate`,
    )
    await create(null)
    await create(undefined)
    await ada.leads.update(first.id, { custom: { [name]: value }, title: 'Same again' } as never)
    const elsewhere = crm.asSystem({ tenant: 'elsewhere', reason: 'test' })
    await elsewhere.leads.create({ name: 'x', custom: { [name]: value } } as never)
  })

  test('is free again when its record is deleted, and then keeps that one from coming back', async () => {
    const { ada } = await withPeople({ fields: codes })
    const create = () => ada.leads.create({ name: 'x', custom: { code: 'A-1' } } as never)
    const first = await create()
    await ada.leads.delete(first.id)
    const second = await create()
    expect(await refusalOf(() => ada.leads.restore(first.id))).toBe('DUPLICATE custom.code duplicate')
    await ada.leads.delete(second.id)
    await ada.leads.restore(first.id)
  })

  test('says no to those who cannot see the other one, without telling which it is', async () => {
    const { ada, cyd } = await withPeople({ fields: codes })
    const hidden = await cyd.leads.create({ name: 'Secret', custom: { code: 'A-1' } } as never)
    const error = await errorOf(() => ada.leads.create({ name: 'x', custom: { code: 'A-1' } } as never))
    expect([error.code, error.field]).toEqual(['DUPLICATE', 'custom.code'])
    expect(JSON.stringify(error)).not.toContain(hidden.id)
    expect(JSON.stringify(error)).not.toContain('Secret')
  })
})

describe('duplicates', () => {
  test('are looked for among the records one can see', async () => {
    const { ada, bob, cyd, mia } = await withPeople()
    await ada.companies.create({ name: 'Engines', domain: 'engines.example' })
    expect(
      await refusalOf(() => bob.companies.create({ name: 'Copy', domain: 'https://www.ENGINES.example/about' })),
    ).toBe('DUPLICATE domain duplicate')
    await cyd.companies.create({ name: 'Copy', domain: 'engines.example' })
    expect(await refusalOf(() => mia.companies.create({ name: 'Copy', domain: 'engines.example' }))).toBe(
      'DUPLICATE domain duplicate',
    )
  })

  test('by email count in every spelling and place', async () => {
    const { ada } = await withPeople()
    const first = await ada.contacts.create({
      lastName: 'Byron',
      emails: ['other@example.com', 'Ada.Byron@Example.com'],
    })
    const error = await errorOf(() =>
      ada.contacts.create({ lastName: 'B', emails: [{ value: ' ada.byron@EXAMPLE.com ' }] }),
    )
    expect([error.code, error.field]).toEqual(['DUPLICATE', 'emails'])
    expect(error.remedy).toContain(first.id)
    await ada.contacts.delete(first.id)
    const second = await ada.contacts.create({ lastName: 'B', emails: ['ada.byron@example.com'] })
    expect(await refusalOf(() => ada.contacts.restore(first.id))).toBe('DUPLICATE emails duplicate')
    await ada.contacts.update(second.id, { emails: ['new@example.com'] })
    await ada.contacts.restore(first.id)
  })

  test('by SKU of a product one cannot see are refused in our words, not the driver’s', async () => {
    const { crm, system } = await withPeople({
      roles: { maker: { products: { read: 'own', create: 'own', update: 'own', delete: 'own' } } },
    })
    await system.users.sync([
      { id: 'one', name: 'One', roles: ['maker'] },
      { id: 'two', name: 'Two', roles: ['maker'] },
    ])
    const [one, two] = [crm.as({ user: 'one' }), crm.as({ user: 'two' })]
    const hidden = await one.products.create({ name: 'Engine', sku: 'E-1' })
    const error = await errorOf(() => two.products.create({ name: 'Copy', sku: 'E-1' }))
    expect([error.code, error.field]).toEqual(['DUPLICATE', 'sku'])
    expect(JSON.stringify(error)).not.toContain(hidden.id)
    const mine = await two.products.create({ name: 'Mine', sku: 'E-2' })
    expect(await refusalOf(() => two.products.update(mine.id, { sku: 'E-1' }))).toBe('DUPLICATE sku duplicate')
    const [refused, fine] = await two.products.createMany([
      { name: 'Copy', sku: 'E-1' },
      { name: 'Fine', sku: 'E-3' },
    ])
    expect([refused?.ok, fine?.ok]).toEqual([false, true])
    await two.products.delete(mine.id)
    await one.products.create({ name: 'Took it', sku: 'E-2' })
    expect(await refusalOf(() => two.products.restore(mine.id))).toBe('DUPLICATE sku duplicate')
  })
})
