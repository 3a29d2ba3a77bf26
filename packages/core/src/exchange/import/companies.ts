import { isId } from '../../kernel/ids'
import { foldText } from '../../kernel/text'
import { createIn } from '../../records/create'
import { tableOf } from '../../records/engine'
import { type QueryContext, readableRows } from '../../records/query'
import type { WriteSession } from '../../records/write'
import { and, inList, raw, sql } from '../../storage/sql'

const KEPT = 10_000

/** Companies named in a file, as ids: looked up once a batch, created where they are missing and wanted. */
export function companyLinks(query: QueryContext, createMissing: boolean) {
  const known = new Map<string, string>()
  let made: string | undefined

  return {
    /** A row begins: what it creates can be taken back. */
    begin() {
      made = undefined
    },
    /** The row was refused, and the company it created with it. */
    takeBack() {
      if (made !== undefined) known.delete(made)
    },
    /** Looks up all names of a batch in one statement. */
    async look(reader: Pick<WriteSession, 'all'>, names: readonly string[]) {
      const missing = [...new Set(names.map(foldText))].filter((name) => name !== '' && !known.has(name))
      if (missing.length === 0) return
      if (known.size > KEPT) known.clear()
      const table = tableOf(query.engine, 'companies')
      const select = sql`select r.name_fold, min(r.id) from ${raw(table.name)} r where ${and(readableRows(query, table, 'r'), inList(raw('r.name_fold'), missing))} group by r.name_fold`
      for (const [name, id] of await reader.all(select.text, select.params)) known.set(String(name), String(id))
    },
    /** Id of the company of that name; an id passes as it is. Undefined when there is none. */
    async resolve(write: WriteSession, name: string): Promise<string | undefined> {
      if (isId(name)) return name
      const found = known.get(foldText(name))
      if (found || !createMissing || write.actor.scope('companies', 'create').kind === 'none') return found
      const company = await createIn(write, 'companies', write.caller.engine.validator('companies').create({ name }))
      made = foldText(name)
      known.set(made, company.id)
      return company.id
    },
    /** What a rolled-back batch created is gone. */
    forget: () => known.clear(),
  }
}

export type CompanyLinks = ReturnType<typeof companyLinks>
