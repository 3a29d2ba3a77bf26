import { EVERY_TENANT, invalid, type Session, type Sql, type Storage } from '@rapport/core/storage'
import { closedError } from '../shared/closed'
import { isKysely, type KyselyLike, sessionOn as kyselySession, plain } from '../shared/kysely'
import type { Statement } from './batch'
import { execute, type Manner } from './connection'
import { postgresDialect } from './dialect'
import type { PgClient } from './driver'
import { toCrmError } from './errors'
import type { Names } from './names'
import type { Pool } from './pool'
import { sessionOn } from './session'
import { numbered } from './values'

export interface StorageParts {
  pool: Pool
  names: Names
  /** Milliseconds; 0 for no limit. */
  statementTimeout: number
  lockTimeout: number
  /** Row-level security: each transaction says whose rows it may see. */
  fenced: boolean
}

const BEGIN: Statement = { text: 'begin', params: [] }
const COMMIT: Statement = { text: 'commit', params: [] }
const ROLLBACK: Statement = { text: 'rollback', params: [] }

/** One at a time in this database, whatever the schema: they may be about to make the same one. */
const ONE_INSTALLER = "select pg_advisory_xact_lock(hashtextextended('rapport migrate', 0))"

/** `create schema if not exists` asks for the right to create schemas even where it exists, made by somebody with more rights. */
const makeSchema = (schema: string) =>
  `do 'begin if to_regnamespace(''"${schema}"'') is null then create schema "${schema}"; end if; end'`

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
  const manner: Manner = { named: true }
  const dialect = postgresDialect(parts.fenced)
  let closed = false
  const guard = () => {
    if (closed) throw closedError()
  }

  const limits = [
    ...(parts.statementTimeout > 0 ? [setting('statement_timeout', String(parts.statementTimeout))] : []),
    ...(parts.lockTimeout > 0 ? [setting('lock_timeout', String(parts.lockTimeout))] : []),
  ]

  function transact<T>(opening: readonly Statement[], work: (session: Session) => Promise<T>): Promise<T> {
    guard()
    return pool.use(async (client) => {
      const session = sessionOn(client, manner, guard, opening)
      try {
        const result = await work(session)
        await session.flush(COMMIT)
        return result
      } catch (error) {
        if (session.begun) await execute(client, [ROLLBACK], manner)
        throw error
      }
    })
  }

  function build(tenant: string | typeof EVERY_TENANT | undefined): Storage {
    const fence = parts.fenced && tenant !== undefined ? fenceFor(tenant) : []
    const settings = (some: readonly Sql[]) => (some.length > 0 ? [asStatement(selectOf(some))] : [])
    const opening = [BEGIN, ...settings([...limits, ...fence])]
    const beforeRead = settings([...limits.filter(({ text }) => text.includes('statement_timeout')), ...fence])

    return {
      dialect,
      setUp: [makeSchema(names.schema)],
      table: names.table,
      joined: false,
      ...(fence.length > 0 && { fence: selectOf(fence) }),
      ...(parts.fenced && { scoped: build }),
      async read(text, params) {
        guard()
        const statement = { text: numbered(text), params }
        return pool.use(async (client) => {
          if (beforeRead.length === 0) return (await execute(client, [statement], manner))[0]?.rows ?? []
          const outcomes = await execute(client, [BEGIN, ...beforeRead, statement, COMMIT], manner)
          return outcomes.at(-2)?.rows ?? []
        })
      },
      transaction: (work) => transact(opening, work),
      exclusively: (work) =>
        transact([BEGIN], async (session) => {
          await session.run(ONE_INSTALLER, [])
          return work(session)
        }),
      join(hostTransaction) {
        guard()
        return joinHost(hostTransaction, manner, guard)
      },
      async close() {
        if (closed) return
        closed = true
        await pool.close()
      },
    }
  }
  return build(undefined)
}

/** The host's open transaction: a client of `pg` on which it has begun, or a Kysely transaction. */
function joinHost(host: unknown, manner: Manner, guard: () => void): Session {
  if (isKysely(host) && host.isTransaction) return numberedSession(kyselySession(plain(host), guard, toCrmError))
  const client = host as Partial<PgClient> & { _connected?: boolean; totalCount?: number }
  if (typeof client?.query !== 'function' || client.totalCount !== undefined || isKysely(host)) {
    throw invalid(
      'within',
      'not-a-transaction',
      'Pass the client of pg on which you ran BEGIN (not the pool), or the transaction of your Kysely instance.',
    )
  }
  return sessionOn(client as PgClient, manner, guard)
}

const numberedSession = (session: Session): Session => ({
  all: (text, params) => session.all(numbered(text), params),
  run: (text, params) => session.run(numbered(text), params),
  send: (text, params, check) => session.send(numbered(text), params, check),
})

export type { KyselyLike }
