export interface Limits {
  /** Milliseconds; 0 for what the server says. */
  statementTimeout: number
  lockTimeout: number
}

/** What a session is set to while it is ours, and how it becomes what it was. */
export interface SessionSettings {
  /** For a connection that stays ours. */
  readonly always: readonly string[]
  /** For one transaction on a connection of the host's; its isolation is that of the next transaction alone. */
  readonly transaction: readonly [before: string, after: string]
  /** The same for a read. */
  readonly read: readonly [before: string, after: string] | undefined
}

/** Values that do not fit are refused, never cut. */
const MODE = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'

interface Setting {
  save: string
  set: string
  restore: string
}

const setting = (name: string, value: string | number): Setting => ({
  save: `@rapport_${name} = @@${name}`,
  set: `${name} = ${value}`,
  restore: `${name} = @rapport_${name}`,
})

/** Read by one of the two servers and skipped by the other. */
const onMariadb = (text: string) => `/*M!100600 ${text} */`
const onMysql = (text: string) => `/*!80000 ${text} */`

export function sessionSettings({ statementTimeout, lockTimeout }: Limits): SessionSettings {
  const both = [
    setting('sql_mode', `'${MODE}'`),
    // Whole seconds: the server knows no shorter ones.
    ...(lockTimeout > 0 ? [setting('innodb_lock_wait_timeout', Math.ceil(lockTimeout / 1000))] : []),
  ]
  const time = statementTimeout > 0 && {
    mariadb: setting('max_statement_time', statementTimeout / 1000),
    // MySQL has it for reads only.
    mysql: setting('max_execution_time', statementTimeout),
  }
  const timed = (part: (one: Setting) => string) =>
    time ? `${onMariadb(`, ${part(time.mariadb)}`)} ${onMysql(`, ${part(time.mysql)}`)}` : ''
  const set = (parts: readonly string[], more: string) => `set ${parts.join(', ')} ${more}`
  const saving = ({ save, set }: Setting) => `${save}, ${set}`

  const isolation = `${onMariadb(", @@tx_isolation = 'READ-COMMITTED'")} ${onMysql(", @@transaction_isolation = 'READ-COMMITTED'")}`
  const restore = set(
    both.map((one) => one.restore),
    timed((one) => one.restore),
  )
  return {
    always: [
      'set session transaction isolation level read committed',
      set(
        both.map((one) => one.set),
        timed((one) => one.set),
      ),
    ],
    transaction: [set(both.map(saving), `${timed(saving)} ${isolation}`), restore],
    read: time ? [set(both.map(saving), timed(saving)), restore] : undefined,
  }
}
