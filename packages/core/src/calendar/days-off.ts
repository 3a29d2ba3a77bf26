import { requireAny } from '../access/actor'
import { invalid } from '../kernel/errors'
import { cleanText, hasForbiddenCharacters } from '../kernel/text'
import { isCalendarDate } from '../kernel/zones'
import { appendEvent } from '../records/append-event'
import type { Caller } from '../records/caller'
import { requireActiveUser } from '../records/checks'
import { runVerb, type VerbOptions } from '../records/idempotency'
import { queryContext } from '../records/query'
import type { Session } from '../storage/port'
import { inList, raw, sql } from '../storage/sql'
import { checkKeys } from './range-input'
import { requireSelfOrAdministration } from './whose'

export interface DayOffInput {
  /** `YYYY-MM-DD`. */
  day: string
  /** `Christmas`, `Holiday`, … */
  name?: string | null
}

/** A day on which a user does not work, or with `user` null nobody does. */
export interface DayOff {
  user: string | null
  day: string
  name: string | null
}

const MAX_DAYS = 1000
const EVERYBODY = ''

/**
 * Sets the days off between two dates: those given are there afterwards, others in between are not. Of everybody with
 * `update` on settings; of a user by themselves, or with `update` on users.
 */
export const setDaysOff = (
  caller: Caller,
  whose: { user?: string | null; from: string; to: string; days: readonly DayOffInput[] },
  options?: VerbOptions,
) => {
  checkKeys(whose, ['user', 'from', 'to', 'days'])
  const { user = null } = whose
  const [from, to] = checkDates(whose)
  const days = checkDays(whose.days, from, to)
  return runVerb(caller, 'calendar.setDaysOff', whose, options, async (write) => {
    if (user === null) requireAny(write.actor, 'settings', 'update')
    else {
      requireSelfOrAdministration(write, user)
      await requireActiveUser(write, 'user', user)
    }
    const { storage, tenant } = caller
    const known = (await daysOffOf(caller, write, [user ?? EVERYBODY], from, to)).map(({ day, name }) => ({
      day,
      name,
    }))
    if (JSON.stringify(known) === JSON.stringify(days)) return
    const table = storage.table('day_off')
    const same = 'tenant_id = ? and user_id = ?'
    await write.send(`delete from ${table} where ${same} and day >= ? and day <= ?`, [
      tenant,
      user ?? EVERYBODY,
      from,
      to,
    ])
    for (const { day, name } of days)
      await write.send(`insert into ${table} (tenant_id, user_id, day, name) values (?, ?, ?, ?)`, [
        tenant,
        user ?? EVERYBODY,
        day,
        name,
      ])
    const changes = { daysOff: [known, days] } as const
    await appendEvent(write, {
      name: 'calendar.days_off_set',
      recordType: 'calendar',
      recordId: user ?? 'everybody',
      changes,
    })
  })
}

/** Days off between two dates, of everybody and of a user. One's own, or with `read` on users. */
export async function daysOff(caller: Caller, whose: { user?: string; from: string; to: string }): Promise<DayOff[]> {
  checkKeys(whose, ['user', 'from', 'to'])
  const { actor } = await queryContext(caller)
  const user = whose.user ?? actor.user
  if (user === null || user !== actor.user) requireAny(actor, 'users', 'read')
  const [from, to] = checkDates(whose)
  return daysOffOf(caller, { all: caller.storage.read }, [EVERYBODY, ...(user === null ? [] : [user])], from, to)
}

export async function daysOffOf(
  { storage, tenant }: Pick<Caller, 'storage' | 'tenant'>,
  reader: Pick<Session, 'all'>,
  users: readonly string[],
  from: string,
  to: string,
): Promise<DayOff[]> {
  const select = sql`select user_id, day, name from ${raw(storage.table('day_off'))} where tenant_id = ${tenant} and ${inList(raw('user_id'), users)} and day >= ${from} and day <= ${to} order by day, user_id`
  return (await reader.all(select.text, select.params)).map(([user, day, name]) => ({
    user: user === EVERYBODY ? null : String(user),
    day: String(day),
    name: name == null ? null : String(name),
  }))
}

/** First and last day, both included. */
function checkDates({ from, to }: { from: string; to: string }): [string, string] {
  for (const [name, date] of Object.entries({ from, to }))
    if (!isCalendarDate(date)) throw invalid(name, 'invalid-date', 'Give a calendar date as YYYY-MM-DD.')
  if (to < from) throw invalid('to', 'ends-before-start', 'Give a day no earlier than from.')
  return [from, to]
}

function checkDays(days: readonly DayOffInput[], from: string, to: string) {
  if (!Array.isArray(days) || days.length > MAX_DAYS)
    throw invalid('days', 'wrong-type', `Give a list of at most ${MAX_DAYS} days.`)
  const cleaned = days.map((given, index) => {
    const path = `days.${index}`
    checkKeys(given, ['day', 'name'], path)
    const { day, name = null } = given
    if (!isCalendarDate(day) || day < from || day > to)
      throw invalid(`${path}.day`, 'invalid-date', 'Give a calendar date as YYYY-MM-DD, between from and to.')
    if (name !== null && (typeof name !== 'string' || name.length > 255 || hasForbiddenCharacters(name)))
      throw invalid(`${path}.name`, 'invalid-text', 'Give at most 255 characters of text.')
    return { day, name: name === null ? null : cleanText(name) || null }
  })
  const repeated = cleaned.findIndex(({ day }, index) => cleaned.findIndex((one) => one.day === day) < index)
  if (repeated >= 0) throw invalid(`days.${repeated}.day`, 'repeated', 'Give each day once.')
  return cleaned.sort((a, b) => (a.day < b.day ? -1 : 1))
}
