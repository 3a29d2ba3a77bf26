export const STAGE_CLASSES = ['open', 'won', 'lost'] as const
export const FORECAST_CATEGORIES = ['pipeline', 'best-case', 'commit', 'closed', 'omitted'] as const

/** What being in a stage means for a deal. Cannot change once the stage exists. */
export type StageClass = (typeof STAGE_CLASSES)[number]
/** How a stage counts in a forecast, as Salesforce has it. */
export type ForecastCategory = (typeof FORECAST_CATEGORIES)[number]

/** A step of a pipeline. */
export interface Stage {
  id: string
  /** Id of its pipeline. */
  pipeline: string
  name: string
  /** 0 for the first of the pipeline. */
  position: number
  /** Chance of winning a deal that is here, in percent; deals take it over on entry unless they are given their own. */
  probability: number
  class: StageClass
  forecastCategory: ForecastCategory
  /** A deal that stays longer than this many days is rotten; null for never. */
  rottenAfterDays: number | null
  /** Fields a deal must have filled to enter: `amount`, `custom.tier`, … */
  requiredFields: string[]
}

/** An ordered set of stages that deals go through. */
export interface Pipeline {
  id: string
  name: string
  position: number
  /** Where deals go that name no pipeline. One for each tenant. */
  isDefault: boolean
  /** Whether deals may only move to later stages, or be closed. */
  forwardOnly: boolean
  /** Since when it takes no more deals; null while it does. */
  archivedAt: Date | null
  /** In order. */
  stages: Stage[]
}

/** A stage as it is declared. */
export interface StageInput {
  name: string
  /** 0 to 100. Must be given for open stages; 100 for won, 0 for lost. */
  probability?: number
  /** Default `open`. */
  class?: StageClass
  /** Default `pipeline` for open stages, `closed` for won, `omitted` for lost. */
  forecastCategory?: ForecastCategory
  rottenAfterDays?: number | null
  requiredFields?: readonly string[]
}

/** A pipeline as it is declared: at least one open stage, one won and one lost. */
export interface PipelineInput {
  name: string
  /** In order. */
  stages: readonly StageInput[]
  /** Default false: any order is allowed. */
  forwardOnly?: boolean
}
