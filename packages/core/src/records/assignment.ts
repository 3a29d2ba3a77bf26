import { membersOf, subtree } from '../access/directory'
import { invalid } from '../kernel/errors'
import { hasForbiddenCharacters } from '../kernel/text'
import { inList, raw, sql } from '../storage/sql'
import { hold } from './guard'
import type { RecordTable } from './record-table'
import type { WriteSession } from './write'

/** Who gets a record that comes without an owner. */
export type AssignmentRule = { roundRobin: Candidates } | { leastLoaded: Candidates }

/** A team with all below it, or a list of user ids. Inactive users are skipped. */
export type Candidates = { team: string } | { users: readonly string[] }

const REMEDY = "Give { user: 'id' }, { roundRobin: { team: 'id' } } or { leastLoaded: { users: ['id'] } }."
const isName = (value: unknown) =>
  typeof value === 'string' && value.length > 0 && value.length <= 255 && !hasForbiddenCharacters(value)

/** Refuses what is neither a user nor a rule, before anything is looked up. */
export function checkAssignee(to: unknown): void {
  const [[how, who] = [], extra] = entriesOf(to)
  if (extra) throw invalid(extra[0], 'unknown-key', REMEDY)
  if (how === 'user') {
    if (who !== null && !isName(who)) throw invalid('user', 'wrong-type', 'Give the id of a user, or null for nobody.')
    return
  }
  if (how === undefined) throw invalid('to', 'required', REMEDY)
  if (how !== 'roundRobin' && how !== 'leastLoaded') throw invalid(how, 'unknown-key', REMEDY)
  const [[kind, of] = [], more] = entriesOf(who)
  if (more) throw invalid(`${how}.${more[0]}`, 'unknown-key', REMEDY)
  const fits =
    kind === 'team' ? isName(of) : kind === 'users' && Array.isArray(of) && of.length <= 1000 && of.every(isName)
  if (!fits) throw invalid(how, 'invalid-candidates', REMEDY)
}

const entriesOf = (value: unknown) => (typeof value === 'object' && value !== null ? Object.entries(value) : [])

/** The owner by the rule of the record type; null without one. The turn is kept in the transaction, so it is fair under concurrency. */
export async function assignOwner(write: WriteSession, table: RecordTable): Promise<string | null> {
  const rule = write.caller.engine.assignment[table.type]
  return rule ? pickOwner(write, table, rule) : null
}

/** One user by a rule; null when nobody is left to choose from. */
export async function pickOwner(write: WriteSession, table: RecordTable, rule: AssignmentRule): Promise<string | null> {
  await hold(write, 'assignment', [table.type])
  const candidates = await activeCandidates(write, 'roundRobin' in rule ? rule.roundRobin : rule.leastLoaded)
  if (candidates.length === 0) return null
  return 'roundRobin' in rule
    ? nextInTurn(write, `${table.type}:${JSON.stringify(rule.roundRobin)}`, candidates)
    : leastLoaded(write, table, candidates)
}

async function activeCandidates(write: WriteSession, from: Candidates): Promise<string[]> {
  const { storage, tenant } = write.caller
  const inside = { ...storage, read: write.all }
  const wanted =
    'users' in from ? [...from.users] : await membersOf(inside, tenant, await subtree(inside, tenant, [from.team]))
  if (wanted.length === 0) return []
  const select = sql`select id from ${raw(storage.table('user'))} where tenant_id = ${tenant} and active = 1 and ${inList(raw('id'), wanted)} order by id`
  return (await write.all(select.text, select.params)).map(([id]) => String(id))
}

async function nextInTurn(write: WriteSession, rule: string, candidates: readonly string[]): Promise<string> {
  if (rule.length > 255) throw invalid('assignment', 'too-long', 'Name a team instead of a long list of users.')
  const { storage, tenant } = write.caller
  const table = storage.table('assignment_turn')
  const [turn] = await write.all(`select last_user from ${table} where tenant_id = ? and rule = ?`, [tenant, rule])
  const next = (turn && candidates.find((user) => user > String(turn[0]))) ?? (candidates[0] as string)
  await write.send(storage.dialect.upsert(table, ['tenant_id', 'rule', 'last_user'], ['tenant_id', 'rule']), [
    tenant,
    rule,
    next,
  ])
  return next
}

async function leastLoaded(write: WriteSession, table: RecordTable, candidates: readonly string[]): Promise<string> {
  const { tenant } = write.caller
  const open = table.definition.open ? raw(` and ${table.definition.open}`) : raw('')
  const select = sql`select owner, count(*) from ${raw(table.name)} where tenant_id = ${tenant} and deleted_at is null and ${inList(raw('owner'), candidates)}${open} group by owner`
  const load = new Map(
    (await write.all(select.text, select.params)).map(([owner, count]) => [String(owner), Number(count)]),
  )
  return candidates.reduce((best, user) => ((load.get(user) ?? 0) < (load.get(best) ?? 0) ? user : best))
}
