import type { Role } from './access/roles'
import type { PipelineInput } from './deals/pipeline-types'
import type { FailedDelivery } from './events/failures'
import type { EventPattern } from './events/names'
import type { Listener } from './events/notices'
import type { Subscriber } from './events/subscribers'
import type { TickOptions, TickResult } from './events/tick'
import type { Worker, WorkerOptions } from './events/worker'
import type { CalendarFeed } from './exchange/icalendar/feed'
import type { DownloadOptions, FileDownload } from './files/download'
import type { LinkIdentity } from './files/links'
import type { FileOptions } from './files/options'
import type { FileStore } from './files/port'
import type { Clock } from './kernel/clock'
import type { CaptureReceipt, CaptureRequest } from './leads/capture'
import type { CaptureOptions } from './leads/capture-tokens'
import type { LeadOptions } from './leads/status'
import type { EmailPort, SmsPort } from './messages/ports'
import type { Notification } from './notifications/notification'
import type { NotificationText } from './notifications/text'
import type { NotifiedUser } from './notifications/ways'
import type { AssignmentRule } from './records/assignment'
import type { RecordHooks, Settings } from './records/engine'
import type { EventRecord } from './records/event'
import type { RecordType } from './records/field'
import type { CustomFields, RecordsOf, ScopedClient } from './scoped-client'
import type { MigrateOptions, MigrationPlan } from './storage/migrate'
import type { Storage } from './storage/port'

export interface CrmOptions<C extends CustomFields = CustomFields> {
  /** Where records live: `sqlite({ file: 'crm.db' })`, … */
  storage: Storage
  /** Custom fields by record type, typed from here to every query. */
  fields?: C
  /** Roles beside the built-in ones; the same name replaces one. */
  roles?: Record<string, Role>
  hooks?: { [Type in RecordType]?: RecordHooks<ScopedClient<C>, RecordsOf<C>[Type]> }
  /**
   * Code that hears of committed events even when the process ends in between: fed from the log by `tick`, at least
   * once each, with retries. Every process that ticks must have the same subscribers.
   */
  subscribers?: Record<string, Subscriber<ScopedClient<C>>>
  /** Who gets records that come without an owner, by record type. */
  assignment?: Partial<Record<RecordType, AssignmentRule>>
  /**
   * What every tenant starts with; the first is the default one. Made when a tenant's first deal is written, and its own
   * from then on: change them through `pipelines` of the client. Default: one pipeline, Sales, from Qualification to
   * Closed Won and Closed Lost.
   */
  pipelines?: readonly PipelineInput[]
  /**
   * Statuses, sources and lost reasons of leads beside the built-in ones.
   *
   * @example
   * leads: { statuses: [{ name: 'nurturing', class: 'ongoing', from: ['contacted'] }], sources: ['trade-fair'] }
   */
  leads?: LeadOptions
  /** Public forms whose submissions become leads, for `crm.capture`. */
  capture?: CaptureOptions
  /** Sends the emails: `smtp({ … })`. Closed by `crm.close()`, as `sms` is. */
  email?: EmailPort
  /** Sends the text messages: `twilio({ … })`. */
  sms?: SmsPort
  /** Told of each notification that its user wants on the channel `callback`: for push messages, chat and the like. Repeated until it does not throw. */
  onNotification?: (notification: Notification, to: NotifiedUser) => void | Promise<void>
  /** What notifications say, in the language of the reader; English where it gives nothing. */
  notificationText?: NotificationText
  /**
   * Where the bytes of files are kept, or that and more: limits, types, categories, a virus scan.
   *
   * @example
   * files: localFiles({ folder: '/var/lib/crm/files' })
   * files: { store: s3Files({ bucket: 'crm' }), maxSize: 25_000_000, categories: ['datasheet'], scan: isClean }
   */
  files?: FileStore | FileOptions
  /**
   * Random texts of at least 32 characters with which links are signed. The first signs; what the others have signed still
   * holds, so that a secret can be changed: put the new one first, and take the old one out when its links have expired.
   */
  secrets?: readonly string[]
  settings?: Partial<Settings>
  /** Where "now" comes from. Default: the system clock. */
  clock?: Clock
  /** Told when an in-process listener throws. Default: a process warning. */
  onListenerError?: (error: unknown, event: EventRecord) => void
}

/** Who calls, in which tenant. */
export interface Identity {
  /** The host's user id. */
  user: string
  /** The host's tenant id. Default `'default'`. */
  tenant?: string
}

export interface SystemIdentity {
  tenant?: string
  /** Why the system acts; kept in the event log. */
  reason: string
  /**
   * Writes history: everything happens at `at`, by `by`, and is logged but never announced.
   * For importing what happened before.
   */
  history?: { at: Date; by?: string | null }
}

export interface MigrationSqlOptions {
  /** Version the database is at, as `plan` tells. Default 0: it is empty. */
  from?: number
  /** Also what a role that does not own the tables needs to work with them. On PostgreSQL. */
  grantTo?: string
}

// biome-ignore lint/suspicious/noExplicitAny: any custom fields fit
export interface Crm<C extends CustomFields = any> {
  /** The CRM as that user may use it. Cheap: make one for each request. */
  as(identity: Identity): ScopedClient<C>
  /** The CRM without permission checks, for code of your own. Each write carries the reason in the event log. */
  asSystem(identity: SystemIdentity): ScopedClient<C>
  /**
   * Brings the schema up to date, and makes what `search` needs of old records; in one transaction where the database can. Safe to call at every start, in any number of
   * processes: one migrates, the others wait. Gives what the plan was. Throws NOT_MIGRATED when a newer release has
   * changed the schema beyond what this one can work on.
   */
  migrate(options?: MigrateOptions): Promise<MigrationPlan>
  readonly migrations: {
    /** What `migrate` would do. Changes nothing. */
    plan(): Promise<MigrationPlan>
    /**
     * The statements `migrate` runs, for those who apply SQL by other means: one an entry, without semicolons, to be run
     * in one transaction. The rows of the migration history are among them; their `applied_at` is now.
     *
     * @example
     * crm.migrations.sql()            // on an empty database
     * crm.migrations.sql({ from: 1 }) // on one at version 1
     */
    sql(options?: MigrationSqlOptions): string[]
  }
  /**
   * In-process notices after commit: `'deal.won'`, `'leads.*'` or `'*'`. Returns a function that ends it. What was
   * written inside a host's own transaction is announced by the next `tick` that finds it committed.
   */
  on(name: EventPattern, listener: Listener): () => void
  /**
   * One round of background work, of all tenants: hands events to durable subscribers and `afterCommit` hooks, repeats
   * what failed, sweeps what is old. Call it from a timer, a cron job or a queue, in as many processes as you like.
   *
   * @example
   * setInterval(() => crm.tick().catch(report), 1000)
   */
  tick(options?: TickOptions): Promise<TickResult>
  /**
   * The same for a process that runs on: a worker does what is due as it falls due and as this process writes, and looks
   * now and then for what others have written. Start as many as you like, in as many processes.
   *
   * @example
   * const worker = crm.worker()
   * worker.start()
   * process.once('SIGTERM', async () => {
   *   await worker.stop()
   *   await crm.close()
   * })
   */
  worker(options?: WorkerOptions): Worker
  /** For operators: what subscribers failed at for good. */
  readonly events: {
    /** Deliveries given up after 12 attempts, of all tenants, oldest first. */
    failed(options?: { limit?: number }): Promise<FailedDelivery[]>
    /** Tries one of them again, with all its attempts. NOT_FOUND when there is none. */
    retry(eventId: string, subscriber: string): Promise<void>
  }
  /**
   * Takes what a visitor sent with a public form: whitelisted fields only, at most 10 a minute for each `ip`. An open lead
   * with the same email or phone gets its empty fields filled; the answer never tells whether there was one.
   * Throws FORBIDDEN for an unknown token, RATE_LIMITED with `retryAfter` seconds, VALIDATION by field.
   *
   * @example
   * await crm.capture({ token: form.token, input: form.fields, ip: request.ip })
   */
  capture(request: CaptureRequest): Promise<CaptureReceipt>
  /**
   * The calendar behind the token of a feed (`calendar.feed.create()`): meetings and due tasks of its user, from 90 days
   * back to a year ahead, as that user may see them at this moment. NOT_FOUND for a token that is altered or revoked, and
   * of a user who was deactivated.
   *
   * @example
   * const { content, contentType, etag } = await crm.calendarFeed(request.params.token)
   */
  calendarFeed(token: string): Promise<CalendarFeed>
  /**
   * The file that a token of `files.link` leads to. NOT_FOUND when it was changed, has expired, is of another tenant or made
   * out to another user, or the file is gone.
   *
   * @example
   * const { content, status, headers } = await crm.download(token)
   */
  download(token: string, options?: LinkIdentity & Pick<DownloadOptions, 'range'>): Promise<FileDownload>
  /** Stops its workers, and closes what this CRM opened. */
  close(): Promise<void>
}
