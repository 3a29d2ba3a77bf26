import type { TableSpec } from '../../dialect'

/** Facts about files; their bytes are in a store. */
export const files: TableSpec[] = []
