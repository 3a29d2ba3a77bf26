import type { ImportOptions } from '@rapport/core'
import { loadCompany } from './maven-company'
import { type MavenClient, type MavenCrm, requireAll, SNAPSHOT } from './maven-crm'
import { byDay, type MavenFile, type MavenRow, readMavenFiles } from './maven-files'
import { breathe } from './terminal/progress'

const FOUNDED = '2016-10-01'

export interface MavenOptions {
  onProgress?: (state: { day: string; deals: number; total: number }) => void
  /** Stops between two days; the file is the pipeline as it was on the last one. */
  signal?: AbortSignal
}

export interface MavenLoaded {
  deals: number
  /** The last day that was written. */
  day: string
}

/**
 * Loads the data set day by day, as it happened: deals begin in Engaging on their engage date, and are won or lost on
 * their close date with the value they closed at. Expects an empty CRM made with `MAVEN`.
 */
export async function loadMaven(crm: MavenCrm, folder: string, options: MavenOptions = {}): Promise<MavenLoaded> {
  const files = readMavenFiles(folder)
  const on = (day: string) => crm.asSystem({ reason: 'Maven data set', history: { at: new Date(`${day}T00:00:00Z`) } })
  await loadCompany(on(FOUNDED), files)
  return loadPipeline(on, files.pipeline, options)
}

async function loadPipeline(
  on: (day: string) => MavenClient,
  { header, rows }: MavenFile,
  { onProgress, signal }: MavenOptions,
): Promise<MavenLoaded> {
  const opened = byDay(rows, 'engage_date')
  const closed = byDay(rows, 'close_date')
  const days = [...new Set([...opened.keys(), ...closed.keys()])].sort()
  let loaded: MavenLoaded = { deals: 0, day: FOUNDED }
  for (const day of days) {
    if (signal?.aborted) return loaded
    const starting = opened.get(day) ?? []
    const ending = closed.get(day) ?? []
    if (starting.length > 0) requireAll(await on(day).deals.import(textOf(header, starting), OPEN))
    if (ending.length > 0)
      requireAll(await on(day).deals.import(textOf(`${header},lost_reason`, ending, reasonOf), CLOSE))
    loaded = { deals: loaded.deals + starting.length, day }
    onProgress?.({ ...loaded, total: rows.length })
    await breathe()
  }
  const undated = rows.filter(({ cells }) => !cells.engage_date)
  requireAll(await on(SNAPSHOT).deals.import(textOf(header, undated), OPEN))
  return { deals: loaded.deals + undated.length, day: SNAPSHOT }
}

const textOf = (header: string, rows: readonly MavenRow[], more: (row: MavenRow) => string = () => '') =>
  [header, ...rows.map((row) => row.line + more(row))].join('\n')

/** The data set does not say why a deal was lost. */
const reasonOf = ({ cells }: MavenRow) => (cells.deal_stage === 'Lost' ? ',not told' : ',')

/** How a deal begins: what became of it is not known yet. One product is spelled in two ways. */
const OPEN: ImportOptions = {
  mapping: {
    opportunity_id: 'title',
    sales_agent: 'owner',
    product: 'custom.product',
    account: 'company',
    deal_stage: 'stage',
    engage_date: null,
    close_date: null,
    close_value: null,
  },
  values: { 'custom.product': { GTXPro: 'GTX Pro' }, stage: { Won: 'Engaging', Lost: 'Engaging' } },
  createCompanies: false,
}

/** How it ends: the stage, and the value it closed at. */
const CLOSE: ImportOptions = {
  mode: 'update',
  key: 'title',
  mapping: {
    opportunity_id: 'title',
    sales_agent: null,
    product: null,
    account: null,
    deal_stage: 'stage',
    engage_date: null,
    close_date: null,
    close_value: 'amount',
    lost_reason: 'lostReason',
  },
}
