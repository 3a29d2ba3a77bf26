import { EVERY_TENANT, type Row, type Session, type Sql, type SqlValue, type Storage } from '@rapport/core/storage'
import { closedError } from '../shared/closed'
import { isKysely } from '../shared/kysely'
import { postgresDialect } from '../shared/postgres/dialect'
import { notOpen, storageError } from '../shared/postgres/errors'
import { kyselySession } from '../shared/postgres/kysely-session'
import type { Names } from '../shared/postgres/names'
import { numbered } from '../shared/postgres/values'
import type { Statement } from './batch'
import { BEGIN, COMMIT, execute, executeRead, type Manner, ROLLBACK } from './connection'
import type { PgClient } from './driver'
import type { Pool } from './pool'
import { replicaOf } from './replica'
import { sessionOn } from './session'

export interface StorageParts {
  pool: Pool
  /** Of replicas, for lists and reports. */
  readPool?: Pool | undefined
  names: Names
  /** Milliseconds; 0 for no limit. */
  statementTimeout: number
  lockTimeout: number
  /** Row-level security: each transaction says whose rows it may see. */
  fenced: boolean
}

/** One at a time in this database, whatever the schema: they may be about to make the same one. */
const ONE_INSTALLER = "select pg_advisory_xact_lock(hashtextextended('rapport migrate', 0))"

const asStatement = ({ text, params }: Sql): Statement => ({ text: numbered(text), params })

/** Only for this transaction, so that nothing is left on the connection for the next borrower. */
const setting = (name: string, value: string): Sql => ({ text: `set_config('${name}', ?, true)`, params: [value] })

const selectOf = (settings: readonly Sql[]): Sql => ({
  text: `select ${settings.map(({ text }, index) => `${text} as s${index}`).join(', ')}`,
  params: settings.flatMap(({ params }) => params),
})

function fenceFor(tenant: string | typeof EVERY_TENANT): Sql[] {
  return tenant === EVERY_TENANT
    ? [setting('rapport.tenant', ''), setting('rapport.every_tenant', 'on')]
    : [setting('rapport.tenant', tenant), setting('rapport.every_tenant', '')]
}

export function poolStorage(parts: StorageParts): Storage {
  const { pool, names } = parts
  const manner: Manner = {}
  const dialect = postgresDialect(parts.fenced)
  let closed = false
  const guard = () => {
    if (closed) throw closedError()
  }

  const replica = parts.readPool && replicaOf(parts.readPool, {})
  const limits = [
    ...(parts.statementTimeout > 0 ? [setting('statement_timeout', String(parts.statementTimeout))] : []),
    ...(parts.lockTimeout > 0 ? [setting('lock_timeout', String(parts.lockTimeout))] : []),
  ]

  /** `after` goes behind the commit, in the same round trip; `ended` gets its rows. */
  function transact<T>(
    opening: readonly Statement[],
    work: (session: Session) => Promise<T>,
    after: readonly Statement[] = [],
    ended?: (rows: Row[]) => void,
  ): Promise<T> {
    guard()
    return pool.use(async (client, discard) => {
      const session = sessionOn(client, manner, guard, opening)
      try {
        const result = await work(session)
        const rows = await session.flush(COMMIT, ...after)
        ended?.(rows)
        return result
      } catch (error) {
        if (session.begun) await execute(client, [ROLLBACK], manner).catch(discard)
        throw error
      }
    })
  }

  /** Tables that were made without policies would stand open, whatever we were told. */
  async function requireFence() {
    const asked = `select relrowsecurity and relforcerowsecurity as fenced from pg_catalog.pg_class where oid = to_regclass($1)`
    const statement = { text: asked, params: [names.table('lead')] }
    const [outcome] = await pool.use((client, discard) => executeRead(client, [statement], manner, discard))
    if (outcome?.rows[0]?.[0] === 1) return
    throw storageError(
      'not-fenced',
      "The tables were made without row-level security: run its lines from `rapport sql --rls` as their owner, or leave out rls: 'enforce'.",
    )
  }

  function build(tenant: string | typeof EVERY_TENANT | undefined): Storage {
    const fence = parts.fenced && tenant !== undefined ? fenceFor(tenant) : []
    const settings = (some: readonly Sql[]) => (some.length > 0 ? [asStatement(selectOf(some))] : [])
    const opening = [BEGIN, ...settings([...limits, ...fence])]
    const beforeRead = settings([...limits.filter(({ text }) => text.includes('statement_timeout')), ...fence])
    const reading = (text: string, params: readonly SqlValue[]): Statement[] => {
      const statement = { text: numbered(text), params, query: true }
      return beforeRead.length === 0 ? [statement] : [BEGIN, ...beforeRead, statement, COMMIT]
    }
    const followed = replica && typeof tenant === 'string' ? { replica, tenant } : undefined

    return {
      dialect,
      setUp: [names.makeSchema],
      table: names.table,
      joined: false,
      ...(fence.length > 0 && { fence: selectOf(fence) }),
      ...((parts.fenced || replica) && { scoped: build }),
      ...(parts.fenced && { checkTables: requireFence }),
      async read(text, params, options) {
        guard()
        const statements = reading(text, params)
        if (options?.replica && followed) {
          const rows = await followed.replica.read(followed.tenant, statements)
          if (rows) return rows
        }
        const outcomes = await pool.use((client, discard) => executeRead(client, statements, manner, discard))
        return outcomes[statements.findIndex(({ query }) => query)]?.rows ?? []
      },
      transaction: (work) =>
        followed
          ? transact(opening, work, [followed.replica.position], ([row]) =>
              followed.replica.wrote(followed.tenant, String(row?.[0])),
            )
          : transact(opening, work),
      exclusively: (work) =>
        transact([BEGIN], async (session) => {
          await session.run(ONE_INSTALLER, [])
          await requireUtf8(session)
          return work(session)
        }),
      join(hostTransaction) {
        guard()
        followed?.replica.wroteJoined(followed.tenant)
        return joinHost(hostTransaction, manner, guard)
      },
      async close() {
        if (closed) return
        closed = true
        await pool.close()
        await parts.readPool?.close()
      },
    }
  }
  return build(undefined)
}

/** Names hold any character, so the database must be able to. */
async function requireUtf8(session: Session) {
  const [[encoding] = []] = await session.all("select current_setting('server_encoding') as encoding", [])
  if (encoding === 'UTF8') return
  throw storageError(
    'encoding',
    `The database is encoded in ${encoding}; create one with the encoding UTF8 and use that.`,
  )
}

/** The host's open transaction: a client of `pg` on which it has begun, or a Kysely transaction. */
function joinHost(host: unknown, manner: Manner, guard: () => void): Session {
  if (isKysely(host) && host.isTransaction) return kyselySession(host, guard)
  const client = host as Partial<PgClient> & { totalCount?: number }
  if (typeof client?.query !== 'function' || client.totalCount !== undefined || isKysely(host)) {
    throw notOpen()
  }
  return sessionOn(client as PgClient, manner, guard)
}
