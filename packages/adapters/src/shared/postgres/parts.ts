import type { PartsColumn, PartsIndex, Sql } from '@rapport/core/storage'
import { raw, sql } from '@rapport/core/storage'
import { names } from './names'

/** How many of the newest records are looked at, to tell how common a text is, and below how many hits it is rare. */
const NEWEST = 1000
const RARE = 10

const LIKE_WILDCARDS = /[\\%_]/g
const holding = (part: string) => `%${part.replace(LIKE_WILDCARDS, '\\$&')}%`
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

  few({ table, column }, part, tenant, qualify) {
    const newest = sql`select r.${raw(column)} as found from ${raw(qualify(table))} r where r.tenant_id = ${tenant} and r.deleted_at is null order by r.created_at desc, r.id desc limit ${raw(String(NEWEST))}`
    return sql`select 1 as few where (select count(*) from (${newest}) n where n.found like ${holding(part)}) < ${raw(String(RARE))}`
  },

  // As an array it is gathered once, by the index, whatever the planner thinks of the rest.
  holders: (id, { table, column }, part, tenant, qualify): Sql =>
    sql`${id} = any(array(select h.id from ${raw(qualify(table))} h where h.tenant_id = ${tenant} and h.${raw(column)} like ${holding(part)}))`,
}
