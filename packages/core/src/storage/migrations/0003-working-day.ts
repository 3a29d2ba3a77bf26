import { SEARCH_TEXT } from './0002-search'
import { calendar } from './0003-working-day/calendar'
import { feeds } from './0003-working-day/feeds'
import { files } from './0003-working-day/files'
import { remindedTasks, reminders } from './0003-working-day/reminders'
import { extendedTasks, tasks } from './0003-working-day/tasks'

/** Older code would complete a recurring task and make no next one. */
export const workingDay = {
  version: 3,
  name: 'working-day',
  breaking: true,
  tables: [...tasks, ...reminders, ...calendar, ...feeds, ...files],
  extensions: [...extendedTasks, remindedTasks],
  parts: ['meeting', 'file'].map((table) => ({ table, column: SEARCH_TEXT })),
}
