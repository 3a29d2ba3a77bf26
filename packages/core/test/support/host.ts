import { sqlite } from '@rapport/adapters/sqlite'
import { type Crm, type CrmOptions, createCrm } from '@rapport/core'
import { stepClock } from '@rapport/core/testing'
import Database from 'better-sqlite3'
import { Kysely, type KyselyPlugin, SqliteDialect } from 'kysely'
import { onTestFinished } from 'vitest'
import { addPeople, type Client } from './crm'

export interface HostTables {
  invoice: { id: number; note: string }
}

export interface Host {
  db: Kysely<HostTables>
  database: Database.Database
  crm: Crm
  me: Client
  /** Notes of the host's own committed rows. */
  invoices(): Promise<string[]>
  leads(): Promise<string[]>
}

/** A product of its own on SQLite, with its Kysely instance and a CRM in the same database. */
export async function newHost(
  options: Partial<CrmOptions> & { plugins?: KyselyPlugin[]; migrate?: boolean } = {},
): Promise<Host> {
  const { plugins = [], migrate = true, ...rest } = options
  const database = new Database(':memory:')
  database.pragma('foreign_keys = on')
  const db = new Kysely<HostTables>({ dialect: new SqliteDialect({ database }), plugins })
  await db.schema
    .createTable('invoice')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('note', 'text')
    .execute()
  const crm = createCrm({ clock: stepClock(), ...rest, storage: sqlite({ kysely: db }) }) as Crm
  if (migrate) {
    await crm.migrate()
    await addPeople(crm.asSystem({ reason: 'test' }) as Client)
  }
  onTestFinished(() => db.destroy())
  const column = (sql: string) => database.prepare(sql).pluck().all() as string[]
  return {
    db,
    database,
    crm,
    me: crm.as({ user: 'ada' }) as Client,
    invoices: async () => column('select note from invoice order by id'),
    leads: async () => column('select name from crm_lead order by name'),
  }
}

export const invoice = (note: string) => ({ note }) as { id: number; note: string }
