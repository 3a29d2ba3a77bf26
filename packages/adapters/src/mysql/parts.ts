import { createHash } from 'node:crypto'
import type { PartsIndex } from '@rapport/core/storage'
import { raw, sql } from '@rapport/core/storage'
import { isRare } from '../shared/rare'
import { partsOf } from './names'

/** The index goes through all entries of each word it is given: a few tell a text from others. */
const MOST_WORDS = 4
/** Bytes of a text that make a word, and letters that tell tenants apart. */
const BYTES = 3
const TENANT = 3

const wordsOf = (column: string) => `${column}_parts`

/** Each server reads its own way to name what was found. */
const FOUND = "/*M!100600 concat(char(92), '1') */ /*!80000 '$1' */"
/** Each three bytes that stand together, in hex and marked with the tenant, as the words of a text: the last letters give shorter ones. */
const words = (text: string, mark: string) =>
  `regexp_replace(hex(${text}), '(?=(.{${2 * BYTES}})).{2}', concat(${FOUND}, ${mark}, ' '))`

/**
 * A full-text index over the three-byte parts of a text, which the server makes of it in a column of its own: so it works
 * alike on MySQL, whose own parser of parts leaves out those that hold an `a`, and on MariaDB, which has none.
 */
export const mysqlParts: PartsIndex = {
  possible: sql`select 1 from dual where ${raw(words("'abcd'", "'x'"))} like '616263x 626364x %'`,
  committedOnly: true,

  create({ table, column }, qualify) {
    const made = words(`\`${column}\``, `left(md5(\`tenant_id\`), ${TENANT})`)
    return [
      `alter table ${qualify(table)} add column \`${wordsOf(column)}\` mediumtext character set ascii collate ascii_general_ci generated always as (${made}) stored, add fulltext index \`${wordsOf(column)}\` (\`${wordsOf(column)}\`)`,
    ]
  },

  exists({ table, column }, qualify) {
    const { database, name } = partsOf(qualify(table))
    return sql`select 1 from information_schema.statistics where table_schema = coalesce(${database}, database()) and table_name = ${name} and index_name = ${wordsOf(column)}`
  },

  serves: (part) => Buffer.byteLength(part) >= BYTES,

  few: (...asked) => sql`select 1 as few from dual where ${isRare(...asked)}`,

  holders: (id, { table, column }, part, tenant, qualify) =>
    sql`${id} in (select h.id from ${raw(qualify(table))} h where h.tenant_id = ${tenant} and match (h.${raw(wordsOf(column))}) against (${askFor(part, tenant)} in boolean mode))`,
}

/** Words of the part, spread over it, all of which must be there. */
function askFor(part: string, tenant: string): string {
  const bytes = Buffer.from(part)
  const mark = createHash('md5').update(tenant).digest('hex').slice(0, TENANT)
  const places = bytes.length - BYTES
  const count = Math.min(MOST_WORDS, Math.ceil(bytes.length / BYTES))
  const starts = Array.from({ length: count }, (_, index) =>
    count === 1 ? 0 : Math.round((index * places) / (count - 1)),
  )
  return starts.map((start) => `+${bytes.subarray(start, start + BYTES).toString('hex')}${mark}`).join(' ')
}
