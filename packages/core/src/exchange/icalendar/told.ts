import { isCrmError } from '../../kernel/errors'
import type { Caller } from '../../records/caller'
import { repeating } from '../../records/write'

export type Method = 'REQUEST' | 'CANCEL' | 'REPLY'

/** What an address is told of a meeting. */
export interface Word {
  address: string
  method: Method
  sequence: number
  /** Tells a word from the one before with the same sequence: an answer. */
  told: string
}

/** For how long a word is a worker's own to send, in milliseconds. */
const HOLD = 60_000

const tableName = (caller: Caller) => caller.storage.table('meeting_mail')

/** What was said last, by address. */
export async function wordsTold(caller: Caller, meeting: string): Promise<Map<string, Word>> {
  const select = `select address, method, sequence, told from ${tableName(caller)} where tenant_id = ? and meeting_id = ? and method is not null`
  const rows = await caller.storage.read(select, [caller.tenant, meeting])
  return new Map(
    rows.map(([address, method, sequence, told]) => [
      String(address),
      { address: String(address), method: method as Method, sequence: Number(sequence), told: String(told) },
    ]),
  )
}

export const sameWord = (one: Word | undefined, other: Word) =>
  one?.method === other.method && one.sequence === other.sequence && one.told === other.told

/**
 * Says it once: it is held while it is sent, so that another worker leaves it alone, and remembered when it is sent. When
 * the process dies in between, it is sent again with the same id. Throws where another worker has it in hand.
 */
export async function sayOnce(
  caller: Caller,
  meeting: string,
  word: Word,
  send: () => Promise<unknown>,
): Promise<void> {
  if (!(await hold(caller, meeting, word))) return
  const key = [caller.tenant, meeting, word.address]
  const set = (text: string, values: (string | number | null)[]) =>
    repeating(caller.storage, async (session) =>
      session.run(`update ${tableName(caller)} set ${text} where tenant_id = ? and meeting_id = ? and address = ?`, [
        ...values,
        ...key,
      ]),
    )
  try {
    await send()
  } catch (error) {
    await set('held_until = ?', [null])
    throw error
  }
  await set('method = ?, sequence = ?, told = ?, held_until = ?', [word.method, word.sequence, word.told, null])
}

async function hold(caller: Caller, meeting: string, word: Word): Promise<boolean> {
  const { engine, tenant, storage } = caller
  const now = engine.clock.now().getTime()
  const table = tableName(caller)
  return repeating(storage, async (session) => {
    const select = `select r.method, r.sequence, r.told, r.held_until from ${table} r where r.tenant_id = ? and r.meeting_id = ? and r.address = ?${engine.storage.dialect.forUpdate ?? ''}`
    const [row] = await session.all(select, [tenant, meeting, word.address])
    if (!row) {
      const insert = `insert into ${table} (tenant_id, meeting_id, address, held_until) values (?, ?, ?, ?)`
      await session.run(insert, [tenant, meeting, word.address, now + HOLD])
      return true
    }
    const [method, sequence, told, heldUntil] = row
    if (method === word.method && Number(sequence) === word.sequence && told === word.told) return false
    if (heldUntil != null && Number(heldUntil) > now) throw inHand()
    const update = `update ${table} set held_until = ? where tenant_id = ? and meeting_id = ? and address = ?`
    await session.run(update, [now + HOLD, tenant, meeting, word.address])
    return true
  }).catch((error) => {
    throw isCrmError(error, 'STORAGE') && error.rule === 'unique' ? inHand() : error
  })
}

const inHand = () => new Error('Another worker is sending mail to this address about this meeting.')
