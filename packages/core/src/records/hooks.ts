import type { Engine } from './engine'
import type { EventRecord } from './event'
import type { RecordType } from './field'
import type { AnyRecord } from './types'
import type { WriteSession } from './write'

/** The host's `validate` hook, with a copy it cannot change. */
export function runValidateHook(
  engine: Engine,
  type: RecordType,
  values: Record<string, unknown>,
  action: 'create' | 'update',
) {
  return engine.hooks[type]?.validate?.({ values: Object.freeze({ ...values }), action })
}

/** The host's `inTransaction` hook, with a client inside the transaction. */
export function runHook(
  write: WriteSession,
  type: RecordType,
  before: AnyRecord | undefined,
  after: AnyRecord,
  event: EventRecord,
) {
  const hook = write.caller.engine.hooks[type]?.inTransaction
  return hook?.({ tx: write.caller.engine.client(write.inside()), before, after: { ...after }, event })
}
