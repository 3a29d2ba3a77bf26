import { postgres } from '@rapport/adapters/postgres'
import { createCrm } from '@rapport/core'
import { Pool } from 'pg'

/** A process of its own that ticks until it is killed: `node worker.js <url> <schema>`. */
const [url, schema] = process.argv.slice(2) as [string, string]
const pool = new Pool({ connectionString: url, max: 2 })

/** A minute a second, so that what a killed worker had claimed is due again soon. */
const start = Date.now()
const clock = { now: () => new Date(start + (Date.now() - start) * 60) }

const crm = createCrm({
  storage: postgres({ pool, schema }),
  clock,
  subscribers: {
    ledger: {
      events: ['leads.*'],
      async handle(event) {
        // Slow enough that there is work left when one is killed, however fast the server is.
        await pool.query(
          `insert into "${schema}".handled (tenant, event, worker) select $1, $2, $3::int from pg_sleep(0.05)`,
          [event.tenant, event.id, process.pid],
        )
      },
    },
  },
})

process.stdout.write('ready\n')
for (;;) {
  const { dispatched, delivered } = await crm.tick()
  if (dispatched + delivered === 0) await new Promise((resolve) => setTimeout(resolve, 50))
}
