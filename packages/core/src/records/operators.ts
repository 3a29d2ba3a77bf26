import { CrmError, invalid } from '../kernel/errors'
import { isMoney, type Money } from '../kernel/money'
import { type Period, resolvePeriod } from '../kernel/periods'
import { foldText } from '../kernel/text'
import { addToDate, isCalendarDate, startOfDay } from '../kernel/zones'
import type { SqlValue } from '../storage/port'
import { and, FALSE, inList, not, or, raw, type Sql, sql, TRUE } from '../storage/sql'
import type { Operand } from './operand'
import type { QueryContext } from './query'
import type { RecordTable } from './record-table'

const MAX_VALUES = 1000

const COMPARISONS = [
  'eq', 'ne', 'in', 'notIn', 'gt', 'gte', 'lt', 'lte', 'between', 'contains', 'startsWith', 'endsWith',
  'isNull', 'has', 'hasAny', 'hasAll', 'this', 'last', 'next',
] as const // biome-ignore format: one list
type Comparison = (typeof COMPARISONS)[number]

const SYMBOLS: Partial<Record<Comparison, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' }

const BY_KIND: Record<'text' | 'choice' | 'ordered' | 'moment' | 'flag' | 'many', readonly Comparison[]> = {
  text: ['eq', 'ne', 'in', 'notIn', 'contains', 'startsWith', 'endsWith', 'isNull'],
  choice: ['eq', 'ne', 'in', 'notIn', 'isNull'],
  ordered: ['eq', 'ne', 'in', 'notIn', 'gt', 'gte', 'lt', 'lte', 'between', 'isNull'],
  moment: ['eq', 'ne', 'in', 'notIn', 'gt', 'gte', 'lt', 'lte', 'between', 'isNull', 'this', 'last', 'next'],
  flag: ['eq', 'ne', 'isNull'],
  many: ['has', 'hasAny', 'hasAll', 'isNull'],
}

const KIND_GROUPS: Record<string, keyof typeof BY_KIND | undefined> = {
  text: 'text', email: 'text', phone: 'text', url: 'text',
  select: 'choice', user: 'choice', link: 'choice',
  number: 'ordered', integer: 'ordered', money: 'ordered',
  date: 'moment', instant: 'moment',
  boolean: 'flag',
  tags: 'many', multiselect: 'many', emails: 'many', phones: 'many',
} // biome-ignore format: a table

interface Context {
  readonly query: QueryContext
  readonly table: RecordTable
  readonly alias: string
  readonly path: string
}

/** True for an object all of whose keys are operators. */
export const isComparison = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).every((key) => (COMPARISONS as readonly string[]).includes(key))

const DAYS: readonly string[] = ['today', 'yesterday', 'tomorrow']

/** One field's condition: a plain value (`eq`), null (`isNull`), a word for a day, or operators, all of which must hold. */
export function compareOperand(context: Context, operand: Operand, value: unknown): Sql {
  const group = KIND_GROUPS[operand.field.kind]
  if (!group) throw invalid(context.path, 'not-filterable', 'This field cannot be filtered.')
  if (value === null) return isNull(operand, true)
  if (group === 'moment' && typeof value === 'string' && DAYS.includes(value))
    return inPeriod(context, operand, value as Period)
  if (!isOperators(value)) {
    const single: Comparison = group === 'many' ? 'has' : 'eq'
    return apply(context, operand, single, value)
  }
  const conditions = Object.entries(value as object)
    .filter(([, wanted]) => wanted !== undefined)
    .map(([name, wanted]) => {
      const path = `${context.path}.${name}`
      if (!BY_KIND[group].includes(name as Comparison)) {
        throw invalid(path, 'unknown-operator', `Use one of: ${BY_KIND[group].join(', ')}.`)
      }
      return apply({ ...context, path }, operand, name as Comparison, wanted)
    })
  if (conditions.length === 0) throw invalid(context.path, 'empty-filter', `Use one of: ${BY_KIND[group].join(', ')}.`)
  return and(...conditions)
}

const isOperators = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date) && !isMoney(value)

function apply(context: Context, operand: Operand, name: Comparison, wanted: unknown): Sql {
  const { path } = context
  const at = { ...operand, path }
  if (operand.field.kind === 'instant') {
    const days = wholeDays(context, at, name, wanted)
    if (days) return days
  }
  switch (name) {
    case 'eq':
      return wanted === null ? isNull(operand, true) : equals(at, wanted)
    case 'ne':
      return wanted === null ? isNull(operand, false) : not(equals(at, wanted))
    case 'in':
      return isIn(at, wanted, path)
    case 'notIn':
      return not(isIn(at, wanted, path))
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return sameCurrency(at, wanted, sql`${at.value} ${raw(SYMBOLS[name] as string)} ${convert(at, wanted, path)}`)
    case 'between': {
      if (!Array.isArray(wanted) || wanted.length !== 2)
        throw invalid(path, 'wrong-type', 'Give two values: [from, to], both included.')
      const [low, high] = wanted
      const range = sql`${at.value} >= ${convert(at, low, path)} and ${at.value} <= ${convert(at, high, path)}`
      if (isMoney(low) && low.currency !== (high as Money).currency)
        throw invalid(path, 'mixed-currencies', 'Give both ends in one currency.')
      return sameCurrency(at, low, range)
    }
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return textMatch(context, at, name, wanted)
    case 'isNull':
      if (typeof wanted !== 'boolean') throw invalid(path, 'wrong-type', 'Give true or false.')
      return isNull(operand, wanted)
    case 'this':
    case 'last':
    case 'next':
      return inPeriod(context, at, { [name]: wanted } as Period)
    case 'has':
      return hasSome(context, operand, [wanted])
    case 'hasAny':
      return hasSome(context, operand, listOf(wanted, path))
    case 'hasAll':
      return hasEvery(context, operand, listOf(wanted, path))
  }
}

/** An instant compared with a calendar date means that day, from its start to its end in the asker's zone. */
function wholeDays({ query, path }: Context, { value }: Operand, name: Comparison, wanted: unknown): Sql | undefined {
  const start = (date: string) => startOfDay(date, query.actor.zone).getTime()
  const end = (date: string) => start(addToDate(date, { days: 1 }))
  if (name === 'between' && Array.isArray(wanted) && wanted.length === 2 && wanted.some(isCalendarDate)) {
    const [from, to] = wanted as [unknown, unknown]
    if (!isCalendarDate(from) || !isCalendarDate(to))
      throw invalid(path, 'wrong-type', 'Give two calendar dates, or two instants.')
    return sql`${value} >= ${start(from)} and ${value} < ${end(to)}`
  }
  if (!isCalendarDate(wanted)) return undefined
  switch (name) {
    case 'eq':
      return sql`${value} >= ${start(wanted)} and ${value} < ${end(wanted)}`
    case 'ne':
      return not(sql`${value} >= ${start(wanted)} and ${value} < ${end(wanted)}`)
    case 'gt':
      return sql`${value} >= ${end(wanted)}`
    case 'gte':
      return sql`${value} >= ${start(wanted)}`
    case 'lt':
      return sql`${value} < ${start(wanted)}`
    case 'lte':
      return sql`${value} < ${end(wanted)}`
    default:
      return undefined
  }
}

const isNull = (operand: Operand, yes: boolean): Sql =>
  yes ? sql`${operand.stored} is null` : sql`${operand.stored} is not null`

const convert = (operand: Operand, value: unknown, path: string): SqlValue => {
  try {
    return operand.toSql(value)
  } catch (error) {
    throw error instanceof CrmError
      ? invalid(path, error.rule ?? 'wrong-type', error.remedy ?? 'Correct the value.')
      : error
  }
}

function equals(operand: Operand, wanted: unknown): Sql {
  return sameCurrency(operand, wanted, sql`${operand.value} = ${convert(operand, wanted, operand.path)}`)
}

/** Sums of different currencies are never compared: a condition on money holds only in its own currency. */
function sameCurrency(operand: Operand, wanted: unknown, condition: Sql): Sql {
  return operand.currency && isMoney(wanted)
    ? sql`${operand.currency} = ${wanted.currency} and ${condition}`
    : condition
}

function isIn(operand: Operand, wanted: unknown, path: string): Sql {
  const values = listOf(wanted, path)
  const converted = values.map((value) => convert(operand, value, path))
  if (!operand.currency) return inList(operand.value, converted)
  // A list for each currency: as a chain of pairs it would be tried pair by pair, and planned so.
  const amounts = new Map<string, SqlValue[]>()
  values.forEach((value, at) => {
    const { currency } = value as Money
    amounts.set(currency, [...(amounts.get(currency) ?? []), converted[at] as SqlValue])
  })
  const lists = [...amounts].map(
    ([currency, some]) => sql`${operand.currency as Sql} = ${currency} and ${inList(operand.value, some)}`,
  )
  return or(...lists)
}

function listOf(wanted: unknown, path: string): unknown[] {
  if (!Array.isArray(wanted)) throw invalid(path, 'wrong-type', 'Give a list of values.')
  if (wanted.length > MAX_VALUES) throw invalid(path, 'too-many-values', `Use at most ${MAX_VALUES} values.`)
  return wanted
}

function textMatch(
  { query, path }: Context,
  operand: Operand,
  name: 'contains' | 'startsWith' | 'endsWith',
  wanted: unknown,
): Sql {
  if (typeof wanted !== 'string' || wanted === '') throw invalid(path, 'wrong-type', 'Give some text.')
  if (wanted.length > 500) throw invalid(path, 'too-long', 'Give at most 500 characters.')
  if (wanted.includes('\0')) throw invalid(path, 'forbidden-character', 'Remove NUL characters.')
  const { folded, normalised } = operand.field
  const needle = folded ? foldText(wanted) : normalised ? normalPart(normalised, wanted) : wanted
  if (needle === '') return FALSE
  const at = name === 'contains' ? 'anywhere' : name === 'startsWith' ? 'start' : 'end'
  return query.engine.storage.dialect.contains(operand.text, needle, at)
}

/** Part of a normal form: an email's is lower case, a phone's has digits only. */
const normalPart = (kind: string, text: string) => (kind === 'phone' ? text.replace(/[^\d+]/g, '') : text.toLowerCase())

function inPeriod({ query, path }: Context, operand: Operand, period: Period): Sql {
  const { weekStartsOn, fiscalYearStart } = query.engine.settings
  let range: ReturnType<typeof resolvePeriod>
  try {
    range = resolvePeriod(period, { now: query.now, zone: query.actor.zone, weekStartsOn, fiscalYearStart })
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    throw invalid(path, error.rule ?? 'invalid-period', error.remedy ?? 'Correct the period.')
  }
  const [from, to] =
    operand.field.kind === 'date' ? [range.fromDate, range.toDate] : [range.from.getTime(), range.to.getTime()]
  return sql`${operand.value} >= ${from} and ${operand.value} < ${to}`
}

/** One of these values among those of a multi-valued field; tags, emails and phones are found through the key table. */
function hasSome(context: Context, operand: Operand, wanted: readonly unknown[]): Sql {
  const texts = textsOf(context, wanted)
  const keys = keysOf(context, operand, texts)
  if (!keys) return or(...texts.map((one) => context.query.engine.storage.dialect.jsonHas(operand.stored, one)))
  return keys.values.length === 0 ? FALSE : keys.found
}

/** All of them. Counted in one look-up: a join for each of a long list takes PostgreSQL minutes to plan. */
function hasEvery(context: Context, operand: Operand, wanted: readonly unknown[]): Sql {
  const texts = textsOf(context, wanted)
  const keys = keysOf(context, operand, texts)
  if (!keys) return and(...texts.map((one) => context.query.engine.storage.dialect.jsonHas(operand.stored, one)))
  if (keys.values.length === 0) return TRUE
  if (keys.values.length === 1) return keys.found
  return sql`${keys.id} in (${keys.select} group by record_id having count(*) = ${keys.values.length})`
}

function textsOf({ path }: Context, wanted: readonly unknown[]): string[] {
  if (!wanted.every((one) => typeof one === 'string')) throw invalid(path, 'wrong-type', 'Give text.')
  return wanted as string[]
}

/** The records that have one of these values, by the key table; nothing where the field is not in it. */
function keysOf({ query, table, alias }: Context, operand: Operand, texts: readonly string[]) {
  const { engine, tenant } = query
  const kind = operand.field.kind === 'tags' ? 'tag' : table.definition.keys?.[operand.name]
  if (!kind) return undefined
  const values = [
    ...new Set(texts.map((one) => (kind === 'tag' ? foldText(one) : (engine.normalise(kind, one) ?? one)))),
  ]
  const keys = raw(engine.storage.table('record_key'))
  const id = raw(`${alias}.id`)
  const select = sql`select record_id from ${keys} where tenant_id = ${tenant} and record_type = ${table.type} and kind = ${kind} and ${inList(raw('value'), values)}`
  return { values, id, select, found: sql`${id} in (${select})` }
}
