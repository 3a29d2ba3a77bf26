import type { PartsColumn, Sql } from '@rapport/core/storage'
import { raw, sql } from '@rapport/core/storage'

/** How many of the newest records are looked at, to tell how common a text is, and below how many hits it is rare. */
const NEWEST = 1000
const RARE = 10

const LIKE_WILDCARDS = /[\\%_]/g

/** For `like`: any text with that part in it. */
export const holding = (part: string) => `%${part.replace(LIKE_WILDCARDS, '\\$&')}%`

/** True when few of the tenant's newest records hold the part. */
export function isRare(
  { table, column }: PartsColumn,
  part: string,
  tenant: string,
  qualify: (name: string) => string,
): Sql {
  const newest = sql`select r.${raw(column)} as found from ${raw(qualify(table))} r where r.tenant_id = ${tenant} and r.deleted_at is null order by r.created_at desc, r.id desc limit ${raw(String(NEWEST))}`
  return sql`(select count(*) from (${newest}) n where n.found like ${holding(part)}) < ${raw(String(RARE))}`
}
