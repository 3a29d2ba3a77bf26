import { inScope } from '../access/scope'
import { invalid } from '../kernel/errors'
import { hasForbiddenCharacters } from '../kernel/text'
import { appendEvent } from './append-event'
import { authorOf, type Caller, nowOf } from './caller'
import { requireActiveUser } from './checks'
import type { RecordType } from './field'
import { requireForWrite } from './find'
import { runVerb, type VerbOptions } from './idempotency'
import type { WriteSession } from './write'

/** With whom a record is shared. */
export type Grantee = { user: string } | { team: string }

export interface Share {
  with: Grantee
  level: 'read' | 'edit'
}

const NO_SHARES: ReadonlySet<string> = new Set()

/** Lets a user or a team read, or also edit, one record. Counts for those whose role reaches their team's records. */
export const shareRecord = (
  caller: Caller,
  type: RecordType,
  id: string,
  share: Share,
  options?: VerbOptions,
): Promise<void> =>
  runVerb(caller, `${type}.share`, [id, share], options, async (write) => {
    const unknown = Object.keys(share ?? {}).find((key) => key !== 'with' && key !== 'level')
    if (unknown !== undefined) throw invalid(unknown, 'unknown-key', 'Use only: with, level.')
    const [kind, grantee] = granteeOf(share?.with)
    if (share.level !== 'read' && share.level !== 'edit')
      throw invalid('level', 'invalid-option', "Use 'read' or 'edit'.")
    const record = await requireForWrite(write, type, id, 'share')
    // Nobody gives a right they do not have; asked of the database only where the owner does not settle it.
    if (share.level === 'edit' && !inScope(write.actor.scope(type, 'update'), record, NO_SHARES))
      await requireForWrite(write, type, id, 'update')
    if (kind === 'user') await requireActiveUser(write, 'with.user', grantee)
    else await requireTeam(write, grantee)
    const { storage, tenant } = caller
    const columns = [
      'tenant_id',
      'record_type',
      'record_id',
      'grantee_kind',
      'grantee_id',
      'level',
      'created_at',
      'created_by',
    ]
    const now = nowOf(caller).getTime()
    const values = [tenant, type, id, kind, grantee, share.level, now, authorOf(caller, write.actor)]
    await write.send(storage.dialect.upsert(storage.table('share'), columns, columns.slice(0, 5)), values)
    await logShare(write, type, id, record.version, 'shared', [null, { ...share.with, level: share.level }])
  })

/** Ends a share. No error when there is none. */
export const unshareRecord = (
  caller: Caller,
  type: RecordType,
  id: string,
  grantedTo: Grantee,
  options?: VerbOptions,
): Promise<void> =>
  runVerb(caller, `${type}.unshare`, [id, grantedTo], options, async (write) => {
    const [kind, grantee] = granteeOf(grantedTo)
    const record = await requireForWrite(write, type, id, 'share')
    const remove = `delete from ${caller.storage.table('share')} where tenant_id = ? and record_type = ? and record_id = ? and grantee_kind = ? and grantee_id = ?`
    const removed = await write.run(remove, [caller.tenant, type, id, kind, grantee])
    if (removed > 0) await logShare(write, type, id, record.version, 'unshared', [{ ...grantedTo }, null])
  })

function granteeOf(grantedTo: Grantee): ['user' | 'team', string] {
  const { user, team, ...rest } = (grantedTo ?? {}) as { user?: unknown; team?: unknown }
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined) throw invalid(`with.${unknown}`, 'unknown-key', 'Use only: user or team.')
  const one = user ?? team
  if (typeof one === 'string' && (user === undefined || team === undefined) && !hasForbiddenCharacters(one))
    return [team === undefined ? 'user' : 'team', one]
  throw invalid('with', 'invalid-grantee', "Give { user: 'id' } or { team: 'id' }.")
}

async function requireTeam({ caller, all }: WriteSession, team: string) {
  const [row] = await all(`select 1 from ${caller.storage.table('team')} where tenant_id = ? and id = ?`, [
    caller.tenant,
    team,
  ])
  if (!row) throw invalid('with.team', 'unknown-team', 'Give the id of a team; call users.syncTeams first.')
}

const logShare = (
  write: WriteSession,
  type: RecordType,
  id: string,
  version: number,
  verb: string,
  change: readonly [unknown, unknown],
) =>
  appendEvent(write, {
    name: `${write.caller.engine.tables.get(type)?.definition.table}.${verb}`,
    recordType: type,
    recordId: id,
    recordVersion: version,
    changes: { sharedWith: change },
  })
