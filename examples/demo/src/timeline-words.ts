import type { Deal, ScopedClient, TimelineEntry } from '@rapport/core'
import { asDay, cash } from './terminal/format'
import { cut, padEnd, type Screen } from './terminal/screen'

/** What a timeline entry says, in a sentence. */
type Words = (
  change: (field: string) => unknown,
  before: (field: string) => unknown,
  names: ReadonlyMap<unknown, string>,
) => string

const WORDS: Readonly<Record<string, Words>> = {
  'lead.created': (to) => `lead captured: ${to('name')}`,
  'lead.assigned': (to, _, names) => `lead given to ${names.get(to('owner'))}`,
  'lead.status_changed': (to, from) => `lead ${from('status')} → ${to('status')}`,
  'lead.converted': () => 'lead converted',
  'contact.created': (to) => `contact: ${to('name')}`,
  'company.created': (to) => `company: ${to('name')}`,
  'deal.created': (to) => `deal "${to('title')}" at ${cash(to('amount') as never)}`,
  'deal.lines_changed': (to, from) =>
    `line items: ${(to('lines') as unknown[]).length}; amount ${cash(from('amount') as never)} → ${cash(to('amount') as never)}`,
  'deal.stage_changed': (to, from, names) => `${names.get(from('stage'))} → ${names.get(to('stage'))}`,
  'deal.won': () => 'won',
  'activity.created': (to) => `${to('kind')}: ${to('subject')}`,
  'task.created': (to) => `task: ${to('title')}, due ${to('dueDate')}`,
  'note.created': (to) => `note: ${to('body')}`,
}

/** Everything that happened to a deal and around it, the last first, as this caller may see it. */
export async function printTimeline(me: ScopedClient, deal: Deal, { print, paint, width }: Screen) {
  const { items } = await me.timeline({ type: 'deals', id: deal.id }, { limit: 20 })
  const users = new Map<unknown, string>((await me.users.list()).map(({ id, name }) => [id, name]))
  const names = new Map(users)
  for (const { stages } of await me.pipelines.list()) for (const { id, name } of stages) names.set(id, name)
  print('', `      ${paint.bold('The timeline of the deal')} ${paint.dim('me.timeline(deal), from the first touch')}`)
  for (const entry of items) {
    const who = entry.actor === null ? (entry.reason ?? 'system') : (users.get(entry.actor) ?? entry.actor)
    const what = cut(wordsOf(entry, names), Math.max(20, width - 40))
    print(`      ${paint.dim(padEnd(asDay(entry.at), 11))} ${padEnd(cut(who, 18), 18)} ${what}`)
  }
}

function wordsOf(entry: TimelineEntry, names: ReadonlyMap<unknown, string>): string {
  const words = WORDS[entry.name]
  if (!words) return entry.name.replace('.', ' ')
  return words(
    (field) => entry.changes[field]?.[1],
    (field) => entry.changes[field]?.[0],
    names,
  )
}
