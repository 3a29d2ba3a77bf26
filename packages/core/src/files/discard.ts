import type { Engine } from '../records/engine'
import { repeating } from '../records/write'
import { scopedTo } from '../storage/port'
import { raw, type Sql, sql } from '../storage/sql'
import { fileOptions } from './definition'
import { requireStore } from './outgoing'
import type { FileKey } from './port'

/** For how long who removes bytes is left alone with them, in milliseconds. When the process dies, they are due again after that. */
const LEASE = 10 * 60_000

/** Removes bytes that belong to no file, when their row still says what it said: whoever changes it first has them. */
export async function sweepOne(engine: Engine, key: FileKey, freeAt: number): Promise<boolean> {
  const isOurs = await claim(engine, key, sql` and free_at = ${freeAt}`)
  if (isOurs) await removeBoth(engine, key)
  return isOurs
}

/** The same for the one who brought them. Where the row is gone, another has swept it, and may have missed the last of them. */
export async function discard(engine: Engine, key: FileKey): Promise<void> {
  if ((await claim(engine, key)) || !(await hasRow(engine, key))) await removeBoth(engine, key)
}

/** Waits for a transaction that is about to make them a file's. */
const claim = async (engine: Engine, { tenant, id }: FileKey, more = raw('')): Promise<boolean> => {
  const until = engine.clock.now().getTime() + LEASE
  const update = sql`update ${rowsOf(engine)} set free_at = ${until} where tenant_id = ${tenant} and id = ${id} and file_id is null${more}`
  return (await run(engine, tenant, update)) > 0
}

async function hasRow(engine: Engine, { tenant, id }: FileKey): Promise<boolean> {
  const select = sql`select id from ${rowsOf(engine)} where tenant_id = ${tenant} and id = ${id}`
  return (await scopedTo(engine.storage, tenant).read(select.text, select.params)).length > 0
}

async function removeBoth(engine: Engine, key: FileKey) {
  const { tenant, id } = key
  await requireStore(fileOptions(engine)).remove(key)
  await run(
    engine,
    tenant,
    sql`delete from ${rowsOf(engine)} where tenant_id = ${tenant} and id = ${id} and file_id is null`,
  )
}

const rowsOf = ({ storage }: Engine) => raw(storage.table('file_version'))

const run = ({ storage }: Engine, tenant: string, { text, params }: Sql) =>
  repeating(scopedTo(storage, tenant), async (session) => session.run(text, params))
