import type { PartsColumn, PartsIndex, Sql } from '@rapport/core/storage'
import { raw, sql } from '@rapport/core/storage'
import { holding, isRare } from '../rare'
import { names } from './names'

const indexOf = ({ table, column }: PartsColumn) => `${table}_${column}`

/**
 * pg_trgm's GIN index, where that extension is there or may be created. GIN gathers every match before it gives one, so a
 * common text is not asked of it.
 */
export const postgresParts: PartsIndex = {
  create(at, qualify) {
    const index = names.index(qualify(indexOf(at))).replaceAll("'", "''")
    return [
      `do $rapport$
declare place text;
begin
  begin
    create extension if not exists pg_trgm;
  exception when others then null;
  end;
  select n.nspname into place from pg_opclass o join pg_namespace n on n.oid = o.opcnamespace where o.opcname = 'gin_trgm_ops' limit 1;
  if place is not null then
    execute format('create index ${index} on ${qualify(at.table)} using gin (${at.column} %I.gin_trgm_ops)', place);
  end if;
end $rapport$`,
    ]
  },

  exists: (at, qualify) => sql`select 1 where to_regclass(${qualify(indexOf(at))}) is not null`,

  // pg_trgm knows letters and digits alone; of a text without three in a row it would read the whole index.
  serves: (part) => /[\p{L}\p{N}]{3}/u.test(part),

  few: (...asked) => sql`select 1 as few where ${isRare(...asked)}`,

  // As an array it is gathered once, by the index, whatever the planner thinks of the rest.
  holders: (id, { table, column }, part, tenant, qualify): Sql =>
    sql`${id} = any(array(select h.id from ${raw(qualify(table))} h where h.tenant_id = ${tenant} and h.${raw(column)} like ${holding(part)}))`,
}
