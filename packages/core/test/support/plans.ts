import type { Storage } from '@rapport/core/storage'
import type { WatchedStatement } from '@rapport/core/testing'
import { DATABASE } from './databases'

/** How a database means to run some statements, told alike for those databases whose plans we read. */
export interface Plan {
  /** A line for each step, for whoever has to find out what went wrong. */
  readonly text: string
  /** Steps that read a table that grows from end to end, or another tenant's part of it. */
  readonly wholeScans: string[]
  /** Steps that go through all records of the tenant, or of one owner, and check each. */
  readonly walks: string[]
  /** The same, whoever owns them. */
  readonly walksOfAll: string[]
  /** Steps that put many rows in order. */
  readonly sorts: string[]
  /** Whether rows are found by that column in that index; a table's name stands for its primary key. */
  finds(index: string, column: string): boolean
}

type Reader = (storage: Storage, statements: readonly WatchedStatement[]) => Promise<Plan>

const GROWING =
  'lead|contact|company|deal|product|activity|task|note|event|event_about|share|record_key|stage_interval|deal_contact|deal_line|delivery|idempotency'

/** Work is taken off these in order, whosever it is. */
const QUEUES = /(event_pending|delivery_(due|dead)|idempotency_age)\b/

const plan = (
  lines: readonly string[],
  parts: Record<'wholeScans' | 'walks' | 'walksOfAll' | 'sorts', (line: string) => boolean> & Pick<Plan, 'finds'>,
): Plan => ({
  text: lines.join('\n'),
  wholeScans: lines.filter(parts.wholeScans),
  walks: lines.filter(parts.walks),
  walksOfAll: lines.filter(parts.walksOfAll),
  sorts: lines.filter(parts.sorts),
  finds: parts.finds,
})

const onSqlite: Reader = async (storage, statements) => {
  const lines: string[] = []
  for (const { sql, params } of statements) {
    const rows = await storage.read(`explain query plan ${sql}`, params)
    lines.push(...rows.map((row) => String(row[3])))
  }
  const growing = new RegExp(`^(r|l\\d+|e|n|crm_(${GROWING}))\\b`)
  return plan(lines, {
    wholeScans(line) {
      const scanned = /^SCAN (\S+)/.exec(line)
      if (scanned) return growing.test(scanned[1] as string)
      const [, table, terms] = /^SEARCH (\S+) USING [^(]*\((.*)\)$/.exec(line) ?? []
      return table !== undefined && growing.test(table) && !QUEUES.test(line) && !terms?.startsWith('tenant_id=?')
    },
    walks: (line) => /^SEARCH r USING .*\(tenant_id=\?( AND owner=\?)?\)$/.test(line),
    walksOfAll: (line) => /^SEARCH r USING .*\(tenant_id=\?\)$/.test(line),
    sorts: (line) => /TEMP B-TREE FOR (THE )?(RIGHT PART OF )?ORDER BY/.test(line),
    finds: (index, column) => lines.some((line) => new RegExp(`${index}(_1)? .*\\b${column}[=>]`).test(line)),
  })
}

interface Node {
  'Node Type': string
  'Plan Rows': number
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  Plans?: Node[]
}

const withAllBelow = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(withAllBelow)]

/** So few rows are as well looked at one by one, or put in order. */
const FEW = 300

const onPostgres: Reader = async (storage, statements) => {
  const big = await storage.read('select relname from pg_class where reltuples > ?', [2 * FEW])
  const isBig = (table = '') => big.some(([name]) => name === table)
  const nodes: Node[] = []
  for (const { sql, params } of statements) {
    const [[json] = []] = await storage.read(`explain (format json) ${sql}`, params)
    const [{ Plan: root }] = JSON.parse(String(json)) as [{ Plan: Node }]
    nodes.push(...withAllBelow(root))
  }
  const growing = new RegExp(`^(${GROWING})(_|$)`)
  const conditions = ({ 'Index Cond': text = '' }: Node) => [
    ...new Set([...text.matchAll(/\(?(?:\w+\.)?(\w+)(?:\)::\w+)? (?:=|<|>)/g)].map(([, column]) => column as string)),
  ]
  const line = (node: Node) =>
    `${node['Node Type']} ${node['Index Name'] ?? ''} of ${node['Relation Name'] ?? ''} (${conditions(node)}), ${node['Plan Rows']} rows`
  const byLine = new Map(nodes.map((node) => [line(node), node]))
  const told = (check: (node: Node) => boolean) => (line: string) => check(byLine.get(line) as Node)
  const walks = (owners: boolean) => (node: Node) =>
    node['Index Name'] !== undefined &&
    node['Plan Rows'] > FEW &&
    growing.test(node['Index Name']) &&
    conditions(node).every((column) => column === 'tenant_id' || (owners && column === 'owner'))
  return plan([...byLine.keys()], {
    wholeScans: told((node) => {
      const { 'Node Type': type, 'Index Name': index } = node
      if (type === 'Seq Scan') return isBig(node['Relation Name'])
      return (
        index !== undefined && growing.test(index) && !QUEUES.test(index) && !conditions(node).includes('tenant_id')
      )
    }),
    walks: told(walks(true)),
    walksOfAll: told(walks(false)),
    sorts: told((node) => node['Node Type'] === 'Sort' && (node.Plans?.[0]?.['Plan Rows'] ?? 0) > FEW),
    finds: (index, column) =>
      nodes.some((node) => node['Index Name']?.includes(index) && conditions(node).includes(column)),
  })
}

const READERS: Record<string, Reader> = { sqlite: onSqlite, postgres: onPostgres }

/** Not on MariaDB, whose planner goes by other figures, nor on PGlite, whose planner is that of PostgreSQL. */
export const readPlan = READERS[DATABASE]
