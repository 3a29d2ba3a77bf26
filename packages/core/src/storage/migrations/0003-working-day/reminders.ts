import type { TableSpec } from '../../dialect'

/** What is to be reminded of, and what was told to whom. */
export const reminders: TableSpec[] = []
