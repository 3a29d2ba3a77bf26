import { type Crm, type CrmOptions, createCrm } from '@rapport/core'
import { stepClock } from '@rapport/core/testing'
import { type Kysely, type KyselyPlugin, sql } from 'kysely'
import { addPeople, type Client } from './crm'
import { type HostPlace, newHostPlace } from './databases'

export interface HostTables {
  invoice: { id: number; note: string }
}

export interface Host {
  db: Kysely<HostTables>
  place: HostPlace
  crm: Crm
  me: Client
  /** The first column of what the query gives, outside of our code. */
  column(query: string): Promise<unknown[]>
  /** Notes of the host's own committed rows. */
  invoices(): Promise<unknown[]>
  leads(): Promise<unknown[]>
}

/** A product of its own, with its Kysely instance and a CRM in the same database. */
export async function newHost(
  options: Partial<CrmOptions> & { plugins?: KyselyPlugin[]; migrate?: boolean } = {},
): Promise<Host> {
  const { plugins = [], migrate = true, ...rest } = options
  const place = await newHostPlace(plugins)
  const db = place.kysely as Kysely<HostTables>
  await db.schema
    .createTable('invoice')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('note', 'text')
    .execute()
  const crm = createCrm({ clock: stepClock(), ...rest, storage: place.open() }) as Crm
  if (migrate) {
    await crm.migrate()
    await addPeople(crm.asSystem({ reason: 'test' }) as Client)
  }
  const column = async (query: string) =>
    (await sql.raw(query).execute(db.withoutPlugins())).rows.map((row) => Object.values(row as object)[0])
  return {
    db,
    place,
    crm,
    me: crm.as({ user: 'ada' }) as Client,
    column,
    invoices: () => column('select note from invoice order by id'),
    leads: () => column('select name from crm_lead order by name'),
  }
}

let invoices = 0

export const invoice = (note: string) => ({ id: ++invoices, note })
