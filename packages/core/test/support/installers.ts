import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const here = fileURLToPath(new URL('.', import.meta.url))
const packages = join(here, '../../../')
const built = join(here, `../../node_modules/.installers-${process.pid}`)

/** Builds the installer and the adapters there are, each as a file. */
export async function buildInstaller() {
  const adapters = ['sqlite', 'postgres', 'mysql']
    .map((name) => [name, join(packages, `adapters/src/${name}/index.ts`)] as const)
    .filter(([, file]) => existsSync(file))
  await build({
    entry: { installer: join(here, 'installer-process.ts'), ...Object.fromEntries(adapters) },
    outDir: built,
    format: ['esm'],
    splitting: true,
    shims: true,
    config: false,
    silent: true,
    dts: false,
    noExternal: [/^@rapport/, 'mitt', '@date-fns/tz'],
    external: ['better-sqlite3', 'pg', 'mysql2', 'zod', 'libphonenumber-js', 'csv-parse', 'kysely'],
    esbuildOptions(options) {
      options.alias = {
        '@rapport/core': join(packages, 'core/src/index.ts'),
        '@rapport/core/storage': join(packages, 'core/src/storage/index.ts'),
        '@rapport/core/testing': join(packages, 'core/src/testing/index.ts'),
      }
    },
  })
}

export const removeInstaller = () => rmSync(built, { recursive: true, force: true })

export interface Installer {
  /** Resolves when it has printed a line that starts with this; throws when it ends without. */
  says(start: string): Promise<string>
  go(): void
  kill(): Promise<void>
}

/** Starts an installer, which waits for `go`. `hangAt`: it stops for good before that statement of the migration. */
export function startInstaller(adapter: string, options: object, hangAt?: number): Installer {
  const args = [adapter, JSON.stringify(options), ...(hangAt === undefined ? [] : [String(hangAt)])]
  const child: ChildProcess = spawn(process.execPath, [join(built, 'installer.js'), ...args])
  let output = ''
  let errors = ''
  const listeners = new Set<() => void>()
  const heard = () => {
    for (const listener of listeners) listener()
  }
  child.stdout?.on('data', (data) => {
    output += data
    heard()
  })
  child.stderr?.on('data', (data) => {
    errors += data
  })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  void ended.then(heard)

  return {
    says: (start) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = output.split('\n').find((one) => one.startsWith(start))
          if (line === undefined && child.exitCode === null && child.signalCode === null) return
          listeners.delete(look)
          if (line === undefined) reject(new Error(`An installer ended: ${errors}`))
          else resolve(line)
        }
        listeners.add(look)
        look()
      }),
    go: () => void child.stdin?.write('go\n'),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
