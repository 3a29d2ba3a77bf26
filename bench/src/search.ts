import { deepStrictEqual } from 'node:assert'
import type { Crm } from '@rapport/core'
import type Database from 'better-sqlite3'
import type { Line } from './measure'
import { each, middle, NEEDLES, spread } from './search-texts'
import { createWorld, idAt, SPAN, START, USERS } from './world'

/** One box over leads and half as many contacts, against the same query by hand over the same index. */
export async function benchSearch(leads: number, rounds: number): Promise<Line[]> {
  const world = await createWorld(leads)
  fillContacts(world.raw, leads / 2)
  const start = performance.now()
  await fill(world.crm, world.raw)
  console.log(`texts of ${leads * 1.5} old records: ${((performance.now() - start) / 1000).toFixed(1)} s`)
  const [admin, mine] = [world.crm.as({ user: 'admin' }), world.crm.as({ user: 'u7' })]
  const search = byHand(world.raw)
  const rapport = (needle: string) => admin.search(needle, { types: ['leads', 'contacts'] })
  for (const needle of NEEDLES)
    deepStrictEqual(
      (await rapport(needle)).map(({ id }) => id),
      search(needle),
      needle,
    )
  const measured = await each([search, rapport, (needle) => mine.search(needle)], rounds)
  const lines = [
    middle(`search ${leads} leads and half as many contacts`, measured),
    spread(`search ${leads} leads`, measured[1] as number[]),
    spread(`search ${leads} leads as one of a team of ten`, measured[2] as number[]),
  ]
  await world.close()
  if (process.env.RAPPORT_POSTGRES_URL)
    lines.push(...(await (await import('./search-postgres')).benchSearchOnPostgres(leads, rounds)))
  return lines
}

async function fill(crm: Crm, raw: Database.Database) {
  raw.exec('delete from crm_search_fill')
  await crm.migrate()
}

function fillContacts(raw: Database.Database, count: number) {
  const insert = raw.prepare(
    `insert into crm_contact (tenant_id, id, last_name, name, name_fold, email, email_key, emails, owner, created_at, created_by, updated_at, updated_by, version)
     values ('default', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
  )
  raw.transaction(() => {
    for (let i = 0; i < count; i++) {
      const at = START + Math.floor((i / count) * SPAN)
      const hash = Math.imul(i + 1, 2654435761) >>> 0
      const owner = `u${hash % USERS}`
      const name = `Contact ${i.toString(36)} ${hash.toString(36)}`
      const email = `c${i}@firm${hash % 900}.com`
      insert.run(
        idAt(at, i + 500_000_000),
        name,
        name,
        name.toLowerCase(),
        email,
        email,
        JSON.stringify([{ value: email, primary: true }]),
        owner,
        at,
        owner,
        at,
        owner,
      )
    }
  })()
}

/** The best by hand that we know: the index where few records match, a walk from the newest where many do. */
function byHand(raw: Database.Database): (needle: string) => string[] {
  const tables = ['lead', 'contact'].map((table) => {
    const range = '> (select number << 40 from crm_search_tenant where tenant_id = ?)'
    const live = "tenant_id = 'default' and deleted_at is null"
    const what = 'id, created_at, name_fold, search_text'
    const newest = 'order by created_at desc, id desc limit 100'
    return {
      few: raw
        .prepare(
          `select count(*) from (select 1 from crm_${table}_parts where crm_${table}_parts match ? and rowid ${range} limit 4000)`,
        )
        .pluck(),
      gathered: raw.prepare(
        `select ${what} from crm_${table} where ${live} and search_text like ? and id in (
           select d.id from crm_${table}_parts p cross join crm_${table}_search d on d.doc = p.rowid where crm_${table}_parts match ? and p.rowid ${range}
           union all select id from crm_${table}_search where doc > (select max(doc) / 512 * 512 from crm_${table}_search)) ${newest}`,
      ),
      walked: raw.prepare(`select ${what} from crm_${table} where ${live} and search_text like ? ${newest}`),
      titled: raw.prepare(
        `select ${what} from crm_${table} where ${live} and name_fold >= ? and name_fold < ? order by name_fold, id limit 20`,
      ),
    }
  })
  return (needle) => {
    const trigrams = [...new Set(Array.from({ length: needle.length - 2 }, (_, at) => needle.slice(at, at + 3)))]
    const query = trigrams
      .sort((a, b) => rarity(b) - rarity(a))
      .slice(0, 4)
      .map((one) => `"${one}"`)
      .join(' AND ')
    const end = needle.slice(0, -1) + String.fromCharCode(needle.charCodeAt(needle.length - 1) + 1)
    const found = new Map<string, { rank: number; at: number; id: string }>()
    for (const { few, gathered, walked, titled } of tables) {
      const rows = (
        (few.get(query, 'default') as number) < 4000
          ? gathered.all(`%${needle}%`, query, 'default')
          : walked.all(`%${needle}%`)
      ) as { id: string; created_at: number; name_fold: string; search_text: string }[]
      for (const row of [...rows, ...(titled.all(needle, end) as typeof rows)]) {
        const values = row.search_text.split(/[\t\n]/)
        const rank = values.includes(needle)
          ? 0
          : values.some((value) => value.startsWith(needle))
            ? 1
            : values.some((value) => / |@|\./.test(value[value.indexOf(needle) - 1] ?? 'a'))
              ? 2
              : 3
        found.set(row.id, { rank, at: row.created_at, id: row.id })
      }
    }
    return [...found.values()]
      .sort((a, b) => a.rank - b.rank || b.at - a.at || (a.id < b.id ? 1 : -1))
      .slice(0, 20)
      .map(({ id }) => id)
  }
}

/** Digits are rarer than letters. */
const rarity = (trigram: string) => trigram.replace(/[^\d]/g, '').length
