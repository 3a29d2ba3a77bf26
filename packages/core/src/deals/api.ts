import { type RecordApi, recordApi } from '../records/api'
import type { ItemResult } from '../records/bulk'
import type { Caller } from '../records/caller'
import type { VerbOptions } from '../records/idempotency'
import type { UpdateOptions } from '../records/update'
import type { ContactRole, DealContact } from './contact-roles'
import type { Deal, DealOrder, DealPatch, DealWhere, NewDeal } from './definition'
import { type StageInterval, stageHistory } from './intervals'
import type { DealLines, LineInput } from './line-types'
import type { LinesOptions, SavedLines } from './lines'
import {
  type LossInput,
  loseDeal,
  type MoveDetails,
  type MoveOptions,
  moveDeal,
  moveDeals,
  type ReopenOptions,
  reopenDeal,
  winDeal,
} from './move'
import type { Pipeline, PipelineInput, Stage, StageInput } from './pipeline-types'
import type { PipelinePatch } from './pipelines'
import type { Quota, QuotaInput, QuotaQuery } from './quotas'
import type { Rate, RateInput, RateQuery } from './rates'
import type { StagePatch } from './stages'

export interface DealsApi<Custom = Record<string, unknown>>
  extends RecordApi<Deal<Custom>, NewDeal<Custom>, DealPatch<Custom>, DealWhere<Custom>, DealOrder<Custom>> {
  /**
   * Moves a deal to a stage, by name or id; `update` with a `stage` does the same.
   * VALIDATION for an unknown stage or fields that the stage requires, INVALID_TRANSITION where the pipeline forbids it.
   */
  moveTo(id: string, stage: string, options?: MoveOptions): Promise<Deal<Custom>>
  /** Up to 1,000 deals to one stage in one transaction, with a result for each. */
  moveMany(
    ids: readonly string[],
    stage: string,
    options?: MoveDetails & VerbOptions,
  ): Promise<ItemResult<Deal<Custom>>[]>
  /** To the won stage of its pipeline. */
  win(id: string, options?: UpdateOptions): Promise<Deal<Custom>>
  /** To the lost stage of its pipeline. The reason `other` needs a note. */
  lose(id: string, loss: LossInput, options?: UpdateOptions): Promise<Deal<Custom>>
  /** Back to the open stage it was in last, or the one given. INVALID_TRANSITION for an open deal. */
  reopen(id: string, options?: ReopenOptions): Promise<Deal<Custom>>
  /** The stages it has been in, oldest first. */
  stageHistory(id: string): Promise<StageInterval[]>
  /** Line items with totals. FORBIDDEN for those who may not see amounts. */
  lines(id: string): Promise<DealLines>
  /** Replaces all line items; the amount follows them. */
  setLines(id: string, lines: readonly LineInput[], options?: LinesOptions): Promise<SavedLines<Deal<Custom>>>
  /** Contacts with their roles, as far as the caller may see them. */
  contacts(id: string): Promise<DealContact[]>
  /** Replaces the contacts the caller may see. */
  setContacts(id: string, contacts: readonly ContactRole[], options?: UpdateOptions): Promise<DealContact[]>
}

export const dealsApi = (caller: Caller): DealsApi => ({
  ...recordApi(caller, 'deals'),
  moveTo: (id, stage, options) => moveDeal(caller, id, stage, options),
  moveMany: (ids, stage, options) => moveDeals(caller, ids, stage, options),
  win: (id, options) => winDeal(caller, id, options),
  lose: (id, loss, options) => loseDeal(caller, id, loss, options),
  reopen: (id, options) => reopenDeal(caller, id, options),
  stageHistory: (id) => stageHistory(caller, id),
  lines: async (id) => (await import('./lines')).dealLines(caller, id),
  setLines: async (id, lines, options) => (await import('./lines')).setDealLines(caller, id, lines, options),
  contacts: async (id) => (await import('./contact-roles')).dealContacts(caller, id),
  setContacts: async (id, contacts, options) =>
    (await import('./contact-roles')).setDealContacts(caller, id, contacts, options),
})

/** Reading needs `read` on `deals`, changing needs `update` on `settings`. Pipelines are named by id or name. */
export interface PipelinesApi {
  /** In order, with their stages; archived ones only when asked for. */
  list(options?: { archived?: boolean }): Promise<Pipeline[]>
  create(pipeline: PipelineInput, options?: VerbOptions): Promise<Pipeline>
  update(pipeline: string, patch: PipelinePatch, options?: VerbOptions): Promise<Pipeline>
  /** An open stage goes after the last open one, others to the end. */
  addStage(pipeline: string, stage: StageInput, options?: VerbOptions): Promise<Pipeline>
  /** The stage by id, or by name in the default pipeline. Its class cannot change. */
  updateStage(stage: string, patch: StagePatch, options?: VerbOptions): Promise<Stage>
  /** All stages of the pipeline in their new order. */
  reorder(pipeline: string, stages: readonly string[], options?: VerbOptions): Promise<Pipeline>
  /** No new deals; those in it stay. `false` takes it out of the archive. */
  archive(pipeline: string, archived?: boolean, options?: VerbOptions): Promise<Pipeline>
}

export const pipelinesApi = (caller: Caller): PipelinesApi => ({
  list: async (options) => (await import('./pipelines')).listPipelines(caller, options),
  create: async (pipeline, options) => (await import('./pipelines')).createPipeline(caller, pipeline, options),
  update: async (pipeline, patch, options) =>
    (await import('./pipelines')).updatePipeline(caller, pipeline, patch, options),
  addStage: async (pipeline, stage, options) => (await import('./stages')).addStage(caller, pipeline, stage, options),
  updateStage: async (stage, patch, options) => (await import('./stages')).updateStage(caller, stage, patch, options),
  reorder: async (pipeline, stages, options) =>
    (await import('./stages')).reorderStages(caller, pipeline, stages, options),
  archive: async (pipeline, archived, options) =>
    (await import('./pipelines')).archivePipeline(caller, pipeline, archived, options),
})

/** Dated exchange rates. Setting needs `update` on `settings`, reading needs `read` on `deals`. */
export interface RatesApi {
  set(
    rates: readonly RateInput[],
    options?: VerbOptions,
  ): Promise<{ created: number; updated: number; unchanged: number }>
  list(query?: RateQuery): Promise<Rate[]>
}

export const ratesApi = (caller: Caller): RatesApi => ({
  set: async (rates, options) => (await import('./rates')).setRates(caller, rates, options),
  list: async (query) => (await import('./rates')).listRates(caller, query),
})

/** Monthly quotas of users and teams. Setting needs `update` on `settings`. */
export interface QuotasApi {
  set(quotas: readonly QuotaInput[], options?: VerbOptions): Promise<void>
  list(query?: QuotaQuery): Promise<Quota[]>
}

export const quotasApi = (caller: Caller): QuotasApi => ({
  set: async (quotas, options) => (await import('./quotas')).setQuotas(caller, quotas, options),
  list: async (query) => (await import('./quotas')).listQuotas(caller, query),
})
