import type { Row, SqlValue } from '@rapport/core/storage'
import type { KyselyLike } from '../shared/kysely'
import { changedBy, type Outcome } from './connection'
import { toCrmError } from './errors'
import { quoted } from './words'

interface KyselyResult {
  rows: unknown[]
  numAffectedRows?: bigint | undefined
  insertId?: bigint | undefined
}

/** Statements in a Kysely transaction, which the host's driver writes out with their values. */
export const kyselyExecute =
  (transaction: KyselyLike) =>
  async (text: string, params: readonly SqlValue[]): Promise<Outcome> => {
    const sql = quoted(text)
    // The shape of Kysely's CompiledQuery.raw.
    const query = { kind: 'RawNode', sqlFragments: [sql], parameters: [] }
    const compiled = { sql, parameters: params, query, queryId: { queryId: 'rapport' } }
    try {
      const result = (await transaction.executeQuery(compiled as never)) as KyselyResult
      const { numAffectedRows = 0n, insertId = 0n } = result
      return {
        rows: result.rows.map((row) => Object.values(row as object) as Row),
        changed: changedBy({ affectedRows: Number(numAffectedRows), insertId: Number(insertId) }),
        open: true,
      }
    } catch (error) {
      throw toCrmError(error)
    }
  }
