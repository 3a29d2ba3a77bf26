import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import setUpServer from './postgres-server'

declare module 'vitest' {
  interface ProvidedContext {
    /** A proxy in front of `postgresUrl` that hands connections on after each transaction; none where it is not installed. */
    proxy: { host: string; port: number } | undefined
  }
}

export const PGBOUNCER = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find(
  (path) => spawnSync(path, ['--version']).status === 0,
)

const ROLE = `do $$ begin create role rapport_app login password 'app'; exception when duplicate_object then null; end $$`

/** The database of this run, a role that owns nothing in it, and the proxy. */
export default async function setUp(project: TestProject) {
  const stopServer = await setUpServer(project)
  const url = new URL(project.getProvidedContext().postgresUrl)
  const client = new Client({ connectionString: url.href })
  await client.connect()
  await client.query(ROLE)
  await client.end()
  if (!PGBOUNCER) {
    project.provide('proxy', undefined)
    return stopServer
  }
  const folder = mkdtempSync(join(tmpdir(), 'rapport-proxy-'))
  chmodSync(folder, 0o777)
  const port = await freePort()
  writeFileSync(join(folder, 'users.txt'), '"rapport_app" "app"\n')
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=${url.hostname} port=${url.port || 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
max_client_conn = 500
default_pool_size = 15
`,
  )
  const proxy = spawn(PGBOUNCER, [
    ...(process.getuid?.() === 0 ? ['-u', 'postgres'] : []),
    '-q',
    join(folder, 'pgbouncer.ini'),
  ])
  await listening(proxy, port)
  project.provide('proxy', { host: '127.0.0.1', port })
  return async () => {
    proxy.kill()
    rmSync(folder, { recursive: true, force: true })
    await stopServer()
  }
}

async function listening(proxy: ChildProcess, port: number) {
  let said = ''
  proxy.stderr?.on('data', (data) => (said += data))
  for (let left = 100; left > 0; left--) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`The proxy did not start. ${said}`)
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
