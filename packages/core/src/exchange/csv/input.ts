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
    return [{ ...column, field: field.name, kind: field.kind, reader: cellReader(field, options, format) }]
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
  const { field, kind, labelColumn, number = 1 } = column
  const label = (labelColumn === undefined ? undefined : labelOf(values[labelColumn] ?? '')) ?? column.label
  if (kind === 'emails' || kind === 'phones') {
    const list = within<{ value: string; label?: string }[]>(input, field, [])
    for (const one of value as string[])
      if (!list.some((other) => other.value === one)) list.push({ value: one, ...(label && { label }) })
    return
  }
  const dot = field.indexOf('.')
  const group = field.slice(0, dot)
  if (dot > 0 && group === 'addresses') {
    const list = within<Group[]>(input, group, [])
    const key = `${column.label ?? ''} ${number}`
    const address = list.find((one) => groupOf.get(one) === key) ?? addAddress(list, key, label)
    address[field.slice(dot + 1)] = value
  } else if (dot > 0) merge(within<Group>(input, group, {}), field.slice(dot + 1), value)
  else merge(input, field, value)
}

/** What the target has under a name, or else the given beginning of it. */
function within<T>(target: Group, name: string, beginning: T): T {
  target[name] ??= beginning
  return target[name] as T
}

const groupOf = new WeakMap<Group, string>()

function addAddress(list: Group[], key: string, label: string | undefined): Group {
  const address: Group = label ? { label } : {}
  groupOf.set(address, key)
  list.push(address)
  return address
}

/** Several columns of tags or choices make one list. */
function merge(target: Group, name: string, value: unknown): void {
  const before = target[name]
  target[name] = Array.isArray(before) && Array.isArray(value) ? [...new Set([...before, ...value])] : value
}
