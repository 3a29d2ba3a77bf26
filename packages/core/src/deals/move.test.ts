import { eur, isCrmError, usd } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { type Client, withPeople } from '../../test/support/crm'
import { spelledAlike } from '../../test/support/databases'

const DAY = 86_400_000

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => (isCrmError(error) ? error : Promise.reject(error)),
  )

describe('moving a deal', () => {
  test('it takes over the probability and opens a new interval', async () => {
    const { ada, clock } = await withPeople()
    const deal = await ada.deals.create({ title: 'Engine', amount: eur(1200) })
    const start = clock.now()
    clock.advance(3 * DAY)
    await ada.deals.update(deal.id, { amount: eur(1500) })
    const moved = await ada.deals.moveTo(deal.id, 'Negotiation')
    expect(moved).toMatchObject({ probability: 70, status: 'open', version: 3, stageEnteredAt: clock.now() })
    expect(await ada.deals.stageHistory(deal.id)).toEqual([
      expect.objectContaining({
        stageName: 'Qualification',
        enteredAt: start,
        enteredBy: 'ada',
        leftAt: clock.now(),
        amount: eur(1200),
      }),
      expect.objectContaining({
        stageName: 'Negotiation',
        enteredAt: clock.now(),
        leftAt: null,
        amount: eur(1500),
        class: 'open',
      }),
    ])
  })

  test('update with a stage obeys the same rules', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'Engine' })
    expect(await ada.deals.update(deal.id, { stage: 'Proposal Sent', probability: 45 })).toMatchObject({
      probability: 45,
    })
    expect(await refusal(ada.deals.update(deal.id, { stage: 'Closed Lost' }))).toMatchObject({ field: 'lostReason' })
    expect(await ada.deals.stageHistory(deal.id)).toHaveLength(2)
  })

  test('a move to the stage it is in changes nothing', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'Engine' })
    expect(await ada.deals.moveTo(deal.id, 'Qualification')).toMatchObject({ version: 1 })
    expect(await ada.deals.stageHistory(deal.id)).toHaveLength(1)
  })

  test('winning, losing and reopening write their own events', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'Engine', stage: 'Negotiation' })
    await ada.deals.win(deal.id)
    await ada.deals.reopen(deal.id)
    await ada.deals.lose(deal.id, { reason: 'price' })
    await ada.deals.reopen(deal.id, { stage: 'Proposal Sent' })
    await ada.deals.moveTo(deal.id, 'Qualification')
    const { items } = await ada.timeline({ type: 'deals', id: deal.id })
    expect(items.map(({ name }) => name).reverse()).toEqual([
      'deal.created',
      'deal.won',
      'deal.reopened',
      'deal.lost',
      'deal.reopened',
      'deal.stage_changed',
    ])
  })

  test('winning sets closedAt, reopening goes back to where it came from and clears it', async () => {
    const { ada, clock } = await withPeople()
    const deal = await ada.deals.create({ title: 'Engine', stage: 'Proposal Sent' })
    clock.advance(DAY)
    expect(await ada.deals.win(deal.id)).toMatchObject({ status: 'won', probability: 100, closedAt: clock.now() })
    const again = await ada.deals.win(deal.id)
    expect(again.version).toBe(2)
    expect(await ada.deals.reopen(deal.id)).toMatchObject({
      status: 'open',
      stage: deal.stage,
      probability: 40,
      closedAt: null,
    })
  })

  test('losing needs a reason, and `other` a note; reopening clears both', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'Engine' })
    expect(await refusal(ada.deals.moveTo(deal.id, 'Closed Lost'))).toMatchObject({
      field: 'lostReason',
      rule: 'required',
    })
    expect(await refusal(ada.deals.lose(deal.id, {} as never))).toMatchObject({ field: 'lostReason', rule: 'required' })
    expect(await refusal(ada.deals.lose(deal.id, { reason: 'Other' }))).toMatchObject({
      field: 'lostNote',
      rule: 'required',
    })
    expect(await ada.deals.lose(deal.id, { reason: 'other', note: 'gone fishing' })).toMatchObject({
      status: 'lost',
      lostNote: 'gone fishing',
    })
    expect(await refusal(ada.deals.update(deal.id, { lostReason: null }))).toMatchObject({
      field: 'lostReason',
      rule: 'required',
    })
    expect(await ada.deals.lose(deal.id, { reason: 'price' })).toMatchObject({ lostReason: 'price', lostNote: null })
    expect(await ada.deals.reopen(deal.id)).toMatchObject({ lostReason: null, lostNote: null })
    expect(await refusal(ada.deals.update(deal.id, { lostReason: 'price' }))).toMatchObject({ rule: 'only-when-lost' })
  })

  test('only a closed deal is reopened, and into an open stage', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'Engine' })
    expect(await refusal(ada.deals.reopen(deal.id))).toMatchObject({ code: 'INVALID_TRANSITION', rule: 'not-closed' })
    await ada.deals.win(deal.id)
    expect(await refusal(ada.deals.reopen(deal.id, { stage: 'Closed Lost' }))).toMatchObject({
      code: 'INVALID_TRANSITION',
      rule: 'not-open',
    })
  })

  test('a closed deal keeps the probability of its stage', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'Engine' })
    expect(await refusal(ada.deals.update(deal.id, { stage: 'Closed Won', probability: 50 }))).toMatchObject({
      rule: 'fixed-when-closed',
    })
    await ada.deals.win(deal.id)
    expect(await refusal(ada.deals.update(deal.id, { probability: 50 }))).toMatchObject({ rule: 'fixed-when-closed' })
  })

  test('a stale version is a conflict only when the stage changed meanwhile', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'Engine' })
    await ada.deals.update(deal.id, { title: 'Engines' })
    await ada.deals.moveTo(deal.id, 'Proposal Sent', { ifVersion: 1 })
    expect(await refusal(ada.deals.win(deal.id, { ifVersion: 2 }))).toMatchObject({ code: 'CONFLICT', field: 'stage' })
    expect(await refusal(ada.deals.moveTo(deal.id, 'Negotiation', { ifVersion: 2 }))).toMatchObject({
      code: 'CONFLICT',
    })
  })

  test('unknown options are refused', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'Engine' })
    expect(await refusal(ada.deals.moveTo(deal.id, 'Negotiation', { reason: 'x' } as never))).toMatchObject({
      rule: 'unknown-key',
    })
    expect(await refusal(ada.deals.lose(deal.id, { reason: 'price', why: 1 } as never))).toMatchObject({
      rule: 'unknown-key',
    })
  })
})

describe('many at once', () => {
  test('each deal has its own result, and a refused one leaves nothing', async () => {
    const { ada, bob } = await withPeople()
    const mine = await ada.deals.create({ title: 'A' })
    const his = await bob.deals.create({ title: 'B' })
    const results = await ada.deals.moveMany([mine.id, his.id, crypto.randomUUID()], 'Closed Lost', {
      lostReason: 'price',
    })
    expect(results.map((one) => (one.ok ? one.value.status : one.error.code))).toEqual([
      'lost',
      'FORBIDDEN',
      'NOT_FOUND',
    ])
    expect(await bob.deals.get(his.id)).toMatchObject({ status: 'open', version: 1 })
  })

  test('repeating a key gives the first result; with another stage it is a conflict', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'A' })
    const first = await ada.deals.moveTo(deal.id, 'Negotiation', { idempotencyKey: 'k' })
    expect(await ada.deals.moveTo(deal.id, 'Negotiation', { idempotencyKey: 'k' })).toEqual(first)
    expect(await refusal(ada.deals.moveTo(deal.id, 'Proposal Sent', { idempotencyKey: 'k' }))).toMatchObject({
      rule: 'key-reused',
    })
    expect(await ada.deals.stageHistory(deal.id)).toHaveLength(2)
    await ada.deals.moveMany([deal.id], 'Proposal Sent', { idempotencyKey: 'many' })
    expect(await refusal(ada.deals.moveMany([deal.id], 'Negotiation', { idempotencyKey: 'many' }))).toMatchObject({
      rule: 'key-reused',
    })
  })
})

describe('what a move costs', () => {
  test('one read and four writes, and winning no more', async () => {
    const { ada, storage } = await withPeople()
    const deal = await ada.deals.create({ title: 'A', amount: usd(1) })
    await ada.deals.moveTo(deal.id, 'Proposal Sent')
    const move = await storage.record(() => ada.deals.moveTo(deal.id, 'Negotiation'))
    const words = move.map(({ sql }) => spelledAlike(sql).split(' ').slice(0, 3).join(' ').replace(/\s+/g, ' '))
    expect(words).toEqual([
      'select r.id, r.title,',
      'update crm_deal set',
      'update crm_stage_interval set',
      'insert into crm_stage_interval',
      'insert into crm_event',
    ])
    expect(await storage.record(() => ada.deals.win(deal.id))).toHaveLength(5)
  })

  test('closing in a foreign currency also looks up the rate', async () => {
    const { ada, root, storage } = await withPeople()
    await root.rates.set([{ from: 'EUR', to: 'USD', day: '2026-01-01', rate: 1.1 }])
    const deal = await ada.deals.create({ title: 'A', amount: eur(1) })
    await ada.deals.moveTo(deal.id, 'Negotiation')
    expect(await storage.record(() => ada.deals.win(deal.id))).toHaveLength(6)
  })

  test('with a company, one more, for the company’s timeline', async () => {
    const { ada, storage } = await withPeople()
    const company = await ada.companies.create({ name: 'Babbage' })
    const deal = await ada.deals.create({ title: 'A', company: company.id })
    await ada.deals.moveTo(deal.id, 'Proposal Sent')
    expect(await storage.record(() => ada.deals.moveTo(deal.id, 'Negotiation'))).toHaveLength(6)
    const { items } = await ada.timeline({ type: 'companies', id: company.id })
    expect(items.map(({ name }) => name)).toContain('deal.stage_changed')
  })
})

describe('history', () => {
  test('a back-dated deal has its intervals and closing date in the past, by whom it was', async () => {
    const { crm, ada, system } = await withPeople()
    const past = (at: string) => crm.asSystem({ reason: 'import', history: { at: new Date(at), by: 'ada' } }) as Client
    const deal = await past('2017-01-10T09:00:00Z').deals.create({ title: 'GTX', amount: eur(550) })
    await past('2017-02-20T09:00:00Z').deals.moveTo(deal.id, 'Negotiation')
    await past('2017-03-01T09:00:00Z').deals.win(deal.id)
    expect(await ada.deals.get(deal.id)).toMatchObject({
      createdAt: new Date('2017-01-10T09:00:00Z'),
      closedAt: new Date('2017-03-01T09:00:00Z'),
      owner: 'ada',
    })
    const history = await ada.deals.stageHistory(deal.id)
    expect(
      history.map(({ enteredAt, enteredBy, leftAt }) => [
        enteredAt.toISOString().slice(0, 10),
        enteredBy,
        leftAt?.toISOString().slice(0, 10),
      ]),
    ).toEqual([
      ['2017-01-10', 'ada', '2017-02-20'],
      ['2017-02-20', 'ada', '2017-03-01'],
      ['2017-03-01', 'ada', undefined],
    ])
    expect(await refusal(past('2017-02-01T09:00:00Z').deals.reopen(deal.id))).toMatchObject({
      field: 'history.at',
      rule: 'out-of-order',
    })
    expect(
      (await system.audit({ limit: 200 })).items
        .filter((one) => one.recordId === deal.id)
        .every(({ silent }) => silent),
    ).toBe(true)
  })
})

describe('filters', () => {
  test('rotten: open for more days in the stage than it allows', async () => {
    const { ada, system, clock } = await withPeople()
    const old = await ada.deals.create({ title: 'Old' })
    const closed = await ada.deals.create({ title: 'Closed' })
    await ada.deals.win(closed.id)
    const elsewhere = await ada.deals.create({ title: 'Elsewhere', stage: 'Negotiation' })
    await system.pipelines.updateStage('Qualification', { rottenAfterDays: 7 })
    clock.advance(7 * DAY)
    const fresh = await ada.deals.create({ title: 'Fresh' })
    const ids = async (rotten: boolean) =>
      (await ada.deals.list({ where: { rotten } })).items.map(({ id }) => id).sort()
    expect(await ids(true)).toEqual([])
    clock.advance(1)
    expect(await ids(true)).toEqual([old.id])
    expect(await ids(false)).toEqual([closed.id, elsewhere.id, fresh.id].sort())
  })

  test('stage by class, name and pipeline, and with its own stage included', async () => {
    const { ada } = await withPeople()
    const won = await ada.deals.create({ title: 'A', stage: 'Closed Won' })
    await ada.deals.create({ title: 'B' })
    const { items } = await ada.deals.list({ where: { stage: { class: 'won' } }, include: ['stage', 'pipeline'] })
    expect(items).toMatchObject([
      { id: won.id, related: { stage: { name: 'Closed Won' }, pipeline: { name: 'Sales' } } },
    ])
  })
})
