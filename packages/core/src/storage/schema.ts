import type { ColumnSpec, IndexSpec, TableExtension, TableSpec } from './dialect'

/** `'name text!'` → a column; `!` means not null. Keeps migrations readable as a list of columns. */
export function columns(...lines: string[]): ColumnSpec[] {
  return lines.map((line) => {
    const [name, type] = line.split(' ') as [string, string]
    const notNull = type.endsWith('!')
    return { name, type: (notNull ? type.slice(0, -1) : type) as ColumnSpec['type'], ...(notNull && { notNull }) }
  })
}

interface IndexParts {
  /** Columns after `tenant_id`, by index name. */
  indexes?: Record<string, string[]>
  unique?: Record<string, string[]>
  /** Indexes across tenants, by name: for work that is taken off in order, whosever it is. */
  queues?: Record<string, string[]>
  /** Conditions of partial indexes, by index name. */
  where?: Record<string, string>
}

interface TableParts extends IndexParts {
  columns: ColumnSpec[]
  /** Added to `tenant_id`. Default `['id']`. */
  key?: string[]
  /** `{ company_id: 'company' }`: the column refers to that table's `(tenant_id, id)`. */
  links?: Record<string, string>
  only?: TableSpec['only']
}

/** A table of one tenant's rows: `tenant_id` leads its key, its links and its indexes. */
export function tenantTable(name: string, parts: TableParts): TableSpec {
  return {
    name,
    columns: [{ name: 'tenant_id', type: 'key', notNull: true }, ...parts.columns],
    primaryKey: ['tenant_id', ...(parts.key ?? ['id'])],
    foreignKeys: Object.entries(parts.links ?? {}).map(([column, target]) => ({
      columns: ['tenant_id', column],
      references: target,
      to: ['tenant_id', 'id'],
    })),
    indexes: indexesOf(name, parts),
    ...(parts.only && { only: parts.only }),
  }
}

/** Columns, empty in the rows that are there, and indexes for a table of an earlier migration. */
export const extension = (table: string, { columns = [], ...parts }: IndexParts & { columns?: ColumnSpec[] }) =>
  ({ table, columns, indexes: indexesOf(table, parts) }) satisfies TableExtension

function indexesOf(table: string, parts: IndexParts): IndexSpec[] {
  const index =
    (unique: boolean, first = ['tenant_id']) =>
    ([suffix, rest]: [string, string[]]): IndexSpec => {
      const where = parts.where?.[suffix]
      return {
        name: `${table}_${suffix}`,
        columns: [...first, ...rest],
        ...(unique && { unique }),
        ...(where && { where }),
      }
    }
  return [
    ...Object.entries(parts.indexes ?? {}).map(index(false)),
    ...Object.entries(parts.unique ?? {}).map(index(true)),
    ...Object.entries(parts.queues ?? {}).map(index(false, [])),
  ]
}

/** The columns every record has. */
export const recordColumns = (...own: string[]): ColumnSpec[] =>
  columns(
    'id id!',
    ...own,
    'owner key',
    'created_at instant!',
    'created_by key',
    'updated_at instant!',
    'updated_by key',
    'version integer!',
    'deleted_at instant',
    'tags json',
    'custom json',
  )

export const live = 'deleted_at is null'
