import type { ScopedClient } from '@rapport/core'
import type Database from 'better-sqlite3'
import { compare, type Line, type Measured, race } from './measure'
import { createWorld, idAt, searchText, type World } from './world'

export const LEAD_COLUMNS =
  'tenant_id, id, name, name_fold, first_name, last_name, email, email_key, phone, phone_key, company, company_fold, title, source, status, score, medium, campaign, referrer, landing_page, utm, consent, lost_reason, lost_note, converted_at, converted_by, converted_contact_id, converted_company_id, converted_deal_id, last_activity_at, next_activity_at, owner, created_at, created_by, updated_at, updated_by, version, deleted_at, tags, custom, search_text'

/** Leads somebody still works on: what a rep's list shows. */
export const OPEN = ['new', 'contacted', 'qualified']

/** Create, get and list against SQL by hand, on the same file with the same settings. */
export async function benchRecords(sizes: readonly number[], rounds: number): Promise<Line[]> {
  const lines: Line[] = []
  const smallest = await createWorld(sizes[0] as number)
  lines.push(...(await createAndGet(smallest, smallest.crm.as({ user: 'u7' }), rounds)))
  for (const size of sizes) {
    const world = size === sizes[0] ? smallest : await createWorld(size)
    const me = world.crm.as({ user: 'u7' })
    lines.push(...(await listPages(world, me, size, rounds)))
    if (world === smallest) continue
    if (size === sizes.at(-1)) lines.push(await growth(smallest, world, sizes, rounds))
    await world.close()
  }
  await smallest.close()
  return lines
}

/** The same page in the smallest and in the largest world, in turns. */
async function growth(small: World, large: World, sizes: readonly number[], rounds: number): Promise<Line> {
  const page =
    ({ crm }: World) =>
    () =>
      crm.as({ user: 'u7' }).leads.list(firstPage)
  const [at, grown] = await race(
    [
      { name: 'small', run: page(small) },
      { name: 'large', run: page(large) },
    ],
    rounds,
    20,
  )
  return compare(
    `first page at ${sizes.at(-1)} (second) against ${sizes[0]} leads (first)`,
    [at as Measured, grown as Measured],
    1.3,
  )
}

export const firstPage = { where: { status: { in: OPEN } }, orderBy: [{ createdAt: 'desc' as const }], limit: 50 }

async function createAndGet({ raw }: World, me: ScopedClient, rounds: number): Promise<Line[]> {
  const insertLead = raw.prepare(
    `insert into crm_lead (${LEAD_COLUMNS}) values (${LEAD_COLUMNS.split(', ')
      .map(() => '?')
      .join(', ')})`,
  )
  const insertEvent = raw.prepare(
    'insert into crm_event (tenant_id, id, at, name, record_type, record_id, record_version, actor, reason, changes, about, silent, pending) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const begin = raw.prepare('begin immediate')
  const commit = raw.prepare('commit')
  let number = 10_000_000
  const byHand = () => {
    const n = number++
    const now = Date.now()
    const id = idAt(now, n)
    const changes = JSON.stringify({
      name: [null, `Ada ${n}`],
      email: [null, `ada${n}@example.com`],
      company: [null, 'Engines'],
      source: [null, 'website'],
      status: [null, 'new'],
      owner: [null, 'u7'],
    })
    begin.run()
    insertLead.run(
      'default',
      id,
      `Ada ${n}`,
      `ada ${n}`,
      null,
      null,
      `ada${n}@example.com`,
      `ada${n}@example.com`,
      null,
      null,
      'Engines',
      'engines',
      null,
      'website',
      'new',
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
      'u7',
      now,
      'u7',
      now,
      'u7',
      1,
      null,
      null,
      null,
      searchText(`ada ${n}`, `ada${n}@example.com`, 'engines'),
    )
    insertEvent.run(
      'default',
      idAt(now, n + 50_000_000),
      now,
      'lead.created',
      'leads',
      id,
      1,
      'u7',
      null,
      changes,
      null,
      0,
      1,
    )
    commit.run()
  }
  const create = await race(
    [
      { name: 'raw', run: byHand },
      {
        name: 'rapport',
        run: () =>
          me.leads.create({
            name: `Ada ${number++}`,
            email: `ada${number}@example.com`,
            company: 'Engines',
            source: 'website',
          }),
      },
    ],
    rounds,
    200,
  )
  const { items } = await me.leads.list({ limit: 100 })
  const ids = items.map((lead) => lead.id)
  const owners = Array.from({ length: 10 }, (_, i) => `u${i}`)
  const getRaw = raw.prepare(
    `select * from crm_lead where tenant_id = ? and id = ? and deleted_at is null and owner in (${owners.map(() => '?').join(', ')})`,
  )
  let turn = 0
  const get = await race(
    [
      { name: 'raw', run: () => getRaw.get('default', ids[turn++ % 100], ...owners) },
      { name: 'rapport', run: () => me.leads.get(ids[turn++ % 100] as string) },
    ],
    rounds,
    500,
  )
  return [
    compare('create a lead (event, one transaction)', create, 1.5),
    compare('get a lead, team permission', get, 2),
  ]
}

async function listPages({ raw }: World, me: ScopedClient, size: number, rounds: number): Promise<Line[]> {
  const query = firstPage
  const first = await race(
    [
      { name: 'raw', run: rawPage(raw) },
      { name: 'rapport', run: () => me.leads.list(query) },
    ],
    rounds,
    20,
  )
  const lines = [compare(`first page of 50, filtered, ${size} leads`, first, 1.3)]

  // The cursor of the 1,000th page, or of the last one there is, taken by walking the pages.
  let after: string | null = null
  let last: { createdAt: Date; id: string } | undefined
  let walked = 0
  for (; walked < 999; walked++) {
    const page: Awaited<ReturnType<typeof me.leads.list>> = await me.leads.list({ ...query, after })
    // The last page is not full, and shows nothing.
    if (page.nextCursor === null || !(await me.leads.list({ ...query, after: page.nextCursor })).nextCursor) break
    after = page.nextCursor
    last = page.items.at(-1)
  }
  const deepRaw = rawPage(raw, last && { at: last.createdAt.getTime(), id: last.id })
  const deep = await race(
    [
      { name: 'raw', run: deepRaw },
      { name: 'rapport', run: () => me.leads.list({ ...query, after }) },
    ],
    rounds,
    20,
  )
  lines.push(compare(`page ${walked + 1}, ${size} leads`, deep, 1.3))
  return lines
}

/** The best page by hand that we know: one index scan for each owner and for shares, keys merged, rows by id. */
export function rawPage(raw: Database.Database, after?: { at: number; id: string }) {
  const beyond = after ? 'and (created_at, id) < (?, ?)' : ''
  const newest = 'order by created_at desc, id desc limit 51'
  const owned = `select * from (select created_at, id from crm_lead where tenant_id = ? and owner = ? and deleted_at is null and status in (?, ?, ?) ${beyond} ${newest})`
  const grant = "select record_id from crm_share where tenant_id = ? and record_type = 'leads'"
  const ids = `${grant} and grantee_kind = 'user' and grantee_id = ? union ${grant} and grantee_kind = 'team' and grantee_id = ?`
  const shared = `select * from (select created_at, id from (${ids}) s cross join crm_lead where tenant_id = ? and id = s.record_id and deleted_at is null and status in (?, ?, ?) ${beyond} ${newest})`
  const owners = Array.from({ length: 10 }, (_, i) => `u${i}`)
  const keys = [...owners.map(() => owned), shared].join(' union all ')
  const statement = raw.prepare(
    `select l.* from (select * from (${keys}) ${newest}) k cross join crm_lead l where l.tenant_id = ? and l.id = k.id order by k.created_at desc, k.id desc`,
  )
  const position = after ? [after.at, after.id] : []
  const params = [
    ...owners.flatMap((owner) => ['default', owner, ...OPEN, ...position]),
    ...['default', 'u7', 'default', 't0', 'default', ...OPEN, ...position, 'default'],
  ]
  return () => statement.all(params)
}
