import type { TableSpec } from '../../dialect'

/** Meetings, who attends them, and when people work. */
export const calendar: TableSpec[] = []
