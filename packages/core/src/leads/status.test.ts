import { isCrmError } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => (isCrmError(error) ? error : Promise.reject(error)),
  )

/** Where an update may take a lead, written out by hand. */
const ALLOWED: Record<string, readonly string[]> = {
  new: ['contacted', 'qualified', 'lost'],
  contacted: ['new', 'qualified', 'lost'],
  qualified: ['contacted', 'lost'],
  lost: ['new', 'contacted'],
  converted: [],
}
const STATUSES = Object.keys(ALLOWED)
const setTo = (status: string) => (status === 'lost' ? { status, lostReason: 'price' } : { status })

async function leadIn(status: string) {
  const people = await withPeople()
  const { ada } = people
  const lead = await ada.leads.create({ name: 'Ada Byron', ...(status === 'converted' ? {} : setTo(status)) })
  if (status === 'converted') await ada.leads.convert(lead.id, { contact: 'none' })
  return { ...people, id: lead.id }
}

describe.each(STATUSES)('a lead that is %s', (from) => {
  test.each(STATUSES.filter((to) => to !== from))('goes to %s only along a declared transition', async (to) => {
    const { ada, id } = await leadIn(from)
    const error = await refusal(ada.leads.update(id, setTo(to)))
    expect((await ada.leads.get(id)).status).toBe(error ? from : to)
    if (ALLOWED[from]?.includes(to)) expect(error).toBeUndefined()
    else expect(error).toMatchObject({ code: 'INVALID_TRANSITION', field: 'status' })
  })
})

test('an illegal transition says where the lead may go', async () => {
  const { ada, id } = await leadIn('qualified')
  const error = await refusal(ada.leads.update(id, { status: 'new' }))
  expect(error?.remedy).toBe('From qualified it can go to: contacted, lost.')
})

test('converted is reached only through convert, on create and on update', async () => {
  const { ada, id } = await leadIn('new')
  expect(await refusal(ada.leads.create({ name: 'Eve', status: 'converted' }))).toMatchObject({
    code: 'INVALID_TRANSITION',
    rule: 'only-by-convert',
  })
  expect(await refusal(ada.leads.update(id, { status: 'converted' }))).toMatchObject({
    rule: 'only-by-convert',
    remedy: 'Convert the lead with leads.convert; the status follows.',
  })
})

test('the statuses say themselves what is allowed', async () => {
  const { ada } = await leadIn('new')
  const statuses = ada.leads.statuses()
  expect(Object.fromEntries(statuses.map(({ name, next }) => [name, [...next].sort()]))).toEqual(
    Object.fromEntries(Object.entries(ALLOWED).map(([name, next]) => [name, [...next].sort()])),
  )
  expect(Object.fromEntries(statuses.map((status) => [status.name, status.class]))).toEqual({
    new: 'open',
    contacted: 'ongoing',
    qualified: 'ongoing',
    converted: 'won',
    lost: 'lost',
  })
})

test('lost needs a reason, and the reason other needs a note', async () => {
  const { ada, id } = await leadIn('new')
  expect(await refusal(ada.leads.update(id, { status: 'lost' }))).toMatchObject({
    code: 'VALIDATION',
    field: 'lostReason',
    rule: 'required',
  })
  expect(await refusal(ada.leads.update(id, { status: 'lost', lostReason: ' Other ' }))).toMatchObject({
    field: 'lostNote',
    rule: 'required',
  })
  expect(await ada.leads.update(id, { status: 'lost', lostReason: 'other', lostNote: 'moved away' })).toMatchObject({
    lostReason: 'other',
  })
})

test('reopening clears the lost fields, so that being lost again needs a reason again', async () => {
  const { ada, id } = await leadIn('lost')
  expect(await ada.leads.update(id, { status: 'contacted' })).toMatchObject({
    status: 'contacted',
    lostReason: null,
    lostNote: null,
  })
  expect(await refusal(ada.leads.update(id, { status: 'lost' }))).toMatchObject({ rule: 'required' })
})

test('a lead that is not lost has no lost reason', async () => {
  const { ada, id } = await leadIn('new')
  expect(await refusal(ada.leads.update(id, { lostReason: 'price' }))).toMatchObject({
    field: 'lostReason',
    rule: 'only-when-lost',
  })
})

test('other fields of a converted lead can still be changed', async () => {
  const { ada, id } = await leadIn('converted')
  expect(await ada.leads.update(id, { title: 'Countess' })).toMatchObject({ title: 'Countess', status: 'converted' })
})

describe('statuses and sources of the host', () => {
  const leads = {
    statuses: [
      { name: 'nurturing', class: 'ongoing' as const, from: ['contacted', 'lost'] },
      { name: 'junk', class: 'lost' as const },
    ],
    sources: ['trade-fair'],
    lostReasons: ['price', 'other'],
  }

  test('have the transitions declared', async () => {
    const { ada } = await withPeople({ leads })
    const next = Object.fromEntries(ada.leads.statuses().map((status) => [status.name, status.next]))
    expect(next).toEqual({
      new: ['contacted', 'qualified', 'lost', 'junk'],
      contacted: ['new', 'qualified', 'lost', 'nurturing', 'junk'],
      qualified: ['contacted', 'lost', 'junk'],
      converted: [],
      lost: ['new', 'contacted', 'nurturing'],
      nurturing: ['contacted', 'qualified', 'lost', 'junk'],
      junk: ['new', 'contacted'],
    })
    const lead = await ada.leads.create({ name: 'Ada', source: 'trade-fair' })
    expect(await refusal(ada.leads.update(lead.id, { status: 'nurturing' }))).toMatchObject({
      code: 'INVALID_TRANSITION',
    })
    await ada.leads.update(lead.id, { status: 'contacted' })
    expect(await ada.leads.update(lead.id, { status: 'nurturing' })).toMatchObject({
      status: 'nurturing',
      source: 'trade-fair',
    })
    expect(await ada.leads.convert(lead.id)).toMatchObject({ lead: { status: 'converted' } })
  })

  test('of class lost need a reason too, one of the list', async () => {
    const { ada } = await withPeople({ leads })
    const lead = await ada.leads.create({ name: 'Ada' })
    expect(await refusal(ada.leads.update(lead.id, { status: 'junk' }))).toMatchObject({
      field: 'lostReason',
      rule: 'required',
    })
    expect(await refusal(ada.leads.update(lead.id, { status: 'junk', lostReason: 'weather' }))).toMatchObject({
      rule: 'invalid-option',
      remedy: 'Use one of: price, other.',
    })
    expect(await ada.leads.update(lead.id, { status: 'junk', lostReason: 'price' })).toMatchObject({ status: 'junk' })
    expect(await refusal(ada.leads.convert(lead.id))).toMatchObject({
      code: 'INVALID_TRANSITION',
      remedy: 'From junk it can go to: new, contacted.',
    })
  })

  test('that are not declared are refused', async () => {
    const { ada } = await withPeople()
    expect(await refusal(ada.leads.create({ name: 'Ada', status: 'nurturing' }))).toMatchObject({
      field: 'status',
      rule: 'invalid-option',
    })
    expect(await refusal(ada.leads.create({ name: 'Ada', source: 'trade-fair' }))).toMatchObject({
      field: 'source',
      rule: 'invalid-option',
    })
  })

  test.each([
    [{ statuses: [{ name: 'Odd Name', class: 'open' as const }] }, 'invalid-name'],
    [{ statuses: [{ name: 'x', class: 'won' as never }] }, 'invalid-class'],
    [{ statuses: [{ name: 'lost', class: 'open' as const }] }, 'built-in-status'],
    [{ statuses: [{ name: 'x', class: 'open' as const, from: ['nowhere'] }] }, 'unknown-status'],
    [{ sources: ["o'clock"] }, 'invalid-name'],
  ])('are checked when the CRM is made: %j', async (options, rule) => {
    expect(await refusal(withPeople({ leads: options }))).toMatchObject({ code: 'VALIDATION', rule })
  })
})

test('the name follows first and last name, unless it was given as something else', async () => {
  const { ada } = await withPeople()
  const made = await ada.leads.create({ firstName: 'Ada', lastName: 'Byron' })
  expect(await ada.leads.update(made.id, { lastName: 'Lovelace' })).toMatchObject({ name: 'Ada Lovelace' })
  expect(await ada.leads.update(made.id, { name: 'The Countess' })).toMatchObject({
    name: 'The Countess',
    lastName: 'Lovelace',
  })
  expect(await ada.leads.update(made.id, { lastName: 'King' })).toMatchObject({ name: 'The Countess' })
  expect(await refusal(ada.leads.create({ email: 'ada@example.com' }))).toMatchObject({
    field: 'name',
    rule: 'required',
  })
})
