import type { Job } from '../events/job'
import { eachDue } from '../events/waiting'
import type { Engine } from '../records/engine'
import { raw } from '../storage/sql'
import { sweepOne } from './discard'

/**
 * Removes bytes without a file: of purged files at once, of uploads that nobody finished after a day. What the store
 * cannot remove now is tried again after the lease; the process is warned.
 */
export const fileSweepJob = (engine: Engine): Job => ({
  name: 'files',
  run(round) {
    const rows = raw(`${engine.storage.table('file_version')} q where q.file_id is null`)
    return eachDue(engine, { rows, id: 'id', due: 'free_at' }, round, ({ tenant, id, at }) =>
      sweepOne(engine, { tenant, id }, at.getTime()).catch(warn),
    )
  },
})

function warn(error: unknown): boolean {
  process.emitWarning(
    `Bytes of a removed file are still there: ${error instanceof Error ? error.message : String(error)}`,
  )
  return false
}
