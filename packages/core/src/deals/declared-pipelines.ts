import { invalid } from '../kernel/errors'
import { foldText } from '../kernel/text'
import { type Engine, tableOf } from '../records/engine'
import { cleanPipeline, type PipelineDraft } from './pipeline-input'
import type { PipelineInput } from './pipeline-types'

/** What a tenant starts with when the host declares no pipelines. */
export const DEFAULT_PIPELINE: PipelineInput = {
  name: 'Sales',
  stages: [
    { name: 'Qualification', probability: 10, forecastCategory: 'pipeline' },
    { name: 'Proposal Sent', probability: 40, forecastCategory: 'best-case' },
    { name: 'Negotiation', probability: 70, forecastCategory: 'commit' },
    { name: 'Closed Won', class: 'won' },
    { name: 'Closed Lost', class: 'lost' },
  ],
}

const declared = new WeakMap<Engine, readonly PipelineDraft[]>()

/** Checks the pipelines of `createCrm` and keeps them for tenants that have none yet. The first is the default one. */
export function declarePipelines(engine: Engine, pipelines: readonly PipelineInput[] = [DEFAULT_PIPELINE]) {
  if (!Array.isArray(pipelines) || pipelines.length === 0) {
    throw invalid('pipelines', 'required', 'Give at least one pipeline, or leave pipelines out for the default one.')
  }
  const deals = tableOf(engine, 'deals')
  const drafts = pipelines.map((pipeline, index) => cleanPipeline(pipeline, deals, `pipelines.${index}`))
  if (new Set(drafts.map(({ name }) => foldText(name))).size < drafts.length) {
    throw invalid('pipelines', 'duplicate-name', 'Give each pipeline its own name.')
  }
  declared.set(engine, drafts)
}

export const declaredPipelines = (engine: Engine): readonly PipelineDraft[] => declared.get(engine) ?? []
