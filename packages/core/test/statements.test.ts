import { isCrmError, type RecordType } from '@rapport/core'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import {
  administration,
  apiOf,
  type Call,
  callOf,
  elsewhere,
  gathers,
  methodsOf,
  reads,
  revives,
  type Subject,
  writes,
} from './support/calls'
import { type Client, minimal, newCrm, room, types, withPeople } from './support/crm'
import { sqliteOnly } from './support/databases'

/** Every statement that every method of every room runs, on records of every type. */
async function everyStatement() {
  const { storage, system, mia, root } = await withPeople()
  await system.users.sync([{ id: 'mate', name: 'Mate', teams: ['north'] }])
  const statements: { sql: string; params: readonly unknown[] }[] = []
  const refused: unknown[] = []
  let seed = 1
  for (const client of [system, root, mia] as Client[]) {
    for (const [roomName, method] of methodsOf(client)) {
      const own = types.includes(roomName as RecordType)
      for (const type of own ? [roomName as RecordType] : types) {
        const call = [reads, gathers, writes, revives, elsewhere, administration]
          .map((table: Record<string, Call>) => callOf(table, roomName, method, own))
          .find((one) => one !== undefined)
        if (!call) continue
        const { id } = await room(system, type).create({ ...minimal(type, seed++), owner: 'ada', tags: ['VIP'] })
        const note = await system.notes.add({ type, id }, 'MARKER in a note')
        const subject = { type, id, note: note.id, mine: { [type]: id } as Record<RecordType, string> } as Subject
        statements.push(
          ...(await storage.record(async () =>
            Promise.resolve(call(apiOf(client, roomName), subject)).catch((error) => {
              if (isCrmError(error, 'STORAGE')) refused.push([roomName, method, type, error.cause])
            }),
          )),
        )
      }
    }
  }
  return { statements, refused }
}

test('the database refuses no statement', async () => {
  const { statements, refused } = await everyStatement()
  expect(statements.length).toBeGreaterThan(200)
  expect(refused).toEqual([])
})

// On the others a statement holds what their dialect puts in.
sqliteOnly('every statement keeps to what all databases and drivers read alike', async () => {
  const { statements } = await everyStatement()
  const texts = [...new Set(statements.map(({ sql }) => sql))]
  expect(texts.length).toBeGreaterThan(200)
  const { crm } = await newCrm()
  const database = new Database(':memory:')
  for (const sql of crm.migrations.sql()) database.exec(sql)

  const complaints = texts.flatMap((sql) => complaintsOf(database, sql).map((complaint) => `${complaint}: ${sql}`))
  expect(complaints).toEqual([])
  database.close()
})

function complaintsOf(database: Database.Database, sql: string): string[] {
  const prepared = database.prepare(sql)
  const names = prepared.reader ? prepared.columns().map(({ name }) => name) : []
  const checks: [complaint: string, broken: boolean][] = [
    // Some drivers give rows as objects: two columns of one name would be one, and a number would come first.
    ['two columns of one name', new Set(names).size < names.length],
    ['a number as the name of a column', names.slice(1).some((name) => /^\d+$/.test(name))],
    ['not of one tenant', !/tenant_id/.test(sql)],
    ['not portable', /\|\||\breturning\b|::|"|`/i.test(sql.replace(/'[^']*'/g, "''"))],
    ['something of the caller in the text', /MARKER|VIP|Changed|01890000/.test(sql)],
  ]
  return checks.flatMap(([complaint, broken]) => (broken ? [complaint] : []))
}
