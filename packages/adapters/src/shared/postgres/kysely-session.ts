import type { Row, Session, SqlValue } from '@rapport/core/storage'
import { connectionOf, type KyselyLike, plain, sessionOn } from '../kysely'
import { toCrmError } from './errors'
import { numbered, sayable } from './values'

/**
 * A session on the host's Kysely transaction. There the driver reads values as the host has told it to: JSON as objects,
 * large numbers as text, dates in the host's own class. So the server writes each row as one JSON text, which we read.
 */
export function kyselySession(transaction: KyselyLike, guard: () => void): Session {
  const session = sessionOn(plain(transaction), guard, toCrmError)
  return {
    async all(text, params) {
      const rows = await session.all(
        numbered(`select row_to_json(r)::text as row from (${text}) r`),
        params.map(sayable),
      )
      return rows.map(([row]) => Object.values(JSON.parse(String(row))).map(asOnTheWire))
    },
    owner: () => connectionOf(transaction),
    run: (text: string, params: readonly SqlValue[]) => session.run(numbered(text), params.map(sayable)),
    send: (text, params, check) => session.send(numbered(text), params.map(sayable), check),
  }
}

/** As everywhere else: JSON columns as text, truth as 1 or 0. */
function asOnTheWire(value: unknown): Row[number] {
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}
