import { type Crm, createCrm } from '@rapport/core'
import type { Storage } from '@rapport/core/storage'
import { type Arguments, argumentsOf, type Command, HELP } from './arguments'
import { complaintOf } from './complaint'
import { storageFor } from './database'
import { scriptOf } from './script'
import { missingFile } from './url'

export interface Terminal {
  /** To standard output, with a line end. */
  print(text: string): void
  /** To standard error. */
  complain(text: string): void
}

const OK = 0
const PENDING = 1
const FAILED = 2

interface Job {
  crm: Crm
  storage: Storage
  given: Arguments
  print(text: string): void
}

/** Does what the arguments say, and gives the exit code. */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, terminal: Terminal): Promise<number> {
  let url: string | undefined
  try {
    const given = argumentsOf(argv, env)
    if (given === 'help') {
      terminal.print(HELP)
      return OK
    }
    url = given.url
    const missing = given.command === 'status' && missingFile(url)
    if (missing) terminal.print(`There is no file ${missing} yet.`)
    const storage = await storageFor(missing ? { ...given, url: 'sqlite::memory:' } : given)
    const crm = createCrm({ storage })
    try {
      return await COMMANDS[given.command]({ crm, storage, given, print: terminal.print })
    } finally {
      await Promise.race([crm.close(), aWhile()])
    }
  } catch (error) {
    terminal.complain(complaintOf(error, url))
    return FAILED
  }
}

/** To end a connection that is still being made takes as long as making it. */
const aWhile = () => new Promise<void>((resolve) => setTimeout(resolve, 1000).unref())

const COMMANDS: Record<Command, (job: Job) => Promise<number>> = {
  async migrate({ crm, print }) {
    let since = performance.now()
    const { current, target, pending } = await crm.migrate({
      onProgress({ version, name }) {
        const now = performance.now()
        print(`${version} ${name}, ${duration(now - since)}`)
        since = now
      },
    })
    print(
      pending.length > 0
        ? `The schema is at version ${target}.`
        : `Nothing to do: the schema is at version ${current}.`,
    )
    return OK
  },

  async status({ crm, print }) {
    const { current, target, pending } = await crm.migrations.plan()
    print(`current  ${current === 0 ? '0, nothing is installed' : current}`)
    print(`target   ${target}${current > target ? ', of an older release that works on this schema' : ''}`)
    print(`pending  ${pending.map(({ version, name }) => `${version} ${name}`).join(', ') || 'nothing'}`)
    return pending.length > 0 ? PENDING : OK
  },

  async sql({ crm, storage, given: { from, grantTo }, print }) {
    const statements = crm.migrations.sql({ from, grantTo })
    print(statements.length > 0 ? scriptOf(statements, storage.dialect.name) : '-- Nothing to do.')
    return OK
  },
}

const duration = (milliseconds: number) =>
  milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
