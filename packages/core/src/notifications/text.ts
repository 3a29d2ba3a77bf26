import type { RecordType } from '../records/field'
import type { QueryContext } from '../records/query'
import type { AnyRecord } from '../records/types'
import type { Notification } from './notification'

/** What there is to say, for whoever words it in the reader's language. */
export interface NotificationFacts extends Omit<Notification, 'text'> {
  /** What names the records, newest first, at most twenty. */
  titles: readonly (string | null)[]
  /** Name of who did it, where the reader may know users. */
  actorName: string | null
  /** When the record is due: an instant, or a calendar date. */
  due: Date | string | null
  /** BCP 47 tag and IANA zone of the reader. */
  locale: string
  zone: string
}

/** One line for the inbox, a text message or the subject of an email; undefined for the English one. */
export type NotificationText = (facts: NotificationFacts) => string | undefined

const NOUNS: Partial<Record<RecordType, [one: string, many: string]>> = {
  leads: ['lead', 'leads'],
  contacts: ['contact', 'contacts'],
  companies: ['company', 'companies'],
  deals: ['deal', 'deals'],
  tasks: ['task', 'tasks'],
  meetings: ['meeting', 'meetings'],
}

/** The line in plain English. */
export function inEnglish(facts: NotificationFacts): string {
  const { kind, count, record, title, actorName } = facts
  const who = actorName ?? 'Somebody'
  const [one, many] = NOUNS[record.type] ?? ['record', record.type]
  const what = title === null ? `a ${one}` : `the ${one} ${title}`
  const several = `${count} ${many}`
  switch (kind) {
    case 'reminder':
      return `Reminder: ${title ?? one}${dueText(facts)}`
    case 'mention':
      return `${who} mentioned you in a note on ${what}`
    case 'invited':
      return count > 1 ? `You are invited to ${several}` : `${who} invited you to ${what}${onText(facts)}`
    case 'shared':
      return count > 1 ? `${several} were shared with you` : `${who} shared ${what} with you`
    case 'deal-won':
      return count > 1 ? `${several} of yours were won` : `Your deal ${title ?? ''} was won`.replace('  ', ' ')
    case 'deal-lost':
      return count > 1 ? `${several} of yours were lost` : `Your deal ${title ?? ''} was lost`.replace('  ', ' ')
    default:
      if (count > 1) return `${several} were assigned to you`
      return facts.actorName === null ? `You were assigned ${what}` : `${who} assigned you ${what}`
  }
}

const dueText = (facts: NotificationFacts) => (facts.due === null ? '' : `, due ${whenOf(facts)}`)
const onText = (facts: NotificationFacts) => (facts.due === null ? '' : `, ${whenOf(facts)}`)

function whenOf({ due, locale, zone }: NotificationFacts): string {
  const [date, options]: [Date, Intl.DateTimeFormatOptions] =
    due instanceof Date
      ? [due, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }]
      : [new Date(`${due}T00:00:00Z`), { dateStyle: 'medium', timeZone: 'UTC' }]
  return formatter(locale, options).format(date)
}

/** A locale that this runtime cannot read is read as English. */
function formatter(locale: string, options: Intl.DateTimeFormatOptions) {
  try {
    return new Intl.DateTimeFormat(locale, options)
  } catch {
    return new Intl.DateTimeFormat('en', options)
  }
}

/** What a record, as its reader sees it, is due at. */
export function dueOf({ engine }: QueryContext, type: RecordType, record: AnyRecord): Date | string | null {
  const { instant, day } = engine.tables.get(type)?.definition.nextStep ?? {}
  return (record[instant ?? ''] ?? record[day ?? ''] ?? null) as Date | string | null
}
