import { CrmError, invalid } from '../kernel/errors'
import type { Change } from '../records/definition'
import { defaultPipeline, findPipeline, findStage, firstOf, namesOf, pipelineOf } from './find-stage'
import { lastOpenStage } from './intervals'
import { lookUp, type PipelineBook } from './pipeline-book'
import type { Pipeline, Stage } from './pipeline-types'

/** What a verb asks for when only the deal itself can say which stage that is. Stands in the place of a stage. */
export type Destination =
  | { readonly enter: 'won' | 'lost' }
  | { readonly reopen: true; readonly stage?: string | undefined }

/** Where a deal is to be, and where it is. */
export interface Place {
  readonly book: PipelineBook
  readonly pipeline: Pipeline
  readonly stage: Stage
  /** Undefined on create. */
  readonly from: Stage | undefined
}

/** What the caller asked for, as given. */
export interface Wanted {
  readonly pipeline: unknown
  readonly stage: unknown
}

/** Finds the stage that is asked for and refuses what the pipeline does not allow. */
export async function findPlace(change: Change, wanted: Wanted): Promise<Place> {
  const { before, write } = change
  const reopening = isDestination(wanted.stage) && 'reopen' in wanted.stage ? wanted.stage : undefined
  if (reopening && before?.status === 'open') throw notClosed()
  const leftFrom = before && before.status !== 'open' ? await lastOpenStageIfNeeded(change, reopening) : undefined
  const goal = reopening ? { ...wanted, stage: reopening.stage ?? leftFrom ?? reopening } : wanted
  const place = await lookUp(write, (book) => locate(book, change, goal))
  const { pipeline, stage, from } = place
  if (reopening && stage.class !== 'open') throw notOpen(pipeline)
  if (pipeline.archivedAt !== null && from?.pipeline !== pipeline.id) {
    const inUse = place.book.pipelines.filter((one) => one.archivedAt === null)
    throw invalid('pipeline', 'archived', `Use a pipeline that is not archived: ${namesOf(inUse)}.`)
  }
  if (from && from.id !== stage.id) checkOrder(place, leftFrom)
  return place
}

const isDestination = (stage: unknown): stage is Destination => typeof stage === 'object' && stage !== null

const notClosed = () =>
  new CrmError('INVALID_TRANSITION', 'The deal is open.', {
    field: 'stage',
    rule: 'not-closed',
    remedy: 'Reopen only deals that are won or lost; use moveTo for open ones.',
  })

const notOpen = ({ stages }: Pipeline) =>
  new CrmError('INVALID_TRANSITION', 'A deal is reopened into an open stage.', {
    field: 'stage',
    rule: 'not-open',
    remedy: `Use one of: ${namesOf(stages.filter((one) => one.class === 'open'))}.`,
  })

/** The open stage a closed deal came from, where the answer depends on it. */
async function lastOpenStageIfNeeded(
  { before, write }: Change,
  reopening: object | undefined,
): Promise<string | undefined> {
  if (reopening) return lastOpenStage(write, before?.id as string)
  const forwardOnly = await lookUp(write, (book) => pipelineOf(book, stageById(book, before?.stage)).forwardOnly)
  return forwardOnly ? lastOpenStage(write, before?.id as string) : undefined
}

function locate(book: PipelineBook, { before }: Change, wanted: Wanted): Place {
  const from = before && stageById(book, before.stage)
  const home = from ? pipelineOf(book, from) : defaultPipeline(book)
  const within = typeof wanted.pipeline === 'string' ? findPipeline(book, wanted.pipeline) : undefined
  const stage = stageIn(book, within ?? home, wanted.stage, { from, home, within })
  return { book, pipeline: pipelineOf(book, stage), stage, from }
}

interface Around {
  from: Stage | undefined
  home: Pipeline
  within: Pipeline | undefined
}

function stageIn(book: PipelineBook, pipeline: Pipeline, wanted: unknown, { from, home, within }: Around): Stage {
  if (typeof wanted === 'string') return findStage(book, wanted, home, within)
  if (isDestination(wanted)) {
    if ('reopen' in wanted) return firstOf(pipeline, 'open')
    return from?.class === wanted.enter ? from : firstOf(pipeline, wanted.enter)
  }
  // Only the pipeline was given: a won deal stays won, and a lost one lost.
  return from?.pipeline === pipeline.id ? from : firstOf(pipeline, from?.class ?? 'open')
}

/** The stage a deal is in. Missing only from a book that is older than the stage. */
function stageById(book: PipelineBook, id: unknown): Stage {
  const stage = book.stages.get(id as string)
  if (stage) return stage
  throw new CrmError('CONFLICT', 'The stages were changed at the same moment.', {
    field: 'stage',
    rule: 'changed-meanwhile',
    remedy: 'Repeat the call.',
  })
}

/** In a forward-only pipeline: later open stages, closing, and after that back to where the deal was closed from. */
function checkOrder({ book, pipeline, stage, from }: Place, leftFrom: string | undefined) {
  if (!from || !pipeline.forwardOnly || from.pipeline !== pipeline.id || stage.class !== 'open') return
  const open = pipeline.stages.filter((one) => one.class === 'open')
  const origin = from.class === 'open' ? from : leftFrom === undefined ? undefined : book.stages.get(leftFrom)
  const first = origin?.pipeline === pipeline.id ? origin.position + (from.class === 'open' ? 1 : 0) : 0
  if (stage.position >= first) return
  const allowed = [
    ...open.filter((one) => one.position >= first),
    ...pipeline.stages.filter((one) => one.class !== 'open'),
  ]
  throw new CrmError('INVALID_TRANSITION', `Deals of ${pipeline.name} only move forward.`, {
    field: 'stage',
    rule: 'forward-only',
    remedy: `From ${from.name} it can go to: ${namesOf(allowed.filter((one) => one.id !== from.id))}.`,
  })
}
