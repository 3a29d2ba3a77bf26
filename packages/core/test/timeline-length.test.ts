import { expect, test } from 'vitest'
import { type Client, withPeople } from './support/crm'
import { readPlan } from './support/plans'

const LONG = 100_000

/** A contact of ada's, with so many entries of a task that the owner may see. */
async function withHistory(entries: number, owner: string) {
  const made = await withPeople()
  const contact = await made.ada.contacts.create({ lastName: 'Hopper' })
  const task = await made.root.tasks.create({ title: 'Call', contact: contact.id, owner })
  const [event, about] = ['event', 'event_about'].map((name) => made.storage.table(name))
  await made.storage.transaction(async (session) => {
    const hex = made.storage.dialect.name === 'sqlite' ? "printf('%012x', n)" : "lpad(to_hex(n), 12, '0')"
    const numbers = `with recursive s (n) as (select 1 union all select n + 1 from s where n < ${entries})`
    const id = `substr(id, 1, 24) || ${hex}`
    const columns = 'name, record_type, record_id, record_version, changes, about, silent'
    await session.run(
      `insert into ${event} (tenant_id, id, at, ${columns}) ${numbers}
       select tenant_id, ${id}, at - n, ${columns} from ${event}, s where tenant_id = ? and record_id = ?`,
      ['default', task.id],
    )
    await session.run(
      `insert into ${about} (tenant_id, record_id, at, event_id)
       select tenant_id, ?, at, id from ${event} where tenant_id = ? and record_id = ? and pending is null`,
      [contact.id, 'default', task.id],
    )
    if (made.storage.dialect.name === 'postgres')
      for (const table of [event, about]) await session.run(`analyze ${table}`, [])
  })
  const page = (me: Client, after?: string | null) =>
    me.timeline({ type: 'contacts', id: contact.id }, { limit: 20, after: after ?? null })
  return { ...made, page }
}

test.runIf(readPlan)(
  'a page takes the same statements at a hundred entries and at a hundred thousand, and reads what it shows',
  async () => {
    const texts: string[][] = []
    for (const entries of [100, LONG]) {
      const { page, ada, storage } = await withHistory(entries, 'ada')
      const first = await page(ada)
      const statements = [...(await storage.record(() => page(ada, first.nextCursor)))]
      texts.push(statements.map(({ sql }) => sql.replace(/"[^"]*"\./g, '')))
      const plan = await (readPlan as NonNullable<typeof readPlan>)(storage, statements)
      expect(plan.wholeScans, plan.text).toEqual([])
      if (entries === LONG) expect(plan.finds('event_about', 'record_id'), plan.text).toBe(true)
    }
    expect(texts[1]).toEqual(texts[0])
  },
  60_000,
)

test.runIf(readPlan)(
  'where a hundred thousand are out of reach a page is short, and the next ones come to the end',
  async () => {
    const { page, ada, storage } = await withHistory(LONG, 'cyd')
    let after: string | null = null
    let pages = 0
    const names: string[] = []
    do {
      const before = storage.statements.length
      const { items, nextCursor }: Awaited<ReturnType<typeof page>> = await page(ada, after)
      expect(storage.statements.length - before).toBeLessThan(50)
      names.push(...items.map(({ name }) => name))
      after = nextCursor
      pages++
    } while (after)
    expect(names).toEqual(['contact.created'])
    expect(pages).toBeGreaterThan(15)
    expect(pages).toBeLessThan(25)
  },
  60_000,
)
