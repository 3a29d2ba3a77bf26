import { invalid } from '../kernel/errors'
import { foldText } from '../kernel/text'
import type { PipelineBook } from './pipeline-book'
import type { Pipeline, Stage, StageClass } from './pipeline-types'

export const defaultPipeline = (book: PipelineBook): Pipeline =>
  book.pipelines.find((pipeline) => pipeline.isDefault) ?? (book.pipelines[0] as Pipeline)

export const pipelineOf = (book: PipelineBook, stage: Stage): Pipeline =>
  book.pipelines.find((pipeline) => pipeline.id === stage.pipeline) as Pipeline

/** A pipeline by id or name; case and accents do not matter. */
export function findPipeline(book: PipelineBook, wanted: string): Pipeline {
  const name = foldText(textOf(wanted, 'pipeline'))
  const found =
    book.pipelines.find((pipeline) => pipeline.id === wanted) ??
    book.pipelines.find((pipeline) => foldText(pipeline.name) === name)
  if (found) return found
  const known = book.pipelines.filter((pipeline) => pipeline.archivedAt === null)
  throw invalid('pipeline', 'unknown-pipeline', `Use the id or name of a pipeline: ${namesOf(known)}.`)
}

/**
 * A stage by id or name. A name is looked for in `within` when that is given; else in `home` first, then in the
 * other pipelines, where it must be the only one.
 */
export function findStage(book: PipelineBook, wanted: string, home: Pipeline, within?: Pipeline): Stage {
  const byId = book.stages.get(textOf(wanted, 'stage'))
  if (byId && (!within || byId.pipeline === within.id)) return byId
  const name = foldText(wanted)
  const inside = (pipeline: Pipeline) => pipeline.stages.filter((stage) => foldText(stage.name) === name)
  const [near] = inside(within ?? home)
  if (near) return near
  const others = within || byId ? [] : book.pipelines.filter((one) => one.archivedAt === null).flatMap(inside)
  if (others.length === 1) return others[0] as Stage
  if (others.length > 1) {
    const pipelines = others.map((stage) => pipelineOf(book, stage))
    throw invalid('stage', 'ambiguous-stage', `Name the pipeline as well, one of: ${namesOf(pipelines)}.`)
  }
  const { name: pipeline, stages } = within ?? home
  throw invalid(
    'stage',
    'unknown-stage',
    `Use the id or name of a stage; those of ${pipeline} are: ${namesOf(stages)}.`,
  )
}

function textOf(wanted: unknown, field: string): string {
  if (typeof wanted === 'string') return wanted
  throw invalid(field, 'wrong-type', `Give the name or id of a ${field}.`)
}

/** The first stage of a class. Every pipeline has one of each. */
export const firstOf = (pipeline: Pipeline, stageClass: StageClass): Stage =>
  pipeline.stages.find((stage) => stage.class === stageClass) as Stage

export const namesOf = (named: readonly { name: string }[]): string => named.map(({ name }) => name).join(', ')
