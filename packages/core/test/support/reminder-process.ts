import { appendFileSync } from 'node:fs'
import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm } from '@rapport/core'

/** A process of its own that reminds until it is killed, two hours ahead of the clock: `node reminder.js <file> <log>`. */
const [file, log] = process.argv.slice(2) as [string, string]

const clock = { now: () => new Date(Date.now() + 7_200_000) }
const crm = createCrm({
  storage: sqlite({ file }),
  clock,
  onNotification({ id, kind }) {
    if (kind !== 'reminder') return
    appendFileSync(log, `${id}\n`)
    process.stdout.write('told\n')
  },
})
crm.worker().start()
