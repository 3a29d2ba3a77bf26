import { postgres } from '@rapport/adapters/postgres'
import { Pool } from 'pg'
import { migrate } from '../../src/storage/migrate'
import type { Places } from './databases'

const url = process.env.RAPPORT_POSTGRES_URL
/** Waiting for the disk is not what is tested. */
const options = '-c synchronous_commit=off'

/** Schemas of this worker, migrated once and emptied after each test. */
export function postgresPlaces(): Places {
  const pool = new Pool({ connectionString: url, max: 12, options })
  const free: string[] = []
  let made = 0

  async function newSchema(): Promise<string> {
    const schema = `t${process.pid}_${made++}`
    await pool.query(`drop schema if exists ${schema} cascade`)
    await migrate(postgres({ pool, schema }), new Date(0))
    return schema
  }

  async function empty(schema: string) {
    const { rows } = await pool.query('select tablename from pg_tables where schemaname = $1', [schema])
    const tables = rows.map(({ tablename }) => tablename).filter((name) => name !== 'migration')
    const clear = tables.map((name) => `delete from "${schema}"."${name}"`).join('; ')
    await pool.query(`begin; set local session_replication_role = replica; ${clear}; commit`)
  }

  return {
    async lend() {
      const schema = free.pop() ?? (await newSchema())
      return {
        open: () => postgres({ pool, schema }),
        async giveBack() {
          await empty(schema)
          free.push(schema)
        },
      }
    },
  }
}
