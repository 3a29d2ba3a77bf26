import type { Money } from '../kernel/money'
import type { PeriodUnit, RollingLength } from '../kernel/periods'
import type { Field, Fields } from './field'

type Equality<T> = { eq?: T | null; ne?: T | null; in?: readonly T[]; notIn?: readonly T[]; isNull?: boolean }
type Text<T extends string> = Equality<T> & { contains?: string; startsWith?: string; endsWith?: string }
type Ordered<T> = Equality<T> & { gt?: T; gte?: T; lt?: T; lte?: T; between?: readonly [T, T] }
type Moment<T> = Ordered<T> & {
  this?: PeriodUnit
  last?: PeriodUnit | RollingLength
  next?: PeriodUnit | RollingLength
}
type Day = 'today' | 'yesterday' | 'tomorrow'
type Many<T> = { has?: T; hasAny?: readonly T[]; hasAll?: readonly T[]; isNull?: boolean }

type NameWhere = { eq: string } | { ne: string } | { in: readonly string[] } | { notIn: readonly string[] }

/** Conditions on a stage: its name or id, several of these, or what it is. */
export type StageWhere =
  | string
  | NameWhere
  | { class?: 'open' | 'won' | 'lost'; name?: string; pipeline?: string; forecastCategory?: string }
/** Conditions on a user: an id, several, oneself, or a team with all below it. */
export type UserWhere = string | null | Equality<string> | { me?: boolean; team?: string }
/** Conditions on a linked record: its id, or a filter it must meet (and be visible to the asker). */
export type LinkWhere = string | null | Equality<string> | { [field: string]: unknown }

/** The condition on a value of that type. */
export type Condition<T> =
  | T
  | null
  | (NonNullable<T> extends readonly (infer One)[]
      ? One extends { value: string }
        ? string | Many<string>
        : One | Many<One>
      : NonNullable<T> extends Date
        ? string | Day | Moment<Date | string>
        : NonNullable<T> extends Money
          ? Ordered<Money>
          : NonNullable<T> extends number
            ? Ordered<number>
            : NonNullable<T> extends boolean
              ? Equality<boolean>
              : NonNullable<T> extends string
                ? Text<NonNullable<T>> & Moment<NonNullable<T>>
                : never)

/** A filter on records of one type. JSON all through. */
export type Where<F extends Fields, Custom = Record<string, unknown>> = {
  -readonly [Name in keyof F]?: F[Name] extends Field<infer Out, infer _In, infer _Mode>
    ? Name extends 'stage'
      ? StageWhere
      : Name extends 'pipeline'
        ? string | NameWhere | { name: string }
        : Condition<Out> | LinkWhereOf<F[Name]>
    : never
} & {
  id?: string | { in: readonly string[] }
  owner?: UserWhere
  createdBy?: UserWhere
  updatedBy?: UserWhere
  createdAt?: Condition<Date>
  updatedAt?: Condition<Date>
  version?: Condition<number>
  tags?: string | Many<string>
  custom?: { [Name in keyof Custom]?: Condition<NonNullable<Custom[Name]>> | null }
  and?: readonly Where<F, Custom>[]
  or?: readonly Where<F, Custom>[]
  not?: Where<F, Custom>
}

type LinkWhereOf<F> = F extends { readonly _types?: { out: string } } ? LinkWhere : never

export type OrderBy<F extends Fields, Custom = Record<string, unknown>> =
  | { [Name in (keyof F & string) | 'createdAt' | 'updatedAt' | 'owner' | 'version']?: 'asc' | 'desc' }
  | { custom: { [Name in keyof Custom]?: 'asc' | 'desc' } }
