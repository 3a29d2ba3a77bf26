import type { TableSpec } from '../../dialect'

/** Recurrence and checklists of tasks. */
export const tasks: TableSpec[] = []
