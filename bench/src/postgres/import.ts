import { csvOf } from '../import'
import { type Line, median } from '../measure'
import { idAt } from '../world'
import { createPostgresWorld, type PostgresWorld } from './world'

const BATCH = 500
const LEAD =
  'tenant_id, id, name, name_fold, email, email_key, company, company_fold, source, status, score, campaign, created_at, updated_at, version'
const EVENT = 'tenant_id, id, at, name, record_type, record_id, record_version, reason, changes, silent, pending'

/** Import against multi-row inserts by hand: the same leads and events, 500 a transaction. */
export async function benchPostgresImport(url: string, count: number, rounds: number): Promise<Line> {
  const seconds = { raw: [] as number[], rapport: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    seconds.raw.push(await timed(url, count, byHand))
    seconds.rapport.push(await timed(url, count, byRapport))
  }
  const perSecond = (values: number[]) => count / median(values)
  const [raw, rapport] = [perSecond(seconds.raw), perSecond(seconds.rapport)]
  return {
    work: `PostgreSQL: import ${count} leads from CSV, rows/s`,
    raw: raw.toFixed(0),
    rapport: rapport.toFixed(0),
    ratio: rapport / raw,
    limit: 0.4,
    atLeast: true,
  }
}

async function timed(url: string, count: number, work: (world: PostgresWorld, count: number) => Promise<void>) {
  const world = await createPostgresWorld(url, 1)
  const start = performance.now()
  await work(world, count)
  const seconds = (performance.now() - start) / 1000
  await world.close()
  return seconds
}

async function byRapport({ crm }: PostgresWorld, count: number) {
  const result = await crm.asSystem({ reason: 'bench' }).leads.import(csvOf(count))
  if (result.created !== count) throw new Error(`created ${result.created} of ${count}`)
}

async function byHand({ pool, schema }: PostgresWorld, count: number) {
  const client = await pool.connect()
  const many = (table: string, columns: string, rows: readonly unknown[][]) => {
    let at = 0
    const marks = rows.map((row) => `(${row.map(() => `$${++at}`).join(', ')})`).join(', ')
    const text = `insert into "${schema}".${table} (${columns}) values ${marks}`
    return client.query({ name: `${table}_${rows.length}`, text, values: rows.flat() })
  }
  let leads: unknown[][] = []
  let events: unknown[][] = []
  const flush = async () => {
    if (leads.length === 0) return
    await client.query('begin')
    const keys = leads.map((lead) => lead[5])
    const { rows } = await client.query({
      name: 'known',
      text: `select email_key from "${schema}".lead where tenant_id = $1 and email_key = any($2) and deleted_at is null`,
      values: ['default', keys],
    })
    if (rows.length > 0) throw new Error('The bench imports nothing twice')
    await many('lead', LEAD, leads)
    await many('event', EVENT, events)
    await client.query('commit')
    leads = []
    events = []
  }
  let rest = ''
  let number = 0
  for await (const piece of csvOf(count)) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() as string
    for (const line of number === 0 ? lines.slice(1) : lines) {
      const [name = '', email = '', company = '', source, score, campaign] = line.split(',')
      const key = email.toLowerCase()
      const now = Date.now()
      const id = idAt(now, number++)
      const changes = {
        name: [null, name],
        email: [null, email],
        company: [null, company],
        source: [null, source],
        status: [null, 'new'],
        score: [null, Number(score)],
        campaign: [null, campaign],
      }
      leads.push([
        ...['default', id, name, name.toLowerCase(), email, key, company, company.toLowerCase(), source, 'new'],
        ...[Number(score), campaign, now, now, 1],
      ])
      events.push([
        ...['default', idAt(now, number + 50_000_000), now, 'lead.created', 'leads', id, 1, 'bench'],
        ...[JSON.stringify(changes), 0, 1],
      ])
      if (leads.length === BATCH) await flush()
    }
  }
  await flush()
  client.release()
}
