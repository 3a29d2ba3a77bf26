import * as z from 'zod'
import { CrmError, type Problem } from '../kernel/errors'
import { isId } from '../kernel/ids'
import { isCurrency, isMoney } from '../kernel/money'
import { cleanText, foldText, hasForbiddenCharacters } from '../kernel/text'
import { isCalendarDate } from '../kernel/zones'
import { baseFields } from './base-fields'
import type { Normaliser } from './codec'
import type { RecordDefinition } from './definition'
import { type Field, type Fields, isList, isServerOwned, type LabelledValue } from './field'
import { REMINDERS, readReminders } from './reminder-field'
import { COMPLAINTS, type Complaint, type Validator } from './validator'

const MAX_TAGS = 100
const MAX_VALUES = 20
const MAX_JSON = 16_000
/** One such value must not keep a database from reading into the row's other values: MySQL reads 100 levels, SQLite 1,000. */
const MAX_JSON_DEPTH = 50
/** ISO 8601 with a zone; without one the instant would depend on the machine. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/

/** The validator of a record type, with the host's custom fields. */
export function buildValidator(definition: RecordDefinition, custom: Fields, normalise: Normaliser): Validator {
  const fields: Fields = { ...definition.fields, ...baseFields }
  const serverOwned = new Set(['id', ...Object.keys(fields).filter((name) => isServerOwned(fields[name] as Field))])
  const shape = Object.entries(fields).filter(([name]) => !serverOwned.has(name) && name !== 'custom')
  const shapeOf = (entries: [string, Field][], of: (field: Field) => z.ZodType) =>
    Object.fromEntries(entries.map(([name, field]) => [name, of(field)]))

  const object = (of: (field: Field) => z.ZodType) => {
    const values = z.strictObject(shapeOf(Object.entries(custom), of))
    const nothing = values.safeParse({}).success
    return z.strictObject({ ...shapeOf(shape, of), custom: nothing ? values.optional() : values })
  }

  const create = object((field) =>
    field.mode === 'required'
      ? schemaOf(field, normalise)
      : field.mode === 'defaulted'
        ? schemaOf(field, normalise).optional()
        : emptiable(schemaOf(field, normalise)),
  )
  const patch = object((field) =>
    field.mode === 'required' || field.mode === 'defaulted'
      ? schemaOf(field, normalise).optional()
      : emptiable(schemaOf(field, normalise)),
  )
  const parse = (schema: typeof create) => (input: unknown) => {
    const result = schema.safeParse(input)
    if (result.success) return tidy(result.data as Record<string, unknown>, fields)
    const problems = result.error.issues.flatMap((issue) => toProblems(issue, input, serverOwned))
    throw new CrmError('VALIDATION', summary(definition, problems), problems)
  }
  return { create: parse(create), patch: parse(patch) }
}

function tidy(values: Record<string, unknown>, fields: Fields) {
  for (const name in values) {
    if (values[name] === undefined) delete values[name]
    else if (values[name] === null && isList(fields[name] as Field)) values[name] = []
  }
  return values
}

const summary = (definition: RecordDefinition, problems: readonly Problem[]) =>
  `The ${definition.table} is not valid. ${problems.map(({ field, remedy }) => `${field}: ${remedy}`).join(' ')}`

/** Optional on input; empty text and null both empty the field. */
const emptiable = (schema: z.ZodType) =>
  z.preprocess((value) => (value === '' ? null : value), schema.nullable().optional()).optional()

const check = <T>(accepts: (value: T) => boolean, complaint: Complaint) => ({ accepts, params: { complaint } })

const refine = <S extends z.ZodType>(schema: S, ...checks: { accepts: (value: never) => boolean; params: object }[]) =>
  checks.reduce<z.ZodType>(
    (refined, { accepts, params }) => refined.refine(accepts as (value: unknown) => boolean, { params }),
    schema,
  )

const noForbidden = check((value: string) => !hasForbiddenCharacters(value), COMPLAINTS.forbiddenCharacter)

const line = (max: number) => refine(z.string().overwrite(cleanText).min(1).max(max), noForbidden)
const paragraphs = (max: number) => refine(z.string().min(1).max(max), noForbidden)

const custom = (accepts: (value: unknown) => boolean, complaint: Complaint) =>
  z.custom<unknown>((value) => value !== undefined && accepts(value), { params: { complaint } })

const normalForm = (kind: 'email' | 'phone' | 'domain', max: number, normalise: Normaliser) =>
  refine(
    z.string().overwrite(cleanText).min(1).max(max),
    noForbidden,
    check((value: string) => normalise(kind, value) !== null, COMPLAINTS[kind]),
  )

function schemaOf(field: Field, normalise: Normaliser): z.ZodType {
  switch (field.kind) {
    case 'text':
      if (field.normalised === 'domain') return normalForm('domain', 253, normalise)
      return (field.max ?? 255) > 1000 ? paragraphs(field.max as number) : line(field.max ?? 255)
    case 'email':
    case 'phone':
      return normalForm(field.kind, field.max ?? 254, normalise)
    case 'url':
      return refine(line(field.max ?? 2048), check(isWebUrl, COMPLAINTS.url))
    case 'number':
    case 'integer': {
      const number = field.kind === 'integer' ? z.int() : z.number()
      return number.min(field.min ?? -Number.MAX_SAFE_INTEGER).max(field.max ?? Number.MAX_SAFE_INTEGER)
    }
    case 'money':
      return z
        .strictObject({ amount: z.unknown(), currency: z.unknown() })
        .refine(({ currency }) => isCurrency(currency), {
          params: { complaint: COMPLAINTS.currency },
          path: ['currency'],
          abort: true,
        })
        .refine(isMoney, { params: { complaint: COMPLAINTS.money } })
    case 'date':
      return custom(isCalendarDate as (value: unknown) => boolean, COMPLAINTS.date)
    case 'instant':
      return z.preprocess(
        (value) => (typeof value === 'string' && INSTANT.test(value) ? new Date(value) : value),
        custom((value) => value instanceof Date && Math.abs(value.getTime()) < 8.64e15, COMPLAINTS.instant),
      )
    case 'boolean':
      return z.boolean()
    case 'select':
      return z.enum((field.options ?? []) as [string, ...string[]])
    case 'multiselect':
      return z
        .array(z.enum((field.options ?? []) as [string, ...string[]]))
        .max(MAX_TAGS)
        .overwrite((values) => [...new Set(values)])
    case 'user':
      return line(255)
    case 'link':
      return field.to === 'pipelines' || field.to === 'stages' ? line(255) : custom(isId, COMPLAINTS.id)
    case 'tags':
      return z
        .array(line(60))
        .max(MAX_TAGS)
        .overwrite(distinctTags as (tags: unknown[]) => unknown[])
    case 'emails':
      return labelled(normalForm('email', 254, normalise))
    case 'phones':
      return labelled(normalForm('phone', 64, normalise))
    case 'addresses':
      return z
        .array(z.strictObject(Object.fromEntries(ADDRESS_PARTS.map((part) => [part, line(255).nullable().optional()]))))
        .max(MAX_VALUES)
    case 'reminders':
      return z.preprocess(
        (value) => readReminders(value) ?? value,
        custom((value) => readReminders(value) !== undefined, REMINDERS),
      )
    case 'json':
      return custom(isSmallObject, COMPLAINTS.json)
  }
}

const ADDRESS_PARTS = ['street', 'city', 'region', 'postalCode', 'country', 'label']

function isWebUrl(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value)
}

function isSmallObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  try {
    const text = JSON.stringify(value)
    return (
      text.length <= MAX_JSON &&
      depthOf(text) <= MAX_JSON_DEPTH &&
      !FORBIDDEN_ESCAPE.test(text) &&
      !hasForbiddenCharacters(text)
    )
  } catch {
    return false
  }
}

/** NUL and half a surrogate pair as JSON writes them. */
const FORBIDDEN_ESCAPE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][\da-f]{2})/

/** Brackets open at once, those within text not counted. */
function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  for (const bracket of json.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(/[^[\]{}]/g, '')) {
    depth += bracket === '{' || bracket === '[' ? 1 : -1
    if (depth > deepest) deepest = depth
  }
  return deepest
}

/** Keeps the first spelling of each tag. */
const distinctTags = (tags: string[]): string[] =>
  [...new Map([...tags].reverse().map((tag) => [foldText(tag), tag])).values()].reverse()

const labelled = (value: z.ZodType) =>
  z
    .array(
      z.preprocess(
        (item) => (typeof item === 'string' ? { value: item } : item),
        z.strictObject({ value, label: line(40).nullable().optional(), primary: z.boolean().optional() }),
      ),
    )
    .max(MAX_VALUES)
    .overwrite(onePrimary as (values: unknown[]) => unknown[] as never)

/** The first one marked primary is; without a mark the first one is. */
function onePrimary(values: LabelledValue[]): LabelledValue[] {
  const chosen = Math.max(
    0,
    values.findIndex((value) => value.primary),
  )
  return values.map(({ value, label }, index) => ({ value, ...(label && { label }), primary: index === chosen }))
}

function toProblems(issue: z.core.$ZodIssue, input: unknown, serverOwned: ReadonlySet<string>): Problem[] {
  const field = issue.path.join('.') || 'input'
  const problem = (rule: string, remedy: string): Problem[] => [{ field, rule, remedy }]
  const missing = issue.path.reduce<unknown>(valueAt, input) === undefined
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        unknownKey([...issue.path, key].join('.'), serverOwned.has(key) && issue.path.length === 0),
      )
    case 'custom': {
      const complaint = missing ? COMPLAINTS.required : (issue.params?.complaint as Complaint | undefined)
      return problem(complaint?.rule ?? 'invalid', complaint?.remedy ?? 'Correct the value.')
    }
    case 'invalid_type':
      return missing
        ? problem('required', COMPLAINTS.required.remedy)
        : problem('wrong-type', `Give a value of type ${issue.expected}.`)
    case 'invalid_value':
      return missing
        ? problem('required', COMPLAINTS.required.remedy)
        : problem('invalid-option', `Use one of: ${issue.values.map(String).join(', ')}.`)
    case 'too_big':
      return problem(
        issue.origin === 'string' ? 'too-long' : 'too-large',
        `Give at most ${issue.maximum}${unitOf(issue.origin)}.`,
      )
    case 'too_small':
      return issue.origin === 'string'
        ? problem('required', COMPLAINTS.required.remedy)
        : problem('too-small', `Give at least ${issue.minimum}${unitOf(issue.origin)}.`)
    default:
      return problem('invalid', issue.message)
  }
}

/** One step into the input. Emails and phones may be given as plain text in place of `{ value }`. */
const valueAt = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'string' && key === 'value'
    ? value
    : (value as Record<PropertyKey, unknown> | null | undefined)?.[key]

const unitOf = (origin: string) => (origin === 'string' ? ' characters' : origin === 'array' ? ' values' : '')

export const unknownKey = (field: string, serverOwned = false): Problem =>
  serverOwned
    ? { field, rule: 'server-owned', remedy: 'Leave it out: the SDK sets this field.' }
    : { field, rule: 'unknown-key', remedy: 'Remove it, or check the spelling: there is no such field.' }
