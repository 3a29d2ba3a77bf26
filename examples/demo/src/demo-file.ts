import { closeSync, existsSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm } from '@rapport/core'
import { type DemoOptions, UsageError } from './args'

/** Id of the top team, by which a demo file is recognised: the invented company's, and that of the Maven data set. */
export const INVENTED = 'rapport-demo'
export const REAL = 'rapport-demo-maven'
type DemoKind = typeof INVENTED | typeof REAL

/** Makes room for a new demo, or with `--keep` makes sure that there is one. */
export async function prepareFile({ file, keep }: DemoOptions, kind: DemoKind): Promise<{ replaced: boolean }> {
  if (!keep) return makeRoom(file)
  await requireDemo(file, kind)
  return { replaced: false }
}

/** Only what a demo made before is replaced: somebody's CRM is never deleted. */
async function makeRoom(file: string): Promise<{ replaced: boolean }> {
  if (!existsSync(file)) return { replaced: false }
  if (!statSync(file).isFile() || (statSync(file).size > 0 && (await kindOf(file)) === undefined)) {
    throw new UsageError(`${file} is there and was not made by this demo. Choose another name with --file.`)
  }
  for (const part of [file, `${file}-wal`, `${file}-shm`]) rmSync(part, { force: true })
  return { replaced: true }
}

/** Refuses what `--keep` cannot show. */
async function requireDemo(file: string, kind: DemoKind) {
  if (!existsSync(file)) throw new UsageError(`${file} is not there yet. Leave out --keep to build it.`)
  const found = await kindOf(file)
  if (found === kind) return
  const hint =
    found === undefined
      ? ''
      : found === REAL
        ? ' It holds the Maven data set: add --data <folder>.'
        : ' It holds the invented company: leave out --data.'
  throw new UsageError(`${file} was not made by this demo.${hint}`)
}

async function kindOf(file: string): Promise<DemoKind | undefined> {
  if (![file, `${file}-wal`].some(mentionsTables)) return undefined
  const crm = createCrm({ storage: sqlite({ file }) })
  try {
    const teams = await crm.asSystem({ reason: 'demo' }).users.listTeams()
    return ([INVENTED, REAL] as const).find((kind) => teams.some(({ id }) => id === kind))
  } catch {
    return undefined
  } finally {
    await crm.close()
  }
}

/** Looks before opening: opening a SQLite file that is not ours would already change how it is written. */
function mentionsTables(file: string): boolean {
  if (!existsSync(file)) return false
  const head = Buffer.alloc(1_000_000)
  const handle = openSync(file, 'r')
  const size = readSync(handle, head, 0, head.length, 0)
  closeSync(handle)
  return head.subarray(0, size).includes('crm_migration')
}
