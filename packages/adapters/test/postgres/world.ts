import { type PostgresOptions, postgres } from '@rapport/adapters/postgres'
import { type Crm, type CrmOptions, createCrm } from '@rapport/core'
import { Pool, type PoolConfig } from 'pg'
import { inject, onTestFinished } from 'vitest'

export const URL = inject('postgresUrl')
/** Of every role: a URL of one is the server's with another name. */
export const PASSWORD = new globalThis.URL(URL).password

let made = 0

/** A pool of the host's, ended when the test is. */
export function newPool(config: PoolConfig = {}): Pool {
  const pool = new Pool({ connectionString: URL, max: 5, ...config })
  pool.on('error', () => {})
  onTestFinished(() => pool.end().catch(() => {}))
  return pool
}

export interface World {
  crm: Crm
  pool: Pool
  schema: string
  /** The only user, an administrator. */
  me: ReturnType<Crm['as']>
}

/** A migrated CRM in a schema of its own, with one administrator. */
export async function newWorld(
  storage: PostgresOptions = {},
  options: Partial<CrmOptions> = {},
  migrated = true,
): Promise<World> {
  const pool = (storage.pool as Pool | undefined) ?? newPool()
  const schema = storage.schema ?? `w${process.pid}_${made++}`
  const crm = createCrm({ ...options, storage: postgres({ schema, ...storage, pool }) }) as Crm
  onTestFinished(async () => {
    const cleaner = new Pool({ connectionString: URL, max: 1 })
    await cleaner.query(`drop schema if exists "${schema}" cascade`).catch(() => {})
    await cleaner.end()
  })
  if (migrated) {
    await crm.migrate()
    await crm.asSystem({ reason: 'test' }).users.sync([{ id: 'root', name: 'Root', roles: ['admin'] }])
  }
  return { crm, pool, schema, me: crm.as({ user: 'root' }) }
}

/** Waits until it is so, at most five seconds. */
export async function until(isSo: () => Promise<boolean>) {
  for (let left = 250; left > 0; left--) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('It did not come to pass within five seconds.')
}
