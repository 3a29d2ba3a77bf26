import { CrmError, isCrmError } from '../kernel/errors'
import type { TableSpec } from './dialect'
import { foundation } from './migrations/0001-foundation'
import type { Session, Storage } from './port'

export interface Migration {
  version: number
  name: string
  /** Older code cannot work on the schema this leaves behind. */
  breaking: boolean
  tables: readonly TableSpec[]
}

export const MIGRATIONS: readonly Migration[] = [foundation]
const NEWEST = MIGRATIONS.at(-1)?.version ?? 0

export interface MigrationPlan {
  /** Version the database is at; 0 when nothing is installed. */
  current: number
  /** Version this release of the SDK brings it to. */
  target: number
  pending: { version: number; name: string }[]
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

/** The tables of these migrations that this database has. */
export const tablesOn = ({ dialect }: Storage, migrations = MIGRATIONS): TableSpec[] =>
  migrations.flatMap(({ tables }) => tables).filter(({ only }) => only === undefined || only.includes(dialect.name))

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
  const pending = MIGRATIONS.filter((migration) => migration.version > current)
  return { current, target: NEWEST, pending: pending.map(({ version, name }) => ({ version, name })) }
}

/** The data definition of all migrations from `from` (exclusive) on, one statement an entry: what `migrate` runs. */
export function migrationStatements(storage: Storage, from = 0): string[] {
  const history = from === 0 ? [...(storage.setUp ?? []), ...storage.dialect.createTable(HISTORY, storage.table)] : []
  const tables = tablesOn(
    storage,
    MIGRATIONS.filter((migration) => migration.version > from),
  )
  return [...history, ...tables.flatMap((table) => storage.dialect.createTable(table, storage.table))]
}

/** Brings the schema up to date in one transaction. Safe to call at every start. */
export async function migrate(storage: Storage, now: Date): Promise<MigrationPlan> {
  const plan = await planMigrations(storage)
  if (plan.pending.length === 0) return plan
  const exclusively = storage.exclusively ?? storage.transaction
  return exclusively(async (session) => {
    const fresh = await planMigrations(storage, session)
    if (fresh.pending.length === 0) return fresh
    for (const statement of migrationStatements(storage, fresh.current)) await session.run(statement, [])
    for (const { version, name, breaking } of MIGRATIONS.filter((migration) => migration.version > fresh.current)) {
      const insert = `insert into ${storage.table('migration')} (version, name, breaking, applied_at) values (?, ?, ?, ?)`
      await session.run(insert, [version, name, breaking ? 1 : 0, now.getTime()])
    }
    return fresh
  })
}

/** Throws NOT_MIGRATED unless the schema is one this release can work on. */
export async function requireMigrated(storage: Storage): Promise<void> {
  const plan = await planMigrations(storage).catch((error) => {
    throw isCrmError(error, 'STORAGE') && error.rule === 'missing-table' ? notMigrated(0) : error
  })
  if (plan.pending.length > 0) throw notMigrated(plan.current)
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
