import { compare, type Line, type Measured, race } from '../measure'
import { firstPage, LEAD_COLUMNS, OPEN } from '../records'
import { idAt, searchText } from '../world'
import { createPostgresWorld, type PostgresWorld, prepared } from './world'

const EVENT_COLUMNS =
  'tenant_id, id, at, name, record_type, record_id, record_version, actor, reason, changes, about, silent, pending'
const marks = (columns: string) => columns.replace(/\w+/g, '?')

/** Create, get and list against SQL by hand through `pg` with named statements, on the same server. */
export async function benchPostgresRecords(url: string, sizes: readonly number[], rounds: number): Promise<Line[]> {
  const lines: Line[] = []
  let small: PostgresWorld | undefined
  for (const size of sizes) {
    const world = await createPostgresWorld(url, size)
    if (!small) {
      lines.push(...(await createAndGet(world, rounds)), await writers(world))
    }
    lines.push(...(await listPages(world, size, rounds)))
    if (small) {
      lines.push(await growth(small, world, [sizes[0] as number, size], rounds))
      await world.close()
    }
    small ??= world
  }
  await small?.close()
  return lines
}

/** The lead, with the text its search index is kept by, and its event by hand in one statement: one round trip, one transaction. */
export function rawCreate({ pool, schema }: PostgresWorld, start = 10_000_000) {
  const insert = prepared(
    pool,
    `create ${schema}`.replaceAll(' ', '_'),
    `with l as (insert into "${schema}".lead (${LEAD_COLUMNS}) values (${marks(LEAD_COLUMNS)}))
     insert into "${schema}".event (${EVENT_COLUMNS}) values (${marks(EVENT_COLUMNS)})`,
  )
  let number = start
  return async () => {
    const n = number++
    const now = Date.now()
    const id = idAt(now, n)
    const email = `ada${n}@example.com`
    const changes = {
      name: [null, `Ada ${n}`],
      email: [null, email],
      company: [null, 'Engines'],
      source: [null, 'website'],
      status: [null, 'new'],
      owner: [null, 'u7'],
    }
    const empty = (count: number) => Array(count).fill(null)
    await insert([
      ...['default', id, `Ada ${n}`, `ada ${n}`, null, null, email, email, null, null, 'Engines', 'engines', null],
      ...['website', 'new', ...empty(16), 'u7', now, 'u7', now, 'u7', 1, null, null, null],
      searchText(`ada ${n}`, email, 'engines'),
      ...['default', idAt(now, n + 500_000_000), now, 'lead.created', 'leads', id, 1, 'u7', null],
      ...[JSON.stringify(changes), null, 0, 1],
    ])
  }
}

function rapportCreate({ crm }: PostgresWorld) {
  const me = crm.as({ user: 'u7' })
  let number = 0
  return async () => {
    number++
    await me.leads.create({
      name: `Ada ${number}`,
      email: `ada${number}@example.com`,
      company: 'Engines',
      source: 'website',
    })
  }
}

async function createAndGet(world: PostgresWorld, rounds: number): Promise<Line[]> {
  const { crm, pool, schema } = world
  const me = crm.as({ user: 'u7' })
  const create = await race(
    [
      { name: 'raw', run: rawCreate(world) },
      { name: 'rapport', run: rapportCreate(world) },
    ],
    rounds,
    100,
  )
  const ids = (await me.leads.list({ limit: 100 })).items.map((lead) => lead.id)
  const owners = Array.from({ length: 10 }, (_, i) => `u${i}`)
  const getRaw = prepared(
    pool,
    'get',
    `select * from "${schema}".lead where tenant_id = ? and id = ? and deleted_at is null and owner in (${owners.map(() => '?').join(', ')})`,
  )
  let turn = 0
  const get = await race(
    [
      { name: 'raw', run: () => getRaw(['default', ids[turn++ % 100], ...owners]) },
      { name: 'rapport', run: () => me.leads.get(ids[turn++ % 100] as string) },
    ],
    rounds,
    200,
  )
  return [
    compare('PostgreSQL: create a lead (event, one transaction)', create, 1.5),
    compare('PostgreSQL: get a lead, team permission', get, 1.3),
  ]
}

const WRITERS = 16
const EACH = 100

/** Sixteen writers at once on a pool of ten. Throughput, and every one of their leads is there. */
async function writers(world: PostgresWorld): Promise<Line> {
  const together = async (create: () => Promise<void>) => {
    const start = performance.now()
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        for (let i = 0; i < EACH; i++) await create()
      }),
    )
    return (WRITERS * EACH) / ((performance.now() - start) / 1000)
  }
  const raw = rawCreate(world, 20_000_000)
  const rapport = rapportCreate(world)
  const count = async () =>
    Number((await world.pool.query(`select count(*) as n from "${world.schema}".lead`)).rows[0].n)
  const before = await count()
  const speeds = { raw: [] as number[], rapport: [] as number[] }
  for (let round = 0; round < 5; round++) {
    speeds.raw.push(await together(raw))
    speeds.rapport.push(await together(rapport))
  }
  if ((await count()) - before !== 2 * 5 * WRITERS * EACH) throw new Error('A lead was lost')
  const median = (values: number[]) => [...values].sort((a, b) => a - b)[2] as number
  const [byHand, ours] = [median(speeds.raw), median(speeds.rapport)]
  return {
    work: 'PostgreSQL: 16 writers, pool of 10, creates/s',
    raw: byHand.toFixed(0),
    rapport: ours.toFixed(0),
    ratio: ours / byHand,
    limit: 0.6,
    atLeast: true,
  }
}

async function growth(small: PostgresWorld, large: PostgresWorld, sizes: readonly number[], rounds: number) {
  const page =
    ({ crm }: PostgresWorld) =>
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
    `PostgreSQL: first page at ${sizes[1]} (second) against ${sizes[0]} leads (first)`,
    [at as Measured, grown as Measured],
    1.3,
  )
}

async function listPages(world: PostgresWorld, size: number, rounds: number): Promise<Line[]> {
  const me = world.crm.as({ user: 'u7' })
  const first = await race(
    [
      { name: 'raw', run: rawPage(world) },
      { name: 'rapport', run: () => me.leads.list(firstPage) },
    ],
    rounds,
    20,
  )
  let after: string | null = null
  let last: { createdAt: Date; id: string } | undefined
  let walked = 0
  for (; walked < 499; walked++) {
    const page: Awaited<ReturnType<typeof me.leads.list>> = await me.leads.list({ ...firstPage, after, limit: 100 })
    if (page.nextCursor === null || page.items.length < 100) break
    after = page.nextCursor
    last = page.items.at(-1)
  }
  const deep = await race(
    [
      { name: 'raw', run: rawPage(world, last && { at: last.createdAt.getTime(), id: last.id }) },
      { name: 'rapport', run: () => me.leads.list({ ...firstPage, after }) },
    ],
    rounds,
    20,
  )
  return [
    compare(`PostgreSQL: first page of 50, filtered, ${size} leads`, first, 1.3),
    compare(`PostgreSQL: page ${walked * 2 + 1}, ${size} leads`, deep, 1.3),
  ]
}

/** The best page by hand that we know: one index scan for each owner and for shares, keys merged, rows by id. */
function rawPage({ pool, schema }: PostgresWorld, after?: { at: number; id: string }) {
  const lead = `"${schema}".lead`
  const beyond = after ? 'and (created_at, id) < (?, ?)' : ''
  const newest = 'order by created_at desc, id desc limit 51'
  const owned = `select * from (select created_at, id from ${lead} where tenant_id = ? and owner = ? and deleted_at is null and status in (?, ?, ?) ${beyond} ${newest}) o`
  const grant = `select record_id from "${schema}".share where tenant_id = ? and record_type = 'leads'`
  const ids = `${grant} and grantee_kind = 'user' and grantee_id = ? union ${grant} and grantee_kind = 'team' and grantee_id = ?`
  const shared = `select * from (select created_at, id from (${ids}) s cross join ${lead} where tenant_id = ? and id = s.record_id and deleted_at is null and status in (?, ?, ?) ${beyond} ${newest}) o`
  const owners = Array.from({ length: 10 }, (_, i) => `u${i}`)
  const keys = [...owners.map(() => owned), shared].join(' union all ')
  const run = prepared(
    pool,
    `page${after ? '_deep' : ''}`,
    `select l.* from (select * from (${keys}) k ${newest}) k cross join ${lead} l where l.tenant_id = ? and l.id = k.id order by k.created_at desc, k.id desc`,
  )
  const position = after ? [after.at, after.id] : []
  const params = [
    ...owners.flatMap((owner) => ['default', owner, ...OPEN, ...position]),
    ...['default', 'u7', 'default', 't0', 'default', ...OPEN, ...position, 'default'],
  ]
  return () => run(params)
}
