import { invalid } from '../kernel/errors'

/** What a status means: nobody has worked on it, somebody does, it became a customer, it came to nothing. */
export type LeadStatusClass = 'open' | 'ongoing' | 'won' | 'lost'

/** A built-in status, or one of the host's. */
export type LeadStatus = 'new' | 'contacted' | 'qualified' | 'converted' | 'lost' | (string & {})

/** A built-in source, or one of the host's. */
export type LeadSource =
  | 'website'
  | 'social'
  | 'referral'
  | 'email'
  | 'phone'
  | 'event'
  | 'partner'
  | 'advertising'
  | 'import'
  | 'other'
  | (string & {})

export const LEAD_SOURCES = [
  'website',
  'social',
  'referral',
  'email',
  'phone',
  'event',
  'partner',
  'advertising',
  'import',
  'other',
] as const

/** A status of the host's own, or a built-in one whose `from` is to be another. */
export interface LeadStatusInput {
  /** Lower-case words joined by hyphens, up to 60 characters: it is stored, filtered and exported under this name. */
  name: LeadStatus
  /** `won` is reached by conversion alone, so hosts have no status of that class. */
  class: Exclude<LeadStatusClass, 'won'>
  /** Statuses a lead may come from. Default: every open and ongoing one. */
  from?: readonly LeadStatus[]
  /** Statuses it may go to, beside those whose `from` names it. Default: contacted, qualified and lost; out of a lost class, new and contacted. */
  to?: readonly LeadStatus[]
}

export interface LeadOptions {
  /** Statuses beside the built-in ones. */
  statuses?: readonly LeadStatusInput[]
  /** Sources beside the built-in ones. */
  sources?: readonly string[]
  /** The only reasons a lead may be lost for. Default: any text. `other` always needs a note as well. */
  lostReasons?: readonly string[]
}

/** A status as a form shows it. */
export interface LeadStatusInfo {
  name: LeadStatus
  class: LeadStatusClass
  /** Statuses an update may set next. `converted` is never among them: that is what `convert` is for. */
  next: LeadStatus[]
}

/** Statuses, transitions, sources and lost reasons of one CRM. */
export interface LeadProcess {
  readonly statuses: readonly LeadStatusInfo[]
  readonly sources: readonly string[]
  readonly lostReasons: readonly string[] | undefined
  /** A status no longer declared counts as open, so that its leads are not stuck. */
  classOf(status: string): LeadStatusClass
  /** Statuses an update may set next. */
  next(status: string): readonly string[]
}

/**
 * The statuses every CRM has, each with those it can be reached from. A step back is allowed while a lead is worked on,
 * because a wrong click must be undone; a lost lead is reopened as new or contacted; a converted one stays so.
 */
const BUILT_IN: readonly { name: LeadStatus; class: LeadStatusClass; from: readonly LeadStatus[] }[] = [
  { name: 'new', class: 'open', from: ['contacted', 'lost'] },
  { name: 'contacted', class: 'ongoing', from: ['new', 'qualified', 'lost'] },
  { name: 'qualified', class: 'ongoing', from: ['new', 'contacted'] },
  { name: 'converted', class: 'won', from: [] },
  { name: 'lost', class: 'lost', from: ['new', 'contacted', 'qualified'] },
]

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const CLASSES: readonly string[] = ['open', 'ongoing', 'lost']

/** Checks what the host declares and works out every transition. */
export function leadProcess(options: LeadOptions = {}): LeadProcess {
  const declared = (options.statuses ?? []).map(checkStatus)
  const added = declared.filter(({ name }) => !BUILT_IN.some((one) => one.name === name))
  const all = [...BUILT_IN, ...added]
  const names: string[] = all.map(({ name }) => name)
  const worked = all.filter((one) => one.class === 'open' || one.class === 'ongoing').map(({ name }) => name)
  const steps = new Map<string, Set<string>>(names.map((name) => [name, new Set()]))

  for (const status of all) {
    const own = declared.find(({ name }) => name === status.name)
    const from = own ? (own.from ?? worked) : (status as (typeof BUILT_IN)[number]).from
    for (const name of known(from, names, status.name)) steps.get(name)?.add(status.name)
  }
  for (const status of added) {
    const to = status.to ?? (status.class === 'lost' ? ['new', 'contacted'] : ['contacted', 'qualified', 'lost'])
    for (const name of known(to, names, status.name)) steps.get(status.name)?.add(name)
  }
  for (const [name, next] of steps) {
    next.delete(name)
    next.delete('converted')
  }
  steps.get('converted')?.clear()

  const inOrder = (wanted: ReadonlySet<string>) => names.filter((name) => wanted.has(name))
  const statuses = all.map(({ name, class: of }) => ({
    name,
    class: of,
    next: inOrder(steps.get(name) as Set<string>),
  }))
  const byName = new Map<string, LeadStatusInfo>(statuses.map((status) => [status.name, status]))
  return {
    statuses,
    sources: [...new Set([...LEAD_SOURCES, ...(options.sources ?? []).map(checkSource)])],
    lostReasons: options.lostReasons,
    classOf: (status) => byName.get(status)?.class ?? 'open',
    next: (status) => byName.get(status)?.next ?? names.filter((name) => name !== 'converted'),
  }
}

function checkStatus(status: LeadStatusInput): LeadStatusInput {
  const path = `leads.statuses.${status.name}`
  checkName(status.name, path)
  if (!CLASSES.includes(status.class)) throw invalid(path, 'invalid-class', `Use one of: ${CLASSES.join(', ')}.`)
  const builtIn = BUILT_IN.find(({ name }) => name === status.name)
  if (builtIn && builtIn.class !== status.class) {
    throw invalid(
      path,
      'built-in-status',
      `Choose another name: ${status.name} is built in and of class ${builtIn.class}.`,
    )
  }
  return status
}

const checkSource = (source: string) => checkName(source, `leads.sources.${source}`)

function checkName(name: string, path: string): string {
  if (typeof name === 'string' && name.length <= 60 && NAME.test(name)) return name
  throw invalid(path, 'invalid-name', 'Use up to 60 lower-case letters and digits, words joined by hyphens.')
}

function known(wanted: readonly string[], names: readonly string[], status: string): readonly string[] {
  const stranger = wanted.find((name) => !names.includes(name))
  if (stranger === undefined) return wanted
  throw invalid(
    `leads.statuses.${status}`,
    'unknown-status',
    `There is no status ${stranger}; use: ${names.join(', ')}.`,
  )
}
