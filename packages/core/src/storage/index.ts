/** What an adapter needs to know: the port, the dialect and the errors. */
export { CrmError, invalid, isCrmError } from '../kernel/errors'
export type {
  ColumnSpec,
  ColumnType,
  Dialect,
  IndexSpec,
  PartsColumn,
  PartsIndex,
  TableExtension,
  TableSpec,
} from './dialect'
export { busyError, createLock, type Lock } from './lock'
export {
  type Awaitable,
  EVERY_TENANT,
  type ReadOptions,
  type Row,
  type Session,
  type SqlValue,
  type Storage,
  scopedTo,
} from './port'
export { raw, type Sql, sql } from './sql'
