import { postgres } from '@rapport/adapters/postgres'
import { createCrm } from '@rapport/core'
import { Pool } from 'pg'

/** A process of its own that reminds until it is killed, two hours ahead of the clock: `node reminder.js <url> <schema>`. */
const [url, schema] = process.argv.slice(2) as [string, string]
const pool = new Pool({ connectionString: url, max: 3 })
const crm = createCrm({
  storage: postgres({ pool, schema }),
  clock: { now: () => new Date(Date.now() + 7_200_000) },
  async onNotification({ id, kind }) {
    if (kind === 'reminder') await pool.query(`insert into "${schema}".told (id) values ($1)`, [id])
  },
})
crm.worker({ pollEvery: 200 }).start()
