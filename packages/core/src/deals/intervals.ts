import type { Money } from '../kernel/money'
import { authorOf, type Caller } from '../records/caller'
import type { Change } from '../records/definition'
import { tableOf } from '../records/engine'
import { findInScope, notFound } from '../records/find'
import { queryContext } from '../records/query'
import { hiddenPart, isVisible } from '../records/visibility'
import type { WriteSession } from '../records/write'
import type { StageClass } from './pipeline-types'

/** A stay of a deal in a stage. */
export interface StageInterval {
  /** Id of the stage. */
  stage: string
  stageName: string
  class: StageClass
  /** Id of the pipeline. */
  pipeline: string
  enteredAt: Date
  /** Id of the user; null when the system did it. */
  enteredBy: string | null
  /** Null while it is there. */
  leftAt: Date | null
  /** The deal's amount on entry; absent for those who may not see amounts. */
  amount?: Money | null
}

/** Ends the stay in the stage before and begins the new one. `seq` is the deal's version on entry. */
export async function writeInterval({ before, after, caller, write }: Change): Promise<void> {
  if (before && before.stage === after.stage) return
  const { storage, tenant } = caller
  const table = storage.table('stage_interval')
  const at = (after.stageEnteredAt as Date).getTime()
  if (before) {
    const leave = `update ${table} set left_at = ? where tenant_id = ? and deal_id = ? and left_at is null`
    await write.send(leave, [at, tenant, after.id])
  }
  const amount = after.amount as Money | null
  const enter = `insert into ${table} (tenant_id, deal_id, seq, pipeline_id, stage_id, entered_at, entered_by, left_at, amount, amount_currency) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
  await write.send(enter, [
    tenant,
    after.id,
    after.version,
    after.pipeline as string,
    after.stage as string,
    at,
    authorOf(caller, write.actor),
    null,
    amount?.amount ?? null,
    amount?.currency ?? null,
  ])
}

/** Id of the open stage that a deal was in last. */
export async function lastOpenStage({ caller, all }: WriteSession, deal: string): Promise<string | undefined> {
  const { storage, tenant } = caller
  const [row] = await all(
    `select i.stage_id from ${storage.table('stage_interval')} i join ${storage.table('stage')} s on s.tenant_id = i.tenant_id and s.id = i.stage_id
     where i.tenant_id = ? and i.deal_id = ? and s.class = 'open' order by i.seq desc limit 1`,
    [tenant, deal],
  )
  return row && String(row[0])
}

/** The stages a deal has been in, oldest first. NOT_FOUND as for `get`. */
export async function stageHistory(caller: Caller, id: string): Promise<StageInterval[]> {
  const query = await queryContext(caller)
  const { storage, tenant } = caller
  if (!(await findInScope(query, { all: storage.read }, 'deals', id, 'read'))) throw notFound('deals')
  const table = tableOf(query.engine, 'deals')
  const told = ['stage', 'stageEnteredAt', 'closedAt']
  if (!told.every((name) => isVisible(query.actor, table, name))) throw hiddenPart('deals', 'stages')
  const rows = await storage.read(
    `select i.stage_id, s.name, s.class, i.pipeline_id, i.entered_at, i.entered_by, i.left_at, i.amount, i.amount_currency
     from ${storage.table('stage_interval')} i join ${storage.table('stage')} s on s.tenant_id = i.tenant_id and s.id = i.stage_id
     where i.tenant_id = ? and i.deal_id = ? order by i.seq`,
    [tenant, id],
  )
  const withAmount = isVisible(query.actor, table, 'amount')
  return rows.map((row) => ({
    stage: String(row[0]),
    stageName: String(row[1]),
    class: row[2] as StageClass,
    pipeline: String(row[3]),
    enteredAt: new Date(Number(row[4])),
    enteredBy: row[5] as string | null,
    leftAt: row[6] == null ? null : new Date(Number(row[6])),
    ...(withAmount && { amount: row[7] == null ? null : { amount: Number(row[7]), currency: String(row[8]) } }),
  }))
}
