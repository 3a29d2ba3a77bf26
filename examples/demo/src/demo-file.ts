import { existsSync, rmSync, statSync } from 'node:fs'
import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm } from '@rapport/core'
import { UsageError } from './args'
import { COMPANY_TEAM } from './company'

/** Makes room for a new demo. Only what a demo made before is replaced: somebody's CRM is never deleted. */
export async function makeRoom(file: string): Promise<{ replaced: boolean }> {
  if (!existsSync(file)) return { replaced: false }
  if (statSync(file).size > 0 && !(await isDemoFile(file))) {
    throw new UsageError(`${file} is there and was not made by this demo. Choose another name with --file.`)
  }
  for (const part of [file, `${file}-wal`, `${file}-shm`]) rmSync(part, { force: true })
  return { replaced: true }
}

/** Refuses what `--keep` cannot show. */
export async function requireDemoFile(file: string) {
  if (!existsSync(file)) throw new UsageError(`${file} is not there yet. Leave out --keep to build it.`)
  if (!(await isDemoFile(file))) throw new UsageError(`${file} was not made by this demo.`)
}

async function isDemoFile(file: string): Promise<boolean> {
  const crm = createCrm({ storage: sqlite({ file }) })
  try {
    const teams = await crm.asSystem({ reason: 'demo' }).users.listTeams()
    return teams.some(({ id }) => id === COMPANY_TEAM)
  } catch {
    return false
  } finally {
    await crm.close()
  }
}
