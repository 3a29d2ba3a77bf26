import type { Change } from '../records/definition'
import { checkClaim } from './media-types'
import { fileName } from './names'

/** A name is a name, and does not speak of another kind of content than the file has. */
export function fileRules({ before, after }: Change): void {
  if (after.name === before?.name && after.type === before?.type) return
  after.name = fileName(after.name as string)
  checkClaim('name', after.name as string, after.type as string)
}
