import type { Field, FieldMode, Fields } from './field'

/** A record, user, stage or pipeline that `include` brought along: its fields, as far as the asker may see them. */
export interface RelatedRecord {
  id: string
  name?: string
  title?: string
  [field: string]: unknown
}

/** What every record has. */
export interface BaseRecord<Custom = Record<string, unknown>> {
  /** UUIDv7. */
  id: string
  /** Id of the user who owns it; null when nobody does. */
  owner: string | null
  createdAt: Date
  /** Id of the user; null when the system wrote it. */
  createdBy: string | null
  updatedAt: Date
  updatedBy: string | null
  /** 1 on create, one more with each change. */
  version: number
  deletedAt: Date | null
  tags: string[]
  custom: Custom
  /** What `include` asked for, by link name; null where it is empty or not visible to the asker. */
  related?: Record<string, RelatedRecord | null>
}

type OutOf<F> =
  F extends Field<infer Out, infer _In, infer Mode> ? (Mode extends 'optional' | 'server' ? Out | null : Out) : never
type InOf<F> = F extends Field<infer _Out, infer In, FieldMode> ? In : never
type ModeOf<F> = F extends Field<infer _Out, infer _In, infer Mode> ? Mode : never

type NamesOf<F extends Fields, Modes extends FieldMode> = {
  [Name in keyof F]: ModeOf<F[Name]> extends Modes ? Name : never
}[keyof F]

/** The values of a record as they are read. */
export type ValuesOf<F extends Fields> = { -readonly [Name in keyof F]: OutOf<F[Name]> }

/** What a caller gives to create a record. */
export type CreateOf<F extends Fields> = { -readonly [Name in NamesOf<F, 'required'>]: InOf<F[Name]> } & {
  -readonly [Name in NamesOf<F, 'optional'>]?: InOf<F[Name]> | null
} & { -readonly [Name in NamesOf<F, 'defaulted'>]?: InOf<F[Name]> }

/** What a caller may change: any writable field; null empties an optional one. */
export type PatchOf<F extends Fields> = {
  -readonly [Name in NamesOf<F, 'optional'>]?: InOf<F[Name]> | null
} & { -readonly [Name in NamesOf<F, 'required' | 'defaulted'>]?: InOf<F[Name]> }

/** Common to every create and update. */
export interface BaseInput<Custom = Record<string, unknown>> {
  /** A user id; null for nobody. On create it defaults to the caller, or to what the assignment rule says. */
  owner?: string | null
  tags?: string[]
  custom?: CustomInput<Custom>
}

/** Custom values as they may be given: instants also as ISO 8601 text with a zone. */
export type CustomInput<Custom> = {
  [Name in keyof Custom]?: Custom[Name] | (Date extends NonNullable<Custom[Name]> ? string : never)
}

/** Custom values of a record: null (or absent) when empty. */
export type CustomOf<F extends Fields> = { -readonly [Name in keyof F]?: OutOf<F[Name]> | null }

/** Any record, where the type is only known at run time. */
export type AnyRecord = BaseRecord & Record<string, unknown>
