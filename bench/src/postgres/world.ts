import { postgres } from '@rapport/adapters/postgres'
import { type Crm, createCrm } from '@rapport/core'
import { Pool, type PoolClient } from 'pg'
import { addPeople, SOURCES, SPAN, START, USERS } from '../world'

/** A CRM on a schema of a server, and a pool on the same server for the hand-written contenders. */
export interface PostgresWorld {
  crm: Crm
  pool: Pool
  schema: string
  close(): Promise<void>
}

let worlds = 0

/** The same people and leads as on SQLite: 100 users in teams of ten, leads spread over them and over two years. */
export async function createPostgresWorld(url: string, leads: number): Promise<PostgresWorld> {
  const schema = `bench_${process.pid}_${worlds++}`
  const pool = new Pool({ connectionString: url, max: 10 })
  const crm = createCrm({ storage: postgres({ pool, schema }) })
  await crm.migrate()
  await addPeople(crm)
  await fillLeads(pool, schema, leads)
  await pool.query(`vacuum analyze`)
  return {
    crm,
    pool,
    schema,
    async close() {
      await crm.close()
      await pool.query(`drop schema "${schema}" cascade`)
      await pool.end()
    },
  }
}

/** A UUIDv7 for the moment in column `at` and the number in column `i`, as `idAt` makes it. */
export const ID =
  "substr(lpad(to_hex(at), 12, '0'), 1, 8) || '-' || substr(lpad(to_hex(at), 12, '0'), 9) || '-7000-8000-' || lpad(to_hex(i), 12, '0')"

/** Numbers from 0 with a moment and a hash for each. */
export const series = (count: number, salt = 1) =>
  `(select i, ${START} + floor(i::numeric / ${count} * ${SPAN})::bigint as at, ((i + ${salt})::bigint * 2654435761) % 4294967296 as hash
    from generate_series(0, ${count - 1}) i) s`

async function fillLeads(pool: Pool, schema: string, count: number) {
  const sources = `array[${SOURCES.map((source) => `'${source}'`).join(', ')}]`
  const status = "(array['new', 'contacted', 'qualified', 'converted', 'lost'])[(hash >> 8) % 5 + 1]"
  await pool.query(
    `insert into "${schema}".lead (tenant_id, id, name, name_fold, email, email_key, company, company_fold, source, status, score, owner, created_at, created_by, updated_at, updated_by, version, converted_at)
     select 'default', ${ID}, 'Person ' || i || ' ' || hash, 'person ' || i || ' ' || hash, 'p' || i || '@example' || hash % 900 || '.com', 'p' || i || '@example' || hash % 900 || '.com',
       'Company ' || hash % 5000, 'company ' || hash % 5000, (${sources})[(hash >> 16) % 10 + 1], ${status}, hash % 101, 'u' || hash % ${USERS}, at, 'u' || hash % ${USERS}, at, 'u' || hash % ${USERS}, 1,
       case when ${status} = 'converted' then at + 86400000 end
     from ${series(count)} order by i`,
  )
}

/** Runs a statement by hand as fast as `pg` can: prepared under a name, rows as arrays. */
export const prepared = (client: Pool | PoolClient, name: string, text: string) => async (values: unknown[]) =>
  (await client.query({ name: `raw_${name}`, text: numbered(text), values, rowMode: 'array' })).rows as unknown[][]

const numbered = (text: string) => {
  let at = 0
  return text.replace(/\?/g, () => `$${++at}`)
}
