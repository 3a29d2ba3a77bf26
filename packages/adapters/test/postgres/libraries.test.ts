import { PrismaPg } from '@prisma/adapter-pg'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { pgSchema, text } from 'drizzle-orm/pg-core'
import { type ClientBase, Pool, type PoolClient, type PoolConfig } from 'pg'
import { DataSource } from 'typeorm'
import { onTestFinished, test } from 'vitest'
import { expectJoined, type Transaction } from '../libraries'
import { newPool, newWorld, URL, type World } from './world'

async function newHost(config: PoolConfig = {}) {
  const world = await newWorld({ pool: newPool(config) })
  const { pool, schema } = world
  await pool.query(`create table "${schema}".invoice (id serial, note text)`)
  const column = async (query: string) => (await pool.query({ text: query, rowMode: 'array' })).rows.flat()
  return {
    ...world,
    invoice: pgSchema(schema).table('invoice', { note: text() }),
    leads: () => column(`select name from "${schema}".lead`),
    notes: () => column(`select note from "${schema}".invoice`),
  }
}

test('Drizzle on a client of the host’s', async () => {
  const host = await newHost()
  const transaction: Transaction = async (note, ours) => {
    const client = await host.pool.connect()
    try {
      await drizzle({ client }).transaction(async (tx) => {
        await tx.insert(host.invoice).values({ note })
        await ours(client)
        await tx.insert(host.invoice).values({ note: `after ${note}` })
      })
    } finally {
      client.release()
    }
  }
  await expectJoined({ ...host, transaction })
})

/** The client of a connection, by the number of its process on the server: what the guide says. */
function clientsOf(): { config: PoolConfig; clientOf(pid: number): ClientBase } {
  const clients = new Map<number, ClientBase>()
  const onConnect = async (client: ClientBase) => {
    const { rows } = await client.query('select pg_backend_pid() as pid')
    clients.set(rows[0].pid, client)
    client.once('end', () => clients.delete(rows[0].pid))
  }
  return { config: { onConnect }, clientOf: (pid) => clients.get(pid) as ClientBase }
}

test('Drizzle on its pool, by the number of the connection', async () => {
  const { config, clientOf } = clientsOf()
  const host = await newHost(config)
  const db = drizzle({ client: host.pool })
  const transaction: Transaction = (note, ours) =>
    db.transaction(async (tx) => {
      await tx.insert(host.invoice).values({ note })
      const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      await ours(clientOf((rows[0] as { pid: number }).pid))
      await tx.insert(host.invoice).values({ note: `after ${note}` })
    })
  await expectJoined({ ...host, transaction })
})

// Its client is generated code, on an engine of 70 MB. It drives its adapter in this way, and sends the same `COMMIT`.
test('Prisma’s adapter, by the number of the connection', async () => {
  const { config, clientOf } = clientsOf()
  const host = await newHost(config)
  const prisma = await new PrismaPg(host.pool).connect()
  onTestFinished(() => prisma.dispose())
  const statement = (text: string) => ({ sql: text, args: [], argTypes: [] })
  const transaction: Transaction = async (note, ours) => {
    const tx = await prisma.startTransaction()
    const insert = (value: string) =>
      tx.executeRaw(statement(`insert into "${host.schema}".invoice (note) values ('${value}')`))
    try {
      await insert(note)
      const { rows } = await tx.queryRaw(statement('select pg_backend_pid() as pid'))
      await ours(clientOf(Number(rows[0]?.[0])))
      await insert(`after ${note}`)
      await tx.executeRaw(statement('COMMIT'))
      await tx.commit()
    } catch (error) {
      await tx.executeRaw(statement('ROLLBACK'))
      await tx.rollback()
      throw error
    }
  }
  await expectJoined({ ...host, transaction })
})

async function typeOrm({ schema }: World) {
  const source = await new DataSource({ type: 'postgres', url: URL, schema, driver: { Pool } }).initialize()
  onTestFinished(() => source.destroy())
  return source
}

test('TypeORM, by its query runner', async () => {
  const host = await newHost()
  const source = await typeOrm(host)
  const insert = `insert into "${host.schema}".invoice (note) values ($1)`
  const transaction: Transaction = async (note, ours) => {
    const runner = source.createQueryRunner()
    await runner.startTransaction()
    try {
      await runner.query(insert, [note])
      await ours((await runner.connect()) as PoolClient)
      await runner.query(insert, [`after ${note}`])
      await runner.commitTransaction()
    } catch (error) {
      await runner.rollbackTransaction()
      throw error
    } finally {
      await runner.release()
    }
  }
  await expectJoined({ ...host, transaction })
})

test('TypeORM, by the manager of a transaction', async () => {
  const host = await newHost()
  const source = await typeOrm(host)
  const insert = `insert into "${host.schema}".invoice (note) values ($1)`
  const transaction: Transaction = (note, ours) =>
    source.transaction(async (manager) => {
      await manager.query(insert, [note])
      await ours(await manager.queryRunner?.connect())
      await manager.query(insert, [`after ${note}`])
    })
  await expectJoined({ ...host, transaction })
})
