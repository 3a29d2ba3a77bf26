import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, expect, test } from 'vitest'
import { builtProgram } from './support/built-program'

const importer = builtProgram('importer')
const folder = mkdtempSync(join(tmpdir(), 'rapport-kill-'))
const ROWS = 12_000

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the importer; kills it without warning once it has reported that many rows. Gives the last line it printed. */
function runImporter(file: string, killAfter = Number.POSITIVE_INFINITY): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [importer, file, String(ROWS)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let last = ''
    let errors = ''
    child.stdout.on('data', (data) => {
      last = String(data).trim().split('\n').at(-1) as string
      if (Number.parseInt(last, 10) >= killAfter) child.kill('SIGKILL')
    })
    child.stderr.on('data', (data) => (errors += data))
    child.on('close', (code, signal) =>
      code === 0 || signal === 'SIGKILL' ? resolve(last) : reject(new Error(errors)),
    )
  })
}

test('an import killed again and again: the file opens, nothing is half there, and it goes on to the end', async () => {
  const file = join(folder, 'crm.db')
  let before = 0
  for (const killAfter of [500, 3000, 7000]) {
    await runImporter(file, killAfter)
    const raw = new Database(file)
    const one = (sql: string) => raw.prepare(sql).pluck().get() as number | string
    expect(one('pragma integrity_check')).toBe('ok')
    const leads = one('select count(*) from crm_lead') as number
    expect(leads).toBeGreaterThan(before)
    expect(leads).toBeLessThan(ROWS)
    expect(leads % 500).toBe(0)
    expect(one("select count(*) from crm_event where name = 'lead.created'")).toBe(leads)
    expect(
      one('select count(*) from crm_lead l where not exists (select 1 from crm_event e where e.record_id = l.id)'),
    ).toBe(0)
    expect(JSON.parse(one('select counts from crm_import_job') as string)).toMatchObject({
      rows: leads,
      created: leads,
    })
    before = leads
    raw.close()
  }
  expect(await runImporter(file)).toBe(`done ${ROWS} ${ROWS}`)
  const raw = new Database(file)
  expect(raw.prepare('select count(*), count(distinct email_key) from crm_lead').raw().get()).toEqual([ROWS, ROWS])
  raw.close()
}, 120_000)
