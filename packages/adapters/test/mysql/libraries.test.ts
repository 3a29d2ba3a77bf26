import { mysqlTable, text } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import { DataSource } from 'typeorm'
import { onTestFinished, test } from 'vitest'
import { expectJoined, type Transaction } from '../libraries'
import { newWorld, URI } from './world'

async function newHost() {
  const world = await newWorld()
  await world.pool.query('create table invoice (id int auto_increment primary key, note text)')
  const column = async (sql: string) => ((await world.pool.query({ sql, rowsAsArray: true }))[0] as unknown[][]).flat()
  return {
    ...world,
    leads: () => column('select name from crm_lead'),
    notes: () => column('select note from invoice'),
  }
}

const invoice = mysqlTable('invoice', { note: text() })

test('Drizzle on a connection of the host’s', async () => {
  const host = await newHost()
  const transaction: Transaction = async (note, ours) => {
    const connection = await host.pool.getConnection()
    try {
      await drizzle({ client: connection }).transaction(async (tx) => {
        await tx.insert(invoice).values({ note })
        await ours(connection)
        await tx.insert(invoice).values({ note: `after ${note}` })
      })
    } finally {
      connection.release()
    }
  }
  await expectJoined({ ...host, transaction })
})

test('TypeORM, by the manager of a transaction', async () => {
  const host = await newHost()
  const url = new URL(URI)
  url.pathname = host.database
  const source = await new DataSource({ type: 'mysql', url: url.href }).initialize()
  onTestFinished(() => source.destroy())
  const transaction: Transaction = (note, ours) =>
    source.transaction(async (manager) => {
      await manager.query('insert into invoice (note) values (?)', [note])
      await ours(await manager.queryRunner?.connect())
      await manager.query('insert into invoice (note) values (?)', [`after ${note}`])
    })
  await expectJoined({ ...host, transaction })
})
