import { isStranger } from '../../access/actor'
import { toBase64Url } from '../../kernel/cursor'
import { sha256 } from '../../kernel/digest'
import { CrmError, isCrmError } from '../../kernel/errors'
import { appendEvent } from '../../records/append-event'
import { type Caller, nowOf } from '../../records/caller'
import { transact, type WriteSession } from '../../records/write'

export interface FeedToken {
  /** The secret, told only now: put it into the address that calendar programs subscribe to. */
  token: string
}

/** The address of one's own calendar for other programs. Whoever has it reads the calendar. */
export interface FeedsApi {
  /** DUPLICATE where there is one already: `rotate` gives it a new secret. */
  create(): Promise<FeedToken>
  /** A new secret; the old one ends at once. NOT_FOUND without a feed. */
  rotate(): Promise<FeedToken>
  /** Ends it at once. Nothing happens without one. */
  revoke(): Promise<void>
}

export const createFeed = (caller: Caller): Promise<FeedToken> =>
  change(caller, 'feed_created', async (write, user, secret) => {
    const table = caller.storage.table('calendar_feed')
    const insert = `insert into ${table} (tenant_id, user_id, secret, created_at) values (?, ?, ?, ?)`
    await write.run(insert, [caller.tenant, user, secret, nowOf(caller).getTime()])
    return true
  }).catch((error) => {
    throw isCrmError(error, 'STORAGE') && error.rule === 'unique' ? duplicate() : error
  }) as Promise<FeedToken>

export const rotateFeed = (caller: Caller): Promise<FeedToken> =>
  change(caller, 'feed_rotated', async (write, user, secret) => {
    const update = `update ${caller.storage.table('calendar_feed')} set secret = ?, created_at = ? where tenant_id = ? and user_id = ?`
    const changed = await write.run(update, [secret, nowOf(caller).getTime(), caller.tenant, user])
    if (changed === 0) throw noFeed('feed')
    return true
  }) as Promise<FeedToken>

export async function revokeFeed(caller: Caller): Promise<void> {
  await change(caller, 'feed_revoked', async (write, user) => {
    const remove = `delete from ${caller.storage.table('calendar_feed')} where tenant_id = ? and user_id = ?`
    return (await write.run(remove, [caller.tenant, user])) > 0
  })
}

/** Runs a change of one's own feed, and logs it where there was one to change. The log never has the secret. */
async function change(
  caller: Caller,
  event: string,
  work: (write: WriteSession, user: string, secret: string) => Promise<boolean>,
): Promise<FeedToken | undefined> {
  const { token, secret } = await newToken(caller.tenant)
  return transact(caller, async (write) => {
    const { user } = write.actor
    if (user === null || isStranger(write.actor)) throw notForYou()
    if (!(await work(write, user, secret))) return undefined
    await appendEvent(write, { name: `user.${event}`, recordType: 'users', recordId: user, changes: {} })
    return { token }
  })
}

/** The tenant, so that it is known where to look, and 256 random bits; stored is a digest of all of it. */
async function newToken(tenant: string) {
  const token = `${toBase64Url(tenant)}.${toBase64Url(crypto.getRandomValues(new Uint8Array(32)))}`
  return { token, secret: await sha256(token) }
}

export const noFeed = (field: string) =>
  new CrmError('NOT_FOUND', 'There is no such calendar.', {
    field,
    rule: 'not-found',
    remedy:
      'Make one with calendar.feed.create(), or ask for its present address: it may have been changed or revoked.',
  })

const duplicate = () =>
  new CrmError('DUPLICATE', 'There is a feed already.', {
    field: 'feed',
    rule: 'exists',
    remedy: 'Use calendar.feed.rotate() for a new secret.',
  })

const notForYou = () =>
  new CrmError('FORBIDDEN', 'Only an active user has a calendar of their own.', {
    field: 'feed',
    rule: 'not-a-user',
    remedy: 'Call it as the user: crm.as({ user }).calendar.feed.',
  })
