import { forbidden, isStranger } from '../access/actor'
import type { Resource } from '../access/roles'
import { sha256 } from '../kernel/digest'
import { CrmError, invalid, isCrmError } from '../kernel/errors'
import { hasForbiddenCharacters } from '../kernel/text'
import type { Caller } from './caller'
import { hold } from './guard'
import type { WriteSession } from './write'
import { transact } from './write'

export interface VerbOptions {
  /**
   * Repeating the call with the same key gives the first result and writes nothing more.
   * The same key with other input is a CONFLICT. Up to 255 characters; keys are per user.
   */
  idempotencyKey?: string | undefined
}

/** Runs a verb as one transaction, once for each idempotency key. `input` is what must be equal on a repeat. */
export async function runVerb<T>(
  caller: Caller,
  name: string,
  input: unknown,
  options: VerbOptions | undefined,
  work: (write: WriteSession) => Promise<T>,
): Promise<T> {
  const key = options?.idempotencyKey
  if (key === undefined) return transact(caller, work)
  if (typeof key !== 'string' || key.length === 0 || key.length > 255 || hasForbiddenCharacters(key)) {
    throw invalid(
      'idempotencyKey',
      'invalid-key',
      'Give 1 to 255 characters, no NUL or broken surrogate pairs among them.',
    )
  }
  const hash = await sha256(JSON.stringify([name, input]))
  return transact(caller, async (write) => {
    const table = caller.storage.table('idempotency')
    const owner = write.actor.user ?? ''
    await hold(write, 'idempotency', [`${owner}\n${key}`])
    const [stored] = await write.all(
      `select request_hash, result from ${table} where tenant_id = ? and actor = ? and idempotency_key = ?`,
      [caller.tenant, owner, key],
    )
    if (stored) {
      if (isStranger(write.actor)) throw forbidden(name.split('.')[0] as Resource, 'read')
      if (stored[0] !== hash) throw reusedKey()
      return thaw(stored[1]) as T
    }
    const result = await work(write)
    await write.send(
      `insert into ${table} (tenant_id, actor, idempotency_key, request_hash, result, created_at) values (?, ?, ?, ?, ?, ?)`,
      [caller.tenant, owner, key, hash, freeze(result), caller.engine.clock.now().getTime()],
    )
    return result
  })
}

const reusedKey = () =>
  new CrmError('CONFLICT', 'This idempotency key was used for another request.', {
    field: 'idempotencyKey',
    rule: 'key-reused',
    remedy: 'Use a new key for each different request; repeat a key only with the same input.',
  })

/** JSON in which dates stay dates, and errors of a bulk call errors. Nothing stays nothing. */
function freeze(value: unknown): string | null {
  if (value === undefined) return null
  return JSON.stringify(value, function (this: Record<string, unknown>, key, plain) {
    const given = this[key]
    if (given instanceof Date) return { $date: given.getTime() }
    return isCrmError(given) ? { $error: plain } : renamed(plain, /^\$/, (name) => `$${name}`)
  })
}

function thaw(text: unknown): unknown {
  if (text === null) return undefined
  return JSON.parse(String(text), (_, value) => {
    if (typeof value?.$date === 'number') return new Date(value.$date)
    if (value?.$error?.problems) return new CrmError(value.$error.code, value.$error.message, value.$error.problems)
    return renamed(value, /^\$\$/, (name) => name.slice(1))
  })
}

/** Keys of the host's own JSON that start like ours get one more `$` while they are stored. */
function renamed(value: unknown, pattern: RegExp, rename: (name: string) => string): unknown {
  if (
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    !Object.keys(value).some((name) => pattern.test(name))
  )
    return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [pattern.test(name) ? rename(name) : name, one]))
}
