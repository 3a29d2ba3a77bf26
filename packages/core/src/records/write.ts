import type { Actor } from '../access/actor'
import { CrmError } from '../kernel/errors'
import { nestedStorage } from '../storage/joined'
import type { Session } from '../storage/port'
import type { Caller } from './caller'
import type { EventRecord } from './event'

/** An open transaction of one caller. */
export interface WriteSession extends Session {
  readonly caller: Caller
  readonly actor: Actor
  /** Events written so far, announced after the commit. */
  readonly events: EventRecord[]
  /** Set by verbs whose caller was asked about duplicates: `duplicateBy` of the definition is not enforced. */
  readonly allowDuplicates?: boolean
  /** The same caller inside this transaction: for verbs built of other verbs, and for hooks. */
  inside(): Caller
}

/** Runs `work` as one transaction: all of it, or nothing. Announces its events once it is committed. */
export async function transact<T>(caller: Caller, work: (write: WriteSession) => Promise<T>): Promise<T> {
  const { engine, storage } = caller
  const ready = engine.ready(storage)
  if (ready) await ready
  const actor = await caller.actor()
  const events: EventRecord[] = []
  const result = await storage.transaction(async (session) => {
    const open = guarded(session)
    return work(writeSession(caller, actor, open, events)).finally(open.end)
  })
  if (caller.pendingEvents) caller.pendingEvents.push(...events)
  else if (!storage.joined) engine.announce(events)
  else engine.announceLater(events)
  return result
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
