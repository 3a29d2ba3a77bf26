import type { TableSpec } from '../../dialect'

/** Secret addresses of calendars. */
export const feeds: TableSpec[] = []
