import { isCrmError } from '@rapport/core'
import { dumpTables } from '@rapport/core/testing'
import { describe, expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => (isCrmError(error) ? error : Promise.reject(error)),
  )

const TOKEN = 'web-form-0123456789'
const FAIR = 'fair-form-0123456789'

async function withForms(more: object = {}) {
  const capture = {
    tokens: [
      { token: TOKEN, defaults: { campaign: 'spring', tags: ['web'] } },
      { token: FAIR, name: 'fair', source: 'event', assignment: { roundRobin: { team: 'north' } }, tenant: 'acme' },
    ],
    ...more,
  }
  const people = await withPeople({ capture, settings: { country: 'DE' } })
  const send = (input: unknown, token = TOKEN, ip = '1') => people.crm.capture({ token, input, ip })
  return { ...people, send, leads: async () => (await people.system.leads.list()).items }
}

test('a submission becomes a lead, with its source, consent and defaults', async () => {
  const { send, leads, system } = await withForms()
  const input = {
    firstName: 'Ada',
    lastName: 'Byron',
    email: 'Ada@example.com',
    phone: '030 901820',
    company: 'Engine Works',
    utm: { source: 'newsletter' },
    landingPage: 'https://engine.example/offer',
    consent: 'on',
    message: 'Please call me.',
  }
  expect(await send(input)).toEqual({ received: true })
  const [lead] = await leads()
  expect(lead).toMatchObject({
    name: 'Ada Byron',
    email: 'Ada@example.com',
    phone: '030 901820',
    company: 'Engine Works',
    source: 'website',
    campaign: 'spring',
    tags: ['web'],
    utm: { source: 'newsletter' },
    consent: { given: true, at: '2026-03-10T12:00:00.000Z', source: 'website' },
    status: 'new',
    owner: null,
    createdBy: null,
  })
  expect((await system.notes.list({ type: 'leads', id: lead?.id as string })).items).toMatchObject([
    { body: 'Please call me.' },
  ])
  const [created] = (await system.timeline({ type: 'leads', id: lead?.id as string })).items.filter(
    ({ name }) => name === 'lead.created',
  )
  expect(created?.reason).toBe('capture by website')
})

test('each form has its tenant, source and assignment', async () => {
  const { crm, send, leads } = await withForms()
  const acme = crm.asSystem({ tenant: 'acme', reason: 'test' })
  await acme.users.syncTeams([{ id: 'north', name: 'North' }])
  await acme.users.sync(['ann', 'ben'].map((id) => ({ id, name: id, roles: ['sales'], teams: ['north'] })))
  await send({ email: 'one@example.com' }, FAIR)
  await send({ email: 'two@example.com' }, FAIR)
  const found = (await acme.leads.list({ orderBy: { name: 'asc' } })).items
  expect(found.map(({ name, source, owner }) => [name, source, owner])).toEqual([
    ['one@example.com', 'event', 'ann'],
    ['two@example.com', 'event', 'ben'],
  ])
  expect(await leads()).toEqual([])
})

test('an unknown token is refused, and nothing tells how near it was', async () => {
  const { send, leads } = await withForms()
  for (const token of ['', 'web-form-012345678', `${TOKEN}x`, 5 as never, 'x'.repeat(1000)]) {
    expect(await refusal(send({ email: 'a@example.com' }, token))).toMatchObject({
      code: 'FORBIDDEN',
      rule: 'unknown-token',
    })
  }
  expect(await leads()).toHaveLength(0)
})

test('a filled honeypot is thanked, and nothing is written', async () => {
  const { send, storage } = await withForms()
  await send({ email: 'first@example.com' })
  const before = await dumpTables(storage)
  expect(await send({ email: 'bot@example.com', nonsense: 1, _gotcha: 'http://spam' })).toEqual({ received: true })
  expect(await dumpTables(storage)).toEqual(before)
  expect(await send({ email: 'human@example.com', _gotcha: '' })).toEqual({ received: true })
})

describe('only fields for the public', () => {
  test.each([['status'], ['owner'], ['score'], ['tags'], ['source'], ['id'], ['convertedAt']])(
    'not %s',
    async (name) => {
      const { send, leads } = await withForms()
      expect(await refusal(send({ email: 'a@example.com', [name]: 'x' }))).toMatchObject({
        code: 'VALIDATION',
        field: name,
        rule: 'unknown-key',
      })
      expect(await leads()).toEqual([])
    },
  )

  test('and no custom field that is not listed', async () => {
    const { field } = await import('@rapport/core')
    const capture = { tokens: [{ token: TOKEN, customFields: ['budget'] }] }
    const { crm, system } = await withPeople({
      capture,
      fields: { leads: { budget: field.text(), secret: field.text() } },
    })
    expect(
      await refusal(crm.capture({ token: TOKEN, input: { email: 'a@example.com', custom: { secret: 'x' } } })),
    ).toMatchObject({ field: 'custom.secret' })
    await crm.capture({ token: TOKEN, input: { email: 'a@example.com', custom: { budget: 'x' } } })
    expect((await system.leads.list()).items[0]?.custom).toEqual({ budget: 'x' })
  })

  test.each([
    [{ name: 'Ada' }, 'email'],
    [{ email: 'not an email' }, 'email'],
    [{ email: 'a@example.com', message: 'x'.repeat(10_001) }, 'message'],
    [{ email: 'a@example.com', utm: 'x' }, 'utm'],
    ['text', 'input'],
  ])('with good values: not %j', async (input, field) => {
    const { send } = await withForms()
    expect(await refusal(send(input))).toMatchObject({ code: 'VALIDATION', field })
  })
})

describe('a person who comes again', () => {
  test('is folded into the open lead: empty fields filled, one event, the same answer', async () => {
    const { send, leads, system, crm } = await withForms()
    await send({ name: 'Ada', email: 'ada@example.com', consent: { newsletter: true } })
    const events: string[] = []
    crm.on('*', ({ name }) => void events.push(name))
    const again = {
      name: 'Somebody Else',
      email: 'ADA@example.com',
      title: 'Analyst',
      campaign: 'summer',
      consent: { newsletter: false, calls: true },
    }
    expect(await send(again)).toEqual({ received: true })
    const [lead, ...others] = await leads()
    expect(others).toEqual([])
    expect(lead).toMatchObject({
      name: 'Ada',
      title: 'Analyst',
      campaign: 'spring',
      consent: { newsletter: false, calls: true },
    })
    expect(events).toEqual(['lead.recaptured'])
    const [event] = (await system.timeline({ type: 'leads', id: lead?.id as string })).items.filter(
      ({ name }) => name === 'lead.recaptured',
    )
    expect(event?.changes).toMatchObject({
      title: [null, 'Analyst'],
      captured: [null, { source: 'website', campaign: 'summer', landingPage: null }],
    })
  })

  test('is known by the phone as well, however it is written', async () => {
    const { send, leads } = await withForms()
    await send({ name: 'Ada', phone: '030 901820' })
    await send({ email: 'ada@example.com', phone: '+49 (30) 901820' })
    expect((await leads()).map(({ name, email }) => [name, email])).toEqual([['Ada', 'ada@example.com']])
  })

  test('leaves one event even when there is nothing to fill', async () => {
    const { send, system, leads } = await withForms()
    await send({ name: 'Ada', email: 'ada@example.com' })
    await send({ name: 'Ada', email: 'ada@example.com' })
    const [lead] = await leads()
    const { items } = await system.timeline({ type: 'leads', id: lead?.id as string })
    expect(items.map(({ name }) => name).sort()).toEqual(['lead.created', 'lead.recaptured'])
  })

  test('after the lead was lost or converted is a new lead', async () => {
    const { send, leads, system } = await withForms()
    await send({ name: 'Ada', email: 'ada@example.com' })
    const [first] = await leads()
    await system.leads.update(first?.id as string, { status: 'lost', lostReason: 'price' })
    await send({ name: 'Ada', email: 'ada@example.com' })
    expect(await leads()).toHaveLength(2)
  })
})

describe('the rate limit', () => {
  test('counts by token and address, and says when to come again', async () => {
    const { send, clock } = await withForms({ rateLimit: { requests: 2, per: 60_000 } })
    await send({ email: 'a@example.com' })
    await send({ email: 'b@example.com' })
    const error = await refusal(send({ email: 'c@example.com' }))
    expect(error).toMatchObject({ code: 'RATE_LIMITED', status: 429 })
    expect(error?.problems).toEqual([
      { field: 'capture', rule: 'too-many-requests', remedy: 'Try again in 30 seconds.', retryAfter: 30 },
    ])
    expect(await send({ email: 'c@example.com' }, TOKEN, '2')).toEqual({ received: true })
    clock.advance(29_000)
    expect(await refusal(send({ email: 'c@example.com' }))).toMatchObject({ code: 'RATE_LIMITED' })
    clock.advance(1000)
    expect(await send({ email: 'd@example.com' })).toEqual({ received: true })
    expect(await refusal(send({ email: 'e@example.com' }))).toMatchObject({ code: 'RATE_LIMITED' })
  })

  test('counts what is thrown away and what is refused too', async () => {
    const { send } = await withForms({ rateLimit: { requests: 2 } })
    await send({ email: 'a@example.com', _gotcha: 'x' })
    await refusal(send({ email: 'nonsense' }))
    expect(await refusal(send({ email: 'b@example.com' }))).toMatchObject({ code: 'RATE_LIMITED' })
  })
})

test.each([
  [[{ token: 'short' }], 'weak-token'],
  [[{ token: TOKEN }, { token: TOKEN }], 'repeated-token'],
  [[{ token: TOKEN, source: 'moon' }], 'invalid-option'],
])('forms are checked when the CRM is made', async (tokens, rule) => {
  expect(await refusal(withPeople({ capture: { tokens } }))).toMatchObject({ code: 'VALIDATION', rule })
})

test('without forms every token is unknown', async () => {
  const { crm } = await withPeople()
  expect(await refusal(crm.capture({ token: TOKEN, input: { email: 'a@example.com' } }))).toMatchObject({
    code: 'FORBIDDEN',
    rule: 'unknown-token',
  })
})

test('a capture that fails at any statement leaves nothing behind', async () => {
  const { send, storage, system } = await withForms({ rateLimit: { requests: 1000 } })
  await send({ name: 'Warm', email: 'warm@example.com' })
  const before = await dumpTables(storage)
  for (let n = 1; ; n++) {
    const hasFailed = storage.failOn(n)
    const error = await refusal(send({ name: 'Ada', email: 'ada@example.com', message: 'Hello' }))
    if (!hasFailed()) break
    expect(error).toMatchObject({ code: 'STORAGE' })
    expect(await dumpTables(storage)).toEqual(before)
  }
  storage.failOn(null)
  expect((await system.leads.list()).items).toHaveLength(2)
})
