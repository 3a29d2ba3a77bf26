/** The parts of `mysql2/promise` we use, so that the driver stays a choice of the host. */

export interface MysqlQuery {
  sql: string
  values?: readonly unknown[]
  rowsAsArray: true
  nestTables: false
  namedPlaceholders: false
  typeCast: true
}

export interface MysqlField {
  columnType?: number
  type?: number
}

/** What a statement without rows gives. */
export interface MysqlHeader {
  affectedRows: number
  insertId: number
  info?: string
  serverStatus?: number
}

/** A connection of `mysql2/promise`, connected and ours until released. */
export interface MysqlConnection {
  query(query: never): Promise<[result: unknown, fields: unknown]>
  execute(query: never): Promise<[result: unknown, fields: unknown]>
  release?(): void
  destroy?(): void
  /** What is under the promises: one and the same for every `promise()` of it. */
  readonly connection?: object
}

export interface MysqlPool {
  getConnection(): Promise<MysqlConnection>
  end(): Promise<void>
  on?(event: never, listener: never): unknown
}

/** What the pool announces: a connection with promises or, on older versions, one that can give them. */
export interface MysqlAnnounced {
  query(text: string): Promise<unknown>
  promise?(): MysqlAnnounced
  destroy(): void
}
