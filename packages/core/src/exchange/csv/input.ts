import type { Problem } from '../../kernel/errors'
import { isCurrency } from '../../kernel/money'
import { type ColumnFormat, checkValueOptions, columnFormat, type ValueOptions } from './formats'
import type { CsvRow } from './header'
import type { ImportField } from './import-field'
import type { ColumnMapping } from './mapping'
import { type CellReader, cellReader } from './values'
import { labelOf } from './words'

/** A row as input of a record: only the fields that have a value. */
export interface RowInput {
  input: Record<string, unknown>
  problems: Problem[]
}

export interface InputReader {
  read(values: readonly string[]): RowInput
  /** How dates and numbers are read, by column, for a preview. */
  formats: readonly (ColumnFormat & { column: string; field: string })[]
}

interface Column extends ColumnMapping {
  field: string
  kind: ImportField['kind']
  /** `custom` and `tier` of the field `custom.tier`. */
  group: string | undefined
  part: string
  reader: CellReader
}

/**
 * The way from rows to records' input. Several columns of one field are put together: emails and phones as
 * `{ value, label }`, columns `addresses.…` as one address for each label, tags as one list; `custom.tier` becomes
 * `{ custom: { tier } }`. Where money is mapped, a column of the field `currency` says its currency row by row.
 */
export function inputReader(
  mapping: readonly ColumnMapping[],
  fields: readonly ImportField[],
  options: ValueOptions,
  file: { sample: readonly Pick<CsvRow, 'values'>[]; delimiter?: string },
): InputReader {
  checkValueOptions(options, fields)
  const byName = new Map(fields.map((field) => [field.name, field]))
  const formats: (ColumnFormat & { column: string; field: string })[] = []
  const mapped = mapping.flatMap((column): Column[] => {
    const field = byName.get(column.field ?? '')
    if (!field) return []
    const cells = file.sample.map(({ values }) => values[column.index]?.trim() ?? '').filter((cell) => cell !== '')
    const format = columnFormat(field, cells, options, file.delimiter)
    if (format.dateFormat || format.decimalMark) formats.push({ column: column.column, field: field.name, ...format })
    const dot = field.name.indexOf('.')
    const group = dot > 0 ? field.name.slice(0, dot) : undefined
    const reader = cellReader(field, options, format)
    return [{ ...column, field: field.name, kind: field.kind, group, part: field.name.slice(dot + 1), reader }]
  })
  const hasMoney = mapped.some(({ kind }) => kind === 'money')
  const currencyColumn = hasMoney ? mapped.find(({ field }) => field === 'currency') : undefined
  const columns = mapped.filter((column) => column !== currencyColumn)

  return {
    formats,
    read(values) {
      const input: Record<string, unknown> = {}
      const problems: Problem[] = []
      const currency =
        currencyColumn && readCurrency(currencyColumn.reader(values[currencyColumn.index] ?? '', problems), problems)
      for (const column of columns) {
        const value = column.reader(values[column.index] ?? '', problems, currency)
        if (value !== undefined) put(input, column, value, values)
      }
      return { input, problems }
    },
  }
}

function readCurrency(value: unknown, problems: Problem[]): string | undefined {
  if (typeof value !== 'string') return undefined
  const code = value.toUpperCase()
  if (isCurrency(code)) return code
  problems.push({
    field: 'currency',
    rule: 'invalid-currency',
    remedy: `Use a currency code such as EUR or USD instead of "${value}".`,
  })
  return undefined
}

type Group = Record<string, unknown>

function put(input: Group, column: Column, value: unknown, values: readonly string[]): void {
  const { field, group } = column
  if (column.kind === 'emails' || column.kind === 'phones') addValues(input, column, value as string[], values)
  else if (group === 'addresses') addressFor(input, column, values)[column.part] = value
  else if (group !== undefined) merge(within<Group>(input, group, {}), column.part, value)
  else merge(input, field, value)
}

const labelIn = ({ label, labelColumn }: Column, values: readonly string[]) =>
  (labelColumn === undefined ? undefined : labelOf(values[labelColumn] ?? '')) ?? label

function addValues(input: Group, column: Column, found: readonly string[], values: readonly string[]): void {
  const list = within<{ value: string; label?: string }[]>(input, column.field, [])
  const label = labelIn(column, values)
  for (const value of found)
    if (!list.some((other) => other.value === value)) list.push({ value, ...(label && { label }) })
}

const keyOf = new WeakMap<Group, string>()

/** The address that a column belongs to: columns of one label and number make one address. */
function addressFor(input: Group, column: Column, values: readonly string[]): Group {
  const list = within<Group[]>(input, 'addresses', [])
  const key = `${column.label ?? ''} ${column.number ?? 1}`
  const known = list.find((one) => keyOf.get(one) === key)
  if (known) return known
  const label = labelIn(column, values)
  const address: Group = label ? { label } : {}
  keyOf.set(address, key)
  list.push(address)
  return address
}

/** What the target has under a name, or else the given beginning of it. */
function within<T>(target: Group, name: string, beginning: T): T {
  target[name] ??= beginning
  return target[name] as T
}

/** Several columns of tags or choices make one list. */
function merge(target: Group, name: string, value: unknown): void {
  const before = Array.isArray(value) ? target[name] : undefined
  target[name] = Array.isArray(before) ? [...new Set([...before, ...(value as unknown[])])] : value
}
