import type { Action } from './access/roles'
import {
  type Activity,
  type ActivityPatch,
  activities,
  type activityFields,
  type NewActivity,
} from './activities/definition'
import { type CalendarApi, calendarApi, type MeetingsApi, meetingsApi } from './calendar/api'
import { type Meeting, meetings } from './calendar/definition'
import { type CompaniesApi, companiesApi } from './companies/api'
import { type Company, companies } from './companies/definition'
import { type ContactsApi, contactsApi } from './contacts/api'
import { type Contact, contacts } from './contacts/definition'
import {
  type DealsApi,
  dealsApi,
  type PipelinesApi,
  pipelinesApi,
  type QuotasApi,
  quotasApi,
  type RatesApi,
  ratesApi,
} from './deals/api'
import { type Deal, deals } from './deals/definition'
import type { AuditQuery } from './events/audit'
import { recordTimeline } from './events/timeline'
import { type ExchangeApi, exchangeApi } from './exchange/api'

import { feedsApi, type MeetingMailApi, meetingMailApi } from './exchange/icalendar/api'
import type { FeedsApi } from './exchange/icalendar/feeds'

import { type FilesApi, filesApi } from './files/api'
import { type FileRecord, files } from './files/definition'

import { invalid } from './kernel/errors'
import { type LeadsApi, leadsApi } from './leads/api'
import { type Lead, leads } from './leads/definition'
import { type NotesApi, notesApi } from './notes/api'
import { type NotificationsApi, notificationsApi } from './notifications/api'
import { type ProductsApi, productsApi } from './products/api'
import { type Product, products } from './products/definition'
import { type RecordApi, recordApi } from './records/api'
import type { Caller } from './records/caller'
import { can } from './records/can'
import type { RecordDefinition } from './records/definition'
import type { RecordRef, TimelineEntry, TimelineOptions } from './records/event'
import type { Fields, RecordType } from './records/field'
import type { Page } from './records/list'
import type { SearchHit, SearchOptions } from './records/search/search'
import { type TagsApi, tagsApi } from './records/tags'
import type { CustomOf } from './records/types'
import type { OrderBy, Where } from './records/where'
import { transactOnce } from './records/write'
import { type ReportsApi, reportsApi } from './reports/api'
import { joinedStorage } from './storage/joined'
import { scopedTo } from './storage/port'
import { type TasksApi, tasksApi } from './tasks/api'
import { type Task, tasks } from './tasks/definition'
import { type UsersApi, usersApi } from './users/api'

/** The host's custom fields, by record type. */
export type CustomFields = Partial<Record<RecordType, Fields>>

type CustomFor<C extends CustomFields, T extends RecordType> = CustomFields extends C
  ? Record<string, unknown>
  : C[T] extends Fields
    ? CustomOf<C[T]>
    : Record<string, never>

/** The records of each type, with the host's custom fields. */
export interface RecordsOf<C extends CustomFields = CustomFields> {
  leads: Lead<CustomFor<C, 'leads'>>
  contacts: Contact<CustomFor<C, 'contacts'>>
  companies: Company<CustomFor<C, 'companies'>>
  deals: Deal<CustomFor<C, 'deals'>>
  products: Product<CustomFor<C, 'products'>>
  activities: Activity<CustomFor<C, 'activities'>>
  tasks: Task<CustomFor<C, 'tasks'>>
  meetings: Meeting<CustomFor<C, 'meetings'>>
  files: FileRecord<CustomFor<C, 'files'>>
}

/** The CRM as one caller may use it. Without custom fields named, it stands for every client. */
// biome-ignore lint/suspicious/noExplicitAny: any custom fields fit
export interface ScopedClient<C extends CustomFields = any> {
  readonly leads: LeadsApi<CustomFor<C, 'leads'>> & ExchangeApi
  readonly contacts: ContactsApi<CustomFor<C, 'contacts'>> & ExchangeApi
  readonly companies: CompaniesApi<CustomFor<C, 'companies'>> & ExchangeApi
  readonly deals: DealsApi<CustomFor<C, 'deals'>> & ExchangeApi
  readonly pipelines: PipelinesApi
  readonly rates: RatesApi
  readonly quotas: QuotasApi
  readonly products: ProductsApi<CustomFor<C, 'products'>>
  readonly activities: RecordApi<
    Activity<CustomFor<C, 'activities'>>,
    NewActivity<CustomFor<C, 'activities'>>,
    ActivityPatch<CustomFor<C, 'activities'>>,
    Where<typeof activityFields, CustomFor<C, 'activities'>>,
    OrderBy<typeof activityFields, CustomFor<C, 'activities'>>
  >
  readonly tasks: TasksApi<CustomFor<C, 'tasks'>>
  readonly meetings: MeetingsApi<CustomFor<C, 'meetings'>> & MeetingMailApi
  readonly calendar: CalendarApi & { readonly feed: FeedsApi }
  readonly files: FilesApi<CustomFor<C, 'files'>>
  readonly notes: NotesApi
  readonly tags: TagsApi
  readonly reports: ReportsApi
  readonly notifications: NotificationsApi
  readonly users: UsersApi
  /**
   * Finds records of several types by any part of what names them: names, emails, phones, domains, titles, and custom
   * fields marked `searched`. Case and accents do not matter. The closest first (the whole value, its beginning, the
   * beginning of a word, any part), then the newest; at most `limit` (20, up to 50), without further pages.
   * Throws VALIDATION for more than 500 characters, FORBIDDEN for a type the caller may not read.
   *
   * @example
   * const [hit] = await me.search('grac')   // { type: 'contacts', id, title: 'Grace Hopper', matched: 'name', closeness: 'prefix' }
   */
  search(text: string, options?: SearchOptions): Promise<SearchHit[]>
  /** Everything that happened to a record and around it, newest first, as far as this caller may see it. */
  timeline(record: RecordRef, options?: TimelineOptions): Promise<Page<TimelineEntry>>
  /** The event log of the tenant, for administrators: who did what, and what changed from what to what. */
  audit(query?: AuditQuery): Promise<Page<TimelineEntry>>
  /** Whether this caller may do that: with any record of the type, or with the one given. */
  can(type: RecordType, action: Action, record?: string | { id: string }): Promise<boolean>
  /**
   * The same client inside an open transaction: one of the host's, whose commit and rollback take our rows along, or
   * the client of a `transaction`, to act as somebody else in it.
   */
  within(transaction: object): ScopedClient<C>
  /**
   * Several calls as one transaction of ours: all of them take effect, or none. Use only the client it gives inside.
   *
   * @example
   * await me.transaction(async (tx) => {
   *   const company = await tx.companies.create({ name: 'Navy' })
   *   await tx.contacts.create({ lastName: 'Hopper', company: company.id })
   * })
   */
  transaction<T>(work: (tx: ScopedClient<C>) => Promise<T>): Promise<T>
}

export const DEFINITIONS: readonly RecordDefinition[] = [
  leads,
  contacts,
  companies,
  deals,
  products,
  activities,
  tasks,
  meetings,
  files,
]

/** Whose client it is: for `within`. */
const callers = new WeakMap<object, Caller>()

/** Each room is made when it is first used, so that a client for one request costs next to nothing. */
export function scopedClient<C extends CustomFields>(caller: Caller): ScopedClient<C> {
  const rooms: Record<string, unknown> = {}
  const room = (name: string, make: () => unknown) => (rooms[name] ??= make())
  const client = {
    get leads() {
      return room('leads', () => ({ ...leadsApi(caller), ...exchangeApi(caller, 'leads') }))
    },
    get contacts() {
      return room('contacts', () => ({ ...contactsApi(caller), ...exchangeApi(caller, 'contacts') }))
    },
    get companies() {
      return room('companies', () => ({ ...companiesApi(caller), ...exchangeApi(caller, 'companies') }))
    },
    get deals() {
      return room('deals', () => ({ ...dealsApi(caller), ...exchangeApi(caller, 'deals') }))
    },
    get pipelines() {
      return room('pipelines', () => pipelinesApi(caller))
    },
    get rates() {
      return room('rates', () => ratesApi(caller))
    },
    get quotas() {
      return room('quotas', () => quotasApi(caller))
    },
    get products() {
      return room('products', () => productsApi(caller))
    },
    get activities() {
      return room('activities', () => recordApi(caller, 'activities'))
    },
    get tasks() {
      return room('tasks', () => tasksApi(caller))
    },
    get files() {
      return room('files', () => filesApi(caller))
    },
    get meetings() {
      return room('meetings', () => ({ ...meetingsApi(caller), ...meetingMailApi(caller) }))
    },
    get calendar() {
      return room('calendar', () => ({ ...calendarApi(caller), feed: feedsApi(caller) }))
    },
    get notes() {
      return room('notes', () => notesApi(caller))
    },
    get tags() {
      return room('tags', () => tagsApi(caller))
    },
    get reports() {
      return room('reports', () => reportsApi(caller))
    },
    get notifications() {
      return room('notifications', () => notificationsApi(caller))
    },
    get users() {
      return room('users', () => usersApi(caller))
    },
    search: async (text: string, options?: SearchOptions) =>
      (await import('./records/search/search')).searchRecords(caller, text, options),
    timeline: (record: RecordRef, options?: TimelineOptions) => recordTimeline(caller, record, options),
    audit: async (query?: AuditQuery) => (await import('./events/audit')).auditLog(caller, query),
    can: (type: RecordType, action: Action, record?: string | { id: string }) => can(caller, type, action, record),
    transaction: async <T>(work: (tx: ScopedClient<C>) => Promise<T>) => {
      if (typeof work !== 'function')
        throw invalid('transaction', 'wrong-type', 'Give a function that gets the client of the transaction.')
      return transactOnce(caller, async (write) => work(scopedClient<C>(write.inside())))
    },
    within(transaction: object) {
      if (typeof transaction !== 'object' || transaction === null) {
        throw invalid('within', 'not-a-transaction', 'Pass the transaction that is open in your own code.')
      }
      const { engine } = caller
      const ours = callers.get(transaction)
      if (ours?.pendingEvents)
        return scopedClient<C>({
          ...engine.callerOn(caller, scopedTo(ours.storage, caller.tenant)),
          pendingEvents: ours.pendingEvents,
        })
      const storage = scopedTo(engine.storage, caller.tenant)
      return scopedClient<C>(engine.callerOn(caller, joinedStorage(storage, storage.join(transaction), transaction)))
    },
  }
  callers.set(client, caller)
  return client as unknown as ScopedClient<C>
}
