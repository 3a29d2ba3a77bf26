import type { Row, SqlValue } from '@rapport/core/storage'
import type { MysqlConnection, MysqlField, MysqlHeader, MysqlQuery } from './driver'
import { toCrmError } from './errors'
import { quoted } from './words'

export interface Outcome {
  rows: Row[]
  changed: number
  /** False when the server says that no transaction is open. */
  open: boolean
}

/** Whatever the host's pool is set to. */
const AS_WE_READ = { rowsAsArray: true, nestTables: false, namedPlaceholders: false, typeCast: true } as const

/**
 * Runs one statement: prepared, and kept prepared by the connection, when it has parameters. Without any it goes as text,
 * as the prepared protocol of MySQL takes no savepoints.
 */
export async function execute(
  connection: MysqlConnection,
  text: string,
  params: readonly SqlValue[] = [],
): Promise<Outcome> {
  const query: MysqlQuery = { sql: quoted(text), ...AS_WE_READ }
  try {
    const [result, fields] =
      params.length === 0
        ? await connection.query(query as never)
        : await connection.execute({ ...query, values: params.map(toWire) } as never)
    return Array.isArray(result)
      ? { rows: plainRows(result, fields as MysqlField[]), changed: 0, open: true }
      : { rows: [], changed: changedBy(result as MysqlHeader), open: isOpen(result as MysqlHeader) }
  } catch (error) {
    throw toCrmError(error)
  }
}

const toWire = (value: SqlValue) =>
  value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value

const IN_TRANSACTION = 1
const AUTOCOMMIT = 2

const isOpen = ({ serverStatus = IN_TRANSACTION }: MysqlHeader) =>
  (serverStatus & IN_TRANSACTION) !== 0 || (serverStatus & AUTOCOMMIT) === 0

const MATCHED = /^Rows matched: (\d+)/

/**
 * Rows that matched, whether or not their values are other ones now and whatever the flags of the connection: of an
 * update the server says so. `insertOrIgnore` tells by an insert id that there was a row already.
 */
export function changedBy({ affectedRows, insertId, info = '' }: MysqlHeader): number {
  const matched = MATCHED.exec(info)
  if (matched) return Number(matched[1])
  return insertId === 0 ? affectedRows : 0
}

/** NEWDECIMAL, DECIMAL, LONGLONG: sums and counts, which the host may have asked for as text. */
const NUMBERS = new Set([0, 8, 246])

function plainRows(rows: Row[], fields: readonly MysqlField[]): Row[] {
  const numbers = fields.flatMap(({ columnType, type }, at) => (NUMBERS.has(columnType ?? type ?? -1) ? [at] : []))
  for (const row of rows) for (const at of numbers) if (typeof row[at] === 'string') row[at] = Number(row[at])
  return rows
}
