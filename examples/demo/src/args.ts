import { parseArgs } from 'node:util'

export interface DemoOptions {
  file: string
  leads: number
  seed: number
  /** The day that counts as today. The same seed and day give the same company. */
  today: string
  quiet: boolean
  keep: boolean
  /** Folder of the Maven data set, instead of an invented company. */
  data?: string
}

export const HELP = `
Rapport demo: a plausible company, built and read through the public API of the SDK.

  npm run demo                              25 users, 10,000 leads over two years; then a lead's way to won, and the dashboard
  npm run demo -- --keep                    only the dashboard of the file that is there
  npm run demo -- --data <folder>           the Maven Analytics CRM data set (four CSV files) instead

  --file <path>      where to; a demo file that is there is replaced    (demo.db, maven.db with --data)
  --leads <number>   how many leads                                     (10000)
  --seed <number>    another number is another company                  (42)
  --today <date>     the day that counts as today, YYYY-MM-DD           (today)
  --quiet            figures only
  --help             this text
`

/** What is wrong with the command line, for people. */
export class UsageError extends Error {}

const OPTIONS = {
  file: { type: 'string' },
  leads: { type: 'string' },
  seed: { type: 'string' },
  today: { type: 'string' },
  data: { type: 'string' },
  quiet: { type: 'boolean' },
  keep: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

/** Reads the command line; undefined when help is asked for. */
export function readArgs(args: readonly string[], now = new Date()): DemoOptions | undefined {
  const values = parse(args)
  if (values.help) return undefined
  if (values.data !== undefined && (values.leads !== undefined || values.seed !== undefined)) {
    throw new UsageError('--data brings its own leads: leave out --leads and --seed.')
  }
  return {
    file: values.file ?? (values.data === undefined ? 'demo.db' : 'maven.db'),
    leads: readNumber('--leads', values.leads ?? '10000', 1, 1_000_000),
    seed: readNumber('--seed', values.seed ?? '42', 0, 2_147_483_647),
    today: readDay(values.today ?? now.toISOString().slice(0, 10)),
    quiet: values.quiet ?? false,
    keep: values.keep ?? false,
    ...(values.data !== undefined && { data: values.data }),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function readNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text.replace(/[,_]/g, ''))
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new UsageError(`${name} wants a whole number from ${least} to ${most}, not "${text}".`)
}

function readDay(text: string): string {
  const day = new Date(`${text}T00:00:00Z`)
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)) return text
  throw new UsageError(`--today wants a date such as 2026-03-31, not "${text}".`)
}
