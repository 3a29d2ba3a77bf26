import { evened } from '../events/visible'
import { type Caller, userCaller } from '../records/caller'
import type { Engine } from '../records/engine'
import { queryContext } from '../records/query'
import { inList, raw, sql } from '../storage/sql'
import { byBatch, ENTRY_COLUMNS, type Group, groupsOf, readable, readEntry } from './entries'
import { readerOf } from './inbox'
import type { Notification } from './notification'
import type { Claimed } from './outside'
import type { Recipient } from './recipients'

/** What is sent to somebody, as far as they may read it by now. */
export interface Letter {
  notification: Notification
  subject: string
  text: string
}

const MOST_ENTRIES = 1000

/** What there is to send for each claim; none where everything is read, or out of reach, by now. */
export async function lettersFor(
  engine: Engine,
  tenant: string,
  claimed: readonly Claimed[],
  recipients: ReadonlyMap<string, Recipient>,
): Promise<Map<Claimed, Letter>> {
  const letters = new Map<Claimed, Letter>()
  for (const user of new Set(claimed.map((one) => one.user))) {
    const mine = claimed.filter((one) => one.user === user)
    if (!recipients.has(user)) continue
    const caller = userCaller(engine, tenant, user)
    const [digests, single] = [mine.filter(isDigest), mine.filter((one) => !isDigest(one))]
    const groups = await unreadGroups(caller, 'batch', single)
    for (const one of single) {
      const group = groups.find(({ notification }) => notification.id === one.batch)
      if (group) letters.set(one, letterOf(group))
    }
    for (const one of digests) {
      const all = await unreadGroups(caller, 'digest', [one])
      if (all.length > 0) letters.set(one, digestOf(all as [Group, ...Group[]]))
    }
  }
  return letters
}

const isDigest = ({ channel }: Claimed) => channel === 'digest'

async function unreadGroups(caller: Caller, column: 'batch' | 'digest', claimed: readonly Claimed[]): Promise<Group[]> {
  if (claimed.length === 0) return []
  const query = await queryContext(caller)
  const table = raw(`select ${ENTRY_COLUMNS} from ${caller.storage.table('notification')} n`)
  const among = inList(raw(`n.${column}`), evened([...new Set(claimed.map(({ batch }) => batch))]))
  const select = sql`${table} where n.tenant_id = ${query.tenant} and n.user_id = ${readerOf(query)} and n.state in ('inbox', 'outside') and n.read_at is null and ${among} order by n.batch desc, n.id desc limit ${raw(String(MOST_ENTRIES))}`
  const rows = await caller.storage.read(select.text, select.params)
  const found = await readable(caller, query, rows.map(readEntry))
  return groupsOf(caller, query, byBatch(found.entries), found.seen)
}

function letterOf({ notification, facts }: Group): Letter {
  const { text: subject, count } = notification
  const titles = facts.titles.flatMap((title) => title ?? [])
  return { notification, subject, text: count > 1 ? [`${subject}:`, '', ...listed(titles, count)].join('\n') : subject }
}

function digestOf(groups: readonly [Group, ...Group[]]): Letter {
  const lines = groups.map(({ notification }) => notification.text)
  const [first] = groups
  return {
    notification: first.notification,
    subject: lines.length === 1 ? (lines[0] as string) : `${lines[0]}, and ${lines.length - 1} more`,
    text: listed(lines, lines.length).join('\n'),
  }
}

const listed = (lines: readonly string[], count: number): string[] => [
  ...lines.map((line) => `- ${line}`),
  ...(count > lines.length ? [`- and ${count - lines.length} more`] : []),
]
