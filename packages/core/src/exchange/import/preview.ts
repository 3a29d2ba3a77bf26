import { requireAny } from '../../access/actor'
import type { Caller } from '../../records/caller'
import { tableOf } from '../../records/engine'
import type { RecordType } from '../../records/field'
import { queryContext } from '../../records/query'
import { readUsers } from '../../users/users'
import { openCsv } from '../csv/rows'
import type { CsvSource } from '../csv/source'
import { type ImportError, type ImportOptions, type MappedColumn, refuseUnknownOptions } from './options'
import { rowReader } from './read-row'

export interface ImportPreview {
  mapping: MappedColumn[]
  /** Fields that columns can be mapped to. */
  fields: { name: string; label: string }[]
  encoding: string
  delimiter: string
  /** The first 20 rows as input of records; `company` holds a name here. */
  rows: { line: number; input: Record<string, unknown> }[]
  errors: ImportError[]
  /** How dates and numbers are read, by column; `certain: false` where the file leaves it open. */
  formats: readonly { column: string; field: string; dateFormat?: string; decimalMark?: string; certain: boolean }[]
}

const SHOWN = 20

export async function previewImport(
  caller: Caller,
  type: RecordType,
  source: CsvSource,
  options: ImportOptions = {},
): Promise<ImportPreview> {
  refuseUnknownOptions(options)
  const query = await queryContext(caller)
  requireAny(query.actor, type, 'import')
  const file = await openCsv(source, options)
  try {
    const users = await readUsers({ all: caller.storage.read }, caller)
    const reader = rowReader(query, tableOf(query.engine, type), file, options, users)
    const rows = file.sample.slice(0, SHOWN).map(({ line, values }) => ({ line, ...reader.read(values) }))
    return {
      mapping: reader.mapping,
      fields: reader.targets,
      encoding: file.encoding,
      delimiter: file.delimiter,
      rows: rows.map(({ line, input, company }) => ({
        line,
        input: company === undefined ? input : { ...input, company },
      })),
      errors: rows.flatMap(({ line, problems }) => problems.map((problem) => ({ line, ...problem }))),
      formats: reader.formats,
    }
  } finally {
    await file.close()
  }
}
