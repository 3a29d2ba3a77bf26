import { eur, isCrmError, money, usd } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { addPeople, type Client, withPeople } from '../../test/support/crm'
import { invert } from './rate-on'

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => (isCrmError(error) ? error : Promise.reject(error)),
  )

describe('exchange rates', () => {
  test('are set, replaced and listed', async () => {
    const { root, ada } = await withPeople()
    const first = { from: 'EUR', to: 'USD', day: '2026-01-01', rate: '1.0800' }
    expect(await root.rates.set([first, { ...first, day: '2026-02-01', rate: 1.1 }])).toEqual({
      created: 2,
      updated: 0,
      unchanged: 0,
    })
    expect(await root.rates.set([first, { ...first, day: '2026-02-01', rate: 1.2 }])).toEqual({
      created: 0,
      updated: 1,
      unchanged: 1,
    })
    expect(await ada.rates.list({ from: 'EUR', until: '2026-02-28' })).toEqual([
      { from: 'EUR', to: 'USD', day: '2026-02-01', rate: '1.2' },
      { from: 'EUR', to: 'USD', day: '2026-01-01', rate: '1.08' },
    ])
    expect(await refusal(ada.rates.set([first]))).toMatchObject({ code: 'FORBIDDEN' })
  })

  test.each<[string, object]>([
    ['invalid-currency', { from: 'EURO' }],
    ['same-currency', { to: 'EUR' }],
    ['invalid-date', { day: '2026-02-30' }],
    ['out-of-range', { rate: 0 }],
    ['invalid-decimal', { rate: 'one' }],
    ['unknown-key', { note: 'x' }],
  ])('refused: %s', async (rule, part) => {
    const { root } = await withPeople()
    expect(
      await refusal(root.rates.set([{ from: 'EUR', to: 'USD', day: '2026-01-01', rate: 1, ...part } as never])),
    ).toMatchObject({ rule })
  })

  test('a closed deal keeps the latest rate of its close date or before', async () => {
    const { root, ada } = await withPeople({ settings: { timeZone: 'Pacific/Auckland' } })
    const pair = { from: 'EUR', to: 'USD' }
    await root.rates.set([
      { ...pair, day: '2026-03-01', rate: '1.05' },
      { ...pair, day: '2026-03-11', rate: '1.10' },
      { ...pair, day: '2026-03-12', rate: '1.20' },
    ])
    const deal = await ada.deals.create({ title: 'A', amount: eur(100) })
    // 2026-03-10T12:00Z is already the 11th in Auckland.
    expect(await ada.deals.win(deal.id)).toMatchObject({ closedRate: '1.1', closedRateCurrency: 'USD' })
    await root.rates.set([{ ...pair, day: '2026-03-11', rate: '9' }])
    expect(await ada.deals.update(deal.id, { amount: eur(200) })).toMatchObject({ closedRate: '1.1' })
    expect(await ada.deals.update(deal.id, { amount: usd(200) })).toMatchObject({
      closedRate: null,
      closedRateCurrency: null,
    })
    expect(await ada.deals.reopen(deal.id)).toMatchObject({ closedRate: null, closedAt: null })
  })

  test('where only the opposite is known, it is inverted; without either there is none', async () => {
    const { root, ada } = await withPeople()
    await root.rates.set([{ from: 'USD', to: 'JPY', day: '2026-01-01', rate: '160' }])
    const yen = await ada.deals.create({ title: 'A', amount: money(1000, 'JPY') })
    expect(await ada.deals.win(yen.id)).toMatchObject({ closedRate: '0.00625', closedRateCurrency: 'USD' })
    const dinar = await ada.deals.create({ title: 'A', amount: money(1, 'KWD') })
    expect(await ada.deals.win(dinar.id)).toMatchObject({ closedRate: null, closedRateCurrency: null })
  })

  test('history is closed at the rate of its own day', async () => {
    const { crm, root, ada } = await withPeople()
    await root.rates.set([
      { from: 'EUR', to: 'USD', day: '2017-01-01', rate: '1.0465' },
      { from: 'EUR', to: 'USD', day: '2020-01-01', rate: '1.12' },
    ])
    const then = crm.asSystem({
      reason: 'import',
      history: { at: new Date('2017-06-01T00:00:00Z'), by: 'ada' },
    }) as Client
    const deal = await then.deals.create({ title: 'A', amount: eur(1), stage: 'Closed Won' })
    expect(await ada.deals.get(deal.id)).toMatchObject({ closedRate: '1.0465' })
  })

  test.each([
    ['160', '0.00625'],
    ['3', '0.3333333333333333'],
    ['0.0001', '10000'],
    ['7', '0.1428571428571429'],
    ['0.00007', '14285.714285714286'],
  ])('one divided by %s is %s', (rate, inverse) => {
    expect(Number(invert(rate))).toBeCloseTo(Number(inverse), 10)
    expect(invert(rate).replace(/^0\.0*|\./g, '').length).toBeLessThanOrEqual(17)
  })
})

describe('quotas', () => {
  test('of users and teams by month; null removes one', async () => {
    const { root } = await withPeople()
    await root.quotas.set([
      { user: 'ada', month: '2026-03', amount: eur(50_000) },
      { team: 'north', month: '2026-03', amount: eur(90_000) },
      { user: 'cyd', month: '2026-04', amount: eur(1) },
    ])
    await root.quotas.set([
      { user: 'ada', month: '2026-03', amount: eur(60_000) },
      { user: 'cyd', month: '2026-04', amount: null },
    ])
    expect(await root.quotas.list({ since: '2026-03', until: '2026-04' })).toEqual([
      { team: 'north', month: '2026-03', amount: eur(90_000) },
      { user: 'ada', month: '2026-03', amount: eur(60_000) },
    ])
  })

  test('each sees those of their own reach', async () => {
    const { root, ada, mia } = await withPeople()
    const month = '2026-03'
    await root.quotas.set([
      { user: 'ada', month, amount: eur(1) },
      { user: 'cyd', month, amount: eur(2) },
      { team: 'north', month, amount: eur(3) },
      { team: 'south', month, amount: eur(4) },
    ])
    const seen = async (client: Client) => (await client.quotas.list()).map(({ user, team }) => user ?? team)
    expect(await seen(ada)).toEqual(['north', 'ada'])
    expect(await seen(mia)).toEqual(['north', 'south', 'ada', 'cyd'])
    expect(await refusal(mia.quotas.set([]))).toMatchObject({ code: 'FORBIDDEN' })
  })

  test('of another tenant are not seen', async () => {
    const { root, crm } = await withPeople()
    await root.quotas.set([{ user: 'ada', month: '2026-03', amount: eur(1) }])
    await root.rates.set([{ from: 'EUR', to: 'USD', day: '2026-01-01', rate: 1 }])
    const other = crm.asSystem({ tenant: 'other', reason: 'test' }) as Client
    await addPeople(other)
    expect([await other.quotas.list(), await other.rates.list()]).toEqual([[], []])
  })

  test.each<[string, object]>([
    ['invalid-grantee', { user: 'ada', team: 'north' }],
    ['invalid-grantee', { user: undefined }],
    ['unknown-user', { user: 'nobody' }],
    ['invalid-month', { month: '2026-13' }],
    ['invalid-money', { amount: eur(-1) }],
  ])('refused: %s', async (rule, part) => {
    const { root } = await withPeople()
    expect(
      await refusal(root.quotas.set([{ user: 'ada', month: '2026-03', amount: eur(1), ...part } as never])),
    ).toMatchObject({ rule })
  })
})
