import { postgres } from '@rapport/adapters/postgres'
import { EVERY_TENANT, type Storage } from '@rapport/core/storage'
import { Pool } from 'pg'
import { inject } from 'vitest'
import { migrate } from '../../src/storage/migrate'
import { scopedTo } from '../../src/storage/port'
import type { Place, TestDatabase } from './databases'
import { empty, postgresDatabase } from './postgres'

const ROLE = 'rapport_app'
const PREFIX = 'odd_'

/**
 * PostgreSQL as strict as it gets: another schema and prefix, row-level security, a role that owns nothing, and two pools
 * through a proxy that hands connections on after each transaction.
 */
export function fencedDatabase(): TestDatabase {
  const plain = postgresDatabase()
  const owner = new Pool({ connectionString: inject('postgresUrl'), max: 4 })
  const proxied = new URL(inject('postgresUrl'))
  const { host, port } = inject('proxy') ?? { host: proxied.hostname, port: proxied.port }
  Object.assign(proxied, { hostname: host, port: String(port), username: ROLE, password: 'app' })
  const pools = [1, 2].map(() => new Pool({ connectionString: proxied.href, max: 6 }))
  const worker = process.env.VITEST_POOL_ID
  const ready = `Fenced${worker}_Ready`
  let free: Promise<string[]> | undefined
  let made = 0
  let bare = 0
  let turn = 0

  async function newSchema(schema: string) {
    await owner.query(
      `drop schema if exists "${schema}" cascade; create schema "${schema}"; grant usage, create on schema "${schema}" to ${ROLE}`,
    )
    return schema
  }

  /** Of files that this worker ran before. */
  async function leftByOthers() {
    const { rows } = await owner.query('select nspname from pg_namespace where starts_with(nspname, $1)', [ready])
    made = rows.length
    return rows.map(({ nspname }) => nspname as string)
  }

  async function migratedSchema() {
    free ??= leftByOthers()
    const left = (await free).pop()
    if (left) return left
    const schema = await newSchema(`${ready}${made++}`)
    await migrate(postgres({ pool: owner, schema, tablePrefix: PREFIX, rls: 'enforce' }), new Date(0))
    await owner.query(`grant select, insert, update, delete on all tables in schema "${schema}" to ${ROLE}`)
    return schema
  }
  const drop = async (schema: string) => void (await owner.query(`drop schema "${schema}" cascade`))

  const openers = (schema: string) => ({
    open: () =>
      seen(postgres({ pool: pools[turn++ % pools.length] as Pool, schema, tablePrefix: PREFIX, rls: 'enforce' })),
    openNarrow: (patience: number) =>
      seen(postgres({ url: proxied.href, schema, tablePrefix: PREFIX, rls: 'enforce', max: 1, patience })),
  })

  return {
    async lend(): Promise<Place> {
      const schema = await migratedSchema()
      return {
        ...openers(schema),
        async giveBack() {
          await empty(owner, schema)
          ;(await free)?.push(schema)
        },
      }
    },
    async lendBare(): Promise<Place> {
      const schema = await newSchema(`Fenced${worker}_Bare${bare++}`)
      return { ...openers(schema), giveBack: () => drop(schema) }
    },
    // A host's own tables and search path are its own affair; joining behind the fence has tests of its own.
    lendHost: plain.lendHost,
    contractHosts: plain.contractHosts,
  }
}

/** What a test looks at with statements of its own, it sees of all tenants; what it writes, it writes for the usual one. */
const seen = (storage: Storage): Storage => ({
  ...storage,
  read: (text, params) => scopedTo(storage, EVERY_TENANT).read(text, params),
  transaction: (work) => scopedTo(storage, 'default').transaction(work),
})
