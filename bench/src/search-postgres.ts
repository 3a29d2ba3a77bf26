import { deepStrictEqual } from 'node:assert'
import { postgres } from '@rapport/adapters/postgres'
import { createCrm } from '@rapport/core'
import type { Storage } from '@rapport/core/storage'
import type { Line } from './measure'
import { each, middle, NEEDLES, spread } from './search-texts'
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
  const emails = `jsonb_build_array(jsonb_build_object('value', 'p' || i || '@firm' || i % 900 || '.com'))`
  await fill(storage, 'contact', `'x', ${emails}`, 'last_name, emails', 'contact', leads / 2)
  await run(storage, `delete from ${storage.table('search_fill')}`)
  await crm.migrate()
  for (const name of ['lead', 'contact']) {
    await run(storage, `analyze ${storage.table(name)}`)
    const index = storage.table(`${name}_search_text`)
    await storage.read(`select gin_clean_pending_list('${index}'::regclass) as cleaned`, [])
  }
  const me = crm.as({ user: 'admin' })
  const search = byHand(storage)
  for (const needle of NEEDLES)
    deepStrictEqual(
      new Set(await search(needle)),
      new Set((await me.search(needle, { types: TYPES })).map(({ id }) => id)),
    )
  const measured = await each([search, (needle) => me.search(needle, { types: TYPES })], rounds)
  await run(storage, `drop schema ${SCHEMA} cascade`)
  await crm.close()
  return [
    middle(`search ${leads} leads and half as many contacts on PostgreSQL`, measured),
    spread(`search ${leads} leads on PostgreSQL`, measured[1] as number[]),
  ]
}

const run = (storage: Storage, sql: string) => storage.transaction(async (session) => session.run(sql, []))

async function fill(storage: Storage, name: string, more: string, columns: string, word: string, count: number) {
  const table = storage.table(name)
  const title = `'${word} ' || i || ' ' || (i * 2654435761) % 1000003`
  const email = `'p' || i || '@example' || (i * 7919) % 900 || '.com'`
  await run(
    storage,
    `insert into ${table} (tenant_id, id, name, name_fold, email, email_key, ${columns}, owner, created_at, updated_at, version)
     select 'default', '01890000-0000-7000-8000-' || lpad((i + ${name === 'lead' ? 0 : 500_000_000})::text, 12, '0'), ${title}, ${title}, ${email}, ${email}, ${more},
       'u' || i % ${USERS}, ${START} + i::bigint * 60000, 0, 1 from generate_series(1, ${count}) i`,
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
