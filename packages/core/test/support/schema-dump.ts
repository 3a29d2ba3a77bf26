import type { EmptyDatabase } from './empty-databases'

type Apply = EmptyDatabase['apply']

/** What SQLite says its tables and indexes are: the text they were made with. */
export async function sqliteSchema(apply: Apply): Promise<string> {
  const rows = await apply(
    "select sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by tbl_name, type desc, name",
  )
  return rows.map(([sql]) => `${sql};\n`).join('\n')
}

/**
 * What PostgreSQL's catalogue says of a schema, table by table, without the schema's name. Put together from the functions
 * that describe one thing each, for their words are the same in all versions; pg_dump's are not.
 */
export async function postgresSchema(apply: Apply, schema: string): Promise<string> {
  const inSchema = `relnamespace = '${schema}'::regnamespace`
  const unqualified = (text: unknown) => String(text).replaceAll(`${schema}.`, '')
  const byTable = async (sql: string) => {
    const lines = new Map<string, string[]>()
    for (const [table, line] of await apply(sql))
      lines.set(String(table), [...(lines.get(String(table)) ?? []), unqualified(line)])
    return (table: string) => lines.get(table) ?? []
  }

  const tables = await apply(`
    select relname, relrowsecurity, relforcerowsecurity from pg_class
    where ${inSchema} and relkind in ('r', 'p') order by relname collate "C"`)
  const columns = await byTable(`
    select relname, attname || ' ' || format_type(atttypid, atttypmod)
      || case when attcollation not in (0, typcollation) then ' collate ' || quote_ident(collname) else '' end
      || case when attnotnull then ' not null' else '' end
      || case attgenerated when '' then coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
         else ' generated always as (' || pg_get_expr(adbin, adrelid) || ') stored' end
    from pg_attribute join pg_class c on c.oid = attrelid join pg_type t on t.oid = atttypid
      left join pg_collation o on o.oid = attcollation
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where ${inSchema} and relkind in ('r', 'p') and attnum > 0 and not attisdropped order by attnum`)
  // Newer servers list "not null" among the constraints as well.
  const constraints = await byTable(`
    select relname, 'constraint ' || quote_ident(conname) || ' ' || pg_get_constraintdef(k.oid)
    from pg_constraint k join pg_class c on c.oid = conrelid
    where ${inSchema} and contype <> 'n' order by contype = 'p' desc, conname collate "C"`)
  const indexes = await byTable(`
    select c.relname, pg_get_indexdef(indexrelid) from pg_index join pg_class c on c.oid = indrelid
      join pg_class i on i.oid = indexrelid
    where c.${inSchema} and not exists (select 1 from pg_constraint where conindid = indexrelid and contype <> 'f')
    order by i.relname collate "C"`)
  const policies = await byTable(`
    select relname, 'create policy ' || quote_ident(polname) || ' on ' || quote_ident(relname)
      || case polpermissive when true then '' else ' as restrictive' end
      || case polcmd when '*' then '' else ' for ' || polcmd::text end
      || coalesce(' using (' || pg_get_expr(polqual, polrelid) || ')', '')
      || coalesce(' with check (' || pg_get_expr(polwithcheck, polrelid) || ')', '')
    from pg_policy join pg_class c on c.oid = polrelid where ${inSchema} order by polname collate "C"`)
  const triggers = await byTable(`
    select relname, pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = tgrelid
    where ${inSchema} and not tgisinternal order by tgname collate "C"`)

  return tables
    .map(([name, secured, forced]) => {
      const table = String(name)
      const body = [...columns(table), ...constraints(table)].map((line) => `  ${line}`).join(',\n')
      const after = [
        ...indexes(table),
        ...(secured ? [`alter table ${table} enable row level security`] : []),
        ...(forced ? [`alter table ${table} force row level security`] : []),
        ...policies(table),
        ...triggers(table),
      ]
      return [`create table ${table} (\n${body}\n)`, ...after].map((statement) => `${statement};\n`).join('')
    })
    .join('\n')
}
