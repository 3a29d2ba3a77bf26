import { buildCompany } from './src/build'
import { createClock } from './src/demo-clock'
import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm, type Storage } from '@rapport/core'
import { rmSync } from 'node:fs'
for (const s of ['', '-wal', '-shm']) rmSync('/tmp/try.db' + s, { force: true })
const today = new Date('2026-11-20T17:00:00Z')
const stat = new Map<string, { n: number; t: number }>()
const timed = <T>(k: string, f: () => T): T => { const t = performance.now(); const r = f(); const s = stat.get(k) ?? { n: 0, t: 0 }; s.n++; s.t += performance.now() - t; stat.set(k, s); return r }
const base = sqlite({ file: '/tmp/try.db' })
const storage: Storage = { ...base, read: (q, p) => timed(q, () => base.read(q, p)), transaction: (work) => base.transaction((s) => work({ all: (q, p) => timed(q, () => s.all(q, p)), run: (q, p) => timed(q, () => s.run(q, p)) })) }
const crm = createCrm({ storage, clock: createClock(today), settings: { currency: 'EUR', country: 'GB', timeZone: 'Europe/Berlin' } })
await crm.migrate()
const t = performance.now(), c = process.cpuUsage()
await buildCompany(crm, { leads: Number(process.argv[2] ?? 500), seed: 42, today })
const u = process.cpuUsage(c)
console.log(((performance.now() - t) / 1000).toFixed(1), 's', 'cpu', ((u.user + u.system) / 1e6).toFixed(1))
for (const [k, { n, t }] of [...stat].sort((a, b) => b[1].t - a[1].t).slice(0, 16)) console.log(t.toFixed(0).padStart(6), 'ms', String(n).padStart(6), (t / n * 1000).toFixed(0).padStart(6), 'us', k.replace(/\s+/g, ' ').slice(0, 170))
await crm.close()
