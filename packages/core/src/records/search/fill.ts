import { SEARCH_TEXT } from '../../storage/migrations/0002-search'
import { EVERY_TENANT, type Session, type Storage, scopedTo } from '../../storage/port'
import type { Engine } from '../engine'
import type { RecordTable } from '../record-table'

/** Records in one transaction. */
const STEP = 1000
/** Changed when texts are made in another way. */
const FORMAT = 1

/**
 * Makes the searched texts of records that are older than their index, or than the choice of fields: by the thousand, each
 * thousand in a transaction, so that others go on writing. Ended half-way it begins again, and passes over what is done.
 */
export async function fillSearch(engine: Engine): Promise<void> {
  const { storage } = engine
  const ready = engine.ready(storage)
  if (ready) await ready
  const fill = storage.table('search_fill')
  const rows = await storage.read(`select record_type, fields from ${fill}`, [])
  const filled = new Map(rows.map(([type, fields]) => [type, fields]))
  for (const table of engine.tables.values()) {
    const fields = `${FORMAT}: ${table.searched.names.join(' ')}`
    if (filled.get(table.type) === fields) continue
    await fillTable(storage, table)
    const columns = ['record_type', 'fields']
    await storage.transaction(async (session) => {
      await session.run(storage.dialect.upsert(fill, columns, ['record_type']), [table.type, fields])
    })
  }
}

async function fillTable(storage: Storage, table: RecordTable) {
  const all = scopedTo(storage, EVERY_TENANT)
  for (let tenant = ''; ; ) {
    const next = `select min(r.tenant_id) from ${table.name} r where r.tenant_id > ?`
    const [[found] = []] = await all.read(next, [tenant])
    if (found == null) return
    tenant = String(found)
    await fillTenant(scopedTo(storage, tenant), table, tenant)
  }
}

async function fillTenant(storage: Storage, table: RecordTable, tenant: string) {
  let after: string | undefined = ''
  while (after !== undefined) {
    const from: string = after
    after = await storage.transaction((session) => fillStep(storage, session, table, tenant, from))
  }
}

/** Gives the id of the last record looked at; undefined after the last. */
async function fillStep(storage: Storage, session: Session, table: RecordTable, tenant: string, after: string) {
  const { name, selectList } = table
  const lock = storage.dialect.forUpdate ?? ''
  const page = `select ${selectList}, r.${SEARCH_TEXT} from ${name} r where r.tenant_id = ? and r.id > ? order by r.id limit ${STEP}${lock}`
  const rows = await session.all(page, [tenant, after])
  for (const row of rows) {
    const text = table.searched.textOf(table.read(row))
    if (row.at(-1) === text) continue
    await session.send(`update ${name} set ${SEARCH_TEXT} = ? where tenant_id = ? and id = ?`, [
      text,
      tenant,
      String(row[0]),
    ])
  }
  return rows.length < STEP ? undefined : String(rows.at(-1)?.[0])
}
