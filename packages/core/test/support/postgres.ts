import { type PostgresOptions, postgres } from '@rapport/adapters/postgres'
import type { ContractHost } from '@rapport/core/testing'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Pool } from 'pg'
import { inject } from 'vitest'
import { migrate } from '../../src/storage/migrate'
import type { Place, TestDatabase } from './databases'

/** Schemas of this worker. Those with our tables are emptied and used again, by the next file as well. */
export function postgresDatabase(): TestDatabase {
  const url = inject('postgresUrl')
  const pool = new Pool({ connectionString: url, max: 12 })
  const worker = process.env.VITEST_POOL_ID
  let bare = 0

  async function newSchema(schema: string) {
    await pool.query(`drop schema if exists "${schema}" cascade; create schema "${schema}"`)
    return schema
  }
  const bareSchema = () => newSchema(`bare${worker}_${bare++}`)
  const drop = async (schema: string) => void (await pool.query(`drop schema "${schema}" cascade`))

  const ready = `ready${worker}_`
  let made = 0
  let free: Promise<string[]> | undefined
  async function leftByOthers() {
    const { rows } = await pool.query('select nspname from pg_namespace where starts_with(nspname, $1)', [ready])
    made = rows.length
    return rows.map(({ nspname }) => nspname as string)
  }

  async function migratedSchema(): Promise<string> {
    free ??= leftByOthers()
    const schema = (await free).pop()
    if (schema) return schema
    const fresh = await newSchema(`${ready}${made++}`)
    await migrate(postgres({ pool, schema: fresh }), new Date(0))
    return fresh
  }

  const openers = (schema: string) => ({
    open: () => postgres({ pool, schema }),
    openNarrow: (patience: number) => postgres({ url, schema, max: 1, patience }),
  })

  const contract = (options: PostgresOptions = { pool }, named = bareSchema): ContractHost => {
    let schema = ''
    return {
      async open() {
        schema = await named()
        return postgres({ ...options, schema })
      },
      clean: () => drop(schema),
    }
  }

  return {
    async lend(): Promise<Place> {
      const schema = await migratedSchema()
      return {
        ...openers(schema),
        async giveBack() {
          await empty(pool, schema)
          ;(await free)?.push(schema)
        },
      }
    },
    async lendBare(): Promise<Place> {
      const schema = await bareSchema()
      return { ...openers(schema), giveBack: () => drop(schema) }
    },
    async lendHost(plugins) {
      const schema = await bareSchema()
      const own = new Pool({ connectionString: url, max: 6, options: `-c search_path=${schema}` })
      // biome-ignore lint/suspicious/noExplicitAny: any tables
      const kysely = new Kysely<any>({ dialect: new PostgresDialect({ pool: own }), plugins })
      return {
        kysely,
        open: (options) => postgres({ pool: own, schema, tablePrefix: 'crm_', ...options }),
        breakEvents: async (name) => void (await sql.raw(failing(name).join('; ')).execute(kysely)),
        async giveBack() {
          await kysely.destroy()
          await drop(schema)
        },
      }
    },
    contractHosts: {
      "the host's pool": contract(),
      'a url': contract({ url, max: 4 }),
      'a schema with capitals': contract({ pool }, () => newSchema(`Odd Name${worker}`.replace(' ', '_'))),
      'a prefix': contract({ pool, tablePrefix: 'crm_' }),
    },
  }
}

export const failing = (event: string) => [
  "create function fail() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$",
  `create trigger fail before insert on crm_event for each row when (new.name = '${event}') execute function fail()`,
]

export async function empty(pool: Pool, schema: string) {
  const { rows } = await pool.query('select tablename from pg_tables where schemaname = $1', [schema])
  await pool.query(
    clearing(
      schema,
      rows.map(({ tablename }) => tablename),
    ),
  )
}

/** In one round trip, and faster than truncate, which makes a file for each table anew. */
export function clearing(schema: string, tables: readonly string[]): string {
  const ours = tables.filter((name) => !/(migration|search_fill)$/.test(name))
  const clear = ours.map((name) => `delete from "${schema}"."${name}"`).join('; ')
  return `begin; set local session_replication_role = replica; ${clear}; commit`
}
