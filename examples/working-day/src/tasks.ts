import type { Office } from './office'
import { type Line, local } from './words'

/** A weekly call with a checklist and a reminder; and what else is due, or was. */
export async function plan({ ada, deal }: Office): Promise<Line[]> {
  const weekly = await ada.tasks.create({
    title: 'Call about the quote',
    kind: 'call',
    dueAt: '2026-03-23T09:00:00+01:00',
    recurrence: 'FREQ=WEEKLY',
    reminders: [{ before: 'PT15M' }],
    deal: deal.id,
  })
  for (const step of ['Read the last notes', 'Agree on a next step']) await ada.tasks.addItem(weekly.id, step)
  await ada.tasks.create({ title: 'Send the data sheet', dueDate: '2026-03-20' })
  await ada.tasks.create({ title: 'Pack for the fair', dueDate: '2026-03-24' })

  const { items } = await ada.tasks.myDay()
  return items.map(({ title, dueDate, dueAt }) => [dueDate ?? local(dueAt), title])
}

/** Completing the task makes the next one: at nine again, though the clocks change on Sunday. */
export async function call({ ada, grace, deal }: Office): Promise<Line[]> {
  const participants = { contacts: [grace.id] }
  await ada.activities.create({ kind: 'call', duration: 10, outcome: 'Wants a quote', deal: deal.id, participants })
  const newest = await ada.timeline({ type: 'contacts', id: grace.id }, { limit: 1 })
  const lines = newest.items.map(({ name }): Line => ["On Grace's timeline", name])

  const { items: calls } = await ada.tasks.list({ where: { deal: deal.id, kind: 'call' } })
  for (const { id } of calls) {
    for (const step of await ada.tasks.checklist(id)) await ada.tasks.tickItem(id, step.id)
    await ada.tasks.complete(id)
  }
  const { items: series } = await ada.tasks.list({ where: { deal: deal.id }, orderBy: { occurrence: 'asc' } })
  for (const { id, title, status, dueAt } of series) {
    const steps = await ada.tasks.checklist(id)
    const ticked = steps.filter(({ done }) => done).length
    lines.push([local(dueAt), `${title} (${status}, ${ticked} of ${steps.length} steps)`])
  }
  return lines
}
