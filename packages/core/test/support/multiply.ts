import type { Session, Storage } from '@rapport/core/storage'
import { MIGRATIONS, tablesOn } from '../../src/storage/migrate'

const RECORDS = ['company', 'contact', 'lead', 'deal', 'task', 'activity']
/** What hangs on records grows with them. */
const BESIDE = ['record_key', 'stage_interval', 'event', 'event_about']
const ROWS = 3000
/** Of a tenant among others. */
const SHARE = 1500
const OF_OTHERS = 20_000

/** Adds so many rows to each table, made of those that are there, past the API, which would take a minute: with its own id, owner, name, email, phone and moment. */
export async function multiply(storage: Storage, owners: readonly string[]): Promise<void> {
  if (storage.dialect.name === 'sqlite') {
    const differs = differences(owners, "printf('%012x', n)")
    return storage.transaction((session) => fill(storage, session, ROWS, differs, RECORDS))
  }
  // This planner goes by statistics: so that they are those of a database in use, there are other tenants too, records
  // link to each other, and one owner has a fair part.
  const differs: Record<string, string> = {
    ...differences([...owners, ...Array(70).fill('solo')], "lpad(to_hex(n), 12, '0')"),
    updated_at: 'updated_at - n * 1000',
    occurred_at: 'occurred_at - n * 1000',
    at: 'at - n * 1000',
    value: 'value || n',
  }
  for (const link of ['company', 'contact', 'lead', 'deal', 'record_id', 'deal_id', 'event_id'])
    Object.assign(differs, { [link]: differs.id?.replace('id', link) })
  const tables = [...RECORDS, ...BESIDE]
  await storage.transaction(async (session) => {
    // Without the checks of links: of other tenants there is only what the plans need.
    await session.run('set local session_replication_role = replica', [])
    await fill(storage, session, OF_OTHERS, { ...differs, tenant_id: "'t' || (n % 10)" }, tables)
    await fill(storage, session, SHARE, differs, tables)
    // All of them: a table that an earlier test filled and emptied is still taken for full.
    for (const { name } of tablesOn(storage)) await session.run(`analyze ${storage.table(name)}`, [])
  })
}

const differences = (owners: readonly string[], hex: string): Record<string, string> => ({
  id: `substr(id, 1, 24) || ${hex}`,
  created_at: 'created_at - n * 1000',
  owner: `case n % ${owners.length} ${owners.map((owner, at) => `when ${at} then '${owner}'`).join(' ')} end`,
  name_fold: "name_fold || ' ' || n",
  email_key: 'n || email_key',
  phone_key: 'phone_key || n',
  domain_key: 'n || domain_key',
})

async function fill(
  storage: Storage,
  session: Session,
  times: number,
  differs: Readonly<Record<string, string>>,
  tables: readonly string[],
) {
  for (const { name, columns } of MIGRATIONS.flatMap((migration) => migration.tables)) {
    if (!tables.includes(name)) continue
    const table = storage.table(name)
    const names = columns.map((column) => column.name)
    const values = names.map((column) => differs[column] ?? column).join(', ')
    const [[there] = []] = await session.all(`select count(*) as n from ${table} where tenant_id = 'default'`, [])
    if (Number(there) === 0) continue
    const each = Math.ceil(times / Number(there))
    await session.run(
      `insert into ${table} (${names.join(', ')}) with recursive s (n) as (select 1 union all select n + 1 from s where n < ${each}) select ${values} from ${table}, s where tenant_id = 'default'`,
      [],
    )
  }
}
