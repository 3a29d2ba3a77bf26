import { type Crm, field, type ImportOptions, type ImportResult, type NewProduct, type UserInput, usd } from '@rapport/core'
import { REAL } from './demo-file'
import { byDay, type MavenFile, type MavenFiles, type MavenRow, readMavenFiles } from './maven-files'
import { slug } from './people'
import { breathe } from './terminal/progress'

/** What the CRM of the data set needs to be: its own pipeline, three custom fields, dollars. */
export const MAVEN = {
  settings: { currency: 'USD', country: 'US', timeZone: 'UTC' },
  fields: {
    deals: { product: field.text() },
    companies: { founded: field.integer() },
    products: { series: field.text() },
  },
  pipelines: [
    {
      name: 'Maven',
      stages: [
        { name: 'Prospecting', probability: 10 },
        { name: 'Engaging', probability: 50 },
        { name: 'Won', class: 'won' },
        { name: 'Lost', class: 'lost' },
      ],
    },
  ],
} as const

export type MavenCrm = Crm<typeof MAVEN.fields>

/** The day the files were written. Deals without an engage date count from it, since nothing else is known of them. */
export const SNAPSHOT = '2017-12-31'
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
  await loadPeople(on(FOUNDED), files.teams)
  await loadProducts(on(FOUNDED), files.products)
  await loadAccounts(on(FOUNDED), files.accounts)
  return loadPipeline(on, files.pipeline, options)
}

type Client = ReturnType<MavenCrm['asSystem']>

/** The team tree: the company, its offices, and in each the teams of its managers. */
async function loadPeople({ users }: Client, { rows }: MavenFile) {
  const offices = new Set(rows.map(({ cells }) => cells.regional_office as string))
  const managers = new Map(rows.map(({ cells }) => [cells.manager as string, cells.regional_office as string]))
  await users.syncTeams([
    { id: REAL, name: 'Maven' },
    ...[...offices].map((name) => ({ id: slug(name), name, parent: REAL })),
    ...[...managers].map(([name, office]) => ({ id: slug(name), name: `Team of ${name}`, parent: slug(office) })),
  ])
  const user = (name: string, role: string, team: string): UserInput => ({ id: slug(name), name, roles: [role], teams: [team] })
  await users.sync([
    user('Sales Operations', 'admin', REAL),
    ...[...managers.keys()].map((name) => user(name, 'manager', slug(name))),
    ...rows.map(({ cells }) => user(cells.sales_agent as string, 'sales', slug(cells.manager as string))),
  ])
}

async function loadProducts({ products }: Client, { rows }: MavenFile) {
  const items = rows.map(({ cells }): NewProduct<{ series: string }> => ({
    name: cells.product as string,
    price: usd(cells.sales_price as string),
    custom: { series: cells.series as string },
  }))
  for (const result of await products.createMany(items)) if (!result.ok) throw result.error
}

/** Accounts name their parent, which may stand further down: it is made when it is named, and filled in when its row comes. */
async function loadAccounts({ companies }: Client, { header, rows }: MavenFile) {
  const millions = header.split(',').indexOf('revenue')
  const lines = rows.map(({ line }) => {
    const cells = line.split(',')
    if (cells[millions]) cells[millions] = usdOfMillions(cells[millions])
    return cells.join(',')
  })
  const result = await companies.import([header, ...lines].join('\n'), {
    mode: 'upsert',
    key: 'name',
    mapping: {
      account: 'name',
      sector: 'industry',
      year_established: 'custom.founded',
      revenue: 'revenue',
      employees: 'size',
      office_location: 'address.country',
      subsidiary_of: 'parent',
    },
    values: { industry: { technolgy: 'technology' } },
  })
  requireAll(result)
}

/** `1100.04` million as `1100040000`, exact. */
const usdOfMillions = (millions: string): string => {
  const [whole = '0', part = ''] = millions.split('.')
  return String(BigInt(whole + part.padEnd(6, '0').slice(0, 6)))
}

async function loadPipeline(on: (day: string) => Client, { header, rows }: MavenFile, { onProgress, signal }: MavenOptions): Promise<MavenLoaded> {
  const opened = byDay(rows, 'engage_date')
  const closed = byDay(rows, 'close_date')
  const days = [...new Set([...opened.keys(), ...closed.keys()])].sort()
  let loaded: MavenLoaded = { deals: 0, day: FOUNDED }
  for (const day of days) {
    if (signal?.aborted) return loaded
    const starting = opened.get(day) ?? []
    const ending = closed.get(day) ?? []
    if (starting.length > 0) requireAll(await on(day).deals.import(textOf(header, starting), OPEN))
    if (ending.length > 0) requireAll(await on(day).deals.import(textOf(`${header},lost_reason`, ending, reasonOf), CLOSE))
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

function requireAll({ errors: [first], failed }: ImportResult) {
  if (first) throw new Error(`${failed} rows were refused. Line ${first.line}, ${first.column ?? first.field}: ${first.remedy}`)
}
