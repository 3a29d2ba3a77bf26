import type { Money } from '../kernel/money'

export type FieldKind =
  | 'text'
  | 'email'
  | 'phone'
  | 'url'
  | 'number'
  | 'integer'
  | 'money'
  | 'date'
  | 'instant'
  | 'boolean'
  | 'select'
  | 'multiselect'
  | 'user'
  | 'link'
  | 'tags'
  | 'emails'
  | 'phones'
  | 'addresses'
  | 'reminders'
  | 'json'

/**
 * Who fills a field, and whether it can be empty:
 * `required` by the caller on create; `optional`, null when empty; `defaulted` by the SDK when the caller gives none;
 * `server` set by the SDK alone, null when empty; `stamped` set by the SDK alone, never empty.
 */
export type FieldMode = 'required' | 'optional' | 'defaulted' | 'server' | 'stamped'

/** Record types a link or an include can reach. */
export type RecordType =
  | 'leads'
  | 'contacts'
  | 'companies'
  | 'deals'
  | 'products'
  | 'activities'
  | 'tasks'
  | 'meetings'
  | 'files'

/** One field of a record type, from which validation, storage, access, filters, sorting, CSV and HTTP follow. */
export interface Field<Out = unknown, In = Out, Mode extends FieldMode = FieldMode> {
  readonly kind: FieldKind
  readonly mode: Mode
  /** Longest text, in characters. */
  readonly max?: number
  readonly min?: number
  /** Values of a select; others are refused. */
  readonly options?: readonly string[]
  /** Record type a link points to. */
  readonly to?: RecordType | 'pipelines' | 'stages'
  /** Kept folded as well (case and accents removed): sorts, `contains` and `startsWith` work on that. */
  readonly folded?: boolean
  /** Kept in a normal form as well, in `<column>_key`: email, phone, domain. */
  readonly normalised?: 'email' | 'phone' | 'domain'
  /** No two live records of a tenant may have the same value. */
  readonly unique?: boolean
  /** Found by `search`. */
  readonly searched?: boolean
  /** Value on create when the caller gives none. */
  readonly initial?: unknown
  /** How people call it, for messages and CSV headers. Derived from the name when absent. */
  readonly label?: string
  /** Other column headers an import recognises. */
  readonly aliases?: readonly string[]
  readonly _types?: { out: Out; in: In }
}

export interface FieldOptions {
  required?: boolean
  /** For custom fields: no two live records of a tenant may have the same value. */
  unique?: boolean
  /** For custom fields of text, email, phone, url or select: `search` finds the record by it. */
  searched?: boolean
  label?: string
  aliases?: readonly string[]
}

type ModeOf<O> = O extends { required: true } ? 'required' : 'optional'

const define = <Out, In, O extends FieldOptions>(kind: FieldKind, options: O | undefined, more: object = {}) => {
  const { required, ...rest } = (options ?? {}) as FieldOptions
  return { kind, mode: required ? 'required' : 'optional', ...rest, ...more } as Field<Out, In, ModeOf<O>>
}

/** An email, phone or postal address of a contact. */
export interface LabelledValue {
  value: string
  /** `work`, `home`, `mobile`, … */
  label?: string | null
  primary?: boolean
}

export interface PostalAddress {
  street?: string | null
  city?: string | null
  region?: string | null
  postalCode?: string | null
  /** Country name or ISO 3166 code, as given. */
  country?: string | null
  label?: string | null
}

/** Ways to tell somebody something. */
export const CHANNELS = ['in-app', 'email', 'sms', 'callback'] as const
export type Channel = (typeof CHANNELS)[number]

/** When to remind the owner of a record: so long before it is due, or at a moment of its own. */
export interface Reminder {
  /** An ISO 8601 duration: `PT15M`, `P1D`. Days and longer count on the calendar of the owner's zone. */
  before?: string
  at?: Date
  /** How to tell it. Default: as the owner prefers. */
  channels?: readonly Channel[]
}

/** One of `before` and `at`. */
export type ReminderInput = Pick<Reminder, 'channels'> & ({ before: string } | { at: Date | string })

/**
 * Field kinds for record definitions and for a host's custom fields.
 *
 * @example
 * createCrm({ fields: { deals: { tier: field.select(['gold', 'silver']), seats: field.integer() } } })
 */
export const field = {
  text: <const O extends FieldOptions & { max?: number; folded?: boolean }>(options?: O) =>
    define<string, string, O>('text', options, { max: options?.max ?? 255 }),
  email: <const O extends FieldOptions>(options?: O) =>
    define<string, string, O>('email', options, { max: 254, normalised: 'email' }),
  phone: <const O extends FieldOptions>(options?: O) =>
    define<string, string, O>('phone', options, { max: 64, normalised: 'phone' }),
  url: <const O extends FieldOptions>(options?: O) => define<string, string, O>('url', options, { max: 2048 }),
  /** A double; not for money. */
  number: <const O extends FieldOptions & { min?: number; max?: number }>(options?: O) =>
    define<number, number, O>('number', options),
  integer: <const O extends FieldOptions & { min?: number; max?: number }>(options?: O) =>
    define<number, number, O>('integer', options),
  money: <const O extends FieldOptions>(options?: O) => define<Money, Money, O>('money', options),
  /** A calendar date, `YYYY-MM-DD`. */
  date: <const O extends FieldOptions>(options?: O) => define<string, string, O>('date', options),
  /** A point in time, to the millisecond. */
  instant: <const O extends FieldOptions>(options?: O) => define<Date, Date | string, O>('instant', options),
  boolean: <const O extends FieldOptions>(options?: O) => define<boolean, boolean, O>('boolean', options),
  select: <const V extends string, const O extends FieldOptions>(values: readonly V[], options?: O) =>
    define<V, V, O>('select', options, { options: values }),
  multiSelect: <const V extends string, const O extends FieldOptions>(values: readonly V[], options?: O) =>
    define<V[], V[], O>('multiselect', options, { options: values }),
  /** A user's id. */
  user: <const O extends FieldOptions>(options?: O) => define<string, string, O>('user', options),
  /** The id of another record of the tenant, which the writer must be able to see. */
  link: <const O extends FieldOptions>(to: NonNullable<Field['to']>, options?: O) =>
    define<string, string, O>('link', options, { to }),
  emails: () => define<LabelledValue[], (string | LabelledValue)[], object>('emails', undefined),
  phones: () => define<LabelledValue[], (string | LabelledValue)[], object>('phones', undefined),
  addresses: () => define<PostalAddress[], PostalAddress[], object>('addresses', undefined),
  /** Up to ten, which count from the `nextStep` of the definition. */
  reminders: () => define<Reminder[], readonly ReminderInput[], object>('reminders', undefined),
  json: <T>() => define<T, T, object>('json', undefined),
}

type Any = Field<unknown, unknown, FieldMode>

/** Set by the SDK alone; null when empty. */
export const server = <O, I, M extends FieldMode>(of: Field<O, I, M>): Field<O, I, 'server'> => ({
  ...of,
  mode: 'server',
})

/** Set by the SDK alone; never empty. */
export const stamped = <O, I, M extends FieldMode>(of: Field<O, I, M>): Field<O, I, 'stamped'> => ({
  ...of,
  mode: 'stamped',
})

/** Filled with `initial`, or by the room, when the caller gives none; never empty. */
export const defaulted = <O, I, M extends FieldMode>(
  of: Field<O, I, M>,
  initial?: NoInfer<O>,
): Field<O, I, 'defaulted'> => ({
  ...of,
  mode: 'defaulted',
  ...(initial !== undefined && { initial }),
})

export type Fields = Readonly<Record<string, Any>>

/** Fields that only the SDK writes. */
export const isServerOwned = (of: Any): boolean => of.mode === 'server' || of.mode === 'stamped'

const LISTS: readonly FieldKind[] = ['tags', 'multiselect', 'emails', 'phones', 'addresses', 'reminders']

/** Fields whose values are lists: empty they are `[]`, never null. */
export const isList = (of: Any): boolean => LISTS.includes(of.kind)
