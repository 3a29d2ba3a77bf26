import { createHash } from 'node:crypto'
import type { FileKey } from '@rapport/core'
import { CrmError, invalid } from '@rapport/core/storage'

const PLAIN = /^[a-z0-9][a-z0-9_-]{0,63}$/
const ID = /^[\w-]{1,64}$/

/** `tenant/id`, safe as a path and as a key: a tenant whose id is more than a plain word stands there as a digest. */
export function pathOf({ tenant, id }: FileKey): string {
  if (!ID.test(id)) throw invalid('id', 'invalid-id', 'Give the id the file was written under.')
  return `${PLAIN.test(tenant) ? tenant : `~${createHash('sha256').update(tenant).digest('hex')}`}/${id}`
}

export const missingBytes = (cause?: unknown): CrmError =>
  new CrmError(
    'STORAGE',
    'The bytes of this file are not in the store.',
    {
      field: 'files',
      rule: 'missing-bytes',
      remedy: 'Check that the store is the one the file was uploaded to, and whether something else has emptied it.',
    },
    cause,
  )
