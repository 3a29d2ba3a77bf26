import { invalid } from '../kernel/errors'
import type { Change } from '../records/definition'

export function leadRules({ after }: Change): void {
  if (after.name === null) after.name = [after.firstName, after.lastName].filter(Boolean).join(' ') || null
  if (after.name === null) throw invalid('name', 'required', 'Give a name, or a first or last name.')
}
