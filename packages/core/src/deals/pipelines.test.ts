import { isCrmError, type PipelineInput } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { addPeople, type Client, newCrm, withPeople } from '../../test/support/crm'
import { newHostPlace } from '../../test/support/databases'

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => (isCrmError(error) ? error : Promise.reject(error)),
  )

const PARTNERS: PipelineInput = {
  name: 'Partners',
  stages: [
    { name: 'Talks', probability: 20, rottenAfterDays: 14 },
    { name: 'Signed', class: 'won' },
    { name: 'Off', class: 'lost' },
  ],
}

const names = async (client: Client) =>
  (await client.pipelines.list()).map(({ name, stages }) => [name, stages.map((stage) => stage.name)])

describe('what a tenant starts with', () => {
  test('the default pipeline, as the domain has it', async () => {
    const { ada } = await withPeople()
    const [sales] = await ada.pipelines.list()
    expect(sales).toMatchObject({ name: 'Sales', isDefault: true, forwardOnly: false, archivedAt: null })
    expect(
      sales?.stages.map(({ name, probability, class: of, forecastCategory, position }) => [
        position,
        name,
        probability,
        of,
        forecastCategory,
      ]),
    ).toEqual([
      [0, 'Qualification', 10, 'open', 'pipeline'],
      [1, 'Proposal Sent', 40, 'open', 'best-case'],
      [2, 'Negotiation', 70, 'open', 'commit'],
      [3, 'Closed Won', 100, 'won', 'closed'],
      [4, 'Closed Lost', 0, 'lost', 'omitted'],
    ])
  })

  test('the host’s own, the first being the default one', async () => {
    const { ada } = await withPeople({ pipelines: [PARTNERS, { ...PARTNERS, name: 'Second' }] })
    const deal = await ada.deals.create({ title: 'A' })
    const [first, second] = await ada.pipelines.list()
    expect([first?.isDefault, second?.isDefault]).toEqual([true, false])
    expect(first?.stages[0]).toMatchObject({ name: 'Talks', rottenAfterDays: 14, requiredFields: [], id: deal.stage })
  })

  test('tenants have their own, and one’s stages are unknown to the other', async () => {
    const { crm, ada } = await withPeople()
    await addPeople(crm.asSystem({ reason: 'test', tenant: 'other' }) as Client)
    const eve = crm.as({ user: 'ada', tenant: 'other' }) as Client
    const mine = await ada.deals.create({ title: 'A' })
    const theirs = await eve.deals.create({ title: 'B' })
    expect(theirs.stage).not.toBe(mine.stage)
    expect(await refusal(eve.deals.moveTo(theirs.id, mine.stage))).toMatchObject({ rule: 'unknown-stage' })
    expect(await refusal(eve.deals.moveTo(mine.id, 'Negotiation'))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal(eve.deals.lines(mine.id))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal(eve.deals.stageHistory(mine.id))).toMatchObject({ code: 'NOT_FOUND' })
  })

  test.each<[string, object]>([
    ['required', []],
    ['unknown-key', [{ ...PARTNERS, nmae: 1 }]],
    ['missing-stage', [{ name: 'A', stages: [{ name: 'One', probability: 1 }] }]],
    ['out-of-range', [{ ...PARTNERS, stages: [{ name: 'One' }, ...PARTNERS.stages] }]],
    ['out-of-range', [{ ...PARTNERS, stages: [{ name: 'One', probability: 101 }, ...PARTNERS.stages] }]],
    ['duplicate-name', [{ ...PARTNERS, stages: [{ name: 'TALKS', probability: 1 }, ...PARTNERS.stages] }]],
    ['duplicate-name', [PARTNERS, PARTNERS]],
    [
      'unknown-field',
      [{ ...PARTNERS, stages: [{ name: 'One', probability: 1, requiredFields: ['closedAt'] }, ...PARTNERS.stages] }],
    ],
    ['invalid-option', [{ ...PARTNERS, stages: [{ name: 'One', probability: 1, class: 'hot' }, ...PARTNERS.stages] }]],
  ])('a declaration is checked at once: %s', async (rule, pipelines) => {
    expect(await refusal(newCrm({ pipelines: pipelines as never }))).toMatchObject({ code: 'VALIDATION', rule })
  })
})

describe('changing pipelines', () => {
  test('needs settings; reading needs deals', async () => {
    const { ada, mia, as, system } = await withPeople({ roles: { guest: { contacts: { read: 'all' } } } })
    await system.users.sync([{ id: 'gus', name: 'Gus', roles: ['guest'] }])
    expect(await refusal(ada.pipelines.create(PARTNERS))).toMatchObject({ code: 'FORBIDDEN' })
    expect(await refusal(mia.pipelines.archive('Sales'))).toMatchObject({ code: 'FORBIDDEN' })
    expect(await refusal(as('gus').pipelines.list())).toMatchObject({ code: 'FORBIDDEN' })
  })

  test('a new pipeline is there at once, beside the declared one', async () => {
    const { root, ada } = await withPeople()
    await root.pipelines.create(PARTNERS)
    expect((await names(ada)).map(([name]) => name)).toEqual(['Sales', 'Partners'])
    expect(await ada.deals.create({ title: 'A', stage: 'talks' })).toMatchObject({ probability: 20 })
    expect(await refusal(root.pipelines.create({ ...PARTNERS, name: 'partners' }))).toMatchObject({ code: 'DUPLICATE' })
  })

  test('stages are added, renamed, reordered; their class is fixed', async () => {
    const { root, ada } = await withPeople({ pipelines: [PARTNERS] })
    await root.pipelines.addStage('Partners', { name: 'Draft', probability: 60 })
    const [pipeline] = await ada.pipelines.list()
    expect(pipeline?.stages.map(({ name }) => name)).toEqual(['Talks', 'Draft', 'Signed', 'Off'])
    const deal = await ada.deals.create({ title: 'A', stage: 'Draft' })
    await root.pipelines.updateStage('Draft', { name: 'Paper', probability: 65 })
    expect(await ada.deals.get(deal.id)).toMatchObject({ probability: 60 })
    expect(await ada.deals.create({ title: 'B', stage: 'Paper' })).toMatchObject({ probability: 65 })
    await root.pipelines.reorder('Partners', ['Paper', 'Talks', 'Off', 'Signed'])
    expect(await names(ada)).toEqual([['Partners', ['Paper', 'Talks', 'Off', 'Signed']]])
    expect(await refusal(root.pipelines.reorder('Partners', ['Paper', 'Talks', 'Off']))).toMatchObject({
      rule: 'incomplete',
    })
    expect(await refusal(root.pipelines.updateStage('Paper', { class: 'won' } as never))).toMatchObject({
      rule: 'class-fixed',
    })
    expect(await refusal(root.pipelines.updateStage('Paper', { name: 'talks' }))).toMatchObject({ code: 'DUPLICATE' })
    expect(await refusal(root.pipelines.addStage('Partners', { name: 'Talks', probability: 1 }))).toMatchObject({
      code: 'DUPLICATE',
    })
  })

  test('an archived pipeline keeps its deals and takes no new ones', async () => {
    const { root, ada } = await withPeople()
    await root.pipelines.create(PARTNERS)
    const deal = await ada.deals.create({ title: 'A', pipeline: 'Partners' })
    expect(await refusal(root.pipelines.archive('Sales'))).toMatchObject({ rule: 'is-default' })
    await root.pipelines.archive('Partners')
    expect(await refusal(ada.deals.create({ title: 'B', pipeline: 'Partners' }))).toMatchObject({
      rule: 'archived',
      remedy: expect.stringContaining('Sales'),
    })
    expect(await ada.deals.win(deal.id)).toMatchObject({ status: 'won' })
    expect(await ada.pipelines.list()).toHaveLength(1)
    expect(await ada.pipelines.list({ archived: true })).toHaveLength(2)
    await root.pipelines.archive('Partners', false)
    await root.pipelines.update('Partners', { isDefault: true, name: 'Allies' })
    expect((await ada.pipelines.list()).map(({ name, isDefault }) => [name, isDefault])).toEqual([
      ['Sales', false],
      ['Allies', true],
    ])
    expect(await ada.deals.create({ title: 'C' })).toMatchObject({ pipeline: deal.pipeline })
  })

  test('each change is in the audit log', async () => {
    const { root, system } = await withPeople()
    await root.pipelines.create(PARTNERS)
    await root.pipelines.updateStage('Negotiation', { probability: 75 })
    const events = (await system.audit({ limit: 200 })).items.filter(({ recordType }) => recordType === 'pipelines')
    expect(events.map(({ name, actor }) => [name, actor]).reverse()).toEqual([
      ['pipeline.created', 'root'],
      ['pipeline.created', 'root'],
      ['pipeline.stage_updated', 'root'],
    ])
    expect(events[0]?.changes).toEqual({ 'Negotiation.probability': [70, 75] })
  })
})

describe('inside the host’s transaction', () => {
  async function hosted() {
    const { kysely, open } = await newHostPlace()
    const people = await withPeople({ storage: open() })
    return { ...people, kysely }
  }

  test('a rollback takes the first pipelines along, and memory does not keep them', async () => {
    const { kysely, ada } = await hosted()
    const rolledBack = kysely.transaction().execute(async (trx) => {
      const deal = await ada.within(trx).deals.create({ title: 'A' })
      await ada.within(trx).deals.moveTo(deal.id, 'Negotiation')
      throw new Error('host says no')
    })
    await expect(rolledBack).rejects.toThrow('host says no')
    expect((await ada.deals.list()).items).toEqual([])
    expect(await ada.deals.create({ title: 'B', stage: 'Negotiation' })).toMatchObject({ probability: 70 })
  })

  test('a pipeline made there serves deals there, and is gone with it', async () => {
    const { kysely, ada, root } = await hosted()
    await ada.deals.create({ title: 'A' })
    const rolledBack = kysely.transaction().execute(async (trx) => {
      await root.within(trx).pipelines.create(PARTNERS)
      expect(await ada.within(trx).deals.create({ title: 'B', stage: 'Talks' })).toMatchObject({ probability: 20 })
      throw new Error('host says no')
    })
    await expect(rolledBack).rejects.toThrow('host says no')
    expect(await refusal(ada.deals.create({ title: 'C', stage: 'Talks' }))).toMatchObject({ rule: 'unknown-stage' })
  })
})

test('a stage that another process added is found without waiting', async () => {
  const { open } = await newHostPlace()
  const here = await withPeople({ storage: open() })
  const there = await newCrm({ storage: open() })
  const deal = await here.ada.deals.create({ title: 'A' })
  await here.ada.deals.moveTo(deal.id, 'Negotiation')
  await there.system.pipelines.addStage('Sales', { name: 'Contract', probability: 90 })
  expect(await here.ada.deals.moveTo(deal.id, 'Contract')).toMatchObject({ probability: 90 })
  await there.system.pipelines.addStage('Sales', { name: 'Signing', probability: 95 })
  await there.system.deals.moveTo(deal.id, 'Signing')
  expect(await here.ada.deals.win(deal.id)).toMatchObject({ status: 'won' })
})
