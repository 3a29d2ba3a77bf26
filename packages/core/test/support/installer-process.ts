import { createInterface } from 'node:readline'
import { type CrmOptions, createCrm } from '@rapport/core'
import { watchStorage } from '@rapport/core/testing'

/**
 * A process of its own that migrates when told to: `node installer.js <adapter> <its options> [statement to hang at]`.
 * The adapter is a file beside this one.
 */
const [adapter, options, hangAt] = process.argv.slice(2) as [string, string, string | undefined]

const print = (line: string) => void process.stdout.write(`${line}\n`)
const module = await import(new URL(`./${adapter}.js`, import.meta.url).href)
const storage = watchStorage(module[adapter](JSON.parse(options))) as ReturnType<typeof watchStorage>

if (hangAt) {
  const { exclusively } = storage
  storage.exclusively = (work) =>
    exclusively?.((session) => {
      let left = Number(hangAt)
      return work({
        ...session,
        run: (sql, params) => (left-- > 0 ? session.run(sql, params) : hang()),
      })
    }) as never
}

function hang(): Promise<number> {
  print('hanging')
  setInterval(() => {}, 1000)
  return new Promise(() => {})
}

const lines = createInterface({ input: process.stdin })
print('ready')
for await (const line of lines) {
  if (line !== 'go') continue
  const crm = createCrm({ storage } as CrmOptions)
  const { pending } = await crm.migrate()
  print(`applied ${pending.length}`)
  await crm.close()
  break
}
lines.close()
process.stdin.destroy()
