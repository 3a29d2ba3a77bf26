import { createDirectory } from './access/directory'
import type { Role } from './access/roles'
import { recordTimeline } from './events/timeline'
import type { Clock } from './kernel/clock'
import { normalForms } from './kernel/normal-form'
import { loadPhone, type PhoneParser } from './kernel/phone'
import type { AssignmentRule } from './records/assignment'
import type { Caller } from './records/caller'
import type { RecordDefinition } from './records/definition'
import type { Engine, RecordHooks, Settings } from './records/engine'
import type { EventRecord } from './records/event'
import type { Fields, RecordType } from './records/field'
import { bindRecord } from './records/record-table'
import type { Validator } from './records/validator'
import { hasPartsIndex, requireMigrated } from './storage/migrate'
import type { Storage } from './storage/port'

export interface EngineParts {
  storage: Storage
  clock: Clock
  settings: Settings
  roles: Readonly<Record<string, Role>>
  definitions: readonly RecordDefinition[]
  fields: Partial<Record<RecordType, Fields>>
  hooks: Partial<Record<RecordType, RecordHooks>>
  assignment: Partial<Record<RecordType, AssignmentRule>>
  announce(events: readonly EventRecord[]): void
  announceLater(events: readonly EventRecord[]): void
  client(caller: Caller): unknown
}

const STALE_AFTER = 5000

/** Puts the parts together. Loads validators and number plans, and checks the schema, at the first call that needs them. */
export function createEngine(parts: EngineParts): Engine {
  const { storage, clock, settings, definitions, fields } = parts
  let phone: PhoneParser | undefined
  let validators: Map<RecordType, Validator> | undefined
  let migrated = false
  let hasParts = false

  const normalise = normalForms(settings.country, () => phone)

  const tables = new Map(
    definitions.map((definition) => [
      definition.type,
      bindRecord(definition, fields[definition.type] ?? {}, storage, normalise),
    ]),
  )

  async function load() {
    const [{ buildValidator }, plans] = await Promise.all([import('./records/zod-schema'), loadPhone()])
    phone = plans
    validators = new Map(definitions.map((one) => [one.type, buildValidator(one, fields[one.type] ?? {}, normalise)]))
  }

  async function prepare(on: Storage) {
    if (!validators) await load()
    if (!migrated) {
      await requireMigrated(on)
      hasParts = await hasPartsIndex(on)
    }
    migrated = true
  }

  return {
    storage,
    clock,
    settings,
    directory: createDirectory({
      storage,
      roles: parts.roles,
      zone: settings.timeZone,
      staleAfter: STALE_AFTER,
    }),
    roles: Object.keys(parts.roles),
    tables,
    hooks: parts.hooks,
    assignment: parts.assignment,
    ready: (on) => (migrated && validators ? undefined : prepare(on)),
    validator: (type) => validators?.get(type) as Validator,
    partsIndex: () => (hasParts ? storage.dialect.parts : undefined),
    normalise,
    announce: parts.announce,
    announceLater: parts.announceLater,
    timeline: recordTimeline,
    client: parts.client,
    callerOn: (caller, on) => ({ ...caller, storage: on, actor: () => caller.actorOn(on), pendingEvents: undefined }),
  }
}
