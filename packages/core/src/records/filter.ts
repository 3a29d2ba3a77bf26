import { invalid } from '../kernel/errors'
import { isId } from '../kernel/ids'
import { and, inList, not, or, raw, type Sql, sql } from '../storage/sql'
import { tableOf } from './engine'
import type { RecordType } from './field'
import { customOperand, operandOf } from './operand'
import { compareOperand, isComparison } from './operators'
import { type QueryContext, readableRows } from './query'
import type { RecordTable } from './record-table'
import { isVisible } from './visibility'

const MAX_DEPTH = 8
const MAX_CONDITIONS = 200

/** Names that give a link filter its own meaning on `owner` and other users. */
const USER_FILTERS = ['team', 'me']

interface Walk {
  readonly query: QueryContext
  readonly table: RecordTable
  readonly alias: string
  readonly path: string
  readonly depth: number
  readonly budget: { left: number }
}

/**
 * A `where` as SQL, under the asker's field permissions: a hidden field is refused exactly as one that does not exist,
 * and a filter on a linked record only matches linked records the asker may read.
 */
export function compileWhere(
  query: QueryContext,
  table: RecordTable,
  where: unknown,
  alias: string,
  path = 'where',
): Sql {
  return group({ query, table, alias, path, depth: 0, budget: { left: MAX_CONDITIONS } }, where)
}

function group(walk: Walk, where: unknown): Sql {
  if (where === undefined) return and()
  const { path, depth } = walk
  if (typeof where !== 'object' || where === null || Array.isArray(where)) {
    throw invalid(path, 'invalid-filter', "Give an object such as { status: 'new' }.")
  }
  if (depth > MAX_DEPTH) throw invalid(path, 'too-deep', `Nest at most ${MAX_DEPTH} levels.`)
  return and(
    ...Object.entries(where).map(([name, value]) =>
      condition({ ...walk, depth: depth + 1, path: `${path}.${name}` }, name, value),
    ),
  )
}

function condition(walk: Walk, name: string, value: unknown): Sql {
  if (value === undefined) return and()
  if (walk.budget.left-- <= 0)
    throw invalid(walk.path, 'too-many-conditions', `Use at most ${MAX_CONDITIONS} conditions.`)
  if (name === 'and' || name === 'or') return combined(walk, name, value)
  if (name === 'not') return not(group(walk, value))
  if (name === 'custom') return customGroup(walk, value)
  if (name === 'id') return idCondition(walk, value)

  const { query, table, alias } = walk
  const { filters = {} } = table.definition
  const special = Object.hasOwn(filters, name) ? filters[name] : undefined
  if (special) return special(value, query, alias)
  const operand = operandOf(query, table, name, alias, walk.path)
  if (!operand || !isVisible(query.actor, table, name)) throw unknownField(walk.path)

  const { field } = operand
  if (field.to === 'stages' || field.to === 'pipelines')
    return settingCondition(walk, raw(`${alias}.${name}`), field.to, value)
  if (field.kind === 'link' && isGroup(value))
    return linkedCondition(walk, operand.value, field.to as RecordType, value)
  if (field.kind === 'user' && isGroup(value))
    return userCondition(walk, operand.value, value as Record<string, unknown>)
  return compareOperand(walk, operand, value)
}

const isGroup = (value: unknown) => typeof value === 'object' && value !== null && !isComparison(value)

function combined(walk: Walk, name: 'and' | 'or', value: unknown): Sql {
  if (!Array.isArray(value)) throw invalid(walk.path, 'invalid-filter', `Give a list of filters to ${name}.`)
  const parts = value.map((part, index) => group({ ...walk, path: `${walk.path}.${index}` }, part))
  return name === 'and' ? and(...parts) : or(...parts)
}

function customGroup(walk: Walk, value: unknown): Sql {
  if (typeof value !== 'object' || value === null)
    throw invalid(walk.path, 'invalid-filter', 'Give conditions by custom field.')
  const { query, table, alias } = walk
  const conditions = Object.entries(value).map(([name, wanted]) => {
    const path = `${walk.path}.${name}`
    if (walk.budget.left-- <= 0) throw invalid(path, 'too-many-conditions', `Use at most ${MAX_CONDITIONS} conditions.`)
    const field = Object.hasOwn(table.custom, name) ? table.custom[name] : undefined
    if (!field || !isVisible(query.actor, table, `custom.${name}`)) throw unknownField(path)
    return compareOperand({ ...walk, path }, customOperand(name, field, query, alias, path), wanted)
  })
  return and(...conditions)
}

function idCondition({ alias, path }: Walk, value: unknown): Sql {
  const ids = typeof value === 'string' ? [value] : (value as { in?: unknown } | null)?.in
  if (!Array.isArray(ids) || !ids.every(isId)) throw invalid(path, 'invalid-id', 'Give an id, or { in: [ids] }.')
  if (ids.length > 1000) throw invalid(path, 'too-many-values', 'Use at most 1,000 ids.')
  return inList(raw(`${alias}.id`), ids)
}

/** Rows whose linked record the asker may read and that meets the filter. */
function linkedCondition(walk: Walk, column: Sql, type: RecordType, value: unknown): Sql {
  const { query, depth } = walk
  const table = tableOf(query.engine, type)
  const alias = `l${depth}`
  const matches = group({ ...walk, table, alias }, value)
  return sql`${column} in (select ${raw(alias)}.id from ${raw(table.name)} ${raw(alias)} where ${and(readableRows(query, table, alias), matches)})`
}

/** `owner: { me: true }` and `owner: { team: 'emea' }`, the team with all teams below it. */
function userCondition({ query, path }: Walk, column: Sql, value: Record<string, unknown>): Sql {
  const { tenant, engine, actor } = query
  const unknown = Object.keys(value).find((key) => !USER_FILTERS.includes(key))
  if (unknown !== undefined) throw unknownField(`${path}.${unknown}`)
  const conditions: Sql[] = []
  if (value.me !== undefined) {
    if (typeof value.me !== 'boolean') throw invalid(`${path}.me`, 'wrong-type', 'Give true or false.')
    const mine = actor.user === null ? sql`${column} is null` : sql`${column} = ${actor.user}`
    conditions.push(value.me ? mine : not(mine))
  }
  if (value.team !== undefined) {
    if (typeof value.team !== 'string') throw invalid(`${path}.team`, 'wrong-type', 'Give the id of a team.')
    const team = raw(engine.storage.table('team'))
    const member = raw(engine.storage.table('team_member'))
    conditions.push(sql`${column} in (
      with recursive below(id) as (select t.id from ${team} t where t.tenant_id = ${tenant} and t.id = ${value.team} union select t.id from ${team} t join below on t.parent_id = below.id where t.tenant_id = ${tenant})
      select m.user_id from ${member} m join below on m.team_id = below.id where m.tenant_id = ${tenant})`)
  }
  return and(...conditions)
}

const SETTINGS = {
  stages: {
    table: 'stage',
    keys: { class: 'class', name: 'name', pipeline: 'pipeline_id', forecastCategory: 'forecast_category' },
  },
  pipelines: { table: 'pipeline', keys: { name: 'name' } },
} as const

/** Stages and pipelines: by id, by name, by a list of these, or by what they are (`{ class: 'open' }`). */
function settingCondition(walk: Walk, column: Sql, to: keyof typeof SETTINGS, value: unknown): Sql {
  const { query, path } = walk
  const { table, keys } = SETTINGS[to]
  const from = sql`select id from ${raw(query.engine.storage.table(table))} where tenant_id = ${query.tenant}`
  const {
    eq,
    ne,
    in: among,
    notIn,
  } = (typeof value === 'string' ? { eq: value } : (value ?? {})) as Record<string, unknown>
  const excluded = ne !== undefined ? [ne] : notIn
  if (Array.isArray(excluded)) return not(settingCondition(walk, column, to, { in: excluded }))
  const wanted = eq !== undefined ? [eq] : among
  if (Array.isArray(wanted)) {
    if (!wanted.every((name): name is string => typeof name === 'string') || wanted.length > 1000) {
      throw invalid(`${path}.in`, 'wrong-type', 'Give at most 1,000 names or ids.')
    }
    const names: string[] = wanted
    return names.every(isId)
      ? inList(column, names)
      : sql`${column} in (${from} and ${or(inList(raw('name'), names), inList(raw('id'), names))})`
  }
  if (typeof value !== 'object' || value === null)
    throw invalid(path, 'invalid-filter', "Give a name, an id, or { class: 'open' }.")
  const conditions = Object.entries(value).map(([key, is]) => {
    if (!Object.hasOwn(keys, key)) throw unknownField(`${path}.${key}`)
    if (typeof is !== 'string') throw invalid(`${path}.${key}`, 'wrong-type', 'Compare with text.')
    return sql`${raw((keys as Record<string, string>)[key] as string)} = ${is}`
  })
  return sql`${column} in (${from} and ${and(...conditions)})`
}

export const unknownField = (path: string) =>
  invalid(path, 'unknown-field', 'Remove it, or check the spelling: there is no such field.')
