import type { Caller } from '../records/caller'
import { type Deactivated, type DeactivateOptions, deactivateUser, getUser } from './deactivate'
import { listTeams, syncTeams, type Team, type TeamInput } from './teams'
import { listUsers, type SyncResult, syncUsers, type User, type UserInput } from './users'

/** The users and teams of a tenant, kept in step with the host's own. */
export interface UsersApi {
  /** Creates and updates as given; reports the open records of users whose `active` went false. */
  sync(users: readonly UserInput[]): Promise<SyncResult>
  syncTeams(teams: readonly TeamInput[]): Promise<{ created: number; updated: number; unchanged: number }>
  list(options?: { active?: boolean }): Promise<User[]>
  listTeams(): Promise<Team[]>
  get(id: string): Promise<User>
  /** Ends a user's access, and hands their open records over or reports what is left. */
  deactivate(id: string, options?: DeactivateOptions): Promise<Deactivated>
}

export const usersApi = (caller: Caller): UsersApi => ({
  sync: (users) => syncUsers(caller, users),
  syncTeams: (teams) => syncTeams(caller, teams),
  list: (options) => listUsers(caller, options),
  listTeams: () => listTeams(caller),
  get: (id) => getUser(caller, id),
  deactivate: (id, options) => deactivateUser(caller, id, options),
})
