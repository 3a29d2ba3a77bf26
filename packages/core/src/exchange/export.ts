import { requireAny } from '../access/actor'
import type { Scope } from '../access/scope'
import { invalid } from '../kernel/errors'
import type { Caller } from '../records/caller'
import { tableOf } from '../records/engine'
import type { RecordType } from '../records/field'
import { eachRecord, type ListQuery } from '../records/list'
import { queryContext } from '../records/query'
import type { AnyRecord } from '../records/types'
import { isVisible } from '../records/visibility'
import { type CsvWriteOptions, writeCsv } from './csv/writer'

export interface ExportOptions extends CsvWriteOptions, Pick<ListQuery, 'where' | 'orderBy' | 'search'> {
  /** Fields to write, in this order; `custom.<name>` for custom fields. Default: all that the caller may see. */
  fields?: readonly string[]
}

/** The records a caller may both read and export, as CSV text in pieces. Spreadsheet formulas are made harmless. */
export async function* exportCsv(
  caller: Caller,
  type: RecordType,
  options: ExportOptions = {},
): AsyncGenerator<string, void, undefined> {
  const { where, orderBy, search, fields, ...writing } = options ?? {}
  if (fields !== undefined && !(Array.isArray(fields) && fields.every((name) => typeof name === 'string'))) {
    throw invalid('fields', 'wrong-type', 'Give a list of field names.')
  }
  const query = await queryContext(caller)
  const table = tableOf(query.engine, type)
  const scope = narrower(requireAny(query.actor, type, 'read'), requireAny(query.actor, type, 'export'))
  const known = ['id', ...table.fields.keys(), ...Object.keys(table.custom).map((name) => `custom.${name}`)]
  const visible = known.filter((name) => name !== 'custom' && (name === 'id' || isVisible(query.actor, table, name)))
  const stranger = fields?.find((name) => !visible.includes(name))
  if (stranger !== undefined)
    throw invalid(`fields.${stranger}`, 'unknown-field', 'Remove it, or check the spelling: there is no such field.')
  const columns = fields ?? visible.filter((name) => name !== 'deletedAt')
  const records = eachRecord(caller, type, { where, orderBy, search }, scope)
  yield* writeCsv(columns, rowsOf(records, columns), writing)
}

async function* rowsOf(records: AsyncIterable<AnyRecord>, columns: readonly string[]) {
  for await (const record of records) {
    yield columns.map((name) =>
      name.startsWith('custom.') ? record.custom[name.slice('custom.'.length)] : record[name],
    )
  }
}

/** The scope that lies within the other: levels nest. */
function narrower(read: Scope, other: Scope): Scope {
  if (read.kind !== 'owners') return read.kind === 'all' ? other : read
  if (other.kind !== 'owners') return other.kind === 'all' ? read : other
  return other.owners.size <= read.owners.size ? other : read
}
