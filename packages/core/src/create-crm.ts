import { BUILT_IN_ROLES, defineRole } from './access/roles'
import type { Tick } from './background'
import { checkHistory, checkName, checkSecrets, checkSettings, checkStorage } from './check-options'
import type { Crm, CrmOptions } from './crm'
import { declarePipelines } from './deals/declared-pipelines'
import { createEngine } from './engine-wiring'
import { failedDeliveries, retryDelivery } from './events/failures'
import { createHeldNotices } from './events/held'
import { createNotices } from './events/notices'
import { namedSubscribers, type Subscriber } from './events/subscribers'
import { createWorker, type Worker } from './events/worker'
import { invitationMail } from './exchange/icalendar/api'
import { defineFiles } from './files/definition'
import { systemClock } from './kernel/clock'
import { createCapture } from './leads/capture'
import { defineLeads } from './leads/definition'
import { declareWays } from './notifications/ways'
import { type Caller, systemCaller, userCaller } from './records/caller'
import { checkCustomFields } from './records/custom-fields'
import type { RecordHooks } from './records/engine'
import type { EventRecord } from './records/event'
import type { RecordType } from './records/field'
import { type CustomFields, DEFINITIONS, scopedClient } from './scoped-client'
import { grantStatements } from './storage/grants'
import { migrate, migrationStatements, planMigrations } from './storage/migrate'

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

  const workers: Worker[] = []
  let ticking: Tick | undefined
  const tick: Tick = async (round, stopping) => {
    ticking ??= (await import('./background')).createTick({
      engine,
      subscribers,
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

const warn = (error: unknown, event: EventRecord) =>
  process.emitWarning(`A listener of ${event.name} threw: ${error instanceof Error ? error.message : String(error)}`)
