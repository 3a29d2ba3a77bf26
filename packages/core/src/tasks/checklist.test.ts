import { expect, test } from 'vitest'
import { withPeople } from '../../test/support/crm'
import { refusalOf } from '../../test/support/outcome'

async function withSteps(...texts: string[]) {
  const made = await withPeople({ roles: { plain: { tasks: { read: 'all', fields: { checklist: 'none' } } } } })
  const { id } = await made.ada.tasks.create({ title: 'Offer' })
  for (const text of texts) await made.ada.tasks.addItem(id, text)
  const steps = await made.ada.tasks.checklist(id)
  const texts_ = async () => (await made.ada.tasks.checklist(id)).map(({ text }) => text)
  return { ...made, id, steps, texts: texts_, step: (at: number) => steps[at]?.id as string }
}

test('steps are added at the end, ticked by somebody at a moment, put in order and removed', async () => {
  const { ada, id, steps, step, texts, clock } = await withSteps('Write', 'Print', 'Send')
  expect(steps.map(({ text, done, doneAt, doneBy }) => [text, done, doneAt, doneBy])).toEqual([
    ['Write', false, null, null],
    ['Print', false, null, null],
    ['Send', false, null, null],
  ])
  const ticked = await ada.tasks.tickItem(id, step(1))
  expect(ticked[1]).toMatchObject({ text: 'Print', done: true, doneAt: clock.now(), doneBy: 'ada' })
  expect((await ada.tasks.tickItem(id, step(1), false))[1]).toMatchObject({ done: false, doneAt: null, doneBy: null })
  await ada.tasks.reorderItems(id, [step(2), step(0), step(1)])
  expect(await texts()).toEqual(['Send', 'Write', 'Print'])
  await ada.tasks.removeItem(id, step(2))
  await ada.tasks.addItem(id, ' File ')
  expect(await texts()).toEqual(['Write', 'Print', 'File'])
})

test('twenty people tick twenty steps at once, and none is lost', async () => {
  const { ada, root, id, steps } = await withSteps(...Array.from({ length: 20 }, (_, index) => `Step ${index}`))
  await Promise.all(steps.map((step, index) => (index % 2 ? ada : root).tasks.tickItem(id, step.id)))
  expect((await ada.tasks.checklist(id)).map(({ done }) => done)).toEqual(Array(20).fill(true))
  expect((await ada.tasks.get(id)).version).toBe(41)
})

test('each change is an event that tells the steps that differ; no change is none', async () => {
  const { ada, id, step } = await withSteps('Write', 'Print')
  await ada.tasks.tickItem(id, step(0))
  await ada.tasks.tickItem(id, step(0))
  await ada.tasks.reorderItems(id, [step(0), step(1)])
  const [last, ...others] = (await ada.tasks.timeline(id)).items
  expect(last).toMatchObject({
    name: 'task.checklist_changed',
    changes: { checklist: [[{ text: 'Write', done: false }], [{ text: 'Write', done: true }]] },
  })
  expect(others).toHaveLength(3)
})

test('refuses what is no step, no order of all steps, no text, and more than 200', async () => {
  const { ada, id, step } = await withSteps('Write', 'Print')
  const other = await ada.tasks.create({ title: 'Other' })
  const [foreign] = await ada.tasks.addItem(other.id, 'Foreign')
  expect(await refusalOf(() => ada.tasks.tickItem(id, foreign?.id as string))).toBe('NOT_FOUND item not-found')
  expect(await refusalOf(() => ada.tasks.removeItem(id, 'x'))).toBe('NOT_FOUND item not-found')
  expect(await refusalOf(() => ada.tasks.reorderItems(id, [step(0)]))).toBe('VALIDATION items incomplete')
  expect(await refusalOf(() => ada.tasks.reorderItems(id, [step(0), step(0)]))).toBe('VALIDATION items incomplete')
  expect(await refusalOf(() => ada.tasks.addItem(id, '  '))).toBe('VALIDATION text invalid-text')
  expect(await refusalOf(() => ada.tasks.tickItem(id, step(0), 'yes' as never))).toBe('VALIDATION done wrong-type')
  for (let count = 2; count < 200; count++) await ada.tasks.addItem(id, 'More')
  expect(await refusalOf(() => ada.tasks.addItem(id, 'One more'))).toBe('VALIDATION checklist too-many')
})

test('changing takes the right to update the task; a role may hide the checklist', async () => {
  const { bob, cyd, as, system, id, step } = await withSteps('Write')
  await system.users.sync([{ id: 'pat', name: 'Pat', roles: ['plain'] }])
  expect(await bob.tasks.checklist(id)).toHaveLength(1)
  expect(await refusalOf(() => bob.tasks.tickItem(id, step(0)))).toMatch(/^FORBIDDEN/)
  expect(await refusalOf(() => cyd.tasks.checklist(id))).toBe('NOT_FOUND id not-found')
  expect(await refusalOf(() => as('pat').tasks.checklist(id))).toBe('FORBIDDEN checklist field-not-readable')
  expect((await as('pat').tasks.timeline(id)).items.flatMap(({ changes }) => Object.keys(changes))).not.toContain(
    'checklist',
  )
})
