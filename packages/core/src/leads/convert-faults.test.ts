import { isCrmError } from '@rapport/core'
import { dumpTables } from '@rapport/core/testing'
import { expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'

test('when any statement of a conversion fails, nothing of it is there', async () => {
  const { ada, storage, clock } = await withPeople()
  const company = await ada.companies.create({ name: 'Known' })
  const contact = await ada.contacts.create({ lastName: 'Byron' })
  const lead = await ada.leads.create({
    name: 'Ada Byron',
    email: 'ada@engine.example',
    company: 'Engine Works',
    source: 'event',
  })
  await ada.activities.create({ kind: 'call', lead: lead.id })
  clock.advance(1000)
  for (const input of [
    { deal: 'create' as const },
    { contact: { link: contact.id }, company: { link: company.id }, deal: 'create' as const },
  ]) {
    const id = input.contact ? (await ada.leads.create({ name: 'Second', title: 'Analyst' })).id : lead.id
    const before = await dumpTables(storage)
    for (let n: number | 'commit' = 1; ; n = (n as number) + 1) {
      const hasFailed = storage.failOn(n)
      const error = await ada.leads.convert(id, input).then(
        () => undefined,
        (thrown) => thrown,
      )
      if (!hasFailed()) {
        storage.failOn(null)
        expect(error).toBeUndefined()
        expect(n).toBeGreaterThan(20)
        break
      }
      expect(isCrmError(error, 'STORAGE')).toBe(true)
      expect(await dumpTables(storage)).toEqual(before)
    }
    expect((await ada.leads.get(id)).status).toBe('converted')
  }
})
