/** The parts of `pg` we use, so that the driver stays a choice of the host. */

/** A client of `pg`, connected and ours until released. */
export interface PgClient {
  query(query: never): unknown
  /** Number of the server's process, as it introduced itself. */
  readonly processID?: number | null
  /** It sends a statement while those before are under way. */
  readonly pipeline?: boolean
  release?(destroy?: boolean | Error): void
  on?(event: 'error', listener: (error: unknown) => void): unknown
  off?(event: 'error', listener: (error: unknown) => void): unknown
}

export interface PgPool {
  connect(): Promise<PgClient>
  end(): Promise<void>
  on?(event: 'error', listener: (error: Error) => void): unknown
}

/** The wire of a client: what a query object of our own writes on. */
export interface PgWire {
  parse(message: { name: string; text: string; types: readonly number[] }): void
  bind(message: { portal: string; statement: string; values: readonly unknown[] }): void
  describe(message: { type: 'S' | 'P'; name: string }): void
  execute(message: { portal: string; rows: number }): void
  close(message: { type: 'S' | 'P'; name: string }): void
  sync(): void
  stream: { cork?(): void; uncork?(): void }
}

export interface PgField {
  name: string
  dataTypeID: number
}

/** Whether that is a client of `pg` itself, on whose wire several statements can go in one round trip. */
export const hasWire = (client: PgClient): client is PgClient & { connection: PgWire } => {
  const { connection } = client as { connection?: Partial<PgWire> }
  return !client.pipeline && typeof connection?.parse === 'function' && typeof connection.bind === 'function'
}
