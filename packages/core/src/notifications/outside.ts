import { delayAfter, failureOf, LEASE, MAX_ATTEMPTS } from '../events/deliver'
import type { Job } from '../events/job'
import { evened } from '../events/visible'
import { drain } from '../events/waiting'
import { deliveryOutcome } from '../messages/delivery'
import type { Engine } from '../records/engine'
import { repeating } from '../records/write'
import { type Session, scopedTo } from '../storage/port'
import { inList, raw, sql } from '../storage/sql'
import { collectDigest, planDigest } from './digest'
import { quietUntil } from './hours'
import { type Letter, lettersFor } from './letters'
import { type Recipient, readRecipients } from './recipients'
import { waysOf } from './ways'

/** Taken up together, and sent side by side. */
const BATCH = 20
const LOOKED_AT = 100
const TIMEOUT = 30_000
const LOST = 'The process ended while it was sent.'

/** Something to be sent to a user, claimed under a lease. */
export interface Claimed {
  batch: string
  channel: string
  user: string
  /** Counts from 1, and marks this claim. */
  attempt: number
}

/** Sends what is due outside of the inbox: by email, as a text message, to the host; and daily digests. */
export const deliveryJob = (engine: Engine): Job => ({
  name: 'notifications',
  run(round) {
    const rows = raw(`${engine.storage.table('notification_delivery')} q where q.due_at is not null`)
    const atOnce = { lookAt: LOOKED_AT, batch: BATCH }
    return drain(engine, { rows, id: 'batch', due: 'due_at' }, round, atOnce, (tenant, count) =>
      sendDue(engine, tenant, count),
    )
  },
})

const inTenant = <T>({ storage }: Engine, tenant: string, work: (session: Session) => Promise<T>): Promise<T> =>
  repeating(scopedTo(storage, tenant), work)

/** How many were taken up: sent, put off or given up. */
async function sendDue(engine: Engine, tenant: string, count: number): Promise<number> {
  const { taken, claimed, recipients } = await inTenant(engine, tenant, (session) =>
    claim(engine, session, tenant, count),
  )
  if (claimed.length === 0) return taken
  const letters = await lettersFor(engine, tenant, claimed, recipients)
  const results = await Promise.all(
    claimed.map(async (one) => ({ one, failure: await send(engine, tenant, letters.get(one), one, recipients) })),
  )
  await inTenant(engine, tenant, async (session) => {
    for (const { one, failure } of results) {
      const isSpent = failure?.final || one.attempt >= MAX_ATTEMPTS
      if (!failure || (isSpent && one.channel === 'digest')) await finish(engine, session, tenant, one, recipients)
      else await putOff(engine, session, tenant, one, failure.text, isSpent)
    }
  })
  return taken
}

async function claim(engine: Engine, session: Session, tenant: string, count: number) {
  const { storage, clock } = engine
  const now = clock.now().getTime()
  const table = storage.table('notification_delivery')
  const select = `select batch, channel, user_id, attempts from ${table} where tenant_id = ? and due_at <= ? order by due_at limit ${count}`
  const rows = await session.all(select + (storage.dialect.lockRows ?? ''), [tenant, now])
  const users = rows.map(([, , user]) => String(user))
  const recipients = await readRecipients(session, storage, tenant, users)
  const claimed: Claimed[] = []
  for (const [batch, channel, user, attempts] of rows as [string, string, string, number][]) {
    const one = { batch, channel, user, attempt: Number(attempts) + 1 }
    const recipient = recipients.get(user)
    const quiet =
      channel === 'digest' || !recipient ? undefined : quietUntil(now, recipient.preferences.quietHours, recipient.zone)
    if (quiet !== undefined) await setDue(engine, session, tenant, one, quiet)
    else if (one.attempt > MAX_ATTEMPTS) await setDue(engine, session, tenant, one, null)
    else claimed.push(one)
  }
  for (const channel of new Set(claimed.map((one) => one.channel))) {
    const batches = claimed.filter((one) => one.channel === channel).map(({ batch }) => batch)
    const lease = sql`update ${raw(table)} set attempts = attempts + 1, due_at = ${now + LEASE}, last_error = ${LOST} where tenant_id = ${tenant} and channel = ${channel} and ${inList(raw('batch'), evened(batches))}`
    await session.send(lease.text, lease.params)
  }
  for (const one of claimed)
    if (one.channel === 'digest' && one.attempt === 1) await collectDigest(engine, session, tenant, one)
  return { taken: rows.length, claimed, recipients }
}

const ONE = 'tenant_id = ? and batch = ? and channel = ?'

const setDue = (engine: Engine, session: Session, tenant: string, { batch, channel }: Claimed, at: number | null) =>
  session.send(`update ${engine.storage.table('notification_delivery')} set due_at = ? where ${ONE}`, [
    at,
    tenant,
    batch,
    channel,
  ])

/** What went wrong; undefined when it was sent, or there is nothing to say or nowhere to send it. */
async function send(
  engine: Engine,
  tenant: string,
  letter: Letter | undefined,
  { batch, channel, user }: Claimed,
  recipients: ReadonlyMap<string, Recipient>,
): Promise<Failure | undefined> {
  const recipient = recipients.get(user)
  if (!letter || !recipient) return undefined
  const { email, sms, onNotification } = waysOf(engine)
  const { email: address, preferences } = recipient
  let final = false
  const text = await failureOf(TIMEOUT, async () => {
    if (channel === 'callback') return onNotification?.(letter.notification, { tenant, user })
    try {
      if (channel === 'sms') {
        if (preferences.phone) await sms?.send({ id: batch, to: preferences.phone, text: letter.subject })
      } else if (address)
        await email?.send({ id: batch, to: [{ address }], subject: letter.subject, text: letter.text })
    } catch (error) {
      final = deliveryOutcome(error) === 'never'
      throw error
    }
  })
  return text === undefined ? undefined : { text, final }
}

interface Failure {
  text: string
  /** Trying again is of no use. */
  final: boolean
}

/** It was sent, or given up: of a digest the next one is planned. */
async function finish(
  engine: Engine,
  session: Session,
  tenant: string,
  one: Claimed,
  recipients: ReadonlyMap<string, Recipient>,
) {
  const remove = `delete from ${engine.storage.table('notification_delivery')} where ${ONE} and attempts = ?`
  const removed = await session.run(remove, [tenant, one.batch, one.channel, one.attempt])
  const recipient = recipients.get(one.user)
  if (one.channel === 'digest' && removed > 0 && recipient) await planDigest(engine, session, tenant, recipient)
}

/** Later, or never: what was given up stays, with what went wrong. */
async function putOff(engine: Engine, session: Session, tenant: string, one: Claimed, error: string, isSpent: boolean) {
  const due = isSpent ? null : engine.clock.now().getTime() + delayAfter(one.attempt)
  const update = `update ${engine.storage.table('notification_delivery')} set due_at = ?, last_error = ? where ${ONE} and attempts = ?`
  await session.send(update, [due, error, tenant, one.batch, one.channel, one.attempt])
}
