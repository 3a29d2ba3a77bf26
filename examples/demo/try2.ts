import { buildCompany } from './src/build'
import { createClock } from './src/demo-clock'
import { groupTransactions } from './src/grouped-storage'
import { countRows } from './src/counted-storage'
import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm } from '@rapport/core'
import { rmSync } from 'node:fs'
for (const s of ['', '-wal', '-shm']) rmSync('/tmp/try.db' + s, { force: true })
const today = new Date('2026-11-20T17:00:00Z')
const g = groupTransactions(sqlite({ file: '/tmp/try.db' }))
const { storage, rows } = countRows(g.storage)
const crm = createCrm({ storage, clock: createClock(today), settings: { currency: 'EUR', country: 'GB', timeZone: 'Europe/Berlin' } })
await crm.migrate()
const t = performance.now(), c = process.cpuUsage()
const built = await g.group(() => buildCompany(crm, { leads: Number(process.argv[2] ?? 500), seed: 42, today }))
const u = process.cpuUsage(c)
console.log({ ...built, company: undefined }, rows(), 'rows', ((performance.now() - t) / 1000).toFixed(1), 's', 'cpu', ((u.user + u.system) / 1e6).toFixed(1))
await crm.close()
