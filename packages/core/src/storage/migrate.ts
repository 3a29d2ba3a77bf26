import { CrmError, invalid, isCrmError } from '../kernel/errors'
import type { PartsColumn, TableExtension, TableSpec } from './dialect'
import { foundation } from './migrations/0001-foundation'
import { search } from './migrations/0002-search'
import { workingDay } from './migrations/0003-working-day'
import type { Session, Storage } from './port'

export interface Migration {
  version: number
  name: string
  /** Older code cannot work on the schema this leaves behind. */
  breaking: boolean
  tables: readonly TableSpec[]
  /** What tables of earlier migrations get. */
  extensions?: readonly TableExtension[]
  /** Columns with an index of parts, where the database can. */
  parts?: readonly PartsColumn[]
}

export const MIGRATIONS: readonly Migration[] = [foundation, search, workingDay]
const NEWEST = MIGRATIONS.at(-1)?.version ?? 0

export interface MigrationPlan {
  /** Version the database is at; 0 when nothing is installed. */
  current: number
  /** Version this release of the SDK brings it to. */
  target: number
  pending: { version: number; name: string }[]
  /** Whether `search` finds by an index. Where the database has none, or not the extension for it, it looks at each record. */
  search: 'index' | 'scan'
}

const HISTORY: TableSpec = {
  name: 'migration',
  columns: [
    { name: 'version', type: 'integer', notNull: true },
    { name: 'name', type: 'key', notNull: true },
    { name: 'breaking', type: 'boolean', notNull: true },
    { name: 'applied_at', type: 'instant', notNull: true },
  ],
  primaryKey: ['version'],
}

/** Whether this database has the table at all. */
const on =
  ({ dialect }: Storage) =>
  ({ only }: TableSpec) =>
    only === undefined || only.includes(dialect.name)

/** The tables of this database, as they are after the migration of that version. Default: the newest. */
export const tablesOn = (storage: Storage, version = NEWEST): TableSpec[] => {
  const done = MIGRATIONS.filter((migration) => migration.version <= version)
  const extensions = done.flatMap((migration) => migration.extensions ?? [])
  return done
    .flatMap(({ tables }) => tables)
    .filter(on(storage))
    .map((table) =>
      extended(
        table,
        extensions.filter((extension) => extension.table === table.name),
      ),
    )
}

const extended = (table: TableSpec, extensions: readonly TableExtension[]): TableSpec => ({
  ...table,
  columns: [...table.columns, ...extensions.flatMap(({ columns }) => columns)],
  indexes: [...(table.indexes ?? []), ...extensions.flatMap(({ indexes }) => indexes)],
})

type Reader = Pick<Session, 'all'>

async function applied(storage: Storage, reader: Reader): Promise<{ version: number; breaking: boolean }[]> {
  const exists = storage.dialect.tableExists(storage.table('migration'))
  if ((await reader.all(exists.text, exists.params)).length === 0) return []
  const rows = await reader.all(`select version, breaking from ${storage.table('migration')} order by version`, [])
  return rows.map(([version, breaking]) => ({ version: Number(version), breaking: Boolean(breaking) }))
}

const outside = (storage: Storage): Reader => ({ all: storage.read })

/** What `migrate` would do. Changes nothing. */
export async function planMigrations(storage: Storage, reader = outside(storage)): Promise<MigrationPlan> {
  const history = await applied(storage, reader)
  const current = history.at(-1)?.version ?? 0
  refuseNewer(history)
  const search = (await hasPartsIndex(storage, reader)) ? 'index' : 'scan'
  const pending = pendingAfter(current).map(({ version, name }) => ({ version, name }))
  return { current, target: NEWEST, pending, search }
}

/** Whether the index of parts was made: that is decided when the schema is. */
export async function hasPartsIndex(storage: Storage, reader: Reader = outside(storage)): Promise<boolean> {
  const exists = storage.dialect.parts?.exists(search.parts[0] as PartsColumn, storage.table)
  return exists !== undefined && (await reader.all(exists.text, exists.params)).length > 0
}

export interface MigrateOptions {
  /** Told of each migration that has run; all of them take effect together at the end, where the database can. */
  onProgress?: (migration: { version: number; name: string }) => void
}

/** What `migrate` runs on a database at `from`, one statement an entry, its history included. */
export function migrationStatements(storage: Storage, now: Date, from = 0): string[] {
  if (!Number.isInteger(from) || from < 0 || from > NEWEST) {
    throw invalid('from', 'out-of-range', `Give the version the database is at: 0 for none, up to ${NEWEST}.`)
  }
  return [
    ...(from === 0 ? beforeTheFirst(storage) : []),
    ...pendingAfter(from).flatMap((migration) => statementsOf(storage, migration, now)),
  ]
}

const pendingAfter = (version: number) => MIGRATIONS.filter((migration) => migration.version > version)

const beforeTheFirst = (storage: Storage) => [
  ...(storage.setUp ?? []),
  ...storage.dialect.createTable(HISTORY, storage.table),
]

/** Values are written out: every one is our own, and the same statements go to those who apply them by hand. */
function statementsOf(storage: Storage, migration: Migration, now: Date): string[] {
  const { dialect, table: qualify } = storage
  const { version, name, breaking, tables, extensions = [] } = migration
  const values = `${version}, '${name}', ${breaking ? 1 : 0}, ${now.getTime()}`
  return [
    ...tables.filter(on(storage)).flatMap((table) => dialect.createTable(table, qualify)),
    ...extensions.flatMap((added) => extensionOf(storage, migration, added)),
    ...partsOf(storage, migration),
    `insert into ${qualify('migration')} (version, name, breaking, applied_at) values (${values})`,
  ]
}

function extensionOf(storage: Storage, { version }: Migration, added: TableExtension): string[] {
  const table = tablesOn(storage, version).find(({ name }) => name === added.table)
  return table ? storage.dialect.extendTable(table, added, storage.table) : []
}

/** Statements of a migration that was cut short which have run. */
async function alreadyDone(storage: Storage, session: Session, migration: Migration): Promise<string[]> {
  const done: string[] = []
  for (const added of migration.extensions ?? []) {
    const exists = storage.dialect.extended?.(added, storage.table)
    if (exists && (await session.all(exists.text, exists.params)).length > 0)
      done.push(...extensionOf(storage, migration, added))
  }
  const { parts } = storage.dialect
  for (const at of migration.parts ?? []) {
    const exists = parts?.exists(at, storage.table)
    if (exists && (await session.all(exists.text, exists.params)).length > 0)
      done.push(...(parts?.create(at, storage.table) ?? []))
  }
  return done
}

const partsOf = ({ dialect, table }: Storage, { parts = [] }: Migration): string[] =>
  parts.flatMap((at) => dialect.parts?.create(at, table) ?? [])

/** Brings the schema up to date in one transaction. Safe to call at every start. */
export async function migrate(
  storage: Storage,
  now: Date,
  { onProgress }: MigrateOptions = {},
): Promise<MigrationPlan> {
  const plan = await planMigrations(storage)
  if (plan.pending.length === 0) return plan
  const exclusively = storage.exclusively ?? storage.transaction
  return exclusively(async (session) => {
    const fresh = await planMigrations(storage, session)
    if (fresh.pending.length === 0) return fresh
    if (fresh.current === 0) for (const statement of beforeTheFirst(storage)) await session.run(statement, [])
    const possible = await canHaveParts(storage, session)
    for (const migration of pendingAfter(fresh.current)) {
      const skipped = [
        ...(possible ? [] : partsOf(storage, migration)),
        ...(await alreadyDone(storage, session, migration)),
      ]
      for (const statement of statementsOf(storage, migration, now))
        if (!skipped.includes(statement)) await session.run(statement, [])
      onProgress?.({ version: migration.version, name: migration.name })
    }
    return fresh
  })
}

async function canHaveParts({ dialect }: Storage, session: Session): Promise<boolean> {
  const possible = dialect.parts?.possible
  return possible === undefined || (await session.all(possible.text, possible.params)).length > 0
}

/** Throws NOT_MIGRATED unless the schema is one this release can work on. */
export async function requireMigrated(storage: Storage): Promise<void> {
  const plan = await planMigrations(storage).catch((error) => {
    throw isCrmError(error, 'STORAGE') && error.rule === 'missing-table' ? notMigrated(0) : error
  })
  if (plan.pending.length > 0) throw notMigrated(plan.current)
  await storage.checkTables?.()
}

function refuseNewer(history: readonly { version: number; breaking: boolean }[]) {
  if (!history.some(({ version, breaking }) => breaking && version > NEWEST)) return
  throw new CrmError(
    'NOT_MIGRATED',
    `The database is at schema ${history.at(-1)?.version}, this release knows ${NEWEST}.`,
    {
      field: 'storage',
      rule: 'newer-schema',
      remedy: 'Upgrade @rapport/core to the release that migrated this database.',
    },
  )
}

const notMigrated = (current: number) =>
  new CrmError('NOT_MIGRATED', `The database is at schema ${current}, this release needs ${NEWEST}.`, {
    field: 'storage',
    rule: 'not-migrated',
    remedy: 'Run `await crm.migrate()` once at start-up, or apply the output of `crm.migrations.sql()`.',
  })
