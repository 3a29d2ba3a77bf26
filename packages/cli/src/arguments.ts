import { parseArgs } from 'node:util'
import { Complaint } from './complaint'

export const HELP = `Usage: rapport <command> --database-url <url> [options]

  migrate   brings the schema up to date; does nothing when it is
  status    prints the version the database is at and what is pending;
            exits with 0 when up to date, 1 when not, 2 on an error
  sql       prints the statements that migrate runs, without connecting

  --database-url <url>    postgres://user:password@host/database
                          mysql://user:password@host/database
                          sqlite:crm.db, or a path that ends in .db or .sqlite
                          Default: the environment variable DATABASE_URL
  --schema <name>         schema of the tables, on PostgreSQL. Default: crm
  --table-prefix <text>   put before each table name
  --rls                   row-level security around each tenant, on PostgreSQL
  --from <version>        sql: the version the database is at. Default: 0, it is empty
  --grant-to <role>       sql: also what a role needs that does not own the tables, on PostgreSQL
  --help                  prints this`

const COMMANDS = ['migrate', 'status', 'sql'] as const
export type Command = (typeof COMMANDS)[number]

export interface Arguments {
  command: Command
  url: string
  schema?: string | undefined
  tablePrefix?: string | undefined
  rls: boolean
  from?: number | undefined
  grantTo?: string | undefined
}

const OPTIONS = {
  'database-url': { type: 'string' },
  schema: { type: 'string' },
  'table-prefix': { type: 'string' },
  rls: { type: 'boolean' },
  from: { type: 'string' },
  'grant-to': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/** What is asked for, or `'help'`. */
export function argumentsOf(argv: readonly string[], env: NodeJS.ProcessEnv): Arguments | 'help' {
  const { values, positionals } = parsed(argv)
  const [command, ...rest] = positionals
  if (values.help || argv.length === 0) return 'help'
  if (!isCommand(command)) throw new Complaint('The first word is migrate, status or sql.', SEE_HELP)
  // Not repeated: it may be a url with a password in it.
  if (rest.length > 0) throw new Complaint('There is a word too many.', 'Give the database as --database-url <url>.')
  const only = (name: 'from' | 'grant-to') => {
    if (values[name] !== undefined && command !== 'sql')
      throw new Complaint(`--${name} goes with sql only.`, 'Leave it out.')
  }
  only('from')
  only('grant-to')
  const url = values['database-url'] ?? env.DATABASE_URL
  if (!url) throw new Complaint('Which database?', 'Give --database-url <url>, or set DATABASE_URL.')
  return {
    command,
    url,
    schema: values.schema,
    tablePrefix: values['table-prefix'],
    rls: values.rls ?? false,
    from: versionOf(values.from),
    grantTo: values['grant-to'],
  }
}

const SEE_HELP = 'rapport --help lists what there is.'

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new Complaint((error as Error).message.split('. ')[0] as string, SEE_HELP)
  }
}

const isCommand = (word: string | undefined): word is Command => COMMANDS.includes(word as Command)

function versionOf(text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? undefined : Number(text)
  throw new Complaint('--from is a version, such as 1.', 'rapport status tells the one the database is at.')
}
