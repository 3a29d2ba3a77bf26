import type { Caller } from '../records/caller'
import type { Deactivated, DeactivateOptions } from './deactivate'
import type { Team, TeamInput } from './teams'
import type { SyncResult, User, UserInput } from './users'

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
  sync: async (users) => (await import('./users')).syncUsers(caller, users),
  syncTeams: async (teams) => (await import('./teams')).syncTeams(caller, teams),
  list: async (options) => (await import('./users')).listUsers(caller, options),
  listTeams: async () => (await import('./teams')).listTeams(caller),
  get: async (id) => (await import('./deactivate')).getUser(caller, id),
  deactivate: async (id, options) => (await import('./deactivate')).deactivateUser(caller, id, options),
})
