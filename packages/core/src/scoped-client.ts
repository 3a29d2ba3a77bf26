import type { Action } from './access/roles'
import { activities, type activityFields, type Activity, type ActivityPatch, type NewActivity } from './activities/definition'
import { companies, type companyFields, type Company, type CompanyPatch, type NewCompany } from './companies/definition'
import { type contactFields, contacts, type Contact, type ContactPatch, type NewContact } from './contacts/definition'
import { invalid } from './kernel/errors'
import { type leadFields, leads, type Lead, type LeadPatch, type NewLead } from './leads/definition'
import { products, type productFields, type NewProduct, type Product, type ProductPatch } from './products/definition'
import { type RecordApi, recordApi } from './records/api'
import { can } from './records/can'
import type { Caller } from './records/caller'
import type { Fields, RecordType } from './records/field'
import type { CustomOf } from './records/types'
import type { OrderBy, Where } from './records/where'
import { type NewTask, type Task, type TaskPatch, type taskFields, tasks } from './tasks/definition'
import { joinedStorage } from './storage/joined'
import { listTeams, syncTeams, type Team, type TeamInput } from './users/teams'
import { listUsers, syncUsers, type User, type UserInput } from './users/users'

/** The host's custom fields, by record type. */
export type CustomFields = Partial<Record<RecordType, Fields>>

type CustomFor<C extends CustomFields, T extends RecordType> = C[T] extends Fields ? CustomOf<C[T]> : Record<string, never>

export interface UsersApi {
  sync(users: readonly UserInput[]): Promise<{ created: number; updated: number; unchanged: number }>
  syncTeams(teams: readonly TeamInput[]): Promise<{ created: number; updated: number; unchanged: number }>
  list(options?: { active?: boolean }): Promise<User[]>
  listTeams(): Promise<Team[]>
}

/** The CRM as one caller may use it. */
export interface ScopedClient<C extends CustomFields = CustomFields> {
  readonly leads: RecordApi<Lead<CustomFor<C, 'leads'>>, NewLead<CustomFor<C, 'leads'>>, LeadPatch<CustomFor<C, 'leads'>>, Where<typeof leadFields, CustomFor<C, 'leads'>>, OrderBy<typeof leadFields, CustomFor<C, 'leads'>>>
  readonly contacts: RecordApi<Contact<CustomFor<C, 'contacts'>>, NewContact<CustomFor<C, 'contacts'>>, ContactPatch<CustomFor<C, 'contacts'>>, Where<typeof contactFields, CustomFor<C, 'contacts'>>, OrderBy<typeof contactFields, CustomFor<C, 'contacts'>>>
  readonly companies: RecordApi<Company<CustomFor<C, 'companies'>>, NewCompany<CustomFor<C, 'companies'>>, CompanyPatch<CustomFor<C, 'companies'>>, Where<typeof companyFields, CustomFor<C, 'companies'>>, OrderBy<typeof companyFields, CustomFor<C, 'companies'>>>
  readonly products: RecordApi<Product<CustomFor<C, 'products'>>, NewProduct<CustomFor<C, 'products'>>, ProductPatch<CustomFor<C, 'products'>>, Where<typeof productFields, CustomFor<C, 'products'>>, OrderBy<typeof productFields, CustomFor<C, 'products'>>>
  readonly activities: RecordApi<Activity<CustomFor<C, 'activities'>>, NewActivity<CustomFor<C, 'activities'>>, ActivityPatch<CustomFor<C, 'activities'>>, Where<typeof activityFields, CustomFor<C, 'activities'>>, OrderBy<typeof activityFields, CustomFor<C, 'activities'>>>
  readonly tasks: RecordApi<Task<CustomFor<C, 'tasks'>>, NewTask<CustomFor<C, 'tasks'>>, TaskPatch<CustomFor<C, 'tasks'>>, Where<typeof taskFields, CustomFor<C, 'tasks'>>, OrderBy<typeof taskFields, CustomFor<C, 'tasks'>>>
  readonly users: UsersApi
  /** Whether this caller may do that: with any record of the type, or with the one given. */
  can(type: RecordType, action: Action, record?: string | { id: string }): Promise<boolean>
  /** The same client inside a transaction the host has opened. Its commit and rollback take our rows along. */
  within(hostTransaction: object): ScopedClient<C>
}

export const DEFINITIONS = [leads, contacts, companies, products, activities, tasks] as const

/** Each room is made when it is first used, so that a client for one request costs next to nothing. */
export function scopedClient<C extends CustomFields>(caller: Caller): ScopedClient<C> {
  const rooms: Record<string, unknown> = {}
  const room = (name: string, make: () => unknown) => (rooms[name] ??= make())
  const client = {
    get leads() {
      return room('leads', () => recordApi(caller, 'leads'))
    },
    get contacts() {
      return room('contacts', () => recordApi(caller, 'contacts'))
    },
    get companies() {
      return room('companies', () => recordApi(caller, 'companies'))
    },
    get products() {
      return room('products', () => recordApi(caller, 'products'))
    },
    get activities() {
      return room('activities', () => recordApi(caller, 'activities'))
    },
    get tasks() {
      return room('tasks', () => recordApi(caller, 'tasks'))
    },
    get users() {
      return room('users', () => usersApi(caller))
    },
    can: (type: RecordType, action: Action, record?: string | { id: string }) => can(caller, type, action, record),
    within(hostTransaction: object) {
      if (typeof hostTransaction !== 'object' || hostTransaction === null) {
        throw invalid('within', 'not-a-transaction', 'Pass the transaction that is open in your own code.')
      }
      const session = caller.engine.storage.join(hostTransaction)
      return scopedClient<C>(caller.engine.callerOn(caller, joinedStorage(caller.engine.storage, session, hostTransaction)))
    },
  }
  return client as unknown as ScopedClient<C>
}

const usersApi = (caller: Caller): UsersApi => ({
  sync: (users) => syncUsers(caller, users),
  syncTeams: (teams) => syncTeams(caller, teams),
  list: (options) => listUsers(caller, options),
  listTeams: () => listTeams(caller),
})
