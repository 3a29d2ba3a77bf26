import { CrmError } from '@rapport/core/storage'
import { toCrmError } from '../shared/postgres/errors'
import type { PgliteLike } from './driver'

interface Opened {
  database: Promise<PgliteLike>
  users: number
}

/** By folder: PGlite opens one twice without a word, and then each writes over the other. */
const opened = new Map<string, Opened>()
const closing = new Map<string, Promise<void>>()

/** An instance of our own, shared by all storages of this process on that folder, until the last lets go of it. */
export function openOwn(dataDir: string): { database: Promise<PgliteLike>; release(): Promise<void> } {
  const own = opened.get(dataDir) ?? { database: load(dataDir), users: 0 }
  own.users++
  if (!dataDir.startsWith('memory://')) opened.set(dataDir, own)
  const forget = () => {
    if (opened.get(dataDir) === own) opened.delete(dataDir)
  }
  own.database.catch(forget)
  return {
    database: own.database,
    async release() {
      if (--own.users > 0) return
      forget()
      const closed = own.database.then(
        (database) => database.close(),
        () => {},
      )
      if (!dataDir.startsWith('memory://')) closing.set(dataDir, closed)
      await closed.finally(() => closing.delete(dataDir))
    },
  }
}

async function load(dataDir: string): Promise<PgliteLike> {
  const { PGlite } = await loadDriver()
  await closing.get(dataDir)?.catch(() => {})
  try {
    return (await PGlite.create(dataDir)) as unknown as PgliteLike
  } catch (error) {
    throw toCrmError(error)
  }
}

async function loadDriver() {
  try {
    return await import('@electric-sql/pglite')
  } catch (cause) {
    const problem = { field: 'storage', rule: 'missing-driver', remedy: 'Install it: npm i @electric-sql/pglite' }
    throw new CrmError('STORAGE', 'The driver @electric-sql/pglite could not be loaded.', problem, cause)
  }
}
