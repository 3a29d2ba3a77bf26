import { CrmError, invalid } from '../kernel/errors'
import { newId } from '../kernel/ids'
import { hasForbiddenCharacters } from '../kernel/text'
import { authorOf, type Caller, nowOf } from '../records/caller'
import { checkFieldAccess } from '../records/checks'
import { tableOf } from '../records/engine'
import { findInScope, notFound, requireForWrite } from '../records/find'
import { runVerb, type VerbOptions } from '../records/idempotency'
import { queryContext } from '../records/query'
import { saveChange } from '../records/update'
import { hiddenPart, isVisible } from '../records/visibility'
import type { WriteSession } from '../records/write'
import { addSteps, type ChecklistItem, moveSteps, readChecklist, removeStep, storeTick } from './checklist-stored'

const MOST = 200

/** The steps of a task, in their order. */
export async function taskChecklist(caller: Caller, id: string): Promise<ChecklistItem[]> {
  const query = await queryContext(caller)
  const reader = { all: caller.storage.read }
  if (!isVisible(query.actor, tableOf(query.engine, 'tasks'), 'checklist')) throw hiddenPart('tasks', 'checklist')
  if (!(await findInScope(query, reader, 'tasks', id, 'read'))) throw notFound('tasks')
  return readChecklist(reader, caller, id)
}

/** What a verb makes of the steps, once it has stored it. */
type Work = (write: WriteSession, items: readonly ChecklistItem[]) => Promise<ChecklistItem[]>

/**
 * One verb on the checklist. The task is locked meanwhile, so that of two who work on it at once neither loses anything.
 * The event tells the steps that differ; nothing differs: nothing is written.
 */
function change(
  caller: Caller,
  verb: string,
  id: string,
  input: unknown,
  options: VerbOptions | undefined,
  work: Work,
) {
  return runVerb(caller, `tasks.${verb}`, [id, input], options, async (write) => {
    const table = tableOf(caller.engine, 'tasks')
    const task = await requireForWrite(write, 'tasks', id, 'update')
    checkFieldAccess(write, table, { checklist: null })
    const before = await readChecklist(write, caller, id)
    const after = await work(write, before)
    const [from, to] = [without(before, after), without(after, before)]
    if (from.length > 0 || to.length > 0) {
      const changes = { checklist: [from, to] as const }
      await saveChange(write, table, task, { ...task }, new Set(), 'task.checklist_changed', { changes })
    }
    return after
  })
}

/** Those of the one list that are not in the other as they are, in that place. */
function without(some: readonly ChecklistItem[], others: readonly ChecklistItem[]) {
  const keys = new Set(others.map((item, place) => JSON.stringify([place, item])))
  return some.filter((item, place) => !keys.has(JSON.stringify([place, item])))
}

/** Puts a step at the end. */
export function addItem(caller: Caller, id: string, text: string, options?: VerbOptions): Promise<ChecklistItem[]> {
  return change(caller, 'addItem', id, text, options, async (write, items) => {
    if (typeof text !== 'string' || text.trim() === '' || text.length > 500 || hasForbiddenCharacters(text))
      throw invalid('text', 'invalid-text', 'Give 1 to 500 characters, no NUL or broken surrogate pairs among them.')
    if (items.length >= MOST) throw invalid('checklist', 'too-many', `Keep it to ${MOST} steps; make a second task.`)
    const item: ChecklistItem = { id: newId(), text: text.trim(), done: false, doneAt: null, doneBy: null }
    await addSteps(write, id, [...items, item], items.length)
    return [...items, item]
  })
}

export function tickItem(
  caller: Caller,
  id: string,
  item: string,
  done: boolean,
  options?: VerbOptions,
): Promise<ChecklistItem[]> {
  return change(caller, 'tickItem', id, [item, done], options, async (write, items) => {
    if (typeof done !== 'boolean') throw invalid('done', 'wrong-type', 'Give true or false.')
    const step = stepOf(items, item)
    if (step.done === done) return [...items]
    const [doneAt, doneBy] = done ? [nowOf(caller), authorOf(caller, write.actor)] : [null, null]
    const ticked: ChecklistItem = { ...step, done, doneAt, doneBy }
    await storeTick(write, ticked)
    return items.map((one) => (one === step ? ticked : one))
  })
}

/** All steps, in their new order. */
export function reorderItems(
  caller: Caller,
  id: string,
  order: readonly string[],
  options?: VerbOptions,
): Promise<ChecklistItem[]> {
  return change(caller, 'reorderItems', id, order, options, async (write, items) => {
    const complete = Array.isArray(order) && order.length === items.length && new Set(order).size === items.length
    if (!complete) throw invalid('items', 'incomplete', 'Give the id of every step once, in the new order.')
    const moved = order.map((one) => stepOf(items, one))
    if (moved.some((step, place) => step !== items[place])) await moveSteps(write, moved)
    return moved
  })
}

export function removeItem(caller: Caller, id: string, item: string, options?: VerbOptions): Promise<ChecklistItem[]> {
  return change(caller, 'removeItem', id, item, options, async (write, items) => {
    const step = stepOf(items, item)
    const left = items.filter((one) => one !== step)
    await removeStep(write, step)
    await moveSteps(write, left)
    return left
  })
}

function stepOf(items: readonly ChecklistItem[], id: string): ChecklistItem {
  const found = items.find((item) => item.id === id)
  if (found) return found
  throw new CrmError('NOT_FOUND', 'There is no such step on the checklist.', {
    field: 'item',
    rule: 'not-found',
    remedy: 'Read the checklist again; the step may have been removed.',
  })
}
