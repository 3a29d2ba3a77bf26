import { type ConvertInput, isCrmError, type NewLead } from '@rapport/core'
import { dumpTables } from '@rapport/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs, withPeople } from '../../test/support/crm'

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => (isCrmError(error) ? error : Promise.reject(error)),
  )

const lead = fc.record(
  {
    name: fc.constantFrom('Ada Byron', 'Byron, Ada', 'Solo', 'Ludwig van Beethoven'),
    email: fc.constantFrom('ada@engine.example', 'ada@gmail.com', 'x@other.example'),
    phone: fc.constantFrom('+4930901820', '+49 30 901821'),
    company: fc.constantFrom('Engine Works', 'ENGINE works GmbH', 'Elsewhere'),
    title: fc.constant('Analyst'),
    source: fc.constantFrom('website', 'event'),
    tags: fc.constant(['math']),
  },
  { requiredKeys: ['name'] },
)
const target = fc.constantFrom<'create' | 'none' | 'link' | 'given' | 'hidden' | undefined>(
  'create',
  'none',
  'link',
  'given',
  'hidden',
  undefined,
)
const request = fc.record({
  contact: target,
  company: target,
  deal: target,
  onDuplicate: fc.constantFrom('error' as const, 'link' as const, 'create' as const),
})

/** A world with possible duplicates: ada's own, a colleague's she may only read, and another team's she cannot see. */
async function world() {
  const people = await withPeople()
  const { ada, bob, cyd } = people
  const own = await ada.companies.create({ name: 'Engine Works' })
  const ids = {
    contact: {
      link: (await ada.contacts.create({ firstName: 'Ada', lastName: 'Byron', phone: '+4930901820' })).id,
      hidden: (await cyd.contacts.create({ lastName: 'Byron', email: 'ada@engine.example' })).id,
    },
    company: { link: own.id, hidden: (await cyd.companies.create({ name: 'Elsewhere' })).id },
    deal: {
      link: (await ada.deals.create({ title: 'Engine Works', company: own.id })).id,
      hidden: (await cyd.deals.create({ title: 'x' })).id,
    },
  }
  await bob.contacts.create({ lastName: 'Other', email: 'x@other.example', company: own.id })
  return { ...people, ids }
}

const GIVEN = {
  contact: { lastName: 'King', company: null },
  company: { name: 'Given', industry: 'Computing' },
  deal: { title: 'Engine Works', probability: 50 },
}

function inputOf(
  wanted: Record<'contact' | 'company' | 'deal', string | undefined>,
  ids: Awaited<ReturnType<typeof world>>['ids'],
): ConvertInput {
  const one = (name: 'contact' | 'company' | 'deal') => {
    const kind = wanted[name]
    if (kind === undefined || kind === 'create' || kind === 'none') return kind
    return kind === 'given' ? { create: GIVEN[name] } : { link: ids[name][kind as 'link' | 'hidden'] }
  }
  return { contact: one('contact'), company: one('company'), deal: one('deal') } as ConvertInput
}

test('a preview is what convert does: the same error, or the same records with the same values', async () => {
  await fc.assert(
    fc.asyncProperty(lead, request, async (values, { onDuplicate, ...wanted }) => {
      const { ada, ids, storage, crm } = await world()
      const { id } = await ada.leads.create(values as NewLead)
      const input = { ...inputOf(wanted, ids), onDuplicate }
      const before = await dumpTables(storage)
      const previewed = await ada.leads.previewConvert(id, input).catch((error) => error)
      expect(await dumpTables(storage)).toEqual(before)
      const stored = { contact: ada.contacts, company: ada.companies, deal: ada.deals }
      const earlier = Object.fromEntries(
        await Promise.all(
          (['contact', 'company', 'deal'] as const).map(async (name) => [
            name,
            previewed[name]?.id ? await stored[name].get(previewed[name].id) : null,
          ]),
        ),
      )
      const done = await ada.leads.convert(id, input).catch((error) => error)

      if (isCrmError(previewed)) {
        expect(isCrmError(done) && [done.code, done.field, done.rule]).toEqual([
          previewed.code,
          previewed.field,
          previewed.rule,
        ])
      } else if (previewed.refused) {
        expect(done).toMatchObject({ code: 'DUPLICATE' })
        const named = done.problems.map((problem: { field: string; candidates: string[] }) => [
          problem.field,
          problem.candidates,
        ])
        const found = Object.entries(previewed.duplicates as Record<string, { record: { id: string } }[]>).filter(
          ([, list]) => list.length > 0,
        )
        expect(named).toEqual(found.map(([name, list]) => [name, list.map(({ record }) => record.id)]))
      } else {
        expect(isCrmError(done)).toBe(false)
        for (const name of ['contact', 'company', 'deal'] as const) {
          const plan = previewed[name]
          if (plan.action === 'none') expect(done[name]).toBeNull()
          else expect(done[name]).toMatchObject(plan.values)
          if (plan.action === 'link') {
            expect(done[name].id).toBe(plan.id)
            const changed = Object.keys(done[name]).filter(
              (key) => JSON.stringify(done[name][key]) !== JSON.stringify(earlier[name][key]),
            )
            const follows = [
              'version',
              'updatedAt',
              'updatedBy',
              'name',
              'email',
              'phone',
              'lastActivityAt',
              'nextActivityAt',
            ]
            const links = ['company', 'lead']
            expect(changed.filter((key) => ![...follows, ...links, ...Object.keys(plan.values)].includes(key))).toEqual(
              [],
            )
          }
        }
      }
      await crm.close()
    }),
    runs(25),
  )
}, 120_000)

test('a preview of a converted lead tells what it became', async () => {
  const { ada } = await withPeople()
  const { id } = await ada.leads.create({ name: 'Ada' })
  const { contact } = await ada.leads.convert(id)
  expect(await ada.leads.previewConvert(id)).toMatchObject({
    converted: true,
    contact: { action: 'link', id: contact?.id },
    deal: { action: 'none' },
  })
})

test('a preview needs what convert needs', async () => {
  const { ada, bob, cyd } = await withPeople()
  const { id } = await ada.leads.create({ name: 'Ada' })
  expect(await refusal(bob.leads.previewConvert(id))).toMatchObject({ code: 'FORBIDDEN' })
  expect(await refusal(cyd.leads.previewConvert(id))).toMatchObject({ code: 'NOT_FOUND' })
})
