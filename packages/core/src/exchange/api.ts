import type { Caller } from '../records/caller'
import type { RecordType } from '../records/field'
import type { CsvSource } from './csv/source'
import type { ExportOptions } from './export'
import type { ImportOptions, ImportResult } from './import/options'
import type { ImportPreview } from './import/preview'

/** Files in and out, for one type of record. */
export interface ExchangeApi {
  /**
   * Reads CSV: text, bytes, a stream. Needs `import` on the type, beside what creating and updating need.
   *
   * @example
   * const result = await me.leads.import(createReadStream('leads.csv'), { mode: 'upsert', key: 'email', job: 'march' })
   * for (const { line, column, remedy } of result.errors) console.log(line, column, remedy)
   */
  import(source: CsvSource, options?: ImportOptions): Promise<ImportResult>
  /** What an import would make of the file's first rows: mapping, formats, values and problems. Writes nothing. */
  previewImport(source: CsvSource, options?: ImportOptions): Promise<ImportPreview>
  /** CSV in pieces of some 64 kB. Needs `export` on the type. */
  export(options?: ExportOptions): AsyncGenerator<string, void, undefined>
}

/** Loaded at the first use: most processes of a host never read a file. */
export const exchangeApi = (caller: Caller, type: RecordType): ExchangeApi => ({
  import: async (source, options) => (await import('./import/run')).importCsv(caller, type, source, options),
  previewImport: async (source, options) =>
    (await import('./import/preview')).previewImport(caller, type, source, options),
  async *export(options) {
    yield* (await import('./export')).exportCsv(caller, type, options)
  },
})
