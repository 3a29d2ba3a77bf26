import { CrmError, invalid } from '../kernel/errors'
import { newId } from '../kernel/ids'
import { foldText } from '../kernel/text'
import type { Caller } from '../records/caller'
import { tableOf } from '../records/engine'
import type { VerbOptions } from '../records/idempotency'
import type { WriteSession } from '../records/write'
import { defaultPipeline, findPipeline, findStage, namesOf, pipelineOf } from './find-stage'
import { checkKeys, cleanStage, withoutUndefined } from './pipeline-input'
import type { Pipeline, Stage, StageInput } from './pipeline-types'
import { changePipelines } from './pipelines'
import { logPipeline, storeStage } from './store-pipelines'

/** What may change of a stage. Its class may not: the history of its deals rests on it. */
export type StagePatch = Partial<Omit<StageInput, 'class'>>

/** Adds a stage: an open one after the last open one, others at the end. Needs `update` on `settings`. */
export async function addStage(
  caller: Caller,
  wanted: string,
  input: StageInput,
  options?: VerbOptions,
): Promise<Pipeline> {
  const draft = cleanStage(input, tableOf(caller.engine, 'deals'), 'stage')
  return changePipelines(caller, 'addStage', [wanted, input], options, async (write, book) => {
    const pipeline = findPipeline(book, wanted)
    requireFreeName(pipeline, draft.name)
    const lastOpen = pipeline.stages.findLastIndex((stage) => stage.class === 'open')
    const at = draft.class === 'open' ? lastOpen + 1 : pipeline.stages.length
    const stage: Stage = { ...draft, id: newId(), pipeline: pipeline.id, position: at }
    const stages = await renumber(write, pipeline.stages.toSpliced(at, 0, stage), stage)
    await storeStage(write, stage)
    await logPipeline(write, pipeline, 'stage_added', { stages: [namesIn(pipeline.stages), namesIn(stages)] })
    return { ...pipeline, stages }
  })
}

/**
 * Changes a stage, named by id, or by name in the default pipeline. Deals that are in it keep the probability they
 * have; the new one counts for those that enter. Needs `update` on `settings`.
 */
export const updateStage = (caller: Caller, wanted: string, patch: StagePatch, options?: VerbOptions): Promise<Stage> =>
  changePipelines(caller, 'updateStage', [wanted, patch], options, async (write, book) => {
    if (typeof patch === 'object' && patch !== null && 'class' in patch) {
      throw invalid('class', 'class-fixed', 'Add another stage instead: the class of a stage never changes.')
    }
    const before = findStage(book, wanted, defaultPipeline(book))
    const { id, pipeline, position, ...was } = before
    checkKeys(
      patch,
      Object.keys(was).filter((key) => key !== 'class'),
      'patch',
    )
    const after = {
      id,
      pipeline,
      position,
      ...cleanStage({ ...was, ...withoutUndefined(patch) }, tableOf(caller.engine, 'deals'), 'stage'),
    }
    if (foldText(after.name) !== foldText(before.name)) requireFreeName(pipelineOf(book, before), after.name)
    return saveStage(write, before, after)
  })

async function saveStage(write: WriteSession, before: Stage, after: Stage): Promise<Stage> {
  const names = (Object.keys(after) as (keyof Stage)[]).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )
  if (names.length === 0) return before
  const { storage, tenant } = write.caller
  const update = `update ${storage.table('stage')} set name = ?, probability = ?, forecast_category = ?, rotten_after_days = ?, required_fields = ? where tenant_id = ? and id = ?`
  const values = [
    after.name,
    after.probability,
    after.forecastCategory,
    after.rottenAfterDays,
    JSON.stringify(after.requiredFields),
  ]
  await write.send(update, [...values, tenant, after.id])
  const changes = Object.fromEntries(
    names.map((name) => [`${before.name}.${name}`, [before[name], after[name]] as const]),
  )
  await logPipeline(write, { id: after.pipeline }, 'stage_updated', changes)
  return after
}

/** Puts the stages of a pipeline in another order. All of them must be named, by id or name. */
export const reorderStages = (
  caller: Caller,
  wanted: string,
  order: readonly string[],
  options?: VerbOptions,
): Promise<Pipeline> =>
  changePipelines(caller, 'reorder', [wanted, order], options, async (write, book) => {
    const pipeline = findPipeline(book, wanted)
    if (!Array.isArray(order)) throw invalid('stages', 'wrong-type', 'Give a list of stages.')
    const named = order.map((one) => findStage(book, String(one), pipeline, pipeline))
    if (new Set(named).size !== pipeline.stages.length || named.length !== pipeline.stages.length) {
      throw invalid('stages', 'incomplete', `Name each stage once: ${namesOf(pipeline.stages)}.`)
    }
    const stages = await renumber(write, named)
    await logPipeline(write, pipeline, 'reordered', { stages: [namesIn(pipeline.stages), namesIn(stages)] })
    return { ...pipeline, stages }
  })

/** Gives stages the positions of their order; `unstored` is not in the table yet. */
async function renumber(write: WriteSession, stages: readonly Stage[], unstored?: Stage): Promise<Stage[]> {
  const { storage, tenant } = write.caller
  const update = `update ${storage.table('stage')} set position = ? where tenant_id = ? and id = ?`
  for (const [position, stage] of stages.entries()) {
    if (stage !== unstored && stage.position !== position) await write.run(update, [position, tenant, stage.id])
  }
  return stages.map((stage, position) => ({ ...stage, position }))
}

const namesIn = (stages: readonly Stage[]) => stages.map(({ name }) => name)

function requireFreeName({ name: pipeline, stages }: Pipeline, name: string) {
  if (!stages.some((stage) => foldText(stage.name) === foldText(name))) return
  throw new CrmError('DUPLICATE', `${pipeline} has a stage ${name}.`, {
    field: 'name',
    rule: 'duplicate',
    remedy: 'Give another name.',
  })
}
