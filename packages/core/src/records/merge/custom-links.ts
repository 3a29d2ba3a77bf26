import { invalid } from '../../kernel/errors'
import { raw, sql } from '../../storage/sql'
import { tableOf } from '../engine'
import type { RecordType } from '../field'
import type { WriteSession } from '../write'
import type { MergeSide } from './side'

type Moved = { type: RecordType; name: string; ids: string[] }[]

const MAX_ROWS = 1000

/** Links in the host's custom fields. Reads every record of a type that has such a field: declare them with care. */
export const customLinks: MergeSide = {
  name: 'customLinks',
  async move(write, { type: to, winner, loser }) {
    const moved: Moved = []
    for (const table of write.caller.engine.tables.values()) {
      for (const [name, field] of Object.entries(table.custom)) {
        if (field.kind !== 'link' || field.to !== to) continue
        const ids = await relink(write, table.type, name, loser, winner)
        if (ids.length > 0) moved.push({ type: table.type, name, ids })
      }
    }
    return moved.length > 0 ? moved : undefined
  },
  async giveBack(write, { winner, loser }, moved: Moved) {
    for (const { type, name, ids } of moved) await relink(write, type, name, winner, loser, new Set(ids))
  },
}

async function relink(
  write: WriteSession,
  type: RecordType,
  name: string,
  from: string,
  to: string,
  only?: ReadonlySet<string>,
): Promise<string[]> {
  const { engine, storage, tenant } = write.caller
  const table = tableOf(engine, type)
  const value = storage.dialect.json(raw('custom'), `$.${name}`, 'text')
  const select = sql`select id, custom from ${raw(table.name)} where tenant_id = ${tenant} and ${value} = ${from} limit ${raw(String(MAX_ROWS + 1))}`
  const rows = await write.all(select.text, select.params)
  if (rows.length > MAX_ROWS) {
    throw invalid(
      'loserIds',
      'too-many-links',
      `More than ${MAX_ROWS} records link to it by custom.${name}; change those first.`,
    )
  }
  const ids: string[] = []
  for (const [id, custom] of rows) {
    if (only && !only.has(String(id))) continue
    const changed = JSON.stringify({ ...JSON.parse(String(custom)), [name]: to })
    await write.send(`update ${table.name} set custom = ? where tenant_id = ? and id = ?`, [
      changed,
      tenant,
      String(id),
    ])
    ids.push(String(id))
  }
  return ids
}
