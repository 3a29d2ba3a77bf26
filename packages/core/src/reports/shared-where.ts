import type { Where } from '../records/where'

/** A filter on what every type of record has. */
export type SharedWhere = Pick<
  Where<Record<never, never>>,
  'owner' | 'createdBy' | 'updatedBy' | 'createdAt' | 'updatedAt' | 'tags'
> & {
  and?: readonly SharedWhere[]
  or?: readonly SharedWhere[]
  not?: SharedWhere
}
