import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm } from '@rapport/core'

/** A process of its own that imports leads into a file, to be killed: `node importer.js <file> <rows>`. */
const [file, rows] = process.argv.slice(2) as [string, string]

const print = (line: unknown) => void process.stdout.write(`${line}\n`)

async function* csv() {
  yield 'name,email,company,source\n'
  for (let i = 0; i < Number(rows); i++) yield `Person ${i},p${i}@example.com,Company ${i % 50},website\n`
}

const crm = createCrm({ storage: sqlite({ file }) })
await crm.migrate()
const result = await crm
  .asSystem({ reason: 'import' })
  .leads.import(csv(), { job: 'list', onProgress: ({ rows }) => print(rows) })
print(`done ${result.rows} ${result.created}`)
await crm.close()
