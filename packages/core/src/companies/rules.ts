import { invalid } from '../kernel/errors'
import type { Change } from '../records/definition'
import { tableOf } from '../records/engine'
import { domainOfWebsite } from './website'

/** Longest chain of parents; a longer one is taken for a circle. */
const MAX_LEVELS = 50

/** The domain follows from the website unless it is given; a company is not its own ancestor. */
export async function companyRules(change: Change): Promise<void> {
  const { before, after, given, caller } = change
  const { normalise } = caller.engine
  const newWebsite = typeof after.website === 'string' && after.website !== before?.website
  if (newWebsite && after.domain === null && !given.has('domain'))
    after.domain = domainOfWebsite(after.website as string, normalise)
  if (typeof after.domain === 'string') after.domain = normalise('domain', after.domain) ?? after.domain
  if (before && typeof after.parent === 'string' && after.parent !== before.parent) await refuseCircle(change)
}

async function refuseCircle({ after, caller, write }: Change) {
  const { name } = tableOf(caller.engine, 'companies')
  let parent: unknown = after.parent
  for (let level = 0; typeof parent === 'string'; level++) {
    if (parent === after.id || level === MAX_LEVELS) throw circular()
    const [row] = await write.all(`select parent from ${name} where tenant_id = ? and id = ?`, [caller.tenant, parent])
    parent = row?.[0]
  }
}

export const circular = () =>
  invalid('parent', 'circular-parent', 'Give a company that does not itself belong, at any level, to this one.')
