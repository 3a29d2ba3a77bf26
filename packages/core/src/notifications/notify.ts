import { evened } from '../events/visible'
import { newId } from '../kernel/ids'
import type { Engine } from '../records/engine'
import type { RecordRef } from '../records/event'
import type { Channel } from '../records/field'
import type { Session, SqlValue } from '../storage/port'
import { inList, raw, sql } from '../storage/sql'
import { changedFor } from './live'
import { isCoalesced, KEPT, type NotificationKind, WINDOW } from './notification'
import type { Told } from './preferences'
import { type Recipient, readRecipients } from './recipients'
import { canTell, waysOf } from './ways'

/** Something to tell a user. */
export interface News {
  kind: NotificationKind
  user: string
  record: RecordRef
  note?: string
  actor: string | null
  at: number
  /** Instead of what the user prefers. */
  channels?: readonly Channel[] | undefined
}

interface ToTell extends News {
  ways: readonly Told[]
}

const ROWS_AN_INSERT = 100

/**
 * Writes what is to be told, in the transaction of what it follows from: an entry for each, and what is to be sent. Whoever
 * left, or does not want it, gets none. Gives what is to be done after the commit.
 */
export async function notify(engine: Engine, session: Session, tenant: string, news: readonly News[]) {
  const { storage } = engine
  const users = await readRecipients(
    session,
    storage,
    tenant,
    news.map(({ user }) => user),
  )
  const told = news.flatMap((one) => wanted(engine, one, users.get(one.user)))
  if (told.length === 0) return undefined
  const batches = await openBatches(
    engine,
    session,
    tenant,
    told.filter(({ kind }) => isCoalesced(kind)),
  )
  const entries: SqlValue[][] = []
  const deliveries: SqlValue[][] = []
  const now = engine.clock.now().getTime()
  for (const { kind, user, record, note = null, actor, at, ways } of told) {
    const key = keyOf(user, kind, record.type)
    const known = isCoalesced(kind) ? batches.get(key) : undefined
    const id = newId()
    const batch = known ?? id
    const [state, digest] = [ways.includes('in-app') ? 'inbox' : 'outside', ways.includes('digest') ? 'due' : null]
    entries.push([tenant, id, user, batch, kind, record.type, record.id, note, actor, at, state, digest, at + KEPT])
    if (known !== undefined) continue
    batches.set(key, batch)
    const due = isCoalesced(kind) ? now + WINDOW : now
    for (const way of ways) if (isOutside(way)) deliveries.push([tenant, user, way, batch, due, 0])
  }
  await insertAll(session, `${storage.table('notification')} (${ENTRY})`, entries)
  await insertAll(session, `${storage.table('notification_delivery')} (${DELIVERY})`, deliveries)
  return () =>
    changedFor(
      engine,
      tenant,
      told.map(({ user }) => user),
    )
}

const ENTRY =
  'tenant_id, id, user_id, batch, kind, record_type, record_id, note_id, actor, at, state, digest, expires_at'
const DELIVERY = 'tenant_id, user_id, channel, batch, due_at, attempts'

const isOutside = (way: Told) => way !== 'in-app' && way !== 'digest'

function wanted(engine: Engine, news: News, recipient: Recipient | undefined): ToTell[] {
  const preferred = recipient && (news.channels ?? recipient.preferences.channels[news.kind])
  const ways = (preferred ?? []).filter((way) => canTell(waysOf(engine), way))
  return ways.length > 0 ? [{ ...news, ways }] : []
}

const keyOf = (user: string, kind: string, type: string) => JSON.stringify([user, kind, type])

/** Batches that can still be added to: begun just now, and on no channel taken up to be sent. At most two statements. */
async function openBatches({ storage, clock }: Engine, session: Session, tenant: string, told: readonly ToTell[]) {
  const open = new Map<string, string>()
  if (told.length === 0) return open
  const users = evened([...new Set(told.map(({ user }) => user))])
  const kinds = [...new Set(told.map(({ kind }) => kind))].sort()
  const begun = sql`${inList(raw('n.user_id'), users)} and n.state in ('inbox', 'outside') and n.batch > ${idAt(Date.now() - WINDOW)} and n.batch = n.id and n.at > ${clock.now().getTime() - WINDOW}`
  const select = sql`select n.user_id, n.kind, n.record_type, n.batch from ${raw(storage.table('notification'))} n where n.tenant_id = ${tenant} and ${begun} and ${inList(raw('n.kind'), kinds)} order by n.batch`
  for (const [user, kind, type, batch] of await session.all(select.text, select.params))
    open.set(keyOf(String(user), String(kind), String(type)), String(batch))
  if (open.size === 0) return open
  // Held until this transaction ends, so that none of them is sent without what is added.
  const unsent = sql`select batch, channel from ${raw(storage.table('notification_delivery'))} where tenant_id = ${tenant} and attempts = 0 and ${inList(raw('batch'), evened([...open.values()]))}`
  const held = await session.all(unsent.text + (storage.dialect.lockRows ?? ''), unsent.params)
  const isHeld = new Set(held.map(([batch, channel]) => `${batch} ${channel}`))
  for (const { user, kind, record, ways } of told) {
    const key = keyOf(user, kind, record.type)
    const batch = open.get(key)
    if (ways.some((way) => isOutside(way) && !isHeld.has(`${batch} ${way}`))) open.delete(key)
  }
  return open
}

/** What all ids made at that moment begin with or come after. */
const idAt = (time: number) => {
  const hex = time.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}`
}

async function insertAll(session: Session, into: string, rows: readonly SqlValue[][]) {
  for (let at = 0; at < rows.length; at += ROWS_AN_INSERT) {
    const part = rows.slice(at, at + ROWS_AN_INSERT)
    const marks = `(${(part[0] as SqlValue[]).map(() => '?').join(', ')})`
    await session.send(`insert into ${into} values ${part.map(() => marks).join(', ')}`, part.flat())
  }
}
