import { isCrmError } from '@rapport/core'
import { expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'
import { spelledAlike } from '../../test/support/databases'

const at = (day: number) => new Date(`2026-03-0${day}T10:00:00Z`)

async function withLead() {
  const made = await withPeople()
  const lead = await made.ada.leads.create({ name: 'Ada', source: 'website' })
  const last = async (id = lead.id) => (await made.root.leads.get(id)).lastActivityAt
  return { ...made, lead, last }
}

test('the records it is about know of the latest activity', async () => {
  const { ada, lead, last, clock } = await withLead()
  const contact = await ada.contacts.create({ firstName: 'Grace' })
  expect(await last()).toBeNull()
  await ada.activities.create({ kind: 'call', lead: lead.id, contact: contact.id, occurredAt: at(5) })
  await ada.activities.create({ kind: 'call', lead: lead.id, occurredAt: at(3) })
  expect(await last()).toEqual(at(5))
  expect((await ada.contacts.get(contact.id)).lastActivityAt).toEqual(at(5))
  const now = await ada.activities.create({ kind: 'meeting', lead: lead.id })
  expect(now.occurredAt).toEqual(clock.now())
  expect(await last()).toEqual(clock.now())
})

test('corrections are followed: in time, to another record, deleted and restored', async () => {
  const { ada, lead, last } = await withLead()
  const other = await ada.leads.create({ name: 'Bob', source: 'website' })
  await ada.activities.create({ kind: 'call', lead: lead.id, occurredAt: at(3) })
  const late = await ada.activities.create({ kind: 'call', lead: lead.id, occurredAt: at(8) })
  await ada.activities.update(late.id, { occurredAt: at(6) })
  expect(await last()).toEqual(at(6))
  await ada.activities.update(late.id, { lead: other.id })
  expect([await last(), await last(other.id)]).toEqual([at(3), at(6)])
  await ada.activities.delete(late.id)
  expect([await last(), await last(other.id)]).toEqual([at(3), null])
  await ada.activities.restore(late.id)
  expect(await last(other.id)).toEqual(at(6))
})

test('a record one cannot see is neither linked nor touched', async () => {
  const { cyd, lead, last } = await withLead()
  const refusal = await cyd.activities.create({ kind: 'call', lead: lead.id }).catch((error) => error)
  expect(isCrmError(refusal, 'VALIDATION') && refusal.rule).toBe('missing-target')
  expect(await last()).toBeNull()
})

test('a change of other fields touches nothing', async () => {
  const { ada, lead, storage } = await withLead()
  const { id } = await ada.activities.create({ kind: 'call', lead: lead.id })
  const statements = await storage.record(() => ada.activities.update(id, { outcome: 'agreed' }))
  expect(
    statements.some(({ sql }) => sql.includes('last_activity_at =') && spelledAlike(sql).startsWith('update crm_lead')),
  ).toBe(false)
})

test('nobody following up is a filter', async () => {
  const { ada, lead } = await withLead()
  const idle = await ada.leads.create({ name: 'Idle', source: 'website' })
  await ada.activities.create({ kind: 'call', lead: lead.id })
  expect((await ada.leads.list({ where: { lastActivityAt: null } })).items.map(({ id }) => id)).toEqual([idle.id])
})
