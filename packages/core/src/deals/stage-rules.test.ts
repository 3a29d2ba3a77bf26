import { eur, field, isCrmError } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { type Client, withPeople } from '../../test/support/crm'

const stageNamed = async (client: Client, name: string) =>
  (await client.pipelines.list()).flatMap(({ stages }) => stages).find((stage) => stage.name === name)

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => (isCrmError(error) ? error : Promise.reject(error)),
  )

describe('creating a deal', () => {
  test('it starts in the first open stage of the default pipeline, with the stage’s probability', async () => {
    const { ada } = await withPeople()
    const deal = await ada.deals.create({ title: 'Engine', amount: eur(1200) })
    const stage = await stageNamed(ada, 'Qualification')
    expect(deal).toMatchObject({
      stage: stage?.id,
      pipeline: stage?.pipeline,
      status: 'open',
      probability: 10,
      closedAt: null,
      owner: 'ada',
    })
  })

  test('stage and pipeline are taken by name, in any case, or by id', async () => {
    const { ada } = await withPeople()
    const byName = await ada.deals.create({ title: 'A', pipeline: 'sales', stage: 'NEGOTIATION' })
    const byId = await ada.deals.create({ title: 'B', pipeline: byName.pipeline, stage: byName.stage })
    expect(byId).toMatchObject({ stage: byName.stage, probability: 70 })
  })

  test('its own probability overrides the stage’s', async () => {
    const { ada } = await withPeople()
    expect(await ada.deals.create({ title: 'A', probability: 33 })).toMatchObject({ probability: 33 })
  })

  test('an unknown stage or pipeline names those that exist', async () => {
    const { ada } = await withPeople()
    expect(await refusal(ada.deals.create({ title: 'A', stage: 'Nowhere' }))).toMatchObject({
      code: 'VALIDATION',
      field: 'stage',
      rule: 'unknown-stage',
      remedy: expect.stringContaining('Qualification, Proposal Sent, Negotiation, Closed Won, Closed Lost'),
    })
    expect(await refusal(ada.deals.create({ title: 'A', pipeline: 'Nothing' }))).toMatchObject({
      rule: 'unknown-pipeline',
      remedy: expect.stringContaining('Sales'),
    })
  })

  test('a refused first deal leaves no pipelines behind, and a bulk call goes on after it', async () => {
    const { ada, system } = await withPeople()
    await refusal(ada.deals.create({ title: 'A', stage: 'Nowhere' }))
    expect((await system.audit({ limit: 200 })).items.filter(({ recordType }) => recordType === 'pipelines')).toEqual(
      [],
    )
    const results = await ada.deals.createMany([{ title: 'A', stage: 'Nowhere' }, { title: 'B' }, { title: 'C' }])
    expect(results.map(({ ok }) => ok)).toEqual([false, true, true])
    expect(await ada.pipelines.list()).toHaveLength(1)
  })

  test('a deal can be written down as won; a lost one says why', async () => {
    const { ada, clock } = await withPeople()
    expect(await ada.deals.create({ title: 'A', stage: 'Closed Won' })).toMatchObject({
      status: 'won',
      probability: 100,
      closedAt: clock.now(),
    })
    expect(await refusal(ada.deals.create({ title: 'A', stage: 'Closed Lost' }))).toMatchObject({
      field: 'lostReason',
      rule: 'required',
    })
  })

  test('server-owned fields are refused', async () => {
    const { ada } = await withPeople()
    for (const name of ['status', 'closedAt', 'stageEnteredAt', 'closedRate', 'lead']) {
      expect(await refusal(ada.deals.create({ title: 'A', [name]: 'open' } as never))).toMatchObject({
        field: name,
        rule: 'server-owned',
      })
    }
  })
})

describe('required fields of a stage', () => {
  const pipelines = [
    {
      name: 'Strict',
      stages: [
        { name: 'Open', probability: 5 },
        { name: 'Offer', probability: 50, requiredFields: ['amount', 'expectedCloseDate', 'custom.tier'] },
        { name: 'Won', class: 'won' as const },
        { name: 'Lost', class: 'lost' as const },
      ],
    },
  ]
  const fields = { deals: { tier: field.select(['gold', 'silver']) } }

  test('each missing one is named, and those given with the move count', async () => {
    const { ada } = await withPeople({ pipelines, fields })
    const deal = await ada.deals.create({ title: 'Engine' })
    const error = await refusal(ada.deals.moveTo(deal.id, 'Offer'))
    expect(error?.problems.map((problem) => problem.field)).toEqual(['amount', 'expectedCloseDate', 'custom.tier'])
    const patch = { stage: 'Offer', amount: eur(1), expectedCloseDate: '2026-05-01', custom: { tier: 'gold' } }
    expect(await ada.deals.update(deal.id, patch)).toMatchObject({ probability: 50 })
  })

  test('they are checked on entry only', async () => {
    const { ada } = await withPeople({ pipelines, fields })
    const deal = await ada.deals.create({
      title: 'A',
      stage: 'Offer',
      amount: eur(1),
      expectedCloseDate: '2026-05-01',
      custom: { tier: 'gold' },
    })
    expect(await ada.deals.update(deal.id, { amount: null })).toMatchObject({ amount: null })
    expect(await ada.deals.win(deal.id)).toMatchObject({ status: 'won' })
  })

  test('whoever does not see a required field is refused, filled or not', async () => {
    const roles = {
      clerk: { deals: { read: 'all', create: 'all', update: 'all', fields: { amount: 'none' } } },
    } as const
    const { ada, as, system } = await withPeople({ pipelines, fields, roles })
    await system.users.sync([{ id: 'kim', name: 'Kim', roles: ['clerk'] }])
    const full = await ada.deals.create({
      title: 'A',
      amount: eur(1),
      expectedCloseDate: '2026-05-01',
      custom: { tier: 'gold' },
    })
    const empty = await ada.deals.create({ title: 'B', expectedCloseDate: '2026-05-01', custom: { tier: 'gold' } })
    const [one, other] = [
      await refusal(as('kim').deals.moveTo(full.id, 'Offer')),
      await refusal(as('kim').deals.moveTo(empty.id, 'Offer')),
    ]
    expect(one).toMatchObject({ code: 'FORBIDDEN', rule: 'requires-hidden-field' })
    expect(one?.toJSON()).toEqual(other?.toJSON())
  })
})

describe('pipelines and order', () => {
  const stages = [
    { name: 'One', probability: 10 },
    { name: 'Two', probability: 20 },
    { name: 'Three', probability: 30 },
    { name: 'Won', class: 'won' as const },
    { name: 'Lost', class: 'lost' as const },
  ]
  const pipelines = [
    { name: 'Forward', forwardOnly: true, stages },
    { name: 'Free', stages: stages.map((stage) => (stage.name === 'Two' ? { ...stage, name: 'Middle' } : stage)) },
  ]

  test('a forward-only pipeline says what is allowed', async () => {
    const { ada } = await withPeople({ pipelines })
    const deal = await ada.deals.create({ title: 'A', stage: 'Two' })
    expect(await refusal(ada.deals.moveTo(deal.id, 'One'))).toMatchObject({
      code: 'INVALID_TRANSITION',
      rule: 'forward-only',
      remedy: 'From Two it can go to: Three, Won, Lost.',
    })
    await ada.deals.lose(deal.id, { reason: 'price' })
    expect(await refusal(ada.deals.reopen(deal.id, { stage: 'One' }))).toMatchObject({ rule: 'forward-only' })
    expect(await ada.deals.reopen(deal.id)).toMatchObject({ probability: 20 })
  })

  test('elsewhere any order is fine', async () => {
    const { ada } = await withPeople({ pipelines })
    const deal = await ada.deals.create({ title: 'A', pipeline: 'Free', stage: 'Three' })
    expect(await ada.deals.moveTo(deal.id, 'One')).toMatchObject({ probability: 10 })
  })

  test('a stage of another pipeline takes the deal there; a name of several needs the pipeline', async () => {
    const { ada } = await withPeople({ pipelines })
    const deal = await ada.deals.create({ title: 'A' })
    const moved = await ada.deals.moveTo(deal.id, 'Middle')
    expect(moved.pipeline).not.toBe(deal.pipeline)
    expect(await ada.deals.moveTo(deal.id, 'One')).toMatchObject({ pipeline: moved.pipeline })
    expect(await ada.deals.moveTo(deal.id, 'One', { pipeline: 'Forward' })).toMatchObject({ pipeline: deal.pipeline })
    expect(await ada.deals.update(deal.id, { pipeline: 'Free' })).toMatchObject({
      pipeline: moved.pipeline,
      probability: 10,
    })
  })

  test('with another pipeline alone, a closed deal stays closed; with its own, nothing changes', async () => {
    const { ada, clock } = await withPeople({ pipelines })
    const deal = await ada.deals.create({ title: 'A', stage: 'Won' })
    const won = clock.now()
    clock.advance(1000)
    expect(await ada.deals.update(deal.id, { pipeline: 'Forward' })).toMatchObject({ version: 1 })
    expect(await ada.deals.update(deal.id, { pipeline: 'Free' })).toMatchObject({ status: 'won', closedAt: won })
    expect(await ada.deals.reopen(deal.id)).toMatchObject({ status: 'open', probability: 10 })
  })
})
