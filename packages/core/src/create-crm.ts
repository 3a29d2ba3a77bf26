import { BUILT_IN_ROLES, defineRole, type Role } from './access/roles'
import type { Tick } from './background'
import { declarePipelines } from './deals/declared-pipelines'
import type { PipelineInput } from './deals/pipeline-types'
import { createEngine } from './engine-wiring'
import { type FailedDelivery, failedDeliveries, retryDelivery } from './events/failures'
import { createHeldNotices } from './events/held'
import type { Job } from './events/job'
import type { EventPattern } from './events/names'
import { createNotices, type Listener } from './events/notices'
import { namedSubscribers, type Subscriber } from './events/subscribers'
import type { TickOptions, TickResult } from './events/tick'
import { createWorker, type Worker, type WorkerOptions } from './events/worker'

import { invitationMail } from './exchange/icalendar/api'
import type { CalendarFeed } from './exchange/icalendar/feed'

import { defineFiles } from './files/definition'
import type { DownloadOptions, FileDownload } from './files/download'
import type { LinkIdentity } from './files/links'
import type { FileOptions } from './files/options'
import type { FileStore } from './files/port'

import { type Clock, systemClock } from './kernel/clock'
import { invalid } from './kernel/errors'
import { isCurrency } from './kernel/money'
import { hasForbiddenCharacters } from './kernel/text'
import { isTimeOfDay } from './kernel/time-of-day'
import { checkWeeklyHours, STANDARD_HOURS } from './kernel/weekly-hours'
import { isTimeZone } from './kernel/zones'
import { type CaptureReceipt, type CaptureRequest, createCapture } from './leads/capture'
import type { CaptureOptions } from './leads/capture-tokens'
import { defineLeads } from './leads/definition'
import type { LeadOptions } from './leads/status'
import type { EmailPort, SmsPort } from './messages/ports'
import type { Notification } from './notifications/notification'
import type { NotificationText } from './notifications/text'
import { declareWays, type NotifiedUser } from './notifications/ways'
import type { AssignmentRule } from './records/assignment'
import { type Caller, systemCaller, userCaller } from './records/caller'
import { checkCustomFields } from './records/custom-fields'
import type { RecordHooks, Settings } from './records/engine'
import type { EventRecord } from './records/event'
import type { RecordType } from './records/field'
import { type CustomFields, DEFINITIONS, type RecordsOf, type ScopedClient, scopedClient } from './scoped-client'
import { grantStatements } from './storage/grants'
import {
  type MigrateOptions,
  type MigrationPlan,
  migrate,
  migrationStatements,
  planMigrations,
} from './storage/migrate'
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

/**
 * A CRM on the given storage. Opens nothing until it is used.
 *
 * @example
 * const crm = createCrm({ storage: sqlite({ file: 'crm.db' }) })
 * await crm.migrate()
 * const me = crm.as({ user: session.userId })
 * const lead = await me.leads.create({ name: 'Ada Byron', email: 'ada@example.com', source: 'website' })
 */
export function createCrm<const C extends CustomFields = CustomFields>(options: CrmOptions<C>): Crm<C> {
  checkStorage(options?.storage)
  const settings = checkSettings(options.settings)
  const { storage, clock = systemClock } = options
  const roles = { ...BUILT_IN_ROLES, ...options.roles }
  for (const role of Object.values(options.roles ?? {})) defineRole(role)
  checkCustomFields(
    options.fields ?? {},
    DEFINITIONS.map(({ type }) => type),
  )
  const notices = createNotices(options.onListenerError ?? warn)
  const held = createHeldNotices(notices.announce)
  const hooks = (options.hooks ?? {}) as Partial<Record<RecordType, RecordHooks>>
  const subscribers = namedSubscribers((options.subscribers ?? {}) as Record<string, Subscriber>, hooks)
  const engine = createEngine({
    storage,
    clock,
    settings,
    roles,
    definitions: DEFINITIONS.map((definition) => {
      if (definition.type === 'leads') return defineLeads(options.leads)
      return definition.type === 'files' ? defineFiles(options.files, checkSecrets(options.secrets)) : definition
    }),
    fields: options.fields ?? {},
    hooks,
    assignment: options.assignment ?? {},
    announce: notices.announce,
    announceLater: held.hold,
    client: (caller) => scopedClient(caller),
  })
  declarePipelines(engine, options.pipelines)
  declareWays(engine, options)
  const ofSystem = (tenant: string, reason: string, past?: Caller['past']) => systemCaller(engine, tenant, reason, past)
  if (options.email) subscribers.push(invitationMail(options.email, (tenant) => ofSystem(tenant, 'invitations')))
  const clientOf = (tenant: string, reason: string) => scopedClient<C>(ofSystem(tenant, reason))

  const jobs: Job[] = []
  if (options.files)
    jobs.push({ name: 'files', run: async (round) => (await import('./files/sweep')).sweepFiles(engine, round) })
  const workers: Worker[] = []
  let ticking: Tick | undefined
  const tick: Tick = async (round, stopping) => {
    ticking ??= (await import('./background')).createTick({
      engine,
      subscribers,
      jobs,
      releaseNotices: held.release,
      clientOf,
    })
    return ticking(round, stopping)
  }

  return {
    as(identity) {
      const { user, tenant = 'default' } = identity ?? {}
      checkName('user', user)
      checkName('tenant', tenant)
      return scopedClient<C>(userCaller(engine, tenant, user))
    },
    asSystem(identity) {
      const { tenant = 'default', reason, history } = identity ?? {}
      checkName('tenant', tenant)
      checkName('reason', reason)
      if (history !== undefined) checkHistory(history)
      return scopedClient<C>(ofSystem(tenant, reason, history && { at: history.at, by: history.by ?? null }))
    },
    async migrate(how) {
      const plan = await migrate(storage, clock.now(), how)
      await (await import('./records/search/fill')).fillSearch(engine)
      return plan
    },
    migrations: {
      plan: () => planMigrations(storage),
      sql: ({ from, grantTo } = {}) => [
        ...migrationStatements(storage, clock.now(), from),
        ...(grantTo === undefined ? [] : grantStatements(storage, grantTo)),
      ],
    },
    on: notices.on,
    tick: (round) => tick(round),
    worker(how) {
      const worker = createWorker(
        { clock, tick: (stopping) => tick({}, stopping), onWrite: (wake) => notices.on('*', wake) },
        how,
      )
      workers.push(worker)
      return worker
    },
    events: {
      failed: (query) => failedDeliveries(engine, query),
      retry: (eventId, subscriber) => retryDelivery(engine, eventId, subscriber),
    },
    download: async (token, how) =>
      (await import('./files/links')).openLink(engine, token, how ?? {}, (ofTenant, ofUser) =>
        ofUser === null ? ofSystem(ofTenant, 'file link') : userCaller(engine, ofTenant, ofUser),
      ),
    capture: createCapture(options.capture, engine, ofSystem),
    calendarFeed: async (token) =>
      (await import('./exchange/icalendar/feed')).readFeed(engine, token, (tenant, user) =>
        userCaller(engine, tenant, user),
      ),
    async close() {
      await Promise.all(workers.map((worker) => worker.stop()))
      await Promise.all([options.email?.close?.(), options.sms?.close?.(), storage.close()])
    },
  }
}

function checkName(field: string, value: unknown) {
  if (typeof value === 'string' && value.length > 0 && value.length <= 255 && !hasForbiddenCharacters(value)) return
  throw invalid(field, 'required', `Give ${field} as text of 1 to 255 characters.`)
}

function checkStorage(storage: unknown) {
  const { table, transaction } = Object(storage) as Partial<Storage>
  if (typeof table === 'function' && typeof transaction === 'function') return
  throw invalid('storage', 'required', "Say where records live, e.g. { storage: sqlite({ file: 'crm.db' }) }.")
}

function checkSecrets(secrets: readonly string[] = []): readonly string[] {
  if (Array.isArray(secrets) && secrets.every((one) => typeof one === 'string' && one.length >= 32)) return secrets
  throw invalid('secrets', 'weak-secret', 'Give a list of texts of at least 32 random characters each.')
}

function checkHistory(history: NonNullable<SystemIdentity['history']>) {
  const { at, by = null } = Object(history) as Partial<typeof history>
  if (!(at instanceof Date) || Number.isNaN(at.getTime())) {
    throw invalid('history.at', 'invalid-instant', 'Give the past moment as a Date.')
  }
  if (by !== null) checkName('history.by', by)
}

function checkSettings(given: Partial<Settings> = {}): Settings {
  const settings = {
    currency: 'USD',
    country: undefined,
    timeZone: 'UTC',
    fiscalYearStart: 1,
    weekStartsOn: 1,
    dueTime: '09:00',
    workingHours: STANDARD_HOURS,
    ...given,
  } as Settings
  checkWeeklyHours('settings.workingHours', settings.workingHours)
  if (!isCurrency(settings.currency))
    throw invalid('settings.currency', 'invalid-currency', 'Use an ISO 4217 code such as EUR.')
  if (!isTimeZone(settings.timeZone))
    throw invalid('settings.timeZone', 'invalid-zone', 'Use an IANA zone such as Europe/Berlin.')
  if (!Number.isInteger(settings.fiscalYearStart) || settings.fiscalYearStart < 1 || settings.fiscalYearStart > 12) {
    throw invalid('settings.fiscalYearStart', 'out-of-range', 'Give a month from 1 to 12.')
  }
  if (!isTimeOfDay(settings.dueTime))
    throw invalid('settings.dueTime', 'invalid-time', 'Give a time of the day such as 09:00.')
  return settings
}

const warn = (error: unknown, event: EventRecord) =>
  process.emitWarning(`A listener of ${event.name} threw: ${error instanceof Error ? error.message : String(error)}`)
