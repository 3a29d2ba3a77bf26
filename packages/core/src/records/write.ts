import type { Actor } from '../access/actor'
import { CrmError, isCrmError } from '../kernel/errors'
import { nestedStorage } from '../storage/joined'
import type { Session, Storage } from '../storage/port'
import type { Caller } from './caller'
import type { EventRecord } from './event'

/** An open transaction of one caller. */
export interface WriteSession extends Session {
  readonly caller: Caller
  readonly actor: Actor
  /** Events written so far, announced after the commit. */
  readonly events: EventRecord[]
  /** A `send` that holds something until the transaction ends and changes nothing. */
  readonly hold: Session['send']
  /** Set by verbs whose caller was asked about duplicates: `duplicateBy` of the definition is not enforced. */
  readonly allowDuplicates?: boolean
  /** The same caller inside this transaction: for verbs built of other verbs, and for hooks. */
  inside(): Caller
}

/**
 * Runs `work` as one transaction: all of it, or nothing. Announces its events once it is committed. Where the database
 * undoes it because of others (a deadlock, a serialization failure), the work runs again, up to five times more.
 */
export async function transact<T>(caller: Caller, work: (write: WriteSession) => Promise<T>): Promise<T> {
  return runOnce(caller, work, caller.storage.joined ? 0 : RETRIES)
}

/** The same for work that may not run twice, such as the host's own code: a conflict is for its caller to repeat. */
export const transactOnce = <T>(caller: Caller, work: (write: WriteSession) => Promise<T>): Promise<T> =>
  runOnce(caller, work, 0)

const RETRIES = 5

async function runOnce<T>(caller: Caller, work: (write: WriteSession) => Promise<T>, retries: number): Promise<T> {
  const { engine, storage } = caller
  const ready = engine.ready(storage)
  if (ready) await ready
  const actor = await caller.actor()
  let events: EventRecord[] = []
  const result = await repeating(
    storage,
    async (session) => {
      events = []
      const open = guarded(session)
      return work(writeSession(caller, actor, open, events)).finally(open.end)
    },
    retries,
  )
  if (caller.pendingEvents) caller.pendingEvents.push(...events)
  else if (!storage.joined) engine.announce(events)
  else engine.announceLater(events)
  return result
}

/** Each time after a longer pause of random length, so that two who met do not meet again. */
export async function repeating<T>(
  storage: Storage,
  work: (session: Session) => Promise<T>,
  retries = RETRIES,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await storage.transaction(work)
    } catch (error) {
      if (attempt >= retries || !isCrmError(error, 'STORAGE') || error.rule !== 'conflict') throw error
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt))
    }
  }
}

/** A client of a transaction that outlives it must not write outside of any. */
function guarded(session: Session): Session & { end(): void } {
  let ended = false
  const check = () => {
    if (ended) throw endedError()
  }
  return {
    all(sql, params) {
      check()
      return session.all(sql, params)
    },
    run(sql, params) {
      check()
      return session.run(sql, params)
    },
    send(sql, params, changed) {
      check()
      return session.send(sql, params, changed)
    },
    ...(session.forget && { forget: session.forget }),
    end() {
      ended = true
    },
  }
}

const endedError = () =>
  new CrmError('CLOSED', 'The transaction of this client has ended.', {
    field: 'transaction',
    rule: 'transaction-ended',
    remedy: 'Await everything inside the transaction, and use the client from outside afterwards.',
  })

function writeSession(caller: Caller, actor: Actor, session: Session, events: EventRecord[]): WriteSession {
  let inner: Caller | undefined
  return {
    all: session.all,
    run: session.run,
    send: session.send,
    hold: session.send,
    ...(session.forget && { forget: session.forget }),
    caller,
    actor,
    events,
    inside() {
      inner ??= {
        ...caller,
        storage: nestedStorage(caller.storage, session),
        pendingEvents: events,
        actor: () => actor,
      }
      return inner
    },
  }
}
