import { describe, expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'

const ADA = {
  name: 'Ada Byron',
  email: 'ada@engine.example',
  phone: '+49 30 901820',
  company: 'Engine Works',
  title: 'Analyst',
  source: 'event',
  tags: ['math'],
  consent: { newsletter: false },
}

async function withLead(lead: object = ADA) {
  const people = await withPeople()
  const made = await people.ada.leads.create(lead as never)
  return { ...people, lead: made }
}

describe('the history', () => {
  async function withHistory() {
    const made = await withLead()
    const { ada, lead, clock } = made
    clock.advance(1000)
    await ada.leads.update(lead.id, { status: 'contacted' })
    clock.advance(1000)
    const call = await ada.activities.create({ kind: 'call', subject: 'First call', lead: lead.id })
    const task = await ada.tasks.create({ title: 'Send offer', lead: lead.id })
    clock.advance(1000)
    return { ...made, call, task }
  }

  test('of the lead is on the timelines of contact and deal, once each', async () => {
    const { ada, lead } = await withHistory()
    const { contact, deal } = await ada.leads.convert(lead.id, { deal: 'create' })
    const names = async (type: 'contacts' | 'deals', id: string) =>
      (await ada.timeline({ type, id })).items.map((event) => event.name).sort()
    const shared = ['activity.created', 'lead.converted', 'lead.created', 'lead.status_changed', 'task.created']
    expect(await names('contacts', contact?.id as string)).toEqual(
      ['contact.created', 'deal.created', ...shared].sort(),
    )
    expect(await names('deals', deal?.id as string)).toEqual(['deal.created', ...shared].sort())
  })

  test('of a lead goes on with its contact', async () => {
    const { ada, lead } = await withHistory()
    const { contact } = await ada.leads.convert(lead.id)
    await ada.leads.update(lead.id, { title: 'Countess' })
    const [last] = (await ada.timeline({ type: 'contacts', id: contact?.id as string })).items
    expect(last).toMatchObject({ name: 'lead.updated', recordId: lead.id })
  })

  test('activities and tasks have the contact and the deal as well, where they had none', async () => {
    const { ada, lead, call, task } = await withHistory()
    const other = await ada.contacts.create({ lastName: 'Babbage' })
    const both = await ada.activities.create({ kind: 'call', lead: lead.id, contact: other.id })
    const { contact, deal } = await ada.leads.convert(lead.id, { deal: 'create' })
    expect(await ada.activities.get(call.id)).toMatchObject({ lead: lead.id, contact: contact?.id, deal: deal?.id })
    expect(await ada.tasks.get(task.id)).toMatchObject({ contact: contact?.id, deal: deal?.id })
    expect(await ada.activities.get(both.id)).toMatchObject({ contact: other.id, deal: deal?.id })
    expect((await ada.contacts.get(contact?.id as string)).lastActivityAt).toEqual(
      (await ada.leads.get(lead.id)).lastActivityAt,
    )
  })

  test('stays with the lead where asked', async () => {
    const { ada, lead, call } = await withHistory()
    await ada.leads.convert(lead.id, { activities: false })
    expect(await ada.activities.get(call.id)).toMatchObject({ contact: null })
  })

  test('has one event of the conversion, about all it became', async () => {
    const { ada, lead, crm } = await withHistory()
    const events: { name: string; about: readonly object[] }[] = []
    crm.on('lead.converted', (event) => void events.push(event))
    const { contact, company, deal } = await ada.leads.convert(lead.id, { deal: 'create' })
    expect(events).toHaveLength(1)
    expect(events[0]?.about).toEqual([
      { type: 'contacts', id: contact?.id },
      { type: 'companies', id: company?.id },
      { type: 'deals', id: deal?.id },
    ])
  })
})
