import { CrmError } from '../kernel/errors'
import { appendEvent } from '../records/append-event'
import type { Changes } from '../records/event'
import type { WriteSession } from '../records/write'
import { bookOf, forgetPipelines, keepUnsettled, type PipelineBook, pipelinesIn } from './pipeline-book'
import type { Pipeline, Stage } from './pipeline-types'

const PIPELINE_COLUMNS = ['tenant_id', 'id', 'name', 'position', 'is_default', 'forward_only', 'archived_at']
const STAGE_COLUMNS = [
  'tenant_id',
  'id',
  'pipeline_id',
  'name',
  'position',
  'probability',
  'class',
  'forecast_category',
  'rotten_after_days',
  'required_fields',
]

/**
 * Stores planned pipelines with their events. False when another process was faster: then nothing of ours is stored,
 * and the next look finds theirs.
 */
export async function storePlanned(write: WriteSession, book: PipelineBook): Promise<boolean> {
  if (book.origin !== 'planned') return true
  for (const [index, pipeline] of book.pipelines.entries()) {
    if (await storePipeline(write, pipeline)) continue
    if (index > 0) throw raced()
    forgetPipelines(write.caller, write)
    return false
  }
  keepUnsettled(write, bookOf(book.pipelines, 'read'))
  return true
}

/** The pipelines, stored if they were not yet. For verbs on pipelines themselves. */
export async function storedPipelines(write: WriteSession): Promise<PipelineBook> {
  if (!(await storePlanned(write, await pipelinesIn(write))) && (await pipelinesIn(write)).origin === 'planned')
    throw raced()
  return pipelinesIn(write)
}

export const raced = () =>
  new CrmError('CONFLICT', 'The pipelines were made by somebody else at the same moment.', {
    field: 'pipeline',
    rule: 'changed-meanwhile',
    remedy: 'Repeat the call.',
  })

/** Stores a pipeline with its stages and an event; false when its name is taken. */
export async function storePipeline(write: WriteSession, pipeline: Pipeline): Promise<boolean> {
  const { storage, tenant } = write.caller
  const inserted = await write.run(storage.dialect.insertOrIgnore(storage.table('pipeline'), PIPELINE_COLUMNS), [
    tenant,
    pipeline.id,
    pipeline.name,
    pipeline.position,
    pipeline.isDefault ? 1 : 0,
    pipeline.forwardOnly ? 1 : 0,
    pipeline.archivedAt?.getTime() ?? null,
  ])
  if (inserted === 0) return false
  for (const stage of pipeline.stages) await storeStage(write, stage)
  const stages = pipeline.stages.map(({ name, class: stageClass, probability }) => ({
    name,
    class: stageClass,
    probability,
  }))
  await logPipeline(write, pipeline, 'created', {
    name: [null, pipeline.name],
    forwardOnly: [null, pipeline.forwardOnly],
    isDefault: [null, pipeline.isDefault],
    stages: [null, stages],
  })
  return true
}

export async function storeStage(write: WriteSession, stage: Stage) {
  const { storage, tenant } = write.caller
  const marks = STAGE_COLUMNS.map(() => '?').join(', ')
  await write.send(`insert into ${storage.table('stage')} (${STAGE_COLUMNS.join(', ')}) values (${marks})`, [
    tenant,
    stage.id,
    stage.pipeline,
    stage.name,
    stage.position,
    stage.probability,
    stage.class,
    stage.forecastCategory,
    stage.rottenAfterDays,
    JSON.stringify(stage.requiredFields),
  ])
}

export const logPipeline = (write: WriteSession, pipeline: Pick<Pipeline, 'id'>, verb: string, changes: Changes) =>
  appendEvent(write, { name: `pipeline.${verb}`, recordType: 'pipelines', recordId: pipeline.id, changes })
