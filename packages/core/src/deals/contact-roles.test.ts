import { isCrmError } from '@rapport/core'
import { expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => (isCrmError(error) ? error : Promise.reject(error)),
  )

async function deal() {
  const people = await withPeople()
  const { ada } = people
  const byron = await ada.contacts.create({ firstName: 'Ada', lastName: 'Byron' })
  const babbage = await ada.contacts.create({ firstName: 'Charles', lastName: 'Babbage' })
  const made = await ada.deals.create({ title: 'Engine' })
  return { ...people, byron, babbage, id: made.id }
}

test('contacts have a role, and one of them is the primary one', async () => {
  const { ada, id, byron, babbage } = await deal()
  await ada.deals.setContacts(id, [
    { contact: babbage.id },
    { contact: byron.id, role: ' Decision  maker ', primary: true },
  ])
  expect(await ada.deals.contacts(id)).toEqual([
    { contact: byron.id, name: 'Ada Byron', role: 'Decision maker', primary: true },
    { contact: babbage.id, name: 'Charles Babbage', role: null, primary: false },
  ])
  expect(await ada.deals.setContacts(id, [{ contact: babbage.id }])).toMatchObject([
    { contact: babbage.id, primary: true },
  ])
})

test('the change is an event of the deal, and shows on the contact’s timeline', async () => {
  const { ada, id, byron } = await deal()
  await ada.deals.setContacts(id, [{ contact: byron.id, role: 'Champion' }])
  await ada.deals.setContacts(id, [{ contact: byron.id, role: 'Champion', primary: true }])
  const { items } = await ada.timeline({ type: 'contacts', id: byron.id })
  const [event] = items.filter(({ name }) => name === 'deal.contacts_changed')
  expect(event?.changes).toEqual({ contacts: [[], [{ contact: byron.id, role: 'Champion', primary: true }]] })
  expect(await ada.deals.get(id)).toMatchObject({ version: 2 })
})

test('deals are found by their contacts, as far as these are visible', async () => {
  const { ada, bob, cyd, system, id, byron } = await deal()
  await ada.deals.setContacts(id, [{ contact: byron.id }])
  await ada.deals.create({ title: 'Other' })
  const found = async (where: object) => (await ada.deals.list({ where })).items.map((one) => one.id)
  expect(await found({ contact: byron.id })).toEqual([id])
  expect(await found({ contact: { lastName: { startsWith: 'By' } } })).toEqual([id])
  expect(await found({ not: { contact: byron.id } })).not.toContain(id)
  expect((await bob.deals.list({ where: { contact: byron.id } })).items).toHaveLength(1)
  await system.deals.assign(id, { user: 'cyd' })
  expect((await cyd.deals.list({ where: { contact: byron.id } })).items).toHaveLength(0)
  expect(await refusal(ada.deals.list({ where: { contact: 'nobody' } }))).toMatchObject({ rule: 'invalid-id' })
})

test('contacts out of reach cannot be given, are not shown, and stay', async () => {
  const { ada, cyd, system, id, byron, babbage } = await deal()
  await ada.deals.setContacts(id, [{ contact: byron.id, role: 'Champion' }])
  await system.deals.assign(id, { user: 'cyd' })
  const own = await cyd.contacts.create({ lastName: 'Lovelace' })
  expect(await refusal(cyd.deals.setContacts(id, [{ contact: babbage.id }]))).toMatchObject({
    field: 'contacts.0.contact',
    rule: 'missing-target',
  })
  expect(await cyd.deals.setContacts(id, [{ contact: own.id }])).toMatchObject([{ contact: own.id }])
  expect((await system.deals.contacts(id)).map(({ contact }) => contact).sort()).toEqual([byron.id, own.id].sort())
})

test('bad input is refused by name', async () => {
  const { ada, id, byron, babbage } = await deal()
  const [one, two] = [{ contact: byron.id }, { contact: babbage.id }]
  expect(await refusal(ada.deals.setContacts(id, [one, one]))).toMatchObject({
    field: 'contacts.1.contact',
    rule: 'duplicate',
  })
  expect(
    await refusal(
      ada.deals.setContacts(id, [
        { ...one, primary: true },
        { ...two, primary: true },
      ]),
    ),
  ).toMatchObject({ field: 'contacts.1.primary' })
  expect(await refusal(ada.deals.setContacts(id, [{ contact: 'x' }]))).toMatchObject({ rule: 'invalid-id' })
  expect(await refusal(ada.deals.setContacts(id, [{ ...one, title: 'x' } as never]))).toMatchObject({
    rule: 'unknown-key',
  })
})
