export type SqlValue = string | number | bigint | Uint8Array | null

/** A piece of SQL with its parameters, one `?` each. */
export interface Sql {
  readonly text: string
  readonly params: readonly SqlValue[]
}

const isSql = (value: unknown): value is Sql => typeof value === 'object' && value !== null && 'text' in value

/**
 * SQL from a template: fragments are spliced in, everything else becomes a parameter.
 *
 * @example sql`${raw(column)} = ${value} and ${condition}`
 */
export function sql(parts: TemplateStringsArray, ...values: (Sql | SqlValue)[]): Sql {
  let text = parts[0] as string
  const params: SqlValue[] = []
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as Sql | SqlValue
    if (isSql(value)) {
      text += value.text
      for (const param of value.params) params.push(param)
    } else {
      text += '?'
      params.push(value)
    }
    text += parts[i + 1]
  }
  return { text, params }
}

const NO_PARAMS: readonly SqlValue[] = []

/** Text that goes into the statement as it is. Never with user input. */
export const raw = (text: string): Sql => ({ text, params: NO_PARAMS })

export const TRUE = raw('1 = 1')
export const FALSE = raw('1 = 0')

export function join(pieces: readonly Sql[], separator: string): Sql {
  const params: SqlValue[] = []
  for (const piece of pieces) for (const param of piece.params) params.push(param)
  return { text: pieces.map((piece) => piece.text).join(separator), params }
}

/** `a and b and c`; pieces that are always true vanish, one that is always false wins. */
export function and(...conditions: readonly Sql[]): Sql {
  if (conditions.includes(FALSE)) return FALSE
  const kept = conditions.filter((condition) => condition !== TRUE)
  return kept.length === 0 ? TRUE : kept.length === 1 ? (kept[0] as Sql) : chain(kept, ' and ')
}

/** `(a or b)`, always in parentheses, so that it can stand anywhere. */
export function or(...conditions: readonly Sql[]): Sql {
  if (conditions.includes(TRUE)) return TRUE
  const kept = conditions.filter((condition) => condition !== FALSE)
  return kept.length === 0 ? FALSE : kept.length === 1 ? (kept[0] as Sql) : parenthesise(chain(kept, ' or '))
}

const LONGEST_CHAIN = 100

/** Long chains in groups of groups: parsed one by one they nest, and SQLite takes at most 1,000 levels. */
function chain(conditions: readonly Sql[], word: string): Sql {
  if (conditions.length <= LONGEST_CHAIN) return join(conditions.map(parenthesise), word)
  const groups: Sql[] = []
  for (let at = 0; at < conditions.length; at += LONGEST_CHAIN)
    groups.push(chain(conditions.slice(at, at + LONGEST_CHAIN), word))
  return chain(groups, word)
}

const parenthesise = (condition: Sql): Sql => ({ text: `(${condition.text})`, params: condition.params })

/** Two-valued negation: unknown counts as false, so `not` of it is true. The same on every database. */
export const not = (condition: Sql): Sql =>
  condition === TRUE ? FALSE : condition === FALSE ? TRUE : sql`case when ${condition} then 0 else 1 end = 1`

/** `column in (?, ?, …)`; an empty list matches nothing. */
export function inList(column: Sql, values: readonly SqlValue[]): Sql {
  if (values.length === 0) return FALSE
  if (values.length === 1) return sql`${column} = ${values[0] as SqlValue}`
  return { text: `${column.text} in (${'?, '.repeat(values.length - 1)}?)`, params: [...column.params, ...values] }
}

/** `(a, b, …) < (?, ?, …)`, of rows in order: the ones before, or after, the given one. None of the columns is ever null. */
export function rowsPast(
  columns: readonly Sql[],
  beyond: '<' | '>',
  values: readonly SqlValue[],
  { columnwise }: { readonly columnwise?: boolean },
): Sql {
  if (!columnwise) {
    const marks = values.map((value) => sql`${value}`)
    return sql`(${join(columns, ', ')}) ${raw(beyond)} (${join(marks, ', ')})`
  }
  const [first, ...rest] = columns as [Sql, ...Sql[]]
  const [value, ...others] = values as [SqlValue, ...SqlValue[]]
  if (rest.length === 0) return sql`${first} ${raw(beyond)} ${value}`
  const further = rowsPast(rest, beyond, others, { columnwise })
  return sql`${first} ${raw(beyond)}= ${value} and (${first} ${raw(beyond)} ${value} or (${further}))`
}
