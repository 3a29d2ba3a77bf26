import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm } from '@rapport/core'
import { type Line, median } from './measure'
import { idAt, openRaw, searchText } from './world'

const SOURCES = ['website', 'referral', 'event', 'partner']

/** Leads as CSV, in pieces, made as they are read. */
export async function* csvOf(count: number) {
  yield 'Name,Email,Company,Source,Score,Campaign\n'
  let text = ''
  for (let i = 0; i < count; i++) {
    text += `Person ${i.toString(36)},p${i}@example${i % 900}.com,Company ${i % 5000},${SOURCES[i % 4]},${i % 101},spring\n`
    if (text.length < 65_536) continue
    yield text
    text = ''
  }
  if (text) yield text
}

/** Import against a loop by hand that writes the same leads and events, in transactions of the same size. */
export async function benchImport(count: number, rounds: number): Promise<Line[]> {
  const seconds = { raw: [] as number[], rapport: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    seconds.raw.push(await timed((file) => byHand(file, count)))
    seconds.rapport.push(await timed((file) => byRapport(file, count)))
  }
  const perSecond = (values: number[]) => count / median(values)
  const [raw, rapport] = [perSecond(seconds.raw), perSecond(seconds.rapport)]
  const line: Line = {
    work: `import ${count} leads from CSV, rows/s`,
    raw: raw.toFixed(0),
    rapport: rapport.toFixed(0),
    ratio: rapport / raw,
    limit: 0.5,
    atLeast: true,
  }
  return [line]
}

/** Peak memory of an import, in a process of its own: at two sizes, to show that it stays flat. */
export function benchImportMemory(sizes: readonly number[]): Line[] {
  const peaks = sizes.map((size) => {
    const run = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--import-memory', String(size)], {
      encoding: 'utf8',
    })
    return Number(run.stdout.trim())
  })
  const megabytes = (peak: number) => `${peak.toFixed(0)} MB`
  const lines = sizes.map((size, index): Line => {
    const peak = peaks[index] as number
    return {
      work: `peak memory of importing ${size} leads`,
      raw: '250 MB',
      rapport: megabytes(peak),
      ratio: peak / 250,
      limit: 1,
    }
  })
  const [small, large] = [peaks[0] as number, peaks.at(-1) as number]
  lines.push({
    work: `the same, ${sizes.at(-1)} against ${sizes[0]}`,
    raw: megabytes(small),
    rapport: megabytes(large),
    ratio: large / small,
    limit: 1.25,
  })
  return lines
}

export async function importMemory(count: number) {
  await timed((file) => byRapport(file, count))
  console.log(process.resourceUsage().maxRSS / 1024)
}

async function timed(work: (file: string) => Promise<void>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-import-'))
  const start = performance.now()
  await work(join(folder, 'crm.db'))
  const seconds = (performance.now() - start) / 1000
  rmSync(folder, { recursive: true })
  return seconds
}

async function byRapport(file: string, count: number) {
  const crm = createCrm({ storage: sqlite({ file }) })
  await crm.migrate()
  const result = await crm.asSystem({ reason: 'bench' }).leads.import(csvOf(count))
  if (result.created !== count) throw new Error(`created ${result.created} of ${count}`)
  await crm.close()
}

async function byHand(file: string, count: number) {
  const crm = createCrm({ storage: sqlite({ file }) })
  await crm.migrate()
  await crm.close()
  const raw = openRaw(file)
  const lead = raw.prepare(
    'insert into crm_lead (tenant_id, id, name, name_fold, email, email_key, company, company_fold, source, status, score, campaign, created_at, updated_at, version, search_text) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)',
  )
  const event = raw.prepare(
    'insert into crm_event (tenant_id, id, at, name, record_type, record_id, record_version, reason, changes, silent, pending) values (?, ?, ?, ?, ?, ?, 1, ?, ?, 0, 1)',
  )
  const known = raw.prepare('select 1 from crm_lead where tenant_id = ? and email_key = ? and deleted_at is null')
  const begin = raw.prepare('begin immediate')
  const commit = raw.prepare('commit')
  let rest = ''
  let number = 0
  begin.run()
  for await (const piece of csvOf(count)) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() as string
    for (const line of number === 0 ? lines.slice(1) : lines) {
      const [name, email, company, source, score, campaign] = line.split(',') as [
        string,
        string,
        string,
        string,
        string,
        string,
      ]
      const key = email.toLowerCase()
      if (known.get('default', key)) continue
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
      lead.run(
        'default',
        id,
        name,
        name.toLowerCase(),
        email,
        key,
        company,
        company.toLowerCase(),
        source,
        'new',
        Number(score),
        campaign,
        now,
        now,
        searchText(name.toLowerCase(), key, company.toLowerCase()),
      )
      event.run(
        'default',
        idAt(now, number + 50_000_000),
        now,
        'lead.created',
        'leads',
        id,
        'bench',
        JSON.stringify(changes),
      )
      if (number % 500 > 0) continue
      commit.run()
      begin.run()
    }
  }
  commit.run()
  raw.close()
}
