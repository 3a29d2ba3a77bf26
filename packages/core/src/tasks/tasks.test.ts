import { isCrmError } from '@rapport/core'
import { expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'
import { sqliteOnly } from '../../test/support/databases'

async function withLead(timeZone = 'UTC') {
  const made = await withPeople({ settings: { timeZone } })
  const lead = await made.ada.leads.create({ name: 'Ada', source: 'website' })
  const next = async (id = lead.id) => (await made.root.leads.get(id)).nextActivityAt
  return { ...made, lead, next }
}

test('completing sets the moment, once', async () => {
  const { ada, clock } = await withLead()
  const task = await ada.tasks.create({ title: 'Call' })
  clock.advance(1000)
  const done = await ada.tasks.complete(task.id)
  expect(done).toMatchObject({ status: 'done', doneAt: clock.now(), version: 2 })
  clock.advance(1000)
  expect(await ada.tasks.complete(task.id)).toEqual(done)
  expect((await ada.tasks.timeline(task.id)).items.map(({ name }) => name)).toEqual(['task.done', 'task.created'])
})

test('only who may update the task completes it', async () => {
  const { ada, bob, cyd } = await withLead()
  const { id } = await ada.tasks.create({ title: 'Call' })
  const codeOf = (work: Promise<unknown>) => work.catch((error) => isCrmError(error) && error.code)
  expect(await codeOf(bob.tasks.complete(id))).toBe('FORBIDDEN')
  expect(await codeOf(cyd.tasks.complete(id))).toBe('NOT_FOUND')
})

test('the owner is the assignee', async () => {
  const { mia, bob } = await withLead()
  const task = await mia.tasks.create({ title: 'Call' })
  await mia.tasks.assign(task.id, { user: 'bob' })
  expect((await bob.tasks.list({ where: { owner: { me: true } } })).items.map(({ id }) => id)).toEqual([task.id])
})

test('records know when the next open task falls due', async () => {
  const { ada, lead, next } = await withLead()
  const [early, late] = [new Date('2026-03-12T09:00:00Z'), new Date('2026-03-20T09:00:00Z')]
  const first = await ada.tasks.create({ title: 'Call', lead: lead.id, dueAt: late })
  expect(await next()).toEqual(late)
  const second = await ada.tasks.create({ title: 'Write', lead: lead.id, dueAt: early })
  await ada.tasks.create({ title: 'Someday', lead: lead.id })
  expect(await next()).toEqual(early)
  await ada.tasks.complete(second.id)
  expect(await next()).toEqual(late)
  await ada.tasks.update(first.id, { dueAt: null, dueDate: '2026-03-25' })
  expect(await next()).toEqual(new Date('2026-03-25T00:00:00Z'))
  await ada.tasks.update(second.id, { status: 'open' })
  expect(await next()).toEqual(early)
  await ada.tasks.delete(second.id)
  expect(await next()).toEqual(new Date('2026-03-25T00:00:00Z'))
  await ada.tasks.restore(second.id)
  expect(await next()).toEqual(early)
  const other = await ada.leads.create({ name: 'Bob', source: 'website' })
  await ada.tasks.update(second.id, { lead: other.id })
  expect([await next(), await next(other.id)]).toEqual([new Date('2026-03-25T00:00:00Z'), early])
  await ada.tasks.update(first.id, { status: 'cancelled' })
  expect(await next()).toBeNull()
})

test('a due day counts from its start in the tenant’s zone', async () => {
  const { ada, lead, next } = await withLead('Pacific/Auckland')
  await ada.tasks.create({ title: 'Call', lead: lead.id, dueDate: '2026-03-25' })
  // Auckland is 13 hours ahead of UTC until 5 April 2026.
  expect(await next()).toEqual(new Date('2026-03-24T11:00:00Z'))
})

// How SQLite tells its plans; those of every database are in test/plans.test.ts.
sqliteOnly('a task without due time, or a change of its text, costs no more statements', async () => {
  const { ada, lead, storage } = await withLead()
  const { id } = await ada.tasks.create({ title: 'Call', lead: lead.id, dueDate: '2026-03-25' })
  const touching = async (work: () => Promise<unknown>) =>
    [...(await storage.record(work))].filter(
      ({ sql }) => sql.includes('next_activity_at = ?') || sql.includes('min(due_at)'),
    )
  expect(await touching(() => ada.tasks.update(id, { title: 'Call back' }))).toEqual([])
  expect(await touching(() => ada.tasks.create({ title: 'Someday', lead: lead.id }))).toEqual([])
  const statements = await touching(() => ada.tasks.complete(id))
  expect(statements).toHaveLength(2)
  const plan = (await storage.read(`explain query plan ${statements[0]?.sql}`, statements[0]?.params ?? []))
    .map((row) => String(row[3]))
    .join('\n')
  expect(plan).toMatch(/USING (COVERING )?INDEX crm_task_lead/)
})
