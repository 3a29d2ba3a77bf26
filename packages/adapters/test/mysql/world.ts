import { mysql } from '@rapport/adapters/mysql'
import { type Crm, type CrmOptions, createCrm } from '@rapport/core'
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise'
import { inject, onTestFinished } from 'vitest'

export const URI = process.env.RAPPORT_MYSQL_URL as string

let made = 0

export interface World {
  crm: Crm
  /** The host's pool, on the CRM's database. */
  pool: Pool
  database: string
  /** The only user, an administrator. */
  me: ReturnType<Crm['as']>
}

/** A migrated CRM in a database of its own, with one administrator. */
export async function newWorld(options: Partial<CrmOptions> = {}, settings: PoolOptions = {}): Promise<World> {
  const database = `${inject('mysqlPrefix')}w${process.env.VITEST_POOL_ID}_${made++}`
  const maker = createPool({ uri: URI })
  await maker.query(`create database ${database}`)
  const pool = createPool({ uri: URI, database, ...settings })
  onTestFinished(async () => {
    await pool.end()
    await maker.query(`drop database ${database}`)
    await maker.end()
  })
  const crm = createCrm({ ...options, storage: mysql({ pool }) }) as Crm
  await crm.migrate()
  await crm.asSystem({ reason: 'test' }).users.sync([{ id: 'root', name: 'Root', roles: ['admin'] }])
  return { crm, pool, database, me: crm.as({ user: 'root' }) }
}
