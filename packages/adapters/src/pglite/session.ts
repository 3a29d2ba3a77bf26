import type { Row, Session, SqlValue } from '@rapport/core/storage'
import { toCrmError } from '../shared/postgres/errors'
import { numbered, readerOf, sayable } from '../shared/postgres/values'
import { sendBy } from '../shared/send'
import type { PgliteTransaction } from './driver'

/** bool, bytea, texts, the numbers, json, date, the timestamps, jsonb: what PGlite, or the host through it, may make something else of. */
const CONVERTED = [16, 17, 18, 19, 20, 21, 23, 25, 26, 114, 700, 701, 1042, 1043, 1082, 1114, 1184, 1700, 3802]
const asText = (text: string) => text
const parsers = Object.fromEntries(CONVERTED.map((type) => [type, readerOf(type) ?? asText]))

/** Every parameter goes as text, whatever its type is and whatever the host has told PGlite to make of it. */
const serializers = new Proxy({}, { get: () => toWire })
const toWire = (value: SqlValue) => (value instanceof Uint8Array ? value : String(sayable(value)))

const OPTIONS = { rowMode: 'array', parsers, serializers }

/** Our statements in a transaction of PGlite. */
export function sessionOn(tx: PgliteTransaction, guard: () => void): Session {
  async function execute(text: string, params: readonly SqlValue[]) {
    guard()
    try {
      return await tx.query(numbered(text), [...params], OPTIONS)
    } catch (error) {
      throw toCrmError(error)
    }
  }
  const run = async (text: string, params: readonly SqlValue[]) => (await execute(text, params)).affectedRows ?? 0
  return { all: async (text, params) => (await execute(text, params)).rows as Row[], run, send: sendBy(run) }
}
