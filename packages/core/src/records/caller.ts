import { type Actor, systemActor } from '../access/actor'
import { type Awaitable, type Storage, scopedTo } from '../storage/port'
import type { Engine } from './engine'
import type { EventRecord } from './event'

/** Who calls, and where the call runs. One is made for each scoped client. */
export interface Caller {
  readonly engine: Engine
  readonly tenant: string
  /** The engine's storage, or the same inside an open transaction. */
  readonly storage: Storage
  actor(): Awaitable<Actor>
  /** The actor as that storage sees it. */
  actorOn(storage: Storage): Awaitable<Actor>
  /** Set when writing history: the past moment that counts as now. Nothing is announced. */
  readonly past?: { readonly at: Date; readonly by: string | null } | undefined
  /** Inside one of our own transactions: where its events wait for the commit. */
  readonly pendingEvents?: EventRecord[] | undefined
}

/** A user who calls, or is told something, in a tenant. */
export function userCaller(engine: Engine, tenant: string, user: string): Caller {
  const storage = scopedTo(engine.storage, tenant)
  const actorOn = (on: Storage) => engine.directory.actor(tenant, user, on)
  return { engine, tenant, storage, actor: () => actorOn(storage), actorOn }
}

/** The system in a tenant, for a reason that the event log keeps. */
export function systemCaller(engine: Engine, tenant: string, reason: string, past?: Caller['past']): Caller {
  const actor = systemActor(tenant, reason, engine.settings.timeZone)
  return { engine, tenant, storage: scopedTo(engine.storage, tenant), actor: () => actor, actorOn: () => actor, past }
}

export const nowOf = (caller: Caller): Date => caller.past?.at ?? caller.engine.clock.now()

/** The user to name as author. */
export const authorOf = (caller: Caller, actor: Actor): string | null => (caller.past ? caller.past.by : actor.user)
