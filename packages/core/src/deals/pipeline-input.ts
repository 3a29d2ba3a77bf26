import { invalid } from '../kernel/errors'
import { cleanText, foldText, hasForbiddenCharacters } from '../kernel/text'
import { isServerOwned } from '../records/field'
import type { RecordTable } from '../records/record-table'
import {
  FORECAST_CATEGORIES,
  type ForecastCategory,
  type PipelineInput,
  STAGE_CLASSES,
  type Stage,
  type StageClass,
  type StageInput,
} from './pipeline-types'

/** A checked stage, complete but for what storing it adds. */
export type StageDraft = Omit<Stage, 'id' | 'pipeline' | 'position'>

export interface PipelineDraft {
  name: string
  forwardOnly: boolean
  stages: StageDraft[]
}

const MAX_STAGES = 50
const MAX_NAME = 120
const PIPELINE_KEYS = ['name', 'stages', 'forwardOnly']
const STAGE_KEYS = ['name', 'probability', 'class', 'forecastCategory', 'rottenAfterDays', 'requiredFields']

/** Checks a declared pipeline and fills in what it leaves out. */
export function cleanPipeline(input: PipelineInput, deals: RecordTable, path = 'pipeline'): PipelineDraft {
  checkKeys(input, PIPELINE_KEYS, path)
  const { name, stages, forwardOnly = false } = input
  if (!Array.isArray(stages) || stages.length > MAX_STAGES) {
    throw invalid(`${path}.stages`, 'wrong-type', `Give a list of at most ${MAX_STAGES} stages.`)
  }
  const drafts = stages.map((stage, index) => cleanStage(stage, deals, `${path}.stages.${index}`))
  for (const wanted of STAGE_CLASSES) {
    if (drafts.some((stage) => stage.class === wanted)) continue
    throw invalid(`${path}.stages`, 'missing-stage', `Add a stage of class ${wanted}.`)
  }
  if (new Set(drafts.map((stage) => foldText(stage.name))).size < drafts.length) {
    throw invalid(`${path}.stages`, 'duplicate-name', 'Give each stage of a pipeline its own name.')
  }
  return {
    name: cleanName(name, `${path}.name`),
    forwardOnly: cleanFlag(forwardOnly, `${path}.forwardOnly`),
    stages: drafts,
  }
}

const CLASS_DEFAULTS: Record<StageClass, { probability?: number; forecastCategory: ForecastCategory }> = {
  open: { forecastCategory: 'pipeline' },
  won: { probability: 100, forecastCategory: 'closed' },
  lost: { probability: 0, forecastCategory: 'omitted' },
}

/** Checks a declared stage and fills in what it leaves out. */
export function cleanStage(input: StageInput, deals: RecordTable, path: string): StageDraft {
  checkKeys(input, STAGE_KEYS, path)
  const stageClass = oneOf(STAGE_CLASSES, input.class ?? 'open', `${path}.class`)
  const complete = {
    ...CLASS_DEFAULTS[stageClass],
    rottenAfterDays: null,
    requiredFields: [],
    ...withoutUndefined(input),
  }
  return {
    name: cleanName(complete.name, `${path}.name`),
    class: stageClass,
    probability: cleanInteger(complete.probability, 100, `${path}.probability`),
    forecastCategory: oneOf(FORECAST_CATEGORIES, complete.forecastCategory, `${path}.forecastCategory`),
    rottenAfterDays: cleanDays(complete.rottenAfterDays, `${path}.rottenAfterDays`),
    requiredFields: cleanRequired(complete.requiredFields, deals, `${path}.requiredFields`),
  }
}

export const withoutUndefined = <T extends object>(input: T): T =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as T

/** Refuses anything but an object with some of these keys. */
export function checkKeys(input: unknown, keys: readonly string[], path: string) {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid(path, 'wrong-type', `Give an object with: ${keys.join(', ')}.`)
  }
  const unknown = Object.keys(input).find((key) => !keys.includes(key))
  if (unknown !== undefined) throw invalid(`${path}.${unknown}`, 'unknown-key', `Use only: ${keys.join(', ')}.`)
}

export function cleanName(value: unknown, path: string): string {
  const name = typeof value === 'string' ? cleanText(value) : ''
  if (name !== '' && name.length <= MAX_NAME && !hasForbiddenCharacters(name)) return name
  throw invalid(path, 'invalid-text', `Give 1 to ${MAX_NAME} characters of text.`)
}

export function cleanFlag(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value
  throw invalid(path, 'wrong-type', 'Give true or false.')
}

export function cleanInteger(value: unknown, max: number, path: string): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max) return value as number
  throw invalid(path, 'out-of-range', `Give a whole number from 0 to ${max}.`)
}

const cleanDays = (value: unknown, path: string) => (value === null ? null : cleanInteger(value, 3650, path))

function oneOf<T extends string>(options: readonly T[], value: unknown, path: string): T {
  if (options.includes(value as T)) return value as T
  throw invalid(path, 'invalid-option', `Use one of: ${options.join(', ')}.`)
}

function cleanRequired(value: unknown, deals: RecordTable, path: string): string[] {
  const writable = [...deals.fields].filter(([, { field }]) => !isServerOwned(field)).map(([name]) => name)
  const known = new Set([
    ...writable.filter((name) => name !== 'custom'),
    ...Object.keys(deals.custom).map((name) => `custom.${name}`),
  ])
  if (!Array.isArray(value)) throw invalid(path, 'wrong-type', 'Give a list of field names.')
  const unknown = value.find((name) => !known.has(name))
  if (unknown !== undefined) {
    throw invalid(
      path,
      'unknown-field',
      `${String(unknown)} is no field of deals that can be filled; use names such as amount or custom.tier.`,
    )
  }
  return [...new Set(value as string[])]
}
