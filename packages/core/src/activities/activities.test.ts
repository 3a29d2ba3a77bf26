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

test('participants are users, contacts and others; their timelines show it', async () => {
  const { ada, root } = await withPeople()
  const [grace, linked] = [
    await ada.contacts.create({ lastName: 'Hopper' }),
    await ada.contacts.create({ lastName: 'Byron' }),
  ]
  const call = await ada.activities.create({
    kind: 'call',
    contact: linked.id,
    participants: {
      users: ['bob', 'bob'],
      contacts: [grace.id, linked.id],
      others: [{ name: 'Joan', email: 'JOAN@example.com' }],
    },
  })
  expect(call.participants).toEqual({
    users: ['bob'],
    contacts: [grace.id, linked.id],
    others: [{ name: 'Joan', email: 'joan@example.com' }],
  })
  for (const { id } of [grace, linked])
    expect((await root.contacts.timeline(id)).items[0]).toMatchObject({ name: 'activity.created', recordId: call.id })
  await ada.activities.update(call.id, { participants: null })
  expect((await ada.activities.get(call.id)).participants).toBeNull()
})

test('a participant must be somebody, and a contact in the writer’s reach', async () => {
  const { ada, cyd } = await withPeople()
  const hers = await ada.contacts.create({ lastName: 'Hopper' })
  const add = async (participants: object) => {
    const error = await cyd.activities.create({ kind: 'call', participants }).catch((thrown) => thrown)
    return isCrmError(error) && `${error.field} ${error.rule}`
  }
  expect(await add({ contacts: [hers.id] })).toBe('participants.contacts missing-target')
  expect(await add({ users: ['nobody'] })).toBe('participants.users missing-target')
  expect(await add({ contacts: ['x'] })).toBe('participants.contacts.0 invalid-id')
  expect(await add({ others: [{}] })).toBe('participants.others.0 required')
  expect(await add({ others: [{ email: 'x' }] })).toBe('participants.others.0.email invalid-email')
  expect(await add({ guests: [] })).toBe('participants.guests unknown-key')
  expect(await add({ others: Array(101).fill({ name: 'Joan' }) })).toBe('participants too-many')
})
