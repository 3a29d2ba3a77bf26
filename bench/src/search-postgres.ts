import { deepStrictEqual } from 'node:assert'
import { postgres } from '@rapport/adapters/postgres'
import { createCrm } from '@rapport/core'
import type { Storage } from '@rapport/core/storage'
import { type Line, median, microseconds } from './measure'
import { each, NEEDLES, spread } from './search'
import { START, USERS } from './world'

const SCHEMA = 'rapport_bench_search'
const TYPES = ['leads', 'contacts'] as const

/** The same over PostgreSQL, by the same connection: both send SQL through the adapter, one of them by hand. */
export async function benchSearchOnPostgres(leads: number, rounds: number): Promise<Line[]> {
  const storage = postgres({ url: process.env.RAPPORT_POSTGRES_URL as string, schema: SCHEMA })
  await run(storage, `drop schema if exists ${SCHEMA} cascade`)
  const crm = createCrm({ storage })
  await crm.migrate()
  await crm.asSystem({ reason: 'bench' }).users.sync([{ id: 'admin', name: 'Admin', roles: ['admin'] }])
  await fill(storage, 'lead', "'other', 'new'", 'source, status', 'person', leads)
  await fill(storage, 'contact', "'x', null", 'last_name, title', 'contact', leads / 2)
  const me = crm.as({ user: 'admin' })
  const search = byHand(storage)
  for (const needle of NEEDLES)
    deepStrictEqual(
      new Set(await search(needle)),
      new Set((await me.search(needle, { types: TYPES })).map(({ id }) => id)),
    )
  const raw = await each(NEEDLES, (needle) => ({ name: needle, run: () => search(needle) }), rounds)
  const own = await each(
    NEEDLES,
    (needle) => ({ name: needle, run: () => me.search(needle, { types: TYPES }) }),
    rounds,
  )
  await run(storage, `drop schema ${SCHEMA} cascade`)
  await crm.close()
  const middle = (all: typeof raw) => median(all.map(({ micros }) => micros))
  return [
    {
      work: `search ${leads} leads and half as many contacts on PostgreSQL, p50`,
      raw: microseconds(middle(raw)),
      rapport: microseconds(middle(own)),
      ratio: middle(own) / middle(raw),
      limit: 2,
    },
    spread(`search ${leads} leads on PostgreSQL`, own),
  ]
}

const run = (storage: Storage, sql: string) => storage.transaction(async (session) => session.run(sql, []))

async function fill(storage: Storage, name: string, more: string, columns: string, word: string, count: number) {
  const table = storage.table(name)
  const title = `'${word} ' || i || ' ' || (i * 2654435761) % 1000003`
  const email = `'p' || i || '@example' || (i * 7919) % 900 || '.com'`
  const text = `chr(57344) || chr(57345) || chr(9) || ${title} || chr(9) || chr(10) || chr(57344) || chr(57346) || chr(9) || ${email} || chr(9) || chr(10)`
  await run(
    storage,
    `insert into ${table} (tenant_id, id, name, name_fold, email, email_key, ${columns}, owner, created_at, updated_at, version, search_text)
     select 'default', '01890000-0000-7000-8000-' || lpad((i + ${name === 'lead' ? 0 : 500_000_000})::text, 12, '0'), ${title}, ${title}, ${email}, ${email}, ${more},
       'u' || i % ${USERS}, ${START} + i::bigint * 60000, 0, 1, ${text} from generate_series(1, ${count}) i`,
  )
  await run(storage, `analyze ${table}`)
  await storage.read(
    `select gin_clean_pending_list('${storage.table(`${name}_search_text`)}'::regclass) as cleaned`,
    [],
  )
}

function byHand(storage: Storage): (needle: string) => Promise<string[]> {
  return async (needle) => {
    const found = new Map<string, [rank: number, at: number, id: string]>()
    for (const name of ['lead', 'contact']) {
      const live = `from ${storage.table(name)} where tenant_id = ? and deleted_at is null`
      const newest = 'order by created_at desc, id desc limit'
      const what = 'id, created_at, search_text'
      const like = `%${needle}%`
      const end = needle.slice(0, -1) + String.fromCharCode(needle.charCodeAt(needle.length - 1) + 1)
      const common = `select count(*) as n from (select search_text ${live} ${newest} 1000) n where search_text like ?`
      const [[hits] = [0]] = await storage.read(common, ['default', like])
      const gathered = `select ${what} ${live} and id = any(array(select id ${live} and search_text like ?)) ${newest} 100`
      const walked = `select ${what} ${live} and search_text like ? ${newest} 100`
      const titled = `select ${what} ${live} and name_fold >= ? and name_fold < ? order by name_fold, id limit 20`
      const rows = [
        ...(Number(hits) < 10
          ? await storage.read(gathered, ['default', 'default', like])
          : await storage.read(walked, ['default', like])),
        ...(await storage.read(titled, ['default', needle, end])),
      ]
      for (const [id, at, text] of rows) {
        const values = String(text).split(/[\t\n]/)
        const before = values.map((value) => value[value.indexOf(needle) - 1] ?? 'a')
        const rank = values.includes(needle)
          ? 0
          : values.some((value) => value.startsWith(needle))
            ? 1
            : before.some((letter) => /[ @.]/.test(letter))
              ? 2
              : 3
        found.set(String(id), [rank, Number(at), String(id)])
      }
    }
    const order = ([a, at, id]: [number, number, string], [b, other, second]: [number, number, string]) =>
      a - b || other - at || (id < second ? 1 : -1)
    return [...found.values()]
      .sort(order)
      .slice(0, 20)
      .map(([, , id]) => id)
  }
}
