import { invalid } from '../kernel/errors'
import { nowOf } from '../records/caller'
import type { Change } from '../records/definition'

export async function taskRules(change: Change): Promise<void> {
  const { before, after, given, caller } = change
  if (after.dueDate !== null && after.dueAt !== null) {
    throw invalid(
      'dueAt',
      'two-due-times',
      'Give either a day (dueDate) or an instant (dueAt), and null for the other.',
    )
  }
  if (after.status !== 'done') after.doneAt = null
  else if (before?.status !== 'done') after.doneAt = nowOf(caller)
  if (given.has('recurrence') && after.recurrence !== null) await (await import('./series')).beginSeries(change)
}
