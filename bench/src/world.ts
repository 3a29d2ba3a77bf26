import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqlite } from '@rapport/adapters/sqlite'
import { type Crm, createCrm } from '@rapport/core'
import Database from 'better-sqlite3'

export const USERS = 100
const TEAM = 10
export const SOURCES = [
  'website',
  'social',
  'referral',
  'email',
  'phone',
  'event',
  'partner',
  'advertising',
  'import',
  'other',
]
const STATUSES = ['new', 'contacted', 'qualified', 'converted', 'lost']
export const START = Date.UTC(2024, 0, 1)
export const SPAN = 730 * 86_400_000

/** A CRM on a file, and a raw handle on the same file for the hand-written contenders. */
export interface World {
  crm: Crm
  raw: Database.Database
  file: string
  close(): Promise<void>
}

/** 100 users in teams of ten, with `leads` leads spread over them and over two years. */
export async function createWorld(leads: number): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-bench-'))
  const file = join(folder, 'crm.db')
  const crm = createCrm({ storage: sqlite({ file }) })
  await crm.migrate()
  await addPeople(crm)
  const raw = openRaw(file)
  fillLeads(raw, leads)
  return {
    crm,
    raw,
    file,
    async close() {
      raw.close()
      await crm.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** 100 users in teams of ten, and an administrator. */
export async function addPeople(crm: Crm) {
  const system = crm.asSystem({ reason: 'bench' })
  const teams = Array.from({ length: USERS / TEAM }, (_, team) => ({ id: `t${team}`, name: `Team ${team}` }))
  await system.users.syncTeams(teams)
  const users = Array.from({ length: USERS }, (_, user) => ({
    id: `u${user}`,
    name: `User ${user}`,
    roles: ['sales'],
    teams: [`t${Math.floor(user / TEAM)}`],
  }))
  await system.users.sync([...users, { id: 'admin', name: 'Admin', roles: ['admin'] }])
}

/** The same settings as the adapter's own. */
export function openRaw(file: string): Database.Database {
  const raw = new Database(file)
  raw.pragma('journal_mode = wal')
  raw.pragma('synchronous = normal')
  raw.pragma('foreign_keys = on')
  raw.pragma('cache_size = -32768')
  raw.pragma('temp_store = memory')
  return raw
}

export function fillLeads(raw: Database.Database, count: number) {
  const insert = raw.prepare(
    `insert into crm_lead (tenant_id, id, name, name_fold, email, email_key, company, company_fold, source, status, score, owner, created_at, created_by, updated_at, updated_by, version, converted_at)
     values ('default', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)`,
  )
  raw.transaction(() => {
    for (let i = 0; i < count; i++) {
      const at = START + Math.floor((i / count) * SPAN)
      const hash = Math.imul(i + 1, 2654435761) >>> 0
      const owner = `u${hash % USERS}`
      const status = STATUSES[(hash >>> 8) % 5] as string
      const name = `Person ${i.toString(36)} ${hash.toString(36)}`
      const company = `Company ${hash % 5000}`
      const email = `p${i}@example${hash % 900}.com`
      insert.run(
        idAt(at, i),
        name,
        name.toLowerCase(),
        email,
        email,
        company,
        company.toLowerCase(),
        SOURCES[(hash >>> 16) % 10],
        status,
        hash % 101,
        owner,
        at,
        owner,
        at,
        owner,
        status === 'converted' ? at + 864e5 : null,
      )
    }
  })()
}

/** What a lead is found by, as the SDK stores it: each field behind two letters that stand for it. */
export const searchText = (name: string, email: string, company: string): string =>
  `\ue000\ue001\t${name}\t\n\ue000\ue002\t${email}\t\n\ue000\ue003\t${company}\t\n`

/** A UUIDv7 for a moment and a number. */
export const idAt = (at: number, number: number): string => {
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${number.toString(16).padStart(12, '0')}`
}
