import { deals } from './0001-foundation/deals'
import { log } from './0001-foundation/log'
import { people } from './0001-foundation/people'
import { sales } from './0001-foundation/sales'
import { work } from './0001-foundation/work'

/** Tables in the order of their links: a table comes after those it refers to. */
export const foundation = {
  version: 1,
  name: 'foundation',
  breaking: true,
  tables: [...people, ...sales, ...deals, ...work, ...log],
}
