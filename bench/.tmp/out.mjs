var __defProp = Object.defineProperty
var __getOwnPropNames = Object.getOwnPropertyNames
var __esm = (fn, res) =>
  function __init() {
    return (fn && (res = (0, fn[__getOwnPropNames(fn)[0]])((fn = 0))), res)
  }
var __export = (target, all) => {
  for (var name in all) __defProp(target, name, { get: all[name], enumerable: true })
}

// packages/core/src/kernel/errors.ts
function isCrmError(error, code) {
  const branded = typeof error === 'object' && error !== null && error[BRAND] === true
  return branded && (code === void 0 || error.code === code)
}
function invalid(field2, rule, remedy) {
  return new CrmError('VALIDATION', `${field2}: ${remedy}`, { field: field2, rule, remedy })
}
var HTTP_STATUS, BRAND, CrmError
var init_errors = __esm({
  'packages/core/src/kernel/errors.ts'() {
    HTTP_STATUS = {
      VALIDATION: 422,
      NOT_FOUND: 404,
      FORBIDDEN: 403,
      CONFLICT: 409,
      DUPLICATE: 409,
      INVALID_TRANSITION: 409,
      RATE_LIMITED: 429,
      CLOSED: 503,
      NOT_MIGRATED: 503,
      STORAGE: 500,
    }
    BRAND = /* @__PURE__ */ Symbol.for('rapport.CrmError')
    CrmError = class extends Error {
      code
      status
      problems
      constructor(code, message, problems = [], cause) {
        super(message, cause === void 0 ? void 0 : { cause })
        this.name = 'CrmError'
        this.code = code
        this.status = HTTP_STATUS[code]
        this.problems = Array.isArray(problems) ? problems : [problems]
        Object.defineProperty(this, BRAND, { value: true })
      }
      /** Field of the first problem. */
      get field() {
        return this.problems[0]?.field
      }
      /** Rule of the first problem. */
      get rule() {
        return this.problems[0]?.rule
      }
      /** What to do about the first problem. */
      get remedy() {
        return this.problems[0]?.remedy
      }
      /** Problems by field, for forms. */
      get details() {
        const byField2 = /* @__PURE__ */ Object.create(null)
        for (const problem of this.problems) byField2[problem.field] = [...(byField2[problem.field] ?? []), problem]
        return byField2
      }
      toJSON() {
        return { code: this.code, status: this.status, message: this.message, problems: this.problems }
      }
    }
  },
})

// packages/core/src/storage/lock.ts
function createLock(patience) {
  let held = false
  const waiting = []
  function release2() {
    const next = waiting.shift()
    if (next) next()
    else held = false
  }
  function acquire() {
    if (!held) {
      held = true
      return void 0
    }
    return new Promise((resolve, reject) => {
      const turn = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(turn), 1)
        reject(busyError(patience))
      }, patience)
      waiting.push(turn)
    })
  }
  return {
    get held() {
      return held
    },
    async run(work2) {
      const turn = acquire()
      if (turn) await turn
      try {
        return await work2()
      } finally {
        release2()
      }
    },
  }
}
var busyError
var init_lock = __esm({
  'packages/core/src/storage/lock.ts'() {
    init_errors()
    busyError = (patience) =>
      new CrmError('STORAGE', `Waited ${patience} ms for an open transaction to end.`, {
        field: 'storage',
        rule: 'busy',
        remedy: 'Inside a transaction or a hook, use the client you were given there (`tx` or `me.within(trx)`).',
      })
  },
})

// packages/core/src/storage/port.ts
var EVERY_TENANT, scopedTo
var init_port = __esm({
  'packages/core/src/storage/port.ts'() {
    EVERY_TENANT = /* @__PURE__ */ Symbol.for('rapport.every-tenant')
    scopedTo = (storage, tenant) => storage.scoped?.(tenant) ?? storage
  },
})

// packages/core/src/storage/sql.ts
function sql(parts, ...values) {
  let text = parts[0]
  const params = []
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (isSql(value)) {
      text += value.text
      for (const param of value.params) params.push(param)
    } else {
      text += '?'
      params.push(value)
    }
    text += parts[i + 1]
  }
  return { text, params }
}
function join(pieces, separator) {
  const params = []
  for (const piece of pieces) for (const param of piece.params) params.push(param)
  return { text: pieces.map((piece) => piece.text).join(separator), params }
}
function and(...conditions) {
  if (conditions.includes(FALSE)) return FALSE
  const kept = conditions.filter((condition2) => condition2 !== TRUE)
  return kept.length === 0 ? TRUE : kept.length === 1 ? kept[0] : chain(kept, ' and ')
}
function or(...conditions) {
  if (conditions.includes(TRUE)) return TRUE
  const kept = conditions.filter((condition2) => condition2 !== FALSE)
  return kept.length === 0 ? FALSE : kept.length === 1 ? kept[0] : parenthesise(chain(kept, ' or '))
}
function chain(conditions, word) {
  if (conditions.length <= LONGEST_CHAIN) return join(conditions.map(parenthesise), word)
  const groups = []
  for (let at = 0; at < conditions.length; at += LONGEST_CHAIN)
    groups.push(chain(conditions.slice(at, at + LONGEST_CHAIN), word))
  return chain(groups, word)
}
function inList(column, values) {
  if (values.length === 0) return FALSE
  if (values.length === 1) return sql`${column} = ${values[0]}`
  return { text: `${column.text} in (${'?, '.repeat(values.length - 1)}?)`, params: [...column.params, ...values] }
}
var isSql, NO_PARAMS, raw, TRUE, FALSE, LONGEST_CHAIN, parenthesise, not
var init_sql = __esm({
  'packages/core/src/storage/sql.ts'() {
    isSql = (value) => typeof value === 'object' && value !== null && 'text' in value
    NO_PARAMS = []
    raw = (text) => ({ text, params: NO_PARAMS })
    TRUE = raw('1 = 1')
    FALSE = raw('1 = 0')
    LONGEST_CHAIN = 100
    parenthesise = (condition2) => ({ text: `(${condition2.text})`, params: condition2.params })
    not = (condition2) =>
      condition2 === TRUE ? FALSE : condition2 === FALSE ? TRUE : sql`case when ${condition2} then 0 else 1 end = 1`
  },
})

// packages/core/src/access/roles.ts
function defineRole(role) {
  for (const [resource, grant] of Object.entries(role)) {
    if (resource !== '*' && !RESOURCES.includes(resource)) {
      throw invalid(`roles.${resource}`, 'unknown-resource', `Use one of: ${RESOURCES.join(', ')}, or '*'.`)
    }
    for (const [action, level] of Object.entries(grant)) {
      if (action === 'fields') checkFields(resource, level)
      else if (!ACTIONS.includes(action)) {
        throw invalid(`roles.${resource}.${action}`, 'unknown-action', `Use one of: ${ACTIONS.join(', ')}.`)
      } else if (!LEVELS.includes(level)) {
        throw invalid(`roles.${resource}.${action}`, 'invalid-level', `Use one of: ${LEVELS.join(', ')}.`)
      }
    }
  }
  return role
}
function checkFields(resource, fields) {
  for (const [name, level] of Object.entries(fields)) {
    if (!FIELD_LEVELS.includes(level)) {
      throw invalid(`roles.${resource}.fields.${name}`, 'invalid-level', `Use one of: ${FIELD_LEVELS.join(', ')}.`)
    }
  }
}
function mergeRoles(roles) {
  const grantsOf = (resource) => roles.map((role) => role[resource] ?? role['*']).filter((grant) => grant !== void 0)
  return {
    level: (resource, action) =>
      highest(
        LEVELS,
        grantsOf(resource).map((grant) => grant[action] ?? 'none'),
        'none',
      ),
    field: (resource, name) => {
      const readers = grantsOf(resource).filter((grant) => (grant.read ?? 'none') !== 'none')
      return highest(
        FIELD_LEVELS,
        readers.map((grant) => grant.fields?.[name] ?? 'update'),
        readers.length ? 'none' : 'update',
      )
    },
  }
}
var ACTIONS, RESOURCES, LEVELS, FIELD_LEVELS, everything, wholeTeam, rep, BUILT_IN_ROLES, highest
var init_roles = __esm({
  'packages/core/src/access/roles.ts'() {
    init_errors()
    ACTIONS = ['read', 'create', 'update', 'delete', 'assign', 'share', 'convert', 'merge', 'import', 'export', 'purge']
    RESOURCES = [
      'leads',
      'contacts',
      'companies',
      'deals',
      'products',
      'activities',
      'tasks',
      'notes',
      'reports',
      'users',
      'settings',
      'audit',
    ]
    LEVELS = ['none', 'own', 'team', 'all']
    FIELD_LEVELS = ['none', 'read', 'update']
    everything = Object.fromEntries(ACTIONS.map((action) => [action, 'all']))
    wholeTeam = {
      read: 'team',
      create: 'team',
      update: 'team',
      delete: 'team',
      assign: 'team',
      share: 'team',
      convert: 'team',
      merge: 'team',
      import: 'team',
      export: 'team',
    }
    rep = { read: 'team', create: 'own', update: 'own', delete: 'own', share: 'own' }
    BUILT_IN_ROLES = {
      /** Everything, settings included. */
      admin: { '*': everything },
      /** All of the own teams' subtree: records, reports, assignment. */
      manager: {
        leads: wholeTeam,
        contacts: wholeTeam,
        companies: wholeTeam,
        deals: wholeTeam,
        activities: wholeTeam,
        tasks: wholeTeam,
        notes: wholeTeam,
        products: { read: 'all' },
        reports: { read: 'team', export: 'team' },
        users: { read: 'all' },
      },
      /** Own records, sees the team's, converts leads; no export. */
      sales: {
        leads: { ...rep, convert: 'own' },
        contacts: rep,
        companies: rep,
        deals: rep,
        activities: rep,
        tasks: rep,
        notes: rep,
        products: { read: 'all' },
        reports: { read: 'team' },
        users: { read: 'all' },
      },
      /** Sees contacts and their history, works own tasks, logs activities; deal amounts stay hidden. */
      support: {
        contacts: { read: 'all' },
        companies: { read: 'all' },
        deals: { read: 'all', fields: { amount: 'none', lines: 'none' } },
        activities: { read: 'all', create: 'own', update: 'own' },
        tasks: { read: 'own', create: 'own', update: 'own', delete: 'own' },
        notes: { read: 'all', create: 'own', update: 'own' },
        users: { read: 'all' },
      },
      /** Sees the tenant's records and reports, changes nothing. */
      readonly: {
        leads: { read: 'all' },
        contacts: { read: 'all' },
        companies: { read: 'all' },
        deals: { read: 'all' },
        activities: { read: 'all' },
        tasks: { read: 'all' },
        notes: { read: 'all' },
        products: { read: 'all' },
        reports: { read: 'all' },
        users: { read: 'all' },
      },
    }
    highest = (order, values, least) =>
      values.reduce((best, value) => (order.indexOf(value) > order.indexOf(best) ? value : best), least)
  },
})

// packages/core/src/records/definition.ts
var defineRecord
var init_definition = __esm({
  'packages/core/src/records/definition.ts'() {
    defineRecord = (definition) => definition
  },
})

// packages/core/src/records/field.ts
var define, field, server, stamped, defaulted, isServerOwned
var init_field = __esm({
  'packages/core/src/records/field.ts'() {
    define = (kind, options, more = {}) => {
      const { required, ...rest } = options ?? {}
      return { kind, mode: required ? 'required' : 'optional', ...rest, ...more }
    }
    field = {
      text: (options) => define('text', options, { max: options?.max ?? 255 }),
      email: (options) => define('email', options, { max: 254, normalised: 'email' }),
      phone: (options) => define('phone', options, { max: 64, normalised: 'phone' }),
      url: (options) => define('url', options, { max: 2048 }),
      /** A double; not for money. */
      number: (options) => define('number', options),
      integer: (options) => define('integer', options),
      money: (options) => define('money', options),
      /** A calendar date, `YYYY-MM-DD`. */
      date: (options) => define('date', options),
      /** A point in time, to the millisecond. */
      instant: (options) => define('instant', options),
      boolean: (options) => define('boolean', options),
      select: (values, options) => define('select', options, { options: values }),
      multiSelect: (values, options) => define('multiselect', options, { options: values }),
      /** A user's id. */
      user: (options) => define('user', options),
      /** The id of another record of the tenant, which the writer must be able to see. */
      link: (to, options) => define('link', options, { to }),
      emails: () => define('emails', void 0),
      phones: () => define('phones', void 0),
      addresses: () => define('addresses', void 0),
      json: () => define('json', void 0),
    }
    server = (of2) => ({
      ...of2,
      mode: 'server',
    })
    stamped = (of2) => ({
      ...of2,
      mode: 'stamped',
    })
    defaulted = (of2, initial) => ({
      ...of2,
      mode: 'defaulted',
      ...(initial !== void 0 && { initial }),
    })
    isServerOwned = (of2) => of2.mode === 'server' || of2.mode === 'stamped'
  },
})

// packages/core/src/records/caller.ts
var nowOf, authorOf
var init_caller = __esm({
  'packages/core/src/records/caller.ts'() {
    nowOf = (caller) => caller.past?.at ?? caller.engine.clock.now()
    authorOf = (caller, actor) => (caller.past ? caller.past.by : actor.user)
  },
})

// packages/core/src/records/engine.ts
function tableOf(engine, type) {
  const table3 = engine.tables.get(type)
  if (!table3) throw new Error(`No record type ${type}`)
  return table3
}
var init_engine = __esm({
  'packages/core/src/records/engine.ts'() {},
})

// packages/core/src/access/scope.ts
function scopeOf(level, user, colleagues, shared) {
  if (level === 'none') return NOTHING
  if (level === 'all') return EVERYTHING
  if (level === 'own') return { kind: 'owners', owners: /* @__PURE__ */ new Set([user]) }
  return { kind: 'owners', owners: colleagues, ...(shared && { shared }) }
}
function narrower(one, other) {
  if (one.kind !== 'owners' || other.kind !== 'owners') return one.kind === 'none' || other.kind === 'all' ? one : other
  const within2 = [...one.owners].every((owner) => other.owners.has(owner)) && (!one.shared || other.shared !== void 0)
  return within2 ? one : other
}
function inScope(scope, record, sharedIds) {
  if (scope.kind !== 'owners') return scope.kind === 'all'
  if (record.owner !== null && scope.owners.has(record.owner)) return true
  return scope.shared !== void 0 && sharedIds.has(record.id)
}
function scopeSql(scope, table3) {
  if (scope.kind !== 'owners') return scope.kind === 'all' ? TRUE : FALSE
  return or(ownedBy([...scope.owners], table3), scope.shared ? sharedRows(scope.shared, table3) : FALSE)
}
function sharedRows(shared, table3) {
  return sql`${raw(`${table3.alias}.id`)} in (${sharedIdsSql(shared, table3)})`
}
function sharedIdsSql(shared, { type, tenant, shares: shares2 }) {
  const grantee = (kind, ids) => {
    const level = shared.level === 'edit' ? raw(` and level = 'edit'`) : raw('')
    return sql`select record_id from ${raw(shares2)} where tenant_id = ${tenant} and record_type = ${type} and grantee_kind = ${kind} and ${inList(raw('grantee_id'), ids)}${level}`
  }
  const byUser = grantee('user', [shared.user])
  return shared.teams.length === 0 ? byUser : join([byUser, grantee('team', shared.teams)], ' union ')
}
var NOTHING, EVERYTHING, ownedBy
var init_scope = __esm({
  'packages/core/src/access/scope.ts'() {
    init_sql()
    NOTHING = { kind: 'none' }
    EVERYTHING = { kind: 'all' }
    ownedBy = (owners, { alias }) => inList(raw(`${alias}.owner`), owners)
  },
})

// packages/core/src/access/actor.ts
function userActor(tenant, membership) {
  const { user, role, teams } = membership
  const colleagues = /* @__PURE__ */ new Set([user, ...membership.members])
  const scopes = /* @__PURE__ */ new Map()
  function scope(resource, action) {
    const key = `${resource}.${action}`
    const known3 = scopes.get(key)
    if (known3) return known3
    const level = action === 'update' ? 'edit' : action === 'read' ? 'read' : void 0
    const shared = level && { user, teams: membership.ownTeams, level }
    const made = scopeOf(role.level(resource, action), user, colleagues, shared)
    scopes.set(key, made)
    return made
  }
  return {
    tenant,
    user,
    reason: null,
    zone: membership.zone,
    locale: membership.locale,
    teams,
    colleagues,
    scope,
    field: role.field,
  }
}
function requireAny(actor, resource, action) {
  const scope = actor.scope(resource, action)
  if (scope.kind === 'none') throw forbidden(resource, action)
  return scope
}
var systemActor, strangerActor, isStranger, forbidden
var init_actor = __esm({
  'packages/core/src/access/actor.ts'() {
    init_errors()
    init_scope()
    systemActor = (tenant, reason, zone) => ({
      tenant,
      user: null,
      reason,
      zone,
      locale: 'en',
      teams: [],
      colleagues: /* @__PURE__ */ new Set(),
      scope: () => EVERYTHING,
      field: () => 'update',
    })
    strangerActor = (tenant, user, zone) => ({
      tenant,
      user,
      reason: null,
      zone,
      locale: 'en',
      teams: [],
      colleagues: /* @__PURE__ */ new Set(),
      scope: () => NOTHING,
      field: () => 'none',
    })
    isStranger = ({ user, colleagues }) => user !== null && !colleagues.has(user)
    forbidden = (resource, action) =>
      new CrmError('FORBIDDEN', `You may not ${action} these ${resource}.`, {
        field: resource,
        rule: `${action}-not-granted`,
        remedy: `Ask an administrator for a role that grants ${action} on ${resource}.`,
      })
  },
})

// packages/core/src/kernel/text.ts
function foldText(text) {
  if (ASCII.test(text)) return collapse(text.toLowerCase())
  const bare = text.normalize('NFKD').toLowerCase().normalize('NFKD').replace(MARKS, '').replace(INVISIBLE, '')
  return collapse(bare.replace(SPECIAL, (letter) => LETTERS[letter] ?? letter).normalize('NFC'))
}
var ASCII, MARKS, INVISIBLE, LETTERS, SPECIAL, cleanText, hasForbiddenCharacters, FORBIDDEN, collapse, UNEVEN
var init_text = __esm({
  'packages/core/src/kernel/text.ts'() {
    ASCII = /^[\x20-\x7e]*$/
    MARKS =
      /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]|[\u0483-\u0489]|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]|[\u0610-\u061a]|[\u064b-\u065f\u0670]|[\ufe00-\ufe0f]/g
    INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g
    LETTERS = {
      \u00DF: 'ss',
      \u00E6: 'ae',
      \u0153: 'oe',
      \u00F8: 'o',
      \u0142: 'l',
      \u0111: 'd',
      \u00F0: 'd',
      \u00FE: 'th',
      \u0127: 'h',
      \u0131: 'i',
      \u0167: 't',
      \u014B: 'n',
      \u0138: 'k',
      \u0192: 'f',
      \u03C2: '\u03C3',
      '\u2018': "'",
      '\u2019': "'",
      \u02BC: "'",
      '\u201B': "'",
      '\u2032': "'",
      '\u201C': '"',
      '\u201D': '"',
      '\u201E': '"',
      '\u2010': '-',
      '\u2011': '-',
      '\u2012': '-',
      '\u2013': '-',
      '\u2014': '-',
    }
    SPECIAL = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g')
    cleanText = (text) => collapse(ASCII.test(text) ? text : text.normalize('NFC'))
    hasForbiddenCharacters = (text) => FORBIDDEN.test(text)
    FORBIDDEN = /[\0\p{Surrogate}]/u
    collapse = (text) => (UNEVEN.test(text) ? text.replace(/\s+/g, ' ').trim() : text)
    UNEVEN = /^\s|\s$|\s\s|[^\S ]/
  },
})

// packages/core/src/deals/pipeline-types.ts
var STAGE_CLASSES, FORECAST_CATEGORIES
var init_pipeline_types = __esm({
  'packages/core/src/deals/pipeline-types.ts'() {
    STAGE_CLASSES = ['open', 'won', 'lost']
    FORECAST_CATEGORIES = ['pipeline', 'best-case', 'commit', 'closed', 'omitted']
  },
})

// packages/core/src/deals/pipeline-input.ts
function cleanPipeline(input, deals3, path = 'pipeline') {
  checkKeys(input, PIPELINE_KEYS, path)
  const { name, stages, forwardOnly = false } = input
  if (!Array.isArray(stages) || stages.length > MAX_STAGES) {
    throw invalid(`${path}.stages`, 'wrong-type', `Give a list of at most ${MAX_STAGES} stages.`)
  }
  const drafts = stages.map((stage, index) => cleanStage(stage, deals3, `${path}.stages.${index}`))
  for (const wanted of STAGE_CLASSES) {
    if (drafts.some((stage) => stage.class === wanted)) continue
    throw invalid(`${path}.stages`, 'missing-stage', `Add a stage of class ${wanted}.`)
  }
  if (new Set(drafts.map((stage) => foldText(stage.name))).size < drafts.length) {
    throw invalid(`${path}.stages`, 'duplicate-name', 'Give each stage of a pipeline its own name.')
  }
  return {
    name: cleanName(name, `${path}.name`),
    forwardOnly: cleanFlag(forwardOnly, `${path}.forwardOnly`),
    stages: drafts,
  }
}
function cleanStage(input, deals3, path) {
  checkKeys(input, STAGE_KEYS, path)
  const stageClass = oneOf(STAGE_CLASSES, input.class ?? 'open', `${path}.class`)
  const complete = {
    ...CLASS_DEFAULTS[stageClass],
    rottenAfterDays: null,
    requiredFields: [],
    ...withoutUndefined(input),
  }
  return {
    name: cleanName(complete.name, `${path}.name`),
    class: stageClass,
    probability: cleanInteger(complete.probability, 100, `${path}.probability`),
    forecastCategory: oneOf(FORECAST_CATEGORIES, complete.forecastCategory, `${path}.forecastCategory`),
    rottenAfterDays: cleanDays(complete.rottenAfterDays, `${path}.rottenAfterDays`),
    requiredFields: cleanRequired(complete.requiredFields, deals3, `${path}.requiredFields`),
  }
}
function checkKeys(input, keys, path) {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid(path, 'wrong-type', `Give an object with: ${keys.join(', ')}.`)
  }
  const unknown2 = Object.keys(input).find((key) => !keys.includes(key))
  if (unknown2 !== void 0) throw invalid(`${path}.${unknown2}`, 'unknown-key', `Use only: ${keys.join(', ')}.`)
}
function cleanName(value, path) {
  const name = typeof value === 'string' ? cleanText(value) : ''
  if (name !== '' && name.length <= MAX_NAME && !hasForbiddenCharacters(name)) return name
  throw invalid(path, 'invalid-text', `Give 1 to ${MAX_NAME} characters of text.`)
}
function cleanFlag(value, path) {
  if (typeof value === 'boolean') return value
  throw invalid(path, 'wrong-type', 'Give true or false.')
}
function cleanInteger(value, max, path) {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value
  throw invalid(path, 'out-of-range', `Give a whole number from 0 to ${max}.`)
}
function oneOf(options, value, path) {
  if (options.includes(value)) return value
  throw invalid(path, 'invalid-option', `Use one of: ${options.join(', ')}.`)
}
function cleanRequired(value, deals3, path) {
  const writable = [...deals3.fields].filter(([, { field: field2 }]) => !isServerOwned(field2)).map(([name]) => name)
  const known3 = /* @__PURE__ */ new Set([
    ...writable.filter((name) => name !== 'custom'),
    ...Object.keys(deals3.custom).map((name) => `custom.${name}`),
  ])
  if (!Array.isArray(value)) throw invalid(path, 'wrong-type', 'Give a list of field names.')
  const unknown2 = value.find((name) => !known3.has(name))
  if (unknown2 !== void 0) {
    throw invalid(
      path,
      'unknown-field',
      `${String(unknown2)} is no field of deals that can be filled; use names such as amount or custom.tier.`,
    )
  }
  return [...new Set(value)]
}
var MAX_STAGES, MAX_NAME, PIPELINE_KEYS, STAGE_KEYS, CLASS_DEFAULTS, withoutUndefined, cleanDays
var init_pipeline_input = __esm({
  'packages/core/src/deals/pipeline-input.ts'() {
    init_errors()
    init_text()
    init_field()
    init_pipeline_types()
    MAX_STAGES = 50
    MAX_NAME = 120
    PIPELINE_KEYS = ['name', 'stages', 'forwardOnly']
    STAGE_KEYS = ['name', 'probability', 'class', 'forecastCategory', 'rottenAfterDays', 'requiredFields']
    CLASS_DEFAULTS = {
      open: { forecastCategory: 'pipeline' },
      won: { probability: 100, forecastCategory: 'closed' },
      lost: { probability: 0, forecastCategory: 'omitted' },
    }
    withoutUndefined = (input) => Object.fromEntries(Object.entries(input).filter(([, value]) => value !== void 0))
    cleanDays = (value, path) => (value === null ? null : cleanInteger(value, 3650, path))
  },
})

// packages/core/src/deals/declared-pipelines.ts
function declarePipelines(engine, pipelines = [DEFAULT_PIPELINE]) {
  if (!Array.isArray(pipelines) || pipelines.length === 0) {
    throw invalid('pipelines', 'required', 'Give at least one pipeline, or leave pipelines out for the default one.')
  }
  const deals3 = tableOf(engine, 'deals')
  const drafts = pipelines.map((pipeline, index) => cleanPipeline(pipeline, deals3, `pipelines.${index}`))
  if (new Set(drafts.map(({ name }) => foldText(name))).size < drafts.length) {
    throw invalid('pipelines', 'duplicate-name', 'Give each pipeline its own name.')
  }
  declared.set(engine, drafts)
}
var DEFAULT_PIPELINE, declared, declaredPipelines
var init_declared_pipelines = __esm({
  'packages/core/src/deals/declared-pipelines.ts'() {
    init_errors()
    init_text()
    init_engine()
    init_pipeline_input()
    DEFAULT_PIPELINE = {
      name: 'Sales',
      stages: [
        { name: 'Qualification', probability: 10, forecastCategory: 'pipeline' },
        { name: 'Proposal Sent', probability: 40, forecastCategory: 'best-case' },
        { name: 'Negotiation', probability: 70, forecastCategory: 'commit' },
        { name: 'Closed Won', class: 'won' },
        { name: 'Closed Lost', class: 'lost' },
      ],
    }
    declared = /* @__PURE__ */ new WeakMap()
    declaredPipelines = (engine) => declared.get(engine) ?? []
  },
})

// packages/core/src/access/directory.ts
function createDirectory(options) {
  const known3 = /* @__PURE__ */ new Map()
  let changes = 0
  async function load2(key, tenant, user, storage) {
    const started = Date.now()
    const before = changes
    const actor = await readActor(options, storage, tenant, user)
    if (storage.joined || changes !== before) return actor
    if (known3.size >= ACTORS_KEPT) known3.delete(known3.keys().next().value)
    known3.set(key, { actor, until: started + options.staleAfter })
    return actor
  }
  return {
    actor(tenant, user, storage = scopedTo(options.storage, tenant)) {
      const key = keyOf(tenant, user)
      const entry = known3.get(key)
      return entry && entry.until > Date.now() ? entry.actor : load2(key, tenant, user, storage)
    },
    forget(tenant) {
      changes++
      for (const key of known3.keys()) if (key.startsWith(keyOf(tenant, ''))) known3.delete(key)
    },
  }
}
async function readActor({ roles, zone }, storage, tenant, user) {
  const [row] = await storage.read(
    `select time_zone, locale, roles from ${storage.table('user')} where tenant_id = ? and id = ? and active = 1`,
    [tenant, user],
  )
  if (!row) return strangerActor(tenant, user, zone)
  const granted = JSON.parse(String(row[2])).flatMap((name) => (Object.hasOwn(roles, name) ? [roles[name]] : []))
  const mine = `select team_id from ${storage.table('team_member')} where tenant_id = ? and user_id = ? order by team_id`
  const ownTeams = (await storage.read(mine, [tenant, user])).map(([id]) => String(id))
  const teams = ownTeams.length === 0 ? [] : await subtree(storage, tenant, ownTeams)
  return userActor(tenant, {
    user,
    zone: String(row[0]),
    locale: String(row[1]),
    role: mergeRoles(granted),
    ownTeams,
    teams,
    members: teams.length === 0 ? [] : await membersOf(storage, tenant, teams),
  })
}
async function subtree(storage, tenant, roots) {
  const rows = await storage.read(
    `select id, parent_id from ${storage.table('team')} where tenant_id = ? order by id`,
    [tenant],
  )
  const children = groupByParent(rows)
  const found = /* @__PURE__ */ new Set()
  const visit = (team) => {
    if (found.has(team)) return
    found.add(team)
    for (const [child] of children.get(team) ?? []) visit(String(child))
  }
  roots.forEach(visit)
  return [...found]
}
function groupByParent(rows) {
  const groups = /* @__PURE__ */ new Map()
  for (const row of rows) groups.set(row[1], [...(groups.get(row[1]) ?? []), row])
  return groups
}
async function membersOf(storage, tenant, teams) {
  const listed = inList(raw('team_id'), teams)
  const text = `select distinct user_id from ${storage.table('team_member')} where tenant_id = ? and ${listed.text} order by user_id`
  return (await storage.read(text, [tenant, ...listed.params])).map(([id]) => String(id))
}
var ACTORS_KEPT, keyOf
var init_directory = __esm({
  'packages/core/src/access/directory.ts'() {
    init_port()
    init_sql()
    init_actor()
    init_roles()
    ACTORS_KEPT = 1e4
    keyOf = (tenant, user) => `${tenant.length} ${tenant}${user}`
  },
})

// packages/core/src/kernel/ids.ts
function newId() {
  const now = Date.now()
  if (now > lastTime) {
    lastTime = now
    counter = (random() << 16) | (random() << 8) | random()
  } else if (++counter > 67108863) {
    lastTime++
    counter = 0
  }
  const time = lastTime.toString(16).padStart(12, '0')
  const high = (28672 | (counter >>> 14)).toString(16)
  const low = (32768 | (counter & 16383)).toString(16)
  let tail = ''
  for (let i = 0; i < 6; i++) tail += HEX[random()]
  return `${time.slice(0, 8)}-${time.slice(8)}-${high}-${low}-${tail}`
}
function random() {
  if (used === pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  return pool[used++]
}
var ID, HEX, pool, used, lastTime, counter, isId
var init_ids = __esm({
  'packages/core/src/kernel/ids.ts'() {
    ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
    pool = new Uint8Array(4096)
    used = pool.length
    lastTime = 0
    counter = 0
    isId = (value) => typeof value === 'string' && ID.test(value)
  },
})

// packages/core/src/records/query.ts
async function queryContext(caller) {
  const ready = caller.engine.ready(caller.storage)
  if (ready) await ready
  const actor = await caller.actor()
  return { engine: caller.engine, tenant: caller.tenant, actor, now: nowOf(caller) }
}
var scopedTable, liveRows, rowsInScope, readableRows
var init_query = __esm({
  'packages/core/src/records/query.ts'() {
    init_scope()
    init_sql()
    init_caller()
    scopedTable = (query, table3, alias) => ({
      alias,
      type: table3.type,
      tenant: query.tenant,
      shares: query.engine.storage.table('share'),
    })
    liveRows = (query, alias) =>
      sql`${raw(`${alias}.tenant_id`)} = ${query.tenant} and ${raw(`${alias}.deleted_at`)} is null`
    rowsInScope = (query, table3, scope, alias) =>
      and(liveRows(query, alias), scopeSql(scope, scopedTable(query, table3, alias)))
    readableRows = (query, table3, alias) => rowsInScope(query, table3, query.actor.scope(table3.type, 'read'), alias)
  },
})

// packages/core/src/kernel/cached.ts
function cached(cache, key, make) {
  const known3 = cache.get(key)
  if (known3 !== void 0) return known3
  const made = make()
  cache.set(key, made)
  return made
}
var init_cached = __esm({
  'packages/core/src/kernel/cached.ts'() {},
})

// packages/core/src/records/visibility.ts
function isVisible(actor, table3, name, asked = []) {
  if (actor.field(table3.type, name) === 'none') return false
  if (name.startsWith('custom.') && actor.field(table3.type, 'custom') === 'none') return false
  const sources = table3.definition.madeFrom?.[name]
  if (sources === void 0) return true
  const path = [...asked, name]
  return sources.every((source) => path.includes(source) || isVisible(actor, table3, source, path))
}
function showTo(actor, table3, record) {
  for (const name of hiddenFields(actor, table3)) {
    if (name.startsWith('custom.')) delete record.custom[name.slice('custom.'.length)]
    else delete record[name]
  }
  return record
}
var perTable, customNames, hiddenOf, hiddenFields, writersOf, writesEverything
var init_visibility = __esm({
  'packages/core/src/records/visibility.ts'() {
    init_cached()
    perTable = (of2, actor, table3, make) =>
      cached(
        cached(of2, actor, () => /* @__PURE__ */ new Map()),
        table3,
        make,
      )
    customNames = (table3) => Object.keys(table3.custom).map((name) => `custom.${name}`)
    hiddenOf = /* @__PURE__ */ new WeakMap()
    hiddenFields = (actor, table3) =>
      perTable(hiddenOf, actor, table3, () => {
        const custom3 = isVisible(actor, table3, 'custom') ? customNames(table3) : []
        return [...table3.fields.keys(), ...custom3].filter((name) => !isVisible(actor, table3, name))
      })
    writersOf = /* @__PURE__ */ new WeakMap()
    writesEverything = (actor, table3) =>
      perTable(writersOf, actor, table3, () => {
        const names2 = [...table3.fields.keys(), ...(table3.definition.parts ?? []), ...customNames(table3)]
        return names2.every((name) => isVisible(actor, table3, name) && actor.field(table3.type, name) === 'update')
      })
  },
})

// packages/core/src/records/include.ts
async function includeRelated(caller, query, table3, records, include) {
  if (!Array.isArray(include) || !include.every((name) => typeof name === 'string'))
    throw invalid('include', 'wrong-type', 'Give a list of link names.')
  if (include.length === 0) return
  for (const record of records) record.related = {}
  for (const name of new Set(include)) {
    const field2 = table3.fields.get(name)?.field
    const target = field2?.kind === 'user' ? 'users' : field2?.kind === 'link' ? field2.to : void 0
    if (!target || !isVisible(query.actor, table3, name)) {
      throw invalid(`include.${name}`, 'unknown-field', 'Include only links of this record, such as company or owner.')
    }
    const ids = [...new Set(records.map((record) => record[name]).filter((id) => typeof id === 'string'))]
    const found = ids.length === 0 ? /* @__PURE__ */ new Map() : await readTargets(caller, query, target, ids)
    for (const record of records) record.related[name] = found.get(record[name]) ?? null
  }
}
async function readTargets(caller, query, target, ids) {
  if (target === 'users' && query.actor.scope('users', 'read').kind === 'none') return /* @__PURE__ */ new Map()
  if (Object.hasOwn(PLAIN_TABLES, target)) {
    const { table: table4, columns: columns2 } = PLAIN_TABLES[target]
    const select2 = sql`select ${raw(columns2.join(', '))} from ${raw(caller.storage.table(table4))} where tenant_id = ${query.tenant} and ${inList(raw('id'), ids)}`
    const rows2 = await caller.storage.read(select2.text, select2.params)
    return new Map(rows2.map((row) => [row[0], plainRow(columns2, row)]))
  }
  const table3 = tableOf(query.engine, target)
  if (query.actor.scope(table3.type, 'read').kind === 'none') return /* @__PURE__ */ new Map()
  const select = sql`select ${raw(table3.selectList)} from ${raw(table3.name)} r where ${and(readableRows(query, table3, 'r'), inList(raw('r.id'), ids))}`
  const rows = await caller.storage.read(select.text, select.params)
  return new Map(rows.map((row) => [row[0], showTo(query.actor, table3, table3.read(row))]))
}
var PLAIN_TABLES, plainRow
var init_include = __esm({
  'packages/core/src/records/include.ts'() {
    init_errors()
    init_sql()
    init_engine()
    init_query()
    init_visibility()
    PLAIN_TABLES = {
      users: { table: 'user', columns: ['id', 'name', 'email', 'active'] },
      pipelines: { table: 'pipeline', columns: ['id', 'name'] },
      stages: { table: 'stage', columns: ['id', 'name', 'class', 'position', 'probability'] },
    }
    plainRow = (columns2, row) =>
      Object.fromEntries(
        columns2.map((column, index) => [column, column === 'active' ? Boolean(row[index]) : row[index]]),
      )
  },
})

// packages/core/src/records/find.ts
function reach(query, type, action) {
  const own2 = query.actor.scope(type, action)
  return action === 'read' || action === 'create' ? own2 : narrower(own2, query.actor.scope(type, 'read'))
}
async function findInScope(query, reader, type, id, action, { deleted = false, toChange = false } = {}) {
  if (!isId(id)) return void 0
  const table3 = tableOf(query.engine, type)
  const scope = reach(query, type, action)
  if (scope.kind === 'none') return void 0
  const select = oneRow(query, table3, scopeSql(scope, scopedTable(query, table3, 'r')), id, deleted)
  const lock = toChange ? (query.engine.storage.dialect.forUpdate ?? '') : ''
  const [row] = await reader.all(select.text + lock, select.params)
  return row && table3.read(row)
}
function oneRow(query, table3, inScope2, id, deleted) {
  const alive = deleted ? ' and r.deleted_at is not null' : ' and r.deleted_at is null'
  const row = sql`${raw(`select ${table3.selectList} from ${table3.name} r where r.tenant_id = `)}${query.tenant} and r.id = ${id}`
  return sql`${row}${raw(alive)} and ${and(inScope2)}`
}
async function requireForWrite(write, type, id, action, deleted = false) {
  const { caller, actor } = write
  const query = { engine: caller.engine, tenant: caller.tenant, actor, now: caller.engine.clock.now() }
  const found = await findInScope(query, write, type, id, action, { deleted, toChange: true })
  if (found) return found
  const readable = !deleted && (await findInScope(query, write, type, id, 'read'))
  throw readable ? forbidden(type, action) : notFound(type)
}
async function getRecord(caller, type, id, options = {}) {
  const query = await queryContext(caller)
  const record = await findInScope(query, { all: caller.storage.read }, type, id, 'read')
  if (!record) throw notFound(type)
  const table3 = tableOf(query.engine, type)
  showTo(query.actor, table3, record)
  if (options?.include) await includeRelated(caller, query, table3, [record], options.include)
  return record
}
var notFound
var init_find = __esm({
  'packages/core/src/records/find.ts'() {
    init_actor()
    init_scope()
    init_errors()
    init_ids()
    init_sql()
    init_engine()
    init_include()
    init_query()
    init_visibility()
    notFound = (type, field2 = 'id') =>
      new CrmError('NOT_FOUND', `There is no such record among your ${type}.`, {
        field: field2,
        rule: 'not-found',
        remedy: 'Check the id; the record may be deleted, or out of your reach.',
      })
  },
})

// packages/core/src/kernel/cursor.ts
function encodeCursor(payload, fingerprint) {
  if (!payload.every(isJsonScalar))
    throw invalid('orderBy', 'unsortable-value', 'Sort by a field that holds text, numbers, booleans or dates.')
  return toBase64Url(JSON.stringify([VERSION, shortHash(fingerprint), ...payload]))
}
function decodeCursor(cursor, fingerprint) {
  const parts = parse(cursor)
  if (!Array.isArray(parts) || parts[0] !== VERSION || !parts.every(isJsonScalar))
    throw invalid('after', 'invalid-cursor', 'Pass the nextCursor of a previous page unchanged, or leave it out.')
  const [, hash, ...payload] = parts
  if (hash !== shortHash(fingerprint))
    throw invalid('after', 'invalid-cursor', 'Use a cursor only with the filter and order it came from; start again.')
  return payload
}
function isJsonScalar(value) {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}
function parse(cursor) {
  if (typeof cursor !== 'string' || !/^[\w-]+$/.test(cursor)) return void 0
  try {
    return JSON.parse(fromBase64Url(cursor))
  } catch {
    return void 0
  }
}
function shortHash(text) {
  let high = 3735928559
  let low = 1103547991
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36)
}
function toBase64Url(text) {
  let binary2 = ''
  for (const byte of encoder.encode(text)) binary2 += String.fromCharCode(byte)
  return btoa(binary2).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
function fromBase64Url(text) {
  const binary2 = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8Array(binary2.length)
  for (let index = 0; index < bytes.length; index++) bytes[index] = binary2.charCodeAt(index)
  return decoder.decode(bytes)
}
var VERSION, encoder, decoder
var init_cursor = __esm({
  'packages/core/src/kernel/cursor.ts'() {
    init_errors()
    VERSION = 1
    encoder = new TextEncoder()
    decoder = new TextDecoder('utf-8', { fatal: true })
  },
})

// packages/core/src/kernel/dates.ts
function isCalendarDate(value) {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false
  const [year, month, day] = partsOf(value)
  return year > 0 && month > 0 && month <= 12 && day > 0 && day <= daysIn(year, month)
}
function readInstant(value) {
  const time =
    value instanceof Date
      ? value.getTime()
      : typeof value === 'string' && INSTANT.test(value)
        ? Date.parse(value)
        : Number.NaN
  return Number.isNaN(time) ? void 0 : time
}
function addToDate(date, { days = 0, months = 0, years = 0 }) {
  if (![days, months, years].every(Number.isInteger)) throw outOfRange()
  const start2 = epochDay(date)
  if (months === 0 && years === 0) return dateOfDay(start2 + days)
  const [year, month, day] = partsOf(date)
  const target = (year + years) * 12 + month - 1 + months
  const targetYear = Math.floor(target / 12)
  const targetMonth = target - targetYear * 12 + 1
  const targetDay = Math.min(day, daysIn(targetYear, targetMonth))
  return dateOfDay(dayNumber(targetYear, targetMonth, targetDay) + days)
}
function epochDay(date) {
  if (!isCalendarDate(date)) throw invalid('date', 'invalid-date', 'Use a real calendar date as YYYY-MM-DD.')
  const [year, month, day] = partsOf(date)
  return dayNumber(year, month, day)
}
function dateOfDay(day) {
  if (!(day >= FIRST && day <= LAST)) throw outOfRange()
  return new Date(day * 864e5).toISOString().slice(0, 10)
}
function dayNumber(year, month, day) {
  const shifted = month > 2 ? year : year - 1
  const sinceMarch = (month + 9) % 12
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400)
  return 365 * shifted + leaps + Math.floor((153 * sinceMarch + 2) / 5) + day - 719469
}
function daysIn(year, month) {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}
var INSTANT, partsOf, FIRST, LAST, outOfRange
var init_dates = __esm({
  'packages/core/src/kernel/dates.ts'() {
    init_errors()
    INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/
    partsOf = (date) => [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10))]
    FIRST = dayNumber(1, 1, 1)
    LAST = dayNumber(9999, 12, 31)
    outOfRange = () =>
      invalid('date', 'date-out-of-range', 'Stay between the years 0001 and 9999, in whole days, months and years.')
  },
})

// packages/core/src/kernel/currencies.ts
function table2() {
  if (exponents) return exponents
  exponents = new Map([...CURRENT.split(' '), ...RETIRED.split(' ')].map((code) => [code, 2]))
  for (const [exponent, codes] of Object.entries(EXPONENTS))
    for (const code of codes.split(' ')) exponents.set(code, Number(exponent))
  return exponents
}
var CURRENT, RETIRED, EXPONENTS, exponents, exponentIfKnown
var init_currencies = __esm({
  'packages/core/src/kernel/currencies.ts'() {
    CURRENT =
      'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG'
    RETIRED = 'ANG BGN BYR CUC HRK LTL MRO SLL STD VEF ZWL'
    EXPONENTS = {
      0: 'BIF BYR CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
      3: 'BHD IQD JOD KWD LYD OMR TND',
      4: 'CLF UYW',
    }
    exponentIfKnown = (code) => table2().get(code)
  },
})

// packages/core/src/kernel/decimal.ts
function parseDecimal(value) {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return void 0
  const match = DECIMAL.exec(text)
  if (!match) return void 0
  const [, sign, whole3 = '', fraction = '', exponent = '0'] = match
  if (Math.abs(Number(exponent)) > 100) return void 0
  const digits = BigInt(whole3 + fraction)
  const units = sign === '-' ? -digits : digits
  const scale = fraction.length - Number(exponent)
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale }
}
function divideRounded(numerator, denominator) {
  const doubled = 2n * (numerator < 0n ? -numerator : numerator) + denominator
  const magnitude = doubled / (2n * denominator)
  return numerator < 0n ? -magnitude : magnitude
}
var DECIMAL, MAX_LENGTH
var init_decimal = __esm({
  'packages/core/src/kernel/decimal.ts'() {
    DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/
    MAX_LENGTH = 64
  },
})

// packages/core/src/kernel/money.ts
function exponentOf(currency) {
  const exponent = exponentIfKnown(currency)
  if (exponent === void 0)
    throw invalid('currency', 'invalid-currency', 'Use an ISO 4217 code in upper case, such as EUR or USD.')
  return exponent
}
function money(major, currency) {
  const exponent = exponentOf(currency)
  const decimal = parseDecimal(major)
  if (!decimal)
    throw invalid('amount', 'invalid-amount', 'Give the amount as a plain decimal such as 1299.5 or "1299.50".')
  const numerator = decimal.units * 10n ** BigInt(exponent)
  const denominator = 10n ** BigInt(decimal.scale)
  if (numerator % denominator !== 0n)
    throw invalid('amount', 'too-many-decimals', `Round the amount to the ${exponent} decimals that ${currency} has.`)
  return { amount: safe(numerator / denominator), currency }
}
function isMoney(value) {
  if (typeof value !== 'object' || value === null) return false
  const { amount, currency, ...rest } = value
  return Number.isSafeInteger(amount) && isCurrency(currency) && Object.keys(rest).length === 0
}
function toDecimal({ amount, currency }) {
  const exponent = exponentOf(currency)
  const digits = String(Math.abs(safe(amount))).padStart(exponent + 1, '0')
  const sign = amount < 0 ? '-' : ''
  if (exponent === 0) return sign + digits
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}
function safe(amount) {
  const value = Number(amount)
  if (!Number.isInteger(value))
    throw invalid('amount', 'not-an-integer', 'Give the amount in whole minor units, such as 129900 for 1,299.00 EUR.')
  if (!Number.isSafeInteger(value))
    throw invalid('amount', 'too-large', 'Use an amount of at most 9,007,199,254,740,991 minor units.')
  return value === 0 ? 0 : value
}
var isCurrency
var init_money = __esm({
  'packages/core/src/kernel/money.ts'() {
    init_currencies()
    init_decimal()
    init_errors()
    isCurrency = (code) => exponentIfKnown(code) !== void 0
  },
})

// node_modules/.pnpm/@date-fns+tz@1.5.0/node_modules/@date-fns/tz/tzOffset/index.js
function tzOffset(timeZone, date) {
  try {
    const format = (offsetFormatCache[timeZone] ||= new Intl.DateTimeFormat('en-US', {
      timeZone,
      timeZoneName: 'longOffset',
    }).format)
    const offsetStr = format(date).split('GMT')[1]
    if (offsetStr in offsetCache) return offsetCache[offsetStr]
    return calcOffset(offsetStr, offsetStr.split(':'))
  } catch {
    if (timeZone in offsetCache) return offsetCache[timeZone]
    const captures = timeZone?.match(offsetRe)
    if (captures) return calcOffset(timeZone, captures.slice(1))
    return NaN
  }
}
function calcOffset(cacheStr, values) {
  const hours = +(values[0] || 0)
  const minutes = +(values[1] || 0)
  const seconds = +(values[2] || 0) / 60
  return (offsetCache[cacheStr] =
    hours * 60 + minutes > 0 ? hours * 60 + minutes + seconds : hours * 60 - minutes - seconds)
}
var offsetFormatCache, offsetCache, offsetRe
var init_tzOffset = __esm({
  'node_modules/.pnpm/@date-fns+tz@1.5.0/node_modules/@date-fns/tz/tzOffset/index.js'() {
    offsetFormatCache = {}
    offsetCache = {}
    offsetRe = /([+-]\d\d):?(\d\d)?/
  },
})

// packages/core/src/kernel/zones.ts
function isTimeZone(zone) {
  if (typeof zone !== 'string' || !/^[A-Za-z][\w+/-]{0,63}$/.test(zone)) return false
  if (known.has(zone)) return true
  const name = runtimeName(zone)
  if (name === void 0 || (name !== zone && name.toLowerCase() === zone.toLowerCase())) return false
  if (known.size < 1e3) known.add(zone)
  return true
}
function runtimeName(zone) {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    return void 0
  }
}
function offsetOf(zone, instant2) {
  const day = Math.floor(instant2 / DAY)
  const before = offsetAtMidnight(zone, day)
  return before === offsetAtMidnight(zone, day + 1) ? before : measuredOffset(zone, instant2)
}
function offsetAtMidnight(zone, day) {
  let days = midnights.get(zone)
  if (!days) {
    if (!isTimeZone(zone))
      throw invalid('timeZone', 'invalid-zone', 'Use an IANA time zone name such as Europe/Berlin or UTC.')
    days = /* @__PURE__ */ new Map()
    midnights.set(zone, days)
  }
  let offset = days.get(day)
  if (offset === void 0) {
    offset = measuredOffset(zone, day * DAY)
    days.set(day, offset)
    if (++remembered > 5e4) forget()
  }
  return offset
}
function forget() {
  midnights.clear()
  remembered = 0
}
function zonedDate(instant2, zone) {
  const time = instant2.getTime()
  if (Number.isNaN(time)) throw invalid('date', 'invalid-date', 'Pass a valid Date.')
  return dateOfDay(Math.floor((time + offsetOf(zone, time)) / DAY))
}
function startOfDay(date, zone) {
  const midnight = epochDay(date) * DAY
  const early = midnight - DAY
  const late = midnight + DAY
  const before = offsetOf(zone, early)
  const after = offsetOf(zone, late)
  if (before === after) return new Date(midnight - before)
  const change = changeBetween(zone, early, late, before)
  if (midnight - before < change) return new Date(midnight - before)
  return new Date(Math.max(change, midnight - after))
}
function changeBetween(zone, early, late, before) {
  let low = early
  let high = late
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetOf(zone, middle) === before) low = middle
    else high = middle
  }
  return high
}
function coveredDates(from, to, zone) {
  const lastMoment = new Date(to.getTime() - 1)
  return { fromDate: zonedDate(from, zone), toDate: addToDate(zonedDate(lastMoment, zone), { days: 1 }) }
}
var DAY, known, midnights, remembered, measuredOffset
var init_zones = __esm({
  'packages/core/src/kernel/zones.ts'() {
    init_tzOffset()
    init_dates()
    init_errors()
    init_dates()
    DAY = 864e5
    known = /* @__PURE__ */ new Set()
    midnights = /* @__PURE__ */ new Map()
    remembered = 0
    measuredOffset = (zone, instant2) => Math.round(tzOffset(zone, new Date(instant2)) * 6e4)
  },
})

// packages/core/src/records/operand.ts
function columnOperand(bound, alias, path, normalise) {
  const { field: field2, columns: columns2, derived } = bound
  const stored = raw(`${alias}.${columns2[0]}`)
  const value = derived ? raw(`${alias}.${derived}`) : stored
  return {
    field: field2,
    name: bound.name,
    path,
    value,
    ...(columns2[1] && { currency: raw(`${alias}.${columns2[1]}`) }),
    text: value,
    stored,
    toSql: (given) => comparable(field2, given, path, normalise),
  }
}
function customOperand(name, field2, query, alias, path) {
  const column = raw(`${alias}.custom`)
  const { json: json2 } = query.engine.storage.dialect
  const numeric =
    field2.kind === 'number' || field2.kind === 'integer' || field2.kind === 'instant' || field2.kind === 'boolean'
  const at = field2.kind === 'money' ? `$.${name}.amount` : `$.${name}`
  const value = json2(column, at, numeric || field2.kind === 'money' ? 'number' : 'text')
  return {
    field: field2,
    name,
    path,
    value,
    ...(field2.kind === 'money' && { currency: json2(column, `$.${name}.currency`, 'text') }),
    text: value,
    stored: json2(column, `$.${name}`, 'text'),
    toSql: (given) => comparable({ ...field2, folded: false }, given, path, (_, text) => text),
  }
}
function comparable(field2, value, path, normalise) {
  switch (field2.kind) {
    case 'number':
    case 'integer':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(path, 'Compare with a number.')
      return value
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong(path, 'Compare with true or false.')
      return value ? 1 : 0
    case 'money':
      if (!isMoney(value)) throw wrong(path, "Compare with money, e.g. { amount: 100000, currency: 'EUR' }.")
      return value.amount
    case 'date':
      if (!isCalendarDate(value)) throw wrong(path, 'Compare with a calendar date, YYYY-MM-DD.')
      return value
    case 'instant':
      return instantOf(value, path)
    default:
      if (typeof value !== 'string') throw wrong(path, 'Compare with text.')
      if (value.length > 2e3) throw invalid(path, 'too-long', 'Compare with at most 2,000 characters.')
      if (value.includes('\0')) throw invalid(path, 'forbidden-character', 'Remove NUL characters.')
      if (field2.folded) return foldText(value)
      return field2.normalised ? (normalise(field2.normalised, value) ?? value.toLowerCase()) : value
  }
}
function instantOf(value, path) {
  const time = readInstant(value)
  if (time === void 0) throw wrong(path, 'Compare with a Date or ISO 8601 text with a zone.')
  return time
}
function operandOf(query, table3, name, alias, path) {
  const bound = table3.fields.get(name)
  return bound && columnOperand(bound, alias, path, query.engine.normalise)
}
var wrong
var init_operand = __esm({
  'packages/core/src/records/operand.ts'() {
    init_dates()
    init_errors()
    init_money()
    init_text()
    init_zones()
    init_sql()
    wrong = (path, remedy) => invalid(path, 'wrong-type', remedy)
  },
})

// packages/core/src/kernel/period-units.ts
function startOfUnit(date, unit, rules) {
  if (unit === 'day') return date
  if (unit === 'week') return addToDate(date, { days: -((weekday(date) - rules.weekStartsOn + 7) % 7) })
  const month = monthOf(date)
  const firstMonth = unit.startsWith('fiscal') ? rules.fiscalYearStart : 1
  const length = UNIT_STEPS[unit].months ?? 1
  const into = (month - firstMonth + 12) % length
  return `${addToDate(`${date.slice(0, 8)}01`, { months: -into }).slice(0, 8)}01`
}
function unitKey(start2, unit, rules) {
  if (unit === 'day' || unit === 'week') return start2
  if (unit === 'month') return start2.slice(0, 7)
  if (unit === 'quarter') return `${start2.slice(0, 4)}-Q${Math.ceil(monthOf(start2) / 3)}`
  if (unit === 'year') return start2.slice(0, 4)
  const yearStart = startOfUnit(start2, 'fiscal-year', rules)
  const year = `FY${addToDate(yearStart, { months: 11 }).slice(0, 4)}`
  if (unit === 'fiscal-year') return year
  return `${year}-Q${((monthOf(start2) - rules.fiscalYearStart + 12) % 12) / 3 + 1}`
}
var UNIT_STEPS, isPeriodUnit, weekday, monthOf
var init_period_units = __esm({
  'packages/core/src/kernel/period-units.ts'() {
    init_zones()
    UNIT_STEPS = {
      day: { days: 1 },
      week: { days: 7 },
      month: { months: 1 },
      quarter: { months: 3 },
      year: { months: 12 },
      'fiscal-quarter': { months: 3 },
      'fiscal-year': { months: 12 },
    }
    isPeriodUnit = (value) => typeof value === 'string' && Object.hasOwn(UNIT_STEPS, value)
    weekday = (date) => (((epochDay(date) + 4) % 7) + 7) % 7
    monthOf = (date) => Number(date.slice(5, 7))
  },
})

// packages/core/src/kernel/period-input.ts
function readPeriod(period, field2) {
  const shift = DAY_WORDS.get(period)
  if (shift !== void 0) return { kind: 'unit', unit: 'day', shift }
  if (typeof period !== 'object' || period === null) throw badPeriod(field2)
  const entries = Object.entries(period)
  const words3 = entries.map(([word2]) => word2).sort()
  if (words3.join() === 'from,to') return readRange(period, field2)
  const [word, value] = entries[0] ?? []
  if (entries.length !== 1 || (word !== 'this' && word !== 'last' && word !== 'next')) throw badPeriod(field2)
  if (isPeriodUnit(value)) return { kind: 'unit', unit: value, shift: SHIFTS[word] }
  const step = word === 'this' ? void 0 : rollingStep(value)
  if (!step) throw badPeriod(`${field2}.${word}`)
  return { kind: 'rolling', step, forward: word === 'next' }
}
function readRules({ weekStartsOn = 1, fiscalYearStart = 1 }) {
  if (weekStartsOn !== 0 && weekStartsOn !== 1)
    throw invalid('weekStartsOn', 'invalid-week-start', 'Use 1 for Monday or 0 for Sunday.')
  if (!Number.isInteger(fiscalYearStart) || fiscalYearStart < 1 || fiscalYearStart > 12)
    throw invalid('fiscalYearStart', 'invalid-month', 'Use a month from 1 (January) to 12 (December).')
  return { weekStartsOn, fiscalYearStart }
}
function readRange(range, field2) {
  return { kind: 'range', from: readEdge(range.from, `${field2}.from`), to: readEdge(range.to, `${field2}.to`) }
}
function readEdge(value, field2) {
  if (isCalendarDate(value)) return value
  const instant2 = typeof value === 'string' && INSTANT2.test(value) ? new Date(value) : value
  const year = instant2 instanceof Date ? instant2.getUTCFullYear() : Number.NaN
  if (year >= 1 && year <= 9999) return instant2
  throw invalid(field2, 'invalid-date', 'Use a real date as YYYY-MM-DD, or an instant such as 2026-03-01T09:00:00Z.')
}
function rollingStep(value) {
  const match = typeof value === 'string' ? /^(\d{1,5})([dwmy])$/.exec(value) : null
  if (!match) return void 0
  const count2 = Number(match[1])
  const letter = match[2]
  if (count2 < 1 || count2 > LONGEST[letter]) return void 0
  if (letter === 'd' || letter === 'w') return { days: letter === 'w' ? count2 * 7 : count2 }
  return { months: letter === 'y' ? count2 * 12 : count2 }
}
var DAY_WORDS, SHIFTS, LONGEST, INSTANT2, badPeriod
var init_period_input = __esm({
  'packages/core/src/kernel/period-input.ts'() {
    init_errors()
    init_period_units()
    init_zones()
    DAY_WORDS = /* @__PURE__ */ new Map([
      ['yesterday', -1],
      ['today', 0],
      ['tomorrow', 1],
    ])
    SHIFTS = { last: -1, this: 0, next: 1 }
    LONGEST = { d: 36600, w: 5200, m: 1200, y: 100 }
    INSTANT2 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/
    badPeriod = (field2) =>
      invalid(
        field2,
        'invalid-period',
        "Use { this | last | next: 'day' \u2026 'fiscal-year' }, { last: '30d' } (d, w, m, y; at most 100 years), { from, to } or 'today'.",
      )
  },
})

// packages/core/src/kernel/period-buckets.ts
function bucketsOf(period, unit, zone = period.zone) {
  const { rules, from, to } = period
  const covered = zone === period.zone ? period : coveredDates(from, to, zone)
  const step = UNIT_STEPS[unit]
  const buckets = []
  let date = startOfUnit(covered.fromDate, unit, rules)
  let start2 = startOfDay(date, zone)
  while (date < covered.toDate) {
    const nextDate = addToDate(date, step)
    const next = startOfDay(nextDate, zone)
    const bucket = {
      key: unitKey(date, unit, rules),
      from: later(start2, from),
      to: earlier(next, to),
      fromDate: later(date, covered.fromDate),
      toDate: earlier(nextDate, covered.toDate),
    }
    if (bucket.from < bucket.to && buckets.push(bucket) > MOST)
      throw invalid('period', 'too-many-buckets', `Use a coarser unit or a shorter period: at most ${MOST} buckets.`)
    date = nextDate
    start2 = next
  }
  return buckets
}
var MOST, later, earlier
var init_period_buckets = __esm({
  'packages/core/src/kernel/period-buckets.ts'() {
    init_errors()
    init_period_units()
    init_zones()
    MOST = 5e3
    later = (one, other) => (one > other ? one : other)
    earlier = (one, other) => (one < other ? one : other)
  },
})

// packages/core/src/kernel/periods.ts
function resolvePeriod(period, context) {
  const { zone, now, field: field2 = 'period' } = context
  const plan = readPeriod(period, field2)
  const base = { zone, rules: readRules(context) }
  if (plan.kind === 'range') return { ...base, ...rangeOf(plan, zone, field2) }
  const [fromDate, toDate, step] = datesOf(plan, zonedDate(now, zone), base.rules)
  return { ...base, ...instantsOf(fromDate, toDate, zone), step }
}
function previousPeriod(period) {
  const { zone, rules, step } = period
  if (step) {
    const fromDate = addToDate(period.toDate, times(step, -2))
    return { zone, rules, step, ...instantsOf(fromDate, period.fromDate, zone) }
  }
  const from = new Date(2 * period.from.getTime() - period.to.getTime())
  return { zone, rules, from, to: period.from, ...coveredDates(from, period.from, zone) }
}
function datesOf(plan, today, rules) {
  if (plan.kind === 'unit') {
    const step = UNIT_STEPS[plan.unit]
    const fromDate = addToDate(startOfUnit(today, plan.unit, rules), times(step, plan.shift))
    return [fromDate, addToDate(fromDate, step), step]
  }
  const tomorrow = addToDate(today, { days: 1 })
  if (plan.forward) return [tomorrow, addToDate(tomorrow, plan.step), plan.step]
  return [addToDate(tomorrow, times(plan.step, -1)), tomorrow, plan.step]
}
function rangeOf({ from, to }, zone, field2) {
  const start2 = typeof from === 'string' ? startOfDay(from, zone) : from
  const end = typeof to === 'string' ? startOfDay(to, zone) : to
  if (start2 >= end)
    throw invalid(`${field2}.to`, 'not-after-from', 'Let the period end after it begins; the end is excluded.')
  if (typeof from !== 'string' || typeof to !== 'string')
    return { from: start2, to: end, ...coveredDates(start2, end, zone) }
  return { from: start2, to: end, fromDate: from, toDate: to, step: { days: epochDay(to) - epochDay(from) } }
}
function instantsOf(fromDate, toDate, zone) {
  return { from: startOfDay(fromDate, zone), to: startOfDay(toDate, zone), fromDate, toDate }
}
var times
var init_periods = __esm({
  'packages/core/src/kernel/periods.ts'() {
    init_errors()
    init_period_input()
    init_period_units()
    init_zones()
    init_period_buckets()
    init_period_units()
    times = ({ days = 0, months = 0 }, factor) => ({
      days: days * factor,
      months: months * factor,
    })
  },
})

// packages/core/src/records/operators.ts
function compareOperand(context, operand, value) {
  const group2 = KIND_GROUPS[operand.field.kind]
  if (!group2) throw invalid(context.path, 'not-filterable', 'This field cannot be filtered.')
  if (value === null) return isNull(operand, true)
  if (group2 === 'moment' && typeof value === 'string' && DAYS.includes(value)) return inPeriod(context, operand, value)
  if (!isOperators(value)) {
    const single = group2 === 'many' ? 'has' : 'eq'
    return apply(context, operand, single, value)
  }
  const conditions = Object.entries(value)
    .filter(([, wanted]) => wanted !== void 0)
    .map(([name, wanted]) => {
      const path = `${context.path}.${name}`
      if (!BY_KIND[group2].includes(name)) {
        throw invalid(path, 'unknown-operator', `Use one of: ${BY_KIND[group2].join(', ')}.`)
      }
      return apply({ ...context, path }, operand, name, wanted)
    })
  if (conditions.length === 0) throw invalid(context.path, 'empty-filter', `Use one of: ${BY_KIND[group2].join(', ')}.`)
  return and(...conditions)
}
function apply(context, operand, name, wanted) {
  const { path } = context
  const at = { ...operand, path }
  if (operand.field.kind === 'instant') {
    const days = wholeDays(context, at, name, wanted)
    if (days) return days
  }
  switch (name) {
    case 'eq':
      return wanted === null ? isNull(operand, true) : equals(at, wanted)
    case 'ne':
      return wanted === null ? isNull(operand, false) : not(equals(at, wanted))
    case 'in':
      return isIn(at, wanted, path)
    case 'notIn':
      return not(isIn(at, wanted, path))
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return sameCurrency(at, wanted, sql`${at.value} ${raw(SYMBOLS[name])} ${convert(at, wanted, path)}`)
    case 'between': {
      if (!Array.isArray(wanted) || wanted.length !== 2)
        throw invalid(path, 'wrong-type', 'Give two values: [from, to], both included.')
      const [low, high] = wanted
      const range = sql`${at.value} >= ${convert(at, low, path)} and ${at.value} <= ${convert(at, high, path)}`
      if (isMoney(low) && low.currency !== high.currency)
        throw invalid(path, 'mixed-currencies', 'Give both ends in one currency.')
      return sameCurrency(at, low, range)
    }
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return textMatch(context, at, name, wanted)
    case 'isNull':
      if (typeof wanted !== 'boolean') throw invalid(path, 'wrong-type', 'Give true or false.')
      return isNull(operand, wanted)
    case 'this':
    case 'last':
    case 'next':
      return inPeriod(context, at, { [name]: wanted })
    case 'has':
      return hasSome(context, operand, [wanted])
    case 'hasAny':
      return hasSome(context, operand, listOf(wanted, path))
    case 'hasAll':
      return and(...listOf(wanted, path).map((one) => hasSome(context, operand, [one])))
  }
}
function wholeDays({ query, path }, { value }, name, wanted) {
  const start2 = (date) => startOfDay(date, query.actor.zone).getTime()
  const end = (date) => start2(addToDate(date, { days: 1 }))
  if (name === 'between' && Array.isArray(wanted) && wanted.length === 2 && wanted.some(isCalendarDate)) {
    const [from, to] = wanted
    if (!isCalendarDate(from) || !isCalendarDate(to))
      throw invalid(path, 'wrong-type', 'Give two calendar dates, or two instants.')
    return sql`${value} >= ${start2(from)} and ${value} < ${end(to)}`
  }
  if (!isCalendarDate(wanted)) return void 0
  switch (name) {
    case 'eq':
      return sql`${value} >= ${start2(wanted)} and ${value} < ${end(wanted)}`
    case 'ne':
      return not(sql`${value} >= ${start2(wanted)} and ${value} < ${end(wanted)}`)
    case 'gt':
      return sql`${value} >= ${end(wanted)}`
    case 'gte':
      return sql`${value} >= ${start2(wanted)}`
    case 'lt':
      return sql`${value} < ${start2(wanted)}`
    case 'lte':
      return sql`${value} < ${end(wanted)}`
    default:
      return void 0
  }
}
function equals(operand, wanted) {
  return sameCurrency(operand, wanted, sql`${operand.value} = ${convert(operand, wanted, operand.path)}`)
}
function sameCurrency(operand, wanted, condition2) {
  return operand.currency && isMoney(wanted)
    ? sql`${operand.currency} = ${wanted.currency} and ${condition2}`
    : condition2
}
function isIn(operand, wanted, path) {
  const values = listOf(wanted, path)
  if (operand.field.kind === 'money') return or(...values.map((value) => equals(operand, value)))
  return inList(
    operand.value,
    values.map((value) => convert(operand, value, path)),
  )
}
function listOf(wanted, path) {
  if (!Array.isArray(wanted)) throw invalid(path, 'wrong-type', 'Give a list of values.')
  if (wanted.length > MAX_VALUES) throw invalid(path, 'too-many-values', `Use at most ${MAX_VALUES} values.`)
  return wanted
}
function textMatch({ query, path }, operand, name, wanted) {
  if (typeof wanted !== 'string' || wanted === '') throw invalid(path, 'wrong-type', 'Give some text.')
  if (wanted.length > 500) throw invalid(path, 'too-long', 'Give at most 500 characters.')
  if (wanted.includes('\0')) throw invalid(path, 'forbidden-character', 'Remove NUL characters.')
  const { folded, normalised } = operand.field
  const needle = folded ? foldText(wanted) : normalised ? normalPart(normalised, wanted) : wanted
  if (needle === '') return FALSE
  const at = name === 'contains' ? 'anywhere' : name === 'startsWith' ? 'start' : 'end'
  return query.engine.storage.dialect.contains(operand.text, needle, at)
}
function inPeriod({ query, path }, operand, period) {
  const { weekStartsOn, fiscalYearStart } = query.engine.settings
  let range
  try {
    range = resolvePeriod(period, { now: query.now, zone: query.actor.zone, weekStartsOn, fiscalYearStart })
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    throw invalid(path, error.rule ?? 'invalid-period', error.remedy ?? 'Correct the period.')
  }
  const [from, to] =
    operand.field.kind === 'date' ? [range.fromDate, range.toDate] : [range.from.getTime(), range.to.getTime()]
  return sql`${operand.value} >= ${from} and ${operand.value} < ${to}`
}
function hasSome({ query, table: table3, alias, path }, operand, wanted) {
  if (!wanted.every((one) => typeof one === 'string')) throw invalid(path, 'wrong-type', 'Give text.')
  const { engine, tenant } = query
  const kind = operand.field.kind === 'tags' ? 'tag' : table3.definition.keys?.[operand.name]
  if (!kind) return or(...wanted.map((one) => engine.storage.dialect.jsonHas(operand.stored, one)))
  if (wanted.length === 0) return FALSE
  const values = wanted.map((one) => (kind === 'tag' ? foldText(one) : (engine.normalise(kind, one) ?? one)))
  const keys = raw(engine.storage.table('record_key'))
  return sql`${raw(`${alias}.id`)} in (select record_id from ${keys} where tenant_id = ${tenant} and record_type = ${table3.type} and kind = ${kind} and ${inList(raw('value'), values)})`
}
var MAX_VALUES, COMPARISONS, SYMBOLS, BY_KIND, KIND_GROUPS, isComparison, DAYS, isOperators, isNull, convert, normalPart
var init_operators = __esm({
  'packages/core/src/records/operators.ts'() {
    init_errors()
    init_money()
    init_periods()
    init_text()
    init_zones()
    init_sql()
    MAX_VALUES = 1e3
    COMPARISONS = [
      'eq',
      'ne',
      'in',
      'notIn',
      'gt',
      'gte',
      'lt',
      'lte',
      'between',
      'contains',
      'startsWith',
      'endsWith',
      'isNull',
      'has',
      'hasAny',
      'hasAll',
      'this',
      'last',
      'next',
    ]
    SYMBOLS = { gt: '>', gte: '>=', lt: '<', lte: '<=' }
    BY_KIND = {
      text: ['eq', 'ne', 'in', 'notIn', 'contains', 'startsWith', 'endsWith', 'isNull'],
      choice: ['eq', 'ne', 'in', 'notIn', 'isNull'],
      ordered: ['eq', 'ne', 'in', 'notIn', 'gt', 'gte', 'lt', 'lte', 'between', 'isNull'],
      moment: ['eq', 'ne', 'in', 'notIn', 'gt', 'gte', 'lt', 'lte', 'between', 'isNull', 'this', 'last', 'next'],
      flag: ['eq', 'ne', 'isNull'],
      many: ['has', 'hasAny', 'hasAll', 'isNull'],
    }
    KIND_GROUPS = {
      text: 'text',
      email: 'text',
      phone: 'text',
      url: 'text',
      select: 'choice',
      user: 'choice',
      link: 'choice',
      number: 'ordered',
      integer: 'ordered',
      money: 'ordered',
      date: 'moment',
      instant: 'moment',
      boolean: 'flag',
      tags: 'many',
      multiselect: 'many',
      emails: 'many',
      phones: 'many',
    }
    isComparison = (value) =>
      typeof value === 'object' && value !== null && Object.keys(value).every((key) => COMPARISONS.includes(key))
    DAYS = ['today', 'yesterday', 'tomorrow']
    isOperators = (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      !(value instanceof Date) &&
      !isMoney(value)
    isNull = (operand, yes) => (yes ? sql`${operand.stored} is null` : sql`${operand.stored} is not null`)
    convert = (operand, value, path) => {
      try {
        return operand.toSql(value)
      } catch (error) {
        throw error instanceof CrmError
          ? invalid(path, error.rule ?? 'wrong-type', error.remedy ?? 'Correct the value.')
          : error
      }
    }
    normalPart = (kind, text) => (kind === 'phone' ? text.replace(/[^\d+]/g, '') : text.toLowerCase())
  },
})

// packages/core/src/records/filter.ts
function compileWhere(query, table3, where, alias, path = 'where') {
  return group({ query, table: table3, alias, path, depth: 0, budget: { left: MAX_CONDITIONS } }, where)
}
function group(walk, where) {
  if (where === void 0) return and()
  const { path, depth } = walk
  if (typeof where !== 'object' || where === null || Array.isArray(where)) {
    throw invalid(path, 'invalid-filter', "Give an object such as { status: 'new' }.")
  }
  if (depth > MAX_DEPTH) throw invalid(path, 'too-deep', `Nest at most ${MAX_DEPTH} levels.`)
  return and(
    ...Object.entries(where).map(([name, value]) =>
      condition({ ...walk, depth: depth + 1, path: `${path}.${name}` }, name, value),
    ),
  )
}
function condition(walk, name, value) {
  if (value === void 0) return and()
  if (walk.budget.left-- <= 0)
    throw invalid(walk.path, 'too-many-conditions', `Use at most ${MAX_CONDITIONS} conditions.`)
  if (name === 'and' || name === 'or') return combined(walk, name, value)
  if (name === 'not') return not(group(walk, value))
  if (name === 'custom') return customGroup(walk, value)
  if (name === 'id') return idCondition(walk, value)
  const { query, table: table3, alias } = walk
  const { filters = {} } = table3.definition
  const special = Object.hasOwn(filters, name) ? filters[name] : void 0
  if (special) return special(value, query, alias)
  const operand = operandOf(query, table3, name, alias, walk.path)
  if (!operand || !isVisible(query.actor, table3, name)) throw unknownField(walk.path)
  const { field: field2 } = operand
  if (field2.to === 'stages' || field2.to === 'pipelines')
    return settingCondition(walk, raw(`${alias}.${name}`), field2.to, value)
  if (field2.kind === 'link' && isGroup(value)) return linkedCondition(walk, operand.value, field2.to, value)
  if (field2.kind === 'user' && isGroup(value)) return userCondition(walk, operand.value, value)
  return compareOperand(walk, operand, value)
}
function combined(walk, name, value) {
  if (!Array.isArray(value)) throw invalid(walk.path, 'invalid-filter', `Give a list of filters to ${name}.`)
  const parts = value.map((part2, index) => group({ ...walk, path: `${walk.path}.${index}` }, part2))
  return name === 'and' ? and(...parts) : or(...parts)
}
function customGroup(walk, value) {
  if (typeof value !== 'object' || value === null)
    throw invalid(walk.path, 'invalid-filter', 'Give conditions by custom field.')
  const { query, table: table3, alias } = walk
  const conditions = Object.entries(value).map(([name, wanted]) => {
    const path = `${walk.path}.${name}`
    if (walk.budget.left-- <= 0) throw invalid(path, 'too-many-conditions', `Use at most ${MAX_CONDITIONS} conditions.`)
    const field2 = Object.hasOwn(table3.custom, name) ? table3.custom[name] : void 0
    if (!field2 || !isVisible(query.actor, table3, `custom.${name}`)) throw unknownField(path)
    return compareOperand({ ...walk, path }, customOperand(name, field2, query, alias, path), wanted)
  })
  return and(...conditions)
}
function idCondition({ alias, path }, value) {
  const ids = typeof value === 'string' ? [value] : value?.in
  if (!Array.isArray(ids) || !ids.every(isId)) throw invalid(path, 'invalid-id', 'Give an id, or { in: [ids] }.')
  if (ids.length > 1e3) throw invalid(path, 'too-many-values', 'Use at most 1,000 ids.')
  return inList(raw(`${alias}.id`), ids)
}
function linkedCondition(walk, column, type, value) {
  const { query, depth } = walk
  const table3 = tableOf(query.engine, type)
  const alias = `l${depth}`
  const matches2 = group({ ...walk, table: table3, alias }, value)
  return sql`${column} in (select ${raw(alias)}.id from ${raw(table3.name)} ${raw(alias)} where ${and(readableRows(query, table3, alias), matches2)})`
}
function userCondition({ query, path }, column, value) {
  const { tenant, engine, actor } = query
  const unknown2 = Object.keys(value).find((key) => !USER_FILTERS.includes(key))
  if (unknown2 !== void 0) throw unknownField(`${path}.${unknown2}`)
  const conditions = []
  if (value.me !== void 0) {
    if (typeof value.me !== 'boolean') throw invalid(`${path}.me`, 'wrong-type', 'Give true or false.')
    const mine = actor.user === null ? sql`${column} is null` : sql`${column} = ${actor.user}`
    conditions.push(value.me ? mine : not(mine))
  }
  if (value.team !== void 0) {
    if (typeof value.team !== 'string') throw invalid(`${path}.team`, 'wrong-type', 'Give the id of a team.')
    const team = raw(engine.storage.table('team'))
    const member = raw(engine.storage.table('team_member'))
    conditions.push(sql`${column} in (
      with recursive below(id) as (select ${value.team} union select t.id from ${team} t join below on t.parent_id = below.id where t.tenant_id = ${tenant})
      select m.user_id from ${member} m join below on m.team_id = below.id where m.tenant_id = ${tenant})`)
  }
  return and(...conditions)
}
function settingCondition(walk, column, to, value) {
  const { query, path } = walk
  const { table: table3, keys } = SETTINGS[to]
  const from = sql`select id from ${raw(query.engine.storage.table(table3))} where tenant_id = ${query.tenant}`
  const { eq, ne, in: among, notIn } = typeof value === 'string' ? { eq: value } : (value ?? {})
  const excluded = ne !== void 0 ? [ne] : notIn
  if (Array.isArray(excluded)) return not(settingCondition(walk, column, to, { in: excluded }))
  const wanted = eq !== void 0 ? [eq] : among
  if (Array.isArray(wanted)) {
    if (!wanted.every((name) => typeof name === 'string') || wanted.length > 1e3) {
      throw invalid(`${path}.in`, 'wrong-type', 'Give at most 1,000 names or ids.')
    }
    const names2 = wanted
    return names2.every(isId)
      ? inList(column, names2)
      : sql`${column} in (${from} and ${or(inList(raw('name'), names2), inList(raw('id'), names2))})`
  }
  if (typeof value !== 'object' || value === null)
    throw invalid(path, 'invalid-filter', "Give a name, an id, or { class: 'open' }.")
  const conditions = Object.entries(value).map(([key, is]) => {
    if (!Object.hasOwn(keys, key)) throw unknownField(`${path}.${key}`)
    if (typeof is !== 'string') throw invalid(`${path}.${key}`, 'wrong-type', 'Compare with text.')
    return sql`${raw(keys[key])} = ${is}`
  })
  return sql`${column} in (${from} and ${and(...conditions)})`
}
var MAX_DEPTH, MAX_CONDITIONS, USER_FILTERS, isGroup, SETTINGS, unknownField
var init_filter = __esm({
  'packages/core/src/records/filter.ts'() {
    init_errors()
    init_ids()
    init_sql()
    init_engine()
    init_operand()
    init_operators()
    init_query()
    init_visibility()
    MAX_DEPTH = 8
    MAX_CONDITIONS = 200
    USER_FILTERS = ['team', 'me']
    isGroup = (value) => typeof value === 'object' && value !== null && !isComparison(value)
    SETTINGS = {
      stages: {
        table: 'stage',
        keys: { class: 'class', name: 'name', pipeline: 'pipeline_id', forecastCategory: 'forecast_category' },
      },
      pipelines: { table: 'pipeline', keys: { name: 'name' } },
    }
    unknownField = (path) => invalid(path, 'unknown-field', 'Remove it, or check the spelling: there is no such field.')
  },
})

// packages/core/src/records/order.ts
function sortKeys(query, table3, orderBy, alias) {
  const wanted = orderBy === void 0 ? [{ createdAt: 'desc' }] : Array.isArray(orderBy) ? orderBy : [orderBy]
  if (wanted.length > MAX_KEYS) throw invalid('orderBy', 'too-many-keys', `Sort by at most ${MAX_KEYS} fields.`)
  const keys = wanted.flatMap((entry, index) => keysOf(query, table3, entry, alias, `orderBy.${index}`))
  const last = keys.at(-1)?.direction ?? 'desc'
  return [...keys, { column: raw(`${alias}.id`), direction: last, nullable: false, valueIn: (record) => record.id }]
}
function keysOf(query, table3, entry, alias, path) {
  const pairs = typeof entry === 'object' && entry !== null ? Object.entries(entry) : []
  if (pairs.length !== 1)
    throw invalid(path, 'invalid-order', "Give one field an entry, such as { createdAt: 'desc' }.")
  const [name, given] = pairs[0]
  if (name === 'custom') return customKeys(query, table3, given, alias, `${path}.custom`)
  const operand = operandOf(query, table3, name, alias, path)
  if (!operand || !isVisible(query.actor, table3, name)) throw unknownField(`${path}.${name}`)
  const bound = table3.fields.get(name)
  if (!SORTABLE.includes(bound.field.kind)) throw invalid(`${path}.${name}`, 'not-sortable', 'Sort by another field.')
  const direction = directionOf(given, `${path}.${name}`)
  const nullable = bound.field.mode === 'optional' || bound.field.mode === 'server'
  const written2 = (record, at) => bound.write(record[name])[at] ?? null
  const key = (column, at) => ({
    column,
    direction,
    nullable,
    valueIn: (record) => written2(record, at),
  })
  if (operand.currency) return [key(operand.currency, 1), key(operand.value, 0)]
  return [key(operand.value, bound.derived ? bound.columns.length : 0)]
}
function customKeys(query, table3, given, alias, path) {
  const pairs = typeof given === 'object' && given !== null ? Object.entries(given) : []
  if (pairs.length !== 1)
    throw invalid(path, 'invalid-order', "Give one field an entry, such as { custom: { tier: 'asc' } }.")
  const [name, order] = pairs[0]
  const field2 = Object.hasOwn(table3.custom, name) ? table3.custom[name] : void 0
  if (!field2 || !isVisible(query.actor, table3, `custom.${name}`)) throw unknownField(`${path}.${name}`)
  if (!SORTABLE.includes(field2.kind)) throw invalid(`${path}.${name}`, 'not-sortable', 'Sort by another field.')
  const operand = customOperand(name, field2, query, alias, path)
  const direction = directionOf(order, `${path}.${name}`)
  const key = (column, sqlValue) => ({
    column,
    direction,
    nullable: true,
    valueIn: (record) => (record.custom[name] == null ? null : sqlValue(record.custom[name])),
  })
  const scalar = (value) =>
    value instanceof Date ? value.getTime() : typeof value === 'boolean' ? Number(value) : value
  if (!operand.currency) return [key(operand.value, scalar)]
  return [key(operand.currency, (value) => value.currency), key(operand.value, (value) => value.amount)]
}
function directionOf(given, path) {
  if (given === 'asc' || given === 'desc') return given
  throw invalid(path, 'invalid-direction', "Use 'asc' or 'desc'.")
}
function orderSql(keys, segment) {
  const [first, ...rest] = keys
  const terms = (segment === 'empty' ? rest : keys).flatMap((key) => [
    ...(key.nullable && key !== first ? [sql`${key.column} is null`] : []),
    raw(`${key.column.text} ${key.direction}`),
  ])
  return join(terms, ', ')
}
function afterSql(keys, segment, values) {
  const [first] = keys
  const inSegment = !first.nullable
    ? and()
    : segment === 'empty'
      ? sql`${first.column} is null`
      : sql`${first.column} is not null`
  if (!values) return inSegment
  if (segment === 'empty') return and(inSegment, expanded(keys.slice(1), values.slice(1)))
  const simple = keys.slice(1).every((key) => !key.nullable) && keys.every((key) => key.direction === first.direction)
  if (simple) {
    const columns2 = join(
      keys.map((key) => key.column),
      ', ',
    )
    const marks = join(
      values.map((value) => sql`${value}`),
      ', ',
    )
    return and(inSegment, sql`(${columns2}) ${raw(beyond(first.direction))} (${marks})`)
  }
  const bound = sql`${first.column} ${raw(`${beyond(first.direction)}=`)} ${values[0]}`
  return and(inSegment, bound, expanded(keys, values))
}
function expanded(keys, values) {
  const [key, ...rest] = keys
  const value = values[0]
  const further = rest.length > 0 ? expanded(rest, values.slice(1)) : void 0
  if (value === null) return further ? and(sql`${key.column} is null`, further) : raw('1 = 0')
  const past = sql`${key.column} ${raw(beyond(key.direction))} ${value}`
  return or(
    past,
    key.nullable ? sql`${key.column} is null` : raw('1 = 0'),
    further ? and(sql`${key.column} = ${value}`, further) : raw('1 = 0'),
  )
}
var MAX_KEYS, SORTABLE, beyond
var init_order = __esm({
  'packages/core/src/records/order.ts'() {
    init_errors()
    init_sql()
    init_filter()
    init_operand()
    init_visibility()
    MAX_KEYS = 4
    SORTABLE = [
      'text',
      'email',
      'phone',
      'url',
      'number',
      'integer',
      'money',
      'date',
      'instant',
      'boolean',
      'select',
      'user',
    ]
    beyond = (direction) => (direction === 'asc' ? '>' : '<')
  },
})

// packages/core/src/records/list.ts
async function listRecords(caller, type, request = {}, narrowed) {
  const query = await queryContext(caller)
  const plan = planList(query, type, request, narrowed)
  const limit = limitOf(request.limit)
  const fingerprint = fingerprintOf(type, request)
  const start2 = request.after == null ? void 0 : readCursor(request.after, fingerprint, plan.keys)
  const rows = await readPage(caller, plan, start2, limit + 1)
  const records = rows.slice(0, limit).map((row) => plan.table.read(row))
  const last = records.at(-1)
  const cursor =
    last && rows.length > limit
      ? encodeCursor(
          plan.keys.map((key) => key.valueIn(last)),
          fingerprint,
        )
      : null
  for (const record of records) showTo(query.actor, plan.table, record)
  if (request.include !== void 0) await includeRelated(caller, query, plan.table, records, request.include)
  return { items: records, nextCursor: cursor, ...(await countOf(caller, plan, request.count)) }
}
function planList(query, type, request, narrowed) {
  if (typeof request !== 'object' || request === null)
    throw invalid('request', 'wrong-type', "Give an object such as { where: { status: 'new' } }.")
  const unknown2 = Object.keys(request).find((key) => !KEYS.includes(key))
  if (unknown2 !== void 0) throw invalid(unknown2, 'unknown-key', `Use only: ${KEYS.join(', ')}.`)
  if (request.deleted !== void 0 && typeof request.deleted !== 'boolean')
    throw invalid('deleted', 'wrong-type', 'Give true or false.')
  const table3 = tableOf(query.engine, type)
  const scope = narrowed ?? (request.deleted ? deletedScope(query, type) : requireAny(query.actor, type, 'read'))
  const scoped = scopedTable(query, table3, 'r')
  const alive = request.deleted
    ? sql`r.tenant_id = ${query.tenant} and r.deleted_at is not null`
    : sql`r.tenant_id = ${query.tenant} and r.deleted_at is null`
  const match = and(alive, compileWhere(query, table3, request.where, 'r'), searchSql(query, table3, request.search))
  return { query, table: table3, scoped, scope, match, keys: sortKeys(query, table3, request.orderBy, 'r') }
}
function limitOf(limit) {
  if (limit === void 0) return 50
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw invalid('limit', 'out-of-range', `Give a whole number from 1 to ${MAX_LIMIT}.`)
  }
  return limit
}
function fingerprintOf(type, { where, orderBy, search, deleted }) {
  let text
  try {
    text = JSON.stringify([type, where, orderBy, search, deleted])
  } catch {
    throw invalid(
      'where',
      'not-json',
      'Use only what JSON has: text, numbers, true, false, null, lists and objects; and dates.',
    )
  }
  if (text.length > MAX_QUERY_TEXT)
    throw invalid('where', 'too-large', `Keep the query under ${MAX_QUERY_TEXT} characters of JSON.`)
  return text
}
function readCursor(after, fingerprint, keys) {
  const values = decodeCursor(after, fingerprint)
  if (values.length !== keys.length || !isId(values.at(-1)) || values.some((value) => typeof value === 'boolean')) {
    throw invalid('after', 'invalid-cursor', 'Pass the nextCursor of the page before, with the same query.')
  }
  return { segment: keys[0]?.nullable && values[0] === null ? 'empty' : 'filled', values }
}
async function readPage(caller, plan, start2, wanted) {
  const segment = start2?.segment ?? 'filled'
  const first = pageSql(plan, segment, start2?.values, wanted)
  const rows = await caller.storage.read(first.text, first.params)
  if (rows.length >= wanted || segment === 'empty' || !plan.keys[0]?.nullable) return rows
  const rest = pageSql(plan, 'empty', void 0, wanted - rows.length)
  return [...rows, ...(await caller.storage.read(rest.text, rest.params))]
}
function pageSql(plan, segment, values, wanted) {
  const { query, table: table3, scope, scoped, match, keys } = plan
  const conditions = and(match, afterSql(keys, segment, values))
  const limit = raw(String(wanted))
  const tail = sql` order by ${orderSql(keys, segment)} limit ${limit}`
  const records = raw(`select ${table3.selectList} from `)
  const from = raw(`${table3.name} r`)
  const rows = (inScope2) => sql`${records}${from} where ${and(inScope2, conditions)}${tail}`
  if (scope.kind !== 'owners') return rows(scopeSql(scope, scoped))
  const owners = [...scope.owners]
  const repeated = (owners.length + 1) * (conditions.params.length + 2)
  if (owners.length > MAX_BRANCHES || repeated > MAX_PARAMETERS)
    return rows(or(ownedByUnindexed(owners), scope.shared ? sharedRows(scope.shared, scoped) : FALSE))
  if (owners.length === 1 && !scope.shared) return rows(ownedBy(owners, scoped))
  const merged2 = keys.map((key, index) => ({ ...key, column: raw(`k.k${index}`) }))
  const keyList = raw(`select ${keys.map((key, index) => `${key.column.text} as k${index}`).join(', ')} from `)
  const branches = owners.map(
    (owner) => sql`${keyList}${from} where ${and(ownedBy([owner], scoped), conditions)}${tail}`,
  )
  if (scope.shared) {
    const others = and(raw('r.id = s.record_id'), not(ownedBy(owners, scoped)), conditions)
    branches.push(sql`${keyList}(${sharedIdsSql(scope.shared, scoped)}) s cross join ${from} where ${others}${tail}`)
  }
  const union2 = join(
    branches.map((branch) => sql`select * from (${branch}) b`),
    ' union all ',
  )
  const order = orderSql(merged2, segment)
  const page = sql`select * from (${union2}) k order by ${order} limit ${limit}`
  const id = raw(`k.k${keys.length - 1}`)
  return sql`${records}(${page}) k cross join ${from} where r.tenant_id = ${query.tenant} and r.id = ${id} order by ${order}`
}
function searchSql(query, table3, search) {
  if (search === void 0) return and()
  if (typeof search !== 'string' || search.length > 500)
    throw invalid('search', 'wrong-type', 'Give at most 500 characters of text.')
  const needle = foldText(search.replaceAll('\0', ' '))
  if (needle === '') return and()
  const { contains } = query.engine.storage.dialect
  const visible = table3.definition.searched.filter((name) => isVisible(query.actor, table3, name))
  const digits = needle.replace(/[^\d+]/g, '')
  const matches2 = visible.map((name) => {
    const operand = operandOf(query, table3, name, 'r', 'search')
    if (!operand) return FALSE
    if (operand.field.kind === 'phone') return digits.length >= 3 ? contains(operand.text, digits, 'anywhere') : FALSE
    return contains(operand.text, needle, 'anywhere')
  })
  return or(...matches2)
}
async function countOf(caller, { scope, scoped, table: table3, match }, count2) {
  if (count2 === void 0 || count2 === 'none') return {}
  if (count2 !== 'capped' && count2 !== 'exact')
    throw invalid('count', 'invalid-option', "Use 'none', 'capped' or 'exact'.")
  const rows = sql`from ${raw(table3.name)} r where ${and(match, scopeSql(scope, scoped))}`
  const counting =
    count2 === 'exact'
      ? sql`select count(*) ${rows}`
      : sql`select count(*) from (select 1 ${rows} limit ${COUNT_CAP + 1}) c`
  const [[found] = [0]] = await caller.storage.read(counting.text, counting.params)
  const exact = Number(found)
  return count2 === 'capped' && exact > COUNT_CAP ? { count: COUNT_CAP, countCapped: true } : { count: exact }
}
async function* eachRecord(caller, type, request = {}, narrowed) {
  let after
  do {
    const page = await listRecords(caller, type, { ...request, limit: MAX_LIMIT, after }, narrowed)
    yield* page.items
    after = page.nextCursor
  } while (after)
}
var KEYS, MAX_LIMIT, COUNT_CAP, MAX_QUERY_TEXT, MAX_BRANCHES, MAX_PARAMETERS, deletedScope, ownedByUnindexed
var init_list = __esm({
  'packages/core/src/records/list.ts'() {
    init_actor()
    init_scope()
    init_cursor()
    init_errors()
    init_ids()
    init_text()
    init_sql()
    init_engine()
    init_filter()
    init_include()
    init_operand()
    init_order()
    init_query()
    init_visibility()
    KEYS = ['where', 'orderBy', 'limit', 'after', 'include', 'count', 'search', 'deleted']
    MAX_LIMIT = 200
    COUNT_CAP = 1e3
    MAX_QUERY_TEXT = 65536
    MAX_BRANCHES = 60
    MAX_PARAMETERS = 3e3
    deletedScope = ({ actor }, type) => narrower(requireAny(actor, type, 'delete'), requireAny(actor, type, 'read'))
    ownedByUnindexed = (owners) => inList(raw(`coalesce(r.owner, '')`), owners)
  },
})

// packages/core/src/kernel/email.ts
function normaliseEmail(input) {
  if (typeof input !== 'string' || input.length > 1e3) return void 0
  const text = input.replace(BLANKS_AROUND, '').toLowerCase()
  const at = text.lastIndexOf('@')
  if (at < 1 || at > 64) return void 0
  const local = text.slice(0, at)
  if (!LOCAL.test(local)) return void 0
  const domain2 = asciiDomain(text.slice(at + 1))
  if (domain2 === void 0 || local.length + 1 + domain2.length > 254) return void 0
  return `${local}@${domain2}`
}
function asciiDomain(domain2) {
  const plain2 = DOMAIN.test(domain2)
  if (plain2 && !domain2.includes('xn--')) return domain2.length <= 253 ? domain2 : void 0
  if (!INTERNATIONAL.test(domain2)) return void 0
  try {
    const ascii = new URL(`http://${domain2}`).hostname
    return ascii.length <= 253 && DOMAIN.test(ascii) ? ascii : void 0
  } catch {
    return void 0
  }
}
var BLANKS_AROUND, LOCAL, DOMAIN, INTERNATIONAL, emailDomain, FREE_MAIL, isFreeMailDomain
var init_email = __esm({
  'packages/core/src/kernel/email.ts'() {
    BLANKS_AROUND = /^[ \t\u00a0\u200b\u3000\ufeff]+|[ \t\u00a0\u200b\u3000\ufeff]+$/g
    LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
    DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[a-z0-9-]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
    INTERNATIONAL = /^[\p{L}\p{N}\p{M}.。．｡-]+$/u
    emailDomain = (email) => email.slice(email.lastIndexOf('@') + 1).toLowerCase()
    FREE_MAIL = new Set(
      'gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.co.in yahoo.co.jp yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca yahoo.com.au yahoo.com.br ymail.com rocketmail.com hotmail.com hotmail.co.uk hotmail.de hotmail.fr hotmail.it hotmail.es outlook.com outlook.de outlook.fr outlook.es live.com live.co.uk live.de live.fr live.nl msn.com aol.com aol.de icloud.com me.com mac.com proton.me protonmail.com pm.me tutanota.com tuta.io fastmail.com hey.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de mail.com zoho.com zohomail.com yandex.ru yandex.com mail.ru bk.ru list.ru inbox.ru rambler.ru ukr.net wp.pl o2.pl onet.pl interia.pl seznam.cz centrum.cz orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it alice.it qq.com 163.com 126.com sina.com foxmail.com naver.com hanmail.net daum.net rediffmail.com uol.com.br bol.com.br terra.com.br comcast.net verizon.net att.net sbcglobal.net cox.net btinternet.com sky.com bluewin.ch ziggo.nl telenet.be'.split(
        ' ',
      ),
    )
    isFreeMailDomain = (domain2) => FREE_MAIL.has(domain2.toLowerCase())
  },
})

// packages/core/src/records/base-fields.ts
var baseFields
var init_base_fields = __esm({
  'packages/core/src/records/base-fields.ts'() {
    init_field()
    baseFields = {
      owner: field.user(),
      createdAt: stamped(field.instant()),
      createdBy: server(field.user()),
      updatedAt: stamped(field.instant()),
      updatedBy: server(field.user()),
      version: stamped(field.integer()),
      deletedAt: server(field.instant()),
      tags: { kind: 'tags', mode: 'optional' },
      custom: field.json(),
    }
  },
})

// packages/core/src/records/codec.ts
function bindField(name, field2, normalise) {
  const column = snake(name)
  const { write, read } = CODECS[field2.kind] ?? asIs
  const columns2 = field2.kind === 'money' ? [column, `${column}_currency`] : [column]
  const derive = derivation(field2, normalise)
  return {
    name,
    field: field2,
    columns: columns2,
    width: columns2.length + (derive ? 1 : 0),
    derived: derive && `${column}${field2.folded ? '_fold' : '_key'}`,
    write: derive ? (value) => [...write(value), value == null ? null : derive(String(value))] : write,
    read,
  }
}
function bindCustom(bound, instants) {
  return {
    ...bound,
    write(value) {
      const stored = { ...value }
      for (const name of instants) if (stored[name] != null) stored[name] = new Date(stored[name]).getTime()
      return bound.write(stored)
    },
    read(row, at) {
      const values = bound.read(row, at)
      for (const name of instants) if (values?.[name] != null) values[name] = new Date(Number(values[name]))
      return values
    },
  }
}
function derivation({ folded, normalised }, normalise) {
  if (folded) return foldText
  return normalised && ((value) => normalise(normalised, value))
}
function sameValue(bound, left, right) {
  const a = bound.write(left)
  const b = bound.write(right)
  return a.every((value, index) => value === b[index])
}
var snake, asIs, json, jsonList, instant, boolean, money2, isEmpty, CODECS
var init_codec = __esm({
  'packages/core/src/records/codec.ts'() {
    init_text()
    snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    asIs = {
      write: (value) => [value ?? null],
      read: (row, at) => row[at] ?? null,
    }
    json = {
      write: (value) => [isEmpty(value) ? null : JSON.stringify(value)],
      read: (row, at) => (row[at] == null ? null : JSON.parse(row[at])),
    }
    jsonList = { ...json, read: (row, at) => json.read(row, at) ?? [] }
    instant = {
      write: (value) => [value == null ? null : value.getTime()],
      read: (row, at) => (row[at] == null ? null : new Date(Number(row[at]))),
    }
    boolean = {
      write: (value) => [value == null ? null : value ? 1 : 0],
      read: (row, at) => (row[at] == null ? null : Boolean(row[at])),
    }
    money2 = {
      write: (value) => (value == null ? [null, null] : [value.amount, value.currency]),
      read: (row, at) => (row[at] == null ? null : { amount: Number(row[at]), currency: row[at + 1] }),
    }
    isEmpty = (value) =>
      value == null ||
      (Array.isArray(value) ? value.length === 0 : typeof value === 'object' && Object.keys(value).length === 0)
    CODECS = {
      instant,
      boolean,
      money: money2,
      json,
      multiselect: jsonList,
      tags: jsonList,
      emails: jsonList,
      phones: jsonList,
      addresses: jsonList,
    }
  },
})

// packages/core/src/records/validator.ts
var COMPLAINTS
var init_validator = __esm({
  'packages/core/src/records/validator.ts'() {
    COMPLAINTS = {
      required: { rule: 'required', remedy: 'Give a value.' },
      text: { rule: 'wrong-type', remedy: 'Give text.' },
      forbiddenCharacter: { rule: 'forbidden-character', remedy: 'Remove NUL characters and broken surrogate pairs.' },
      email: { rule: 'invalid-email', remedy: 'Give an address such as ada@example.com.' },
      phone: { rule: 'invalid-phone', remedy: 'Give a number in international form such as +49 30 901820.' },
      url: { rule: 'invalid-url', remedy: 'Give a URL that starts with https:// or http://.' },
      domain: { rule: 'invalid-domain', remedy: 'Give a domain such as example.com.' },
      date: { rule: 'invalid-date', remedy: 'Give a calendar date as YYYY-MM-DD.' },
      instant: {
        rule: 'invalid-instant',
        remedy: 'Give a Date, or ISO 8601 text with a zone such as 2026-03-01T09:00:00Z.',
      },
      money: {
        rule: 'invalid-money',
        remedy: "Give { amount, currency } in whole minor units, or use money('12.50', 'EUR').",
      },
      currency: { rule: 'invalid-currency', remedy: 'Use an ISO 4217 code in upper case, such as EUR or USD.' },
      id: { rule: 'invalid-id', remedy: 'Give the id of a record, as the SDK returned it.' },
      json: {
        rule: 'invalid-json',
        remedy: 'Give a plain JSON object of at most 16,000 characters, nested at most 50 deep.',
      },
    }
  },
})

// packages/core/src/records/zod-schema.ts
var zod_schema_exports = {}
__export(zod_schema_exports, {
  buildValidator: () => buildValidator,
  unknownKey: () => unknownKey,
})

import * as z from 'zod'

function buildValidator(definition, custom3, normalise) {
  const fields = { ...definition.fields, ...baseFields }
  const serverOwned = /* @__PURE__ */ new Set([
    'id',
    ...Object.keys(fields).filter((name) => isServerOwned(fields[name])),
  ])
  const shape = Object.entries(fields).filter(([name]) => !serverOwned.has(name) && name !== 'custom')
  const shapeOf = (entries, of2) => Object.fromEntries(entries.map(([name, field2]) => [name, of2(field2)]))
  const object = (of2) => {
    const values = z.strictObject(shapeOf(Object.entries(custom3), of2))
    const nothing = values.safeParse({}).success
    return z.strictObject({ ...shapeOf(shape, of2), custom: nothing ? values.optional() : values })
  }
  const create = object((field2) =>
    field2.mode === 'required'
      ? schemaOf(field2, normalise)
      : field2.mode === 'defaulted'
        ? schemaOf(field2, normalise).optional()
        : emptiable(schemaOf(field2, normalise)),
  )
  const patch = object((field2) =>
    field2.mode === 'required' || field2.mode === 'defaulted'
      ? schemaOf(field2, normalise).optional()
      : emptiable(schemaOf(field2, normalise)),
  )
  const parse2 = (schema) => (input) => {
    const result = schema.safeParse(input)
    if (result.success) return withoutUndefined2(result.data)
    const problems = result.error.issues.flatMap((issue) => toProblems(issue, input, serverOwned))
    throw new CrmError('VALIDATION', summary(definition, problems), problems)
  }
  return { create: parse2(create), patch: parse2(patch) }
}
function schemaOf(field2, normalise) {
  switch (field2.kind) {
    case 'text':
      if (field2.normalised === 'domain') return normalForm('domain', 253, normalise)
      return (field2.max ?? 255) > 1e3 ? paragraphs(field2.max) : line(field2.max ?? 255)
    case 'email':
    case 'phone':
      return normalForm(field2.kind, field2.max ?? 254, normalise)
    case 'url':
      return refine(line(field2.max ?? 2048), check(isWebUrl, COMPLAINTS.url))
    case 'number':
    case 'integer': {
      const number2 = field2.kind === 'integer' ? z.int() : z.number()
      return number2.min(field2.min ?? -Number.MAX_SAFE_INTEGER).max(field2.max ?? Number.MAX_SAFE_INTEGER)
    }
    case 'money':
      return z
        .strictObject({ amount: z.unknown(), currency: z.unknown() })
        .refine(({ currency }) => isCurrency(currency), {
          params: { complaint: COMPLAINTS.currency },
          path: ['currency'],
          abort: true,
        })
        .refine(isMoney, { params: { complaint: COMPLAINTS.money } })
    case 'date':
      return custom2(isCalendarDate, COMPLAINTS.date)
    case 'instant':
      return z.preprocess(
        (value) => (typeof value === 'string' && INSTANT3.test(value) ? new Date(value) : value),
        custom2((value) => value instanceof Date && Math.abs(value.getTime()) < 864e13, COMPLAINTS.instant),
      )
    case 'boolean':
      return z.boolean()
    case 'select':
      return z.enum(field2.options ?? [])
    case 'multiselect':
      return z
        .array(z.enum(field2.options ?? []))
        .max(MAX_TAGS)
        .overwrite((values) => [...new Set(values)])
    case 'user':
      return line(255)
    case 'link':
      return field2.to === 'pipelines' || field2.to === 'stages' ? line(255) : custom2(isId, COMPLAINTS.id)
    case 'tags':
      return z.array(line(60)).max(MAX_TAGS).overwrite(distinctTags)
    case 'emails':
      return labelled(normalForm('email', 254, normalise))
    case 'phones':
      return labelled(normalForm('phone', 64, normalise))
    case 'addresses':
      return z
        .array(
          z.strictObject(Object.fromEntries(ADDRESS_PARTS.map((part2) => [part2, line(255).nullable().optional()]))),
        )
        .max(MAX_VALUES2)
    case 'json':
      return custom2(isSmallObject, COMPLAINTS.json)
  }
}
function isWebUrl(value) {
  return /^https?:\/\//i.test(value) && URL.canParse(value)
}
function isSmallObject(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  try {
    const text = JSON.stringify(value)
    return (
      text.length <= MAX_JSON &&
      depthOf(text) <= MAX_JSON_DEPTH &&
      !text.includes('\\u0000') &&
      !hasForbiddenCharacters(text)
    )
  } catch {
    return false
  }
}
function depthOf(json2) {
  let depth = 0
  let deepest = 0
  for (const bracket of json2.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(/[^[\]{}]/g, '')) {
    depth += bracket === '{' || bracket === '[' ? 1 : -1
    if (depth > deepest) deepest = depth
  }
  return deepest
}
function onePrimary(values) {
  const chosen = Math.max(
    0,
    values.findIndex((value) => value.primary),
  )
  return values.map(({ value, label }, index) => ({ value, ...(label && { label }), primary: index === chosen }))
}
function toProblems(issue, input, serverOwned) {
  const field2 = issue.path.join('.') || 'input'
  const problem = (rule, remedy) => [{ field: field2, rule, remedy }]
  const missing = issue.path.reduce(valueAt, input) === void 0
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        unknownKey([...issue.path, key].join('.'), serverOwned.has(key) && issue.path.length === 0),
      )
    case 'custom': {
      const complaint = missing ? COMPLAINTS.required : issue.params?.complaint
      return problem(complaint?.rule ?? 'invalid', complaint?.remedy ?? 'Correct the value.')
    }
    case 'invalid_type':
      return missing
        ? problem('required', COMPLAINTS.required.remedy)
        : problem('wrong-type', `Give a value of type ${issue.expected}.`)
    case 'invalid_value':
      return missing
        ? problem('required', COMPLAINTS.required.remedy)
        : problem('invalid-option', `Use one of: ${issue.values.map(String).join(', ')}.`)
    case 'too_big':
      return problem(
        issue.origin === 'string' ? 'too-long' : 'too-large',
        `Give at most ${issue.maximum}${unitOf(issue.origin)}.`,
      )
    case 'too_small':
      return issue.origin === 'string'
        ? problem('required', COMPLAINTS.required.remedy)
        : problem('too-small', `Give at least ${issue.minimum}${unitOf(issue.origin)}.`)
    default:
      return problem('invalid', issue.message)
  }
}
var MAX_TAGS,
  MAX_VALUES2,
  MAX_JSON,
  MAX_JSON_DEPTH,
  INSTANT3,
  withoutUndefined2,
  summary,
  emptiable,
  check,
  refine,
  noForbidden,
  line,
  paragraphs,
  custom2,
  normalForm,
  ADDRESS_PARTS,
  distinctTags,
  labelled,
  valueAt,
  unitOf,
  unknownKey
var init_zod_schema = __esm({
  'packages/core/src/records/zod-schema.ts'() {
    init_errors()
    init_ids()
    init_money()
    init_text()
    init_zones()
    init_base_fields()
    init_field()
    init_validator()
    MAX_TAGS = 100
    MAX_VALUES2 = 20
    MAX_JSON = 16e3
    MAX_JSON_DEPTH = 50
    INSTANT3 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/
    withoutUndefined2 = (values) => {
      for (const name in values) if (values[name] === void 0) delete values[name]
      return values
    }
    summary = (definition, problems) =>
      `The ${definition.table} is not valid. ${problems.map(({ field: field2, remedy }) => `${field2}: ${remedy}`).join(' ')}`
    emptiable = (schema) =>
      z.preprocess((value) => (value === '' ? null : value), schema.nullable().optional()).optional()
    check = (accepts, complaint) => ({ accepts, params: { complaint } })
    refine = (schema, ...checks) =>
      checks.reduce((refined, { accepts, params }) => refined.refine(accepts, { params }), schema)
    noForbidden = check((value) => !hasForbiddenCharacters(value), COMPLAINTS.forbiddenCharacter)
    line = (max) => refine(z.string().overwrite(cleanText).min(1).max(max), noForbidden)
    paragraphs = (max) => refine(z.string().min(1).max(max), noForbidden)
    custom2 = (accepts, complaint) => z.custom((value) => value !== void 0 && accepts(value), { params: { complaint } })
    normalForm = (kind, max, normalise) =>
      refine(
        z.string().overwrite(cleanText).min(1).max(max),
        noForbidden,
        check((value) => normalise(kind, value) !== null, COMPLAINTS[kind]),
      )
    ADDRESS_PARTS = ['street', 'city', 'region', 'postalCode', 'country', 'label']
    distinctTags = (tags) => [...new Map([...tags].reverse().map((tag) => [foldText(tag), tag])).values()].reverse()
    labelled = (value) =>
      z
        .array(
          z.preprocess(
            (item) => (typeof item === 'string' ? { value: item } : item),
            z.strictObject({ value, label: line(40).nullable().optional(), primary: z.boolean().optional() }),
          ),
        )
        .max(MAX_VALUES2)
        .overwrite(onePrimary)
    valueAt = (value, key) => (typeof value === 'string' && key === 'value' ? value : value?.[key])
    unitOf = (origin) => (origin === 'string' ? ' characters' : origin === 'array' ? ' values' : '')
    unknownKey = (field2, serverOwned = false) =>
      serverOwned
        ? { field: field2, rule: 'server-owned', remedy: 'Leave it out: the SDK sets this field.' }
        : { field: field2, rule: 'unknown-key', remedy: 'Remove it, or check the spelling: there is no such field.' }
  },
})

// packages/core/src/storage/joined.ts
function joinedStorage(storage, session, owner, depth = 1, outer) {
  const key = depth === 1 ? (session.owner ?? owner) : owner
  const lock = locks.get(key) ?? createLock(5e3)
  locks.set(key, lock)
  const name = `rapport_${depth}`
  const fence = storage.fence === outer ? void 0 : storage.fence
  async function savepoint(work2) {
    await session.run(`savepoint ${name}`, [])
    try {
      if (fence) await session.send(fence.text, fence.params)
      const result = await work2(session)
      await session.run(`release savepoint ${name}`, [])
      if (fence && outer) await session.run(outer.text, outer.params)
      return result
    } catch (error) {
      session.forget?.()
      await undo(session, name).catch(() => {})
      throw error
    }
  }
  const joined2 = {
    dialect: storage.dialect,
    table: storage.table,
    joined: true,
    read: fence ? (sql2, params) => savepoint(async ({ all }) => all(sql2, params)) : session.all,
    transaction: (work2) => lock.run(() => savepoint(work2)),
    join: storage.join,
    ...(storage.fence && { fence: storage.fence }),
    ...(storage.scoped && {
      scoped: (tenant) => joinedStorage(scopedTo(storage, tenant), session, owner, depth, storage.fence),
    }),
    async close() {},
  }
  depths.set(joined2, depth)
  return joined2
}
async function undo(session, name) {
  await session.run(`rollback to savepoint ${name}`, [])
  await session.run(`release savepoint ${name}`, [])
}
var locks, depths, nestedStorage
var init_joined = __esm({
  'packages/core/src/storage/joined.ts'() {
    init_lock()
    init_port()
    locks = /* @__PURE__ */ new WeakMap()
    depths = /* @__PURE__ */ new WeakMap()
    nestedStorage = (storage, session) =>
      joinedStorage(storage, session, {}, (depths.get(storage) ?? 1) + 1, storage.fence)
  },
})

// packages/core/src/records/write.ts
async function transact(caller, work2) {
  return runOnce(caller, work2, caller.storage.joined ? 0 : RETRIES)
}
async function runOnce(caller, work2, retries) {
  const { engine, storage } = caller
  const ready = engine.ready(storage)
  if (ready) await ready
  const actor = await caller.actor()
  let events = []
  const result = await repeating(storage, retries, async (session) => {
    events = []
    const open = guarded(session)
    return work2(writeSession(caller, actor, open, events)).finally(open.end)
  })
  if (caller.pendingEvents) caller.pendingEvents.push(...events)
  else if (!storage.joined) engine.announce(events)
  else engine.announceLater(events)
  return result
}
async function repeating(storage, retries, work2) {
  for (let attempt3 = 0; ; attempt3++) {
    try {
      return await storage.transaction(work2)
    } catch (error) {
      if (attempt3 >= retries || !isCrmError(error, 'STORAGE') || error.rule !== 'conflict') throw error
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt3))
    }
  }
}
function guarded(session) {
  let ended = false
  const check2 = () => {
    if (ended) throw endedError()
  }
  return {
    all(sql2, params) {
      check2()
      return session.all(sql2, params)
    },
    run(sql2, params) {
      check2()
      return session.run(sql2, params)
    },
    send(sql2, params, changed) {
      check2()
      return session.send(sql2, params, changed)
    },
    ...(session.forget && { forget: session.forget }),
    end() {
      ended = true
    },
  }
}
function writeSession(caller, actor, session, events) {
  let inner
  return {
    all: session.all,
    run: session.run,
    send: session.send,
    ...(session.forget && { forget: session.forget }),
    caller,
    actor,
    events,
    inside() {
      inner ??= {
        ...caller,
        storage: nestedStorage(caller.storage, session),
        pendingEvents: events,
        actor: () => actor,
      }
      return inner
    },
  }
}
var transactOnce, RETRIES, endedError
var init_write = __esm({
  'packages/core/src/records/write.ts'() {
    init_errors()
    init_joined()
    transactOnce = (caller, work2) => runOnce(caller, work2, 0)
    RETRIES = 3
    endedError = () =>
      new CrmError('CLOSED', 'The transaction of this client has ended.', {
        field: 'transaction',
        rule: 'transaction-ended',
        remedy: 'Await everything inside the transaction, and use the client from outside afterwards.',
      })
  },
})

// packages/core/src/records/append-event.ts
async function appendEvent(write, draft2) {
  const { caller, actor } = write
  const { storage, tenant } = caller
  const event = {
    id: newId(),
    tenant,
    at: nowOf(caller),
    name: draft2.name,
    recordType: draft2.recordType,
    recordId: draft2.recordId,
    recordVersion: draft2.recordVersion ?? 0,
    actor: authorOf(caller, actor),
    reason: actor.reason,
    changes: draft2.changes,
    about: draft2.about ?? [],
    silent: caller.past !== void 0,
  }
  const about = event.about.length > 0 ? JSON.stringify(event.about) : null
  await write.send(insertEvent(storage.table('event')), [
    tenant,
    event.id,
    event.at.getTime(),
    event.name,
    event.recordType,
    event.recordId,
    event.recordVersion,
    event.actor,
    event.reason,
    JSON.stringify(event.changes),
    about,
    event.silent ? 1 : 0,
    event.silent ? null : 1,
  ])
  if (event.about.length > 0) await linkEvent(write, event)
  write.events.push(event)
  return event
}
async function linkEvent(write, event) {
  const { storage, tenant } = write.caller
  const rows = event.about.map(() => '(?, ?, ?, ?)').join(', ')
  const values = event.about.flatMap(({ id }) => [tenant, id, event.at.getTime(), event.id])
  await write.send(
    `insert into ${storage.table('event_about')} (tenant_id, record_id, at, event_id) values ${rows}`,
    values,
  )
}
var COLUMNS, inserts, insertEvent
var init_append_event = __esm({
  'packages/core/src/records/append-event.ts'() {
    init_cached()
    init_ids()
    init_caller()
    COLUMNS =
      'tenant_id, id, at, name, record_type, record_id, record_version, actor, reason, changes, about, silent, pending'
    inserts = /* @__PURE__ */ new Map()
    insertEvent = (table3) =>
      cached(inserts, table3, () => `insert into ${table3} (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  },
})

// packages/core/src/records/guard.ts
async function holdValues(write, { type }, field2, values) {
  const held = [...new Set(values)].sort().map(
    (value) => `${field2}
${value}`,
  )
  await hold(write, type, held)
}
async function hold(write, space, values) {
  const { dialect } = write.caller.storage
  for (const { text, params } of dialect.guard?.(write.caller.tenant, space, values) ?? [])
    await write.send(text, params)
}
var holdAll
var init_guard = __esm({
  'packages/core/src/records/guard.ts'() {
    holdAll = (write, { type }) => hold(write, type, 'all')
  },
})

// packages/core/src/records/keys.ts
function keysOf2(write, table3, record) {
  const keys = record.tags.map((tag) => ['tag', foldText(tag)])
  for (const [name, kind] of Object.entries(table3.definition.keys ?? {})) {
    for (const { value } of record[name] ?? []) {
      const normal = write.caller.engine.normalise(kind, value)
      if (normal) keys.push([kind, normal])
    }
  }
  for (const [name, field2] of Object.entries(table3.custom)) {
    const value = record.custom[name]
    if (field2.unique && value != null) keys.push([`custom.${name}`, uniqueText(write.caller.engine, field2, value)])
  }
  return [...new Map(keys.map((key) => [key.join('\n'), key])).values()]
}
async function writeKeys(write, table3, before, after) {
  const keys = keysOf2(write, table3, after)
  const { storage, tenant } = write.caller
  const name = storage.table('record_key')
  if (before) {
    if (JSON.stringify(keysOf2(write, table3, before)) === JSON.stringify(keys)) return
    await write.send(`delete from ${name} where tenant_id = ? and record_id = ?`, [tenant, after.id])
  }
  if (keys.length === 0) return
  const rows = keys.map(() => '(?, ?, ?, ?, ?)').join(', ')
  const values = keys.flatMap(([kind, value]) => [tenant, table3.type, kind, value, after.id])
  await write.send(`insert into ${name} (tenant_id, record_type, kind, value, record_id) values ${rows}`, values)
}
var uniqueText, plainText
var init_keys = __esm({
  'packages/core/src/records/keys.ts'() {
    init_text()
    uniqueText = (engine, { normalised }, value) =>
      (normalised && typeof value === 'string' && engine.normalise(normalised, value)) || plainText(value)
    plainText = (value) =>
      value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : String(value)
  },
})

// packages/core/src/records/checks.ts
function checkFieldAccess(write, table3, values) {
  const { actor } = write
  if (writesEverything(actor, table3)) return
  const custom3 = Object.keys(values.custom ?? {}).map((name) => `custom.${name}`)
  const problems = []
  for (const name of [
    ...Object.keys(values).filter((name2) => name2 !== 'custom' && !isOurs(table3, name2)),
    ...custom3,
  ]) {
    if (!isVisible(actor, table3, name)) {
      problems.push({
        field: name,
        rule: 'unknown-key',
        remedy: 'Remove it, or check the spelling: there is no such field.',
      })
    } else if (actor.field(table3.type, name) !== 'update') {
      throw new CrmError('FORBIDDEN', `You may not change ${name}.`, {
        field: name,
        rule: 'field-not-writable',
        remedy: `Leave ${name} out, or ask an administrator for a role that may change it.`,
      })
    }
  }
  if (problems.length > 0)
    throw new CrmError('VALIDATION', `The ${table3.definition.table} has unknown fields.`, problems)
}
async function checkTargets(write, table3, values) {
  for (const { name, field: field2 } of table3.pointers) {
    const value = values[name]
    if (value == null) continue
    if (field2.kind === 'user') await requireActiveUser(write, name, value)
    else if (!(await findInScope(writeQuery(write), write, field2.to, value, 'read'))) {
      throw missingTarget(name, field2.to)
    }
  }
  for (const [name, value] of Object.entries(values.custom ?? {})) {
    const field2 = table3.custom[name]
    if (value === null || !field2) continue
    if (field2.kind === 'user') await requireActiveUser(write, `custom.${name}`, value)
    if (field2.kind === 'link' && !(await findInScope(writeQuery(write), write, field2.to, value, 'read'))) {
      throw missingTarget(`custom.${name}`, field2.to)
    }
  }
}
async function requireActiveUser(write, field2, user) {
  const { storage, tenant } = write.caller
  const [row] = await write.all(`select active from ${storage.table('user')} where tenant_id = ? and id = ?`, [
    tenant,
    user,
  ])
  if (!row) throw invalid(field2, 'unknown-user', 'Give the id of a user; call users.sync first.')
  if (!row[0]) throw invalid(field2, 'inactive-user', 'Give the id of an active user.')
}
async function checkOwner(write, table3, before, owner) {
  const { actor } = write
  if (before ? before.owner === owner : actor.user !== null && owner === actor.user) return
  const scope = actor.scope(table3.type, 'assign')
  const mine = before?.owner != null && before.owner === actor.user
  const givable = before === void 0 || inScope(scope, before, /* @__PURE__ */ new Set())
  const reachable =
    scope.kind === 'all' || (scope.kind === 'owners' && (owner === null ? mine : actor.colleagues.has(owner)))
  if (!givable || !reachable) throw forbidden(table3.type, 'assign')
  if (owner !== null) await requireActiveUser(write, 'owner', owner)
}
async function checkDuplicates(write, table3, record, changed) {
  const query = writeQuery(write)
  for (const name of write.allowDuplicates ? [] : (table3.definition.duplicateBy ?? [])) {
    if (!changed(name) || !isVisible(write.actor, table3, name)) continue
    const values = comparedValues(query, table3, record, name)
    if (values.length === 0) continue
    await holdValues(write, table3, name, values)
    const matches2 = sameAs(query, table3, name, values)
    const anybodys = table3.fields.get(name)?.field.unique === true
    const others = and(
      anybodys ? liveRows(query, 'r') : readableRows(query, table3, 'r'),
      matches2,
      sql`r.id <> ${record.id}`,
    )
    await refuseIfFound(write, table3, name, others, anybodys ? onlyOne(table3) : void 0)
  }
  for (const [name, field2] of Object.entries(table3.custom)) {
    const value = record.custom[name]
    if (!field2.unique || value == null || !changed('custom')) continue
    const text = uniqueText(query.engine, field2, value)
    await holdValues(write, table3, `custom.${name}`, [text])
    const ids = keyed(query, table3, `custom.${name}`, [text])
    const others = sql`r.tenant_id = ${query.tenant} and r.deleted_at is null and ${ids} and r.id <> ${record.id}`
    await refuseIfFound(write, table3, `custom.${name}`, others, onlyOne(table3))
  }
}
function comparedValues(query, table3, record, name) {
  const value = record[name]
  const kind = table3.definition.keys?.[name]
  if (kind) return (value ?? []).map((one) => query.engine.normalise(kind, one.value) ?? one.value)
  const operand = operandOf(query, table3, name, 'r', name)
  if (value == null || !operand) return []
  const wanted = String(operand.toSql(value))
  return operand.field.normalised === 'domain' && isFreeMailDomain(wanted) ? [] : [wanted]
}
function sameAs(query, table3, name, values) {
  const kind = table3.definition.keys?.[name]
  if (kind) return keyed(query, table3, kind, values)
  const { value } = operandOf(query, table3, name, 'r', name)
  return inList(value, values)
}
async function refuseIfFound(write, table3, field2, where, remedy) {
  const select = sql`select r.id from ${raw(table3.name)} r where ${where} limit 1`
  const [row] = await write.all(select.text, select.params)
  if (!row) return
  throw new CrmError('DUPLICATE', `Another ${table3.definition.table} has the same ${field2}.`, {
    field: field2,
    rule: 'duplicate',
    remedy: remedy ?? `Update the ${table3.definition.table} ${String(row[0])} instead, or give another ${field2}.`,
  })
}
var writeQuery, isOurs, pointsSomewhere, hasUniqueness, missingTarget, onlyOne, keyed
var init_checks = __esm({
  'packages/core/src/records/checks.ts'() {
    init_actor()
    init_scope()
    init_email()
    init_errors()
    init_sql()
    init_field()
    init_find()
    init_guard()
    init_keys()
    init_operand()
    init_query()
    init_visibility()
    writeQuery = ({ caller, actor }) => ({
      engine: caller.engine,
      tenant: caller.tenant,
      actor,
      now: caller.past?.at ?? caller.engine.clock.now(),
    })
    isOurs = (table3, name) => {
      const field2 = table3.fields.get(name)?.field
      return field2 !== void 0 && isServerOwned(field2)
    }
    pointsSomewhere = (table3, values) =>
      table3.pointers.some(({ name }) => values[name] != null) || values.custom !== void 0
    hasUniqueness = ({ definition, custom: custom3 }) =>
      definition.duplicateBy !== void 0 || Object.values(custom3).some((field2) => field2.unique)
    missingTarget = (field2, type) =>
      invalid(
        field2,
        'missing-target',
        `Give the id of one of your ${type}; this one does not exist, is deleted, or is out of your reach.`,
      )
    onlyOne = ({ definition }) => `Give a value that no other ${definition.table} has.`
    keyed = ({ engine, tenant }, { type }, kind, values) =>
      sql`r.id in (select record_id from ${raw(engine.storage.table('record_key'))} where tenant_id = ${tenant} and record_type = ${type} and kind = ${kind} and ${inList(raw('value'), values)})`
  },
})

// packages/core/src/records/idempotency.ts
async function runVerb(caller, name, input, options, work2) {
  const key = options?.idempotencyKey
  if (key === void 0) return transact(caller, work2)
  if (typeof key !== 'string' || key.length === 0 || key.length > 255) {
    throw invalid('idempotencyKey', 'invalid-key', 'Give 1 to 255 characters.')
  }
  const hash = await sha256(JSON.stringify([name, input]))
  return transact(caller, async (write) => {
    const table3 = caller.storage.table('idempotency')
    const owner = write.actor.user ?? ''
    await hold(write, 'idempotency', [
      `${owner}
${key}`,
    ])
    const [stored] = await write.all(
      `select request_hash, result from ${table3} where tenant_id = ? and actor = ? and idempotency_key = ?`,
      [caller.tenant, owner, key],
    )
    if (stored) {
      if (isStranger(write.actor)) throw forbidden(name.split('.')[0], 'read')
      if (stored[0] !== hash) throw reusedKey()
      return thaw(stored[1])
    }
    const result = await work2(write)
    await write.send(
      `insert into ${table3} (tenant_id, actor, idempotency_key, request_hash, result, created_at) values (?, ?, ?, ?, ?, ?)`,
      [caller.tenant, owner, key, hash, freeze(result), caller.engine.clock.now().getTime()],
    )
    return result
  })
}
async function sha256(text) {
  const digest2 = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest2), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
function freeze(value) {
  if (value === void 0) return null
  return JSON.stringify(value, function (key, plain2) {
    const given = this[key]
    if (given instanceof Date) return { $date: given.getTime() }
    return isCrmError(given) ? { $error: plain2 } : renamed(plain2, /^\$/, (name) => `$${name}`)
  })
}
function thaw(text) {
  if (text === null) return void 0
  return JSON.parse(String(text), (_, value) => {
    if (typeof value?.$date === 'number') return new Date(value.$date)
    if (value?.$error?.problems) return new CrmError(value.$error.code, value.$error.message, value.$error.problems)
    return renamed(value, /^\$\$/, (name) => name.slice(1))
  })
}
function renamed(value, pattern, rename) {
  if (
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    !Object.keys(value).some((name) => pattern.test(name))
  )
    return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [pattern.test(name) ? rename(name) : name, one]))
}
var reusedKey
var init_idempotency = __esm({
  'packages/core/src/records/idempotency.ts'() {
    init_actor()
    init_errors()
    init_guard()
    init_write()
    reusedKey = () =>
      new CrmError('CONFLICT', 'This idempotency key was used for another request.', {
        field: 'idempotencyKey',
        rule: 'key-reused',
        remedy: 'Use a new key for each different request; repeat a key only with the same input.',
      })
  },
})

// packages/core/src/records/assignment.ts
function checkAssignee(to) {
  const [[how, who] = [], extra] = entriesOf(to)
  if (extra) throw invalid(extra[0], 'unknown-key', REMEDY)
  if (how === 'user') {
    if (who !== null && !isName(who)) throw invalid('user', 'wrong-type', 'Give the id of a user, or null for nobody.')
    return
  }
  if (how === void 0) throw invalid('to', 'required', REMEDY)
  if (how !== 'roundRobin' && how !== 'leastLoaded') throw invalid(how, 'unknown-key', REMEDY)
  const [[kind, of2] = [], more] = entriesOf(who)
  if (more) throw invalid(`${how}.${more[0]}`, 'unknown-key', REMEDY)
  const fits2 =
    kind === 'team' ? isName(of2) : kind === 'users' && Array.isArray(of2) && of2.length <= 1e3 && of2.every(isName)
  if (!fits2) throw invalid(how, 'invalid-candidates', REMEDY)
}
async function assignOwner(write, table3) {
  const rule = write.caller.engine.assignment[table3.type]
  return rule ? pickOwner(write, table3, rule) : null
}
async function pickOwner(write, table3, rule) {
  await hold(write, 'assignment', [table3.type])
  const candidates2 = await activeCandidates(write, 'roundRobin' in rule ? rule.roundRobin : rule.leastLoaded)
  if (candidates2.length === 0) return null
  return 'roundRobin' in rule
    ? nextInTurn(write, `${table3.type}:${JSON.stringify(rule.roundRobin)}`, candidates2)
    : leastLoaded(write, table3, candidates2)
}
async function activeCandidates(write, from) {
  const { storage, tenant } = write.caller
  const inside = { ...storage, read: write.all }
  const wanted =
    'users' in from ? [...from.users] : await membersOf(inside, tenant, await subtree(inside, tenant, [from.team]))
  if (wanted.length === 0) return []
  const select = sql`select id from ${raw(storage.table('user'))} where tenant_id = ${tenant} and active = 1 and ${inList(raw('id'), wanted)} order by id`
  return (await write.all(select.text, select.params)).map(([id]) => String(id))
}
async function nextInTurn(write, rule, candidates2) {
  if (rule.length > 255) throw invalid('assignment', 'too-long', 'Name a team instead of a long list of users.')
  const { storage, tenant } = write.caller
  const table3 = storage.table('assignment_turn')
  const [turn] = await write.all(`select last_user from ${table3} where tenant_id = ? and rule = ?`, [tenant, rule])
  const next = (turn && candidates2.find((user) => user > String(turn[0]))) ?? candidates2[0]
  await write.send(storage.dialect.upsert(table3, ['tenant_id', 'rule', 'last_user'], ['tenant_id', 'rule']), [
    tenant,
    rule,
    next,
  ])
  return next
}
async function leastLoaded(write, table3, candidates2) {
  const { tenant } = write.caller
  const open = table3.definition.open ? raw(` and ${table3.definition.open}`) : raw('')
  const select = sql`select owner, count(*) from ${raw(table3.name)} where tenant_id = ${tenant} and deleted_at is null and ${inList(raw('owner'), candidates2)}${open} group by owner`
  const load2 = new Map(
    (await write.all(select.text, select.params)).map(([owner, count2]) => [String(owner), Number(count2)]),
  )
  return candidates2.reduce((best, user) => ((load2.get(user) ?? 0) < (load2.get(best) ?? 0) ? user : best))
}
var REMEDY, isName, entriesOf
var init_assignment = __esm({
  'packages/core/src/records/assignment.ts'() {
    init_directory()
    init_errors()
    init_sql()
    init_guard()
    REMEDY = "Give { user: 'id' }, { roundRobin: { team: 'id' } } or { leastLoaded: { users: ['id'] } }."
    isName = (value) => typeof value === 'string' && value.length > 0 && value.length <= 255
    entriesOf = (value) => (typeof value === 'object' && value !== null ? Object.entries(value) : [])
  },
})

// packages/core/src/records/changes.ts
function changesBetween(table3, before, after) {
  const changes = {}
  for (const [name, bound] of table3.fields) {
    if (NOT_LOGGED.has(name)) continue
    const was = before?.[name] ?? null
    const is = after[name] ?? null
    if (was === is) continue
    if (!before ? !isEmpty2(is) : !sameValue(bound, was, is)) changes[name] = [was, is]
  }
  for (const name in table3.custom) {
    const was = before?.custom[name] ?? null
    const is = after.custom[name] ?? null
    if (was !== is && JSON.stringify(was) !== JSON.stringify(is)) changes[`custom.${name}`] = [was, is]
  }
  return changes
}
function concernsOf(table3, record) {
  const { concerns } = table3.definition
  if (!concerns) return NOBODY
  return concerns.flatMap((name) => {
    const id = record[name]
    const type = table3.fields.get(name)?.field.to
    return typeof id === 'string' && type ? [{ type, id }] : []
  })
}
var NOT_LOGGED, isEmpty2, NOBODY
var init_changes = __esm({
  'packages/core/src/records/changes.ts'() {
    init_codec()
    NOT_LOGGED = /* @__PURE__ */ new Set([
      'createdAt',
      'createdBy',
      'updatedAt',
      'updatedBy',
      'version',
      'deletedAt',
      'custom',
    ])
    isEmpty2 = (value) => value === null || (Array.isArray(value) && value.length === 0)
    NOBODY = []
  },
})

// packages/core/src/records/hooks.ts
function runValidateHook(engine, type, values, action) {
  return engine.hooks[type]?.validate?.({ values: Object.freeze({ ...values }), action })
}
function runHook(write, type, before, after, event) {
  const hook = write.caller.engine.hooks[type]?.inTransaction
  return hook?.({ tx: write.caller.engine.client(write.inside()), before, after: { ...after }, event })
}
var init_hooks = __esm({
  'packages/core/src/records/hooks.ts'() {},
})

// packages/core/src/records/create.ts
async function createRecord(caller, type, input, options) {
  const values = await validateCreate(caller, type, input)
  return runVerb(caller, `${type}.create`, input, options, async (write) =>
    shown(write, type, await createIn(write, type, values)),
  )
}
async function validateCreate(caller, type, input) {
  const ready = caller.engine.ready(caller.storage)
  if (ready) await ready
  const values = caller.engine.validator(type).create(input)
  const hooked = runValidateHook(caller.engine, type, values, 'create')
  if (hooked) await hooked
  return values
}
function shown(write, type, record) {
  const table3 = tableOf(write.caller.engine, type)
  if (hiddenFields(write.actor, table3).length === 0) return record
  return showTo(write.actor, table3, { ...record, custom: { ...record.custom } })
}
async function createIn(write, type, values) {
  const { caller, actor } = write
  const table3 = tableOf(caller.engine, type)
  const scope = requireAny(actor, type, 'create')
  checkFieldAccess(write, table3, values)
  const record = draft(write, table3, values)
  record.owner = values.owner === void 0 ? await defaultOwner(write, table3) : values.owner
  if (values.owner !== void 0) await checkOwner(write, table3, void 0, record.owner)
  if (scope.kind === 'owners' && !(record.owner !== null && scope.owners.has(record.owner)))
    throw forbidden(type, 'create')
  if (pointsSomewhere(table3, values)) await checkTargets(write, table3, values)
  const change = { before: void 0, after: record, given: new Set(Object.keys(values)), caller, write }
  if (table3.definition.rules) await table3.definition.rules(change)
  if (hasUniqueness(table3)) await checkDuplicates(write, table3, record, () => true)
  await write.send(table3.insertSql, table3.insertRow(caller.tenant, record))
  await writeKeys(write, table3, void 0, record)
  if (table3.definition.afterWrite) await table3.definition.afterWrite(change)
  const event = await appendEvent(write, {
    name: `${table3.definition.table}.created`,
    recordType: type,
    recordId: record.id,
    recordVersion: 1,
    changes: changesBetween(table3, void 0, record),
    about: concernsOf(table3, record),
  })
  const hook = runHook(write, type, void 0, record, event)
  if (hook) await hook
  return record
}
function draft({ caller, actor }, table3, values) {
  const record = table3.blank()
  for (const name in values) {
    const value = values[name]
    if (name === 'custom') Object.assign(record.custom, withoutNulls(value))
    else if (value !== null) record[name] = value
  }
  record.id = newId()
  record.createdAt = record.updatedAt = nowOf(caller)
  record.createdBy = record.updatedBy = authorOf(caller, actor)
  record.version = 1
  return record
}
var withoutNulls, defaultOwner
var init_create = __esm({
  'packages/core/src/records/create.ts'() {
    init_actor()
    init_ids()
    init_append_event()
    init_assignment()
    init_caller()
    init_changes()
    init_checks()
    init_engine()
    init_hooks()
    init_idempotency()
    init_keys()
    init_visibility()
    withoutNulls = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
    defaultOwner = (write, table3) => write.actor.user ?? write.caller.past?.by ?? assignOwner(write, table3)
  },
})

// packages/core/src/records/update.ts
async function updateRecord(caller, type, id, patch, options = {}) {
  const values = await validatePatch(caller, type, patch)
  return runVerb(caller, `${type}.update`, [id, patch, options.ifVersion], options, async (write) =>
    shown(write, type, await updateIn(write, type, id, values, options.ifVersion)),
  )
}
async function validatePatch(caller, type, patch) {
  const ready = caller.engine.ready(caller.storage)
  if (ready) await ready
  const values = caller.engine.validator(type).patch(patch)
  const hooked = runValidateHook(caller.engine, type, values, 'update')
  if (hooked) await hooked
  return values
}
async function updateIn(write, type, id, values, ifVersion) {
  const table3 = tableOf(write.caller.engine, type)
  const before = await requireForWrite(write, type, id, onlyOwner(values) ? 'assign' : 'update')
  checkFieldAccess(write, table3, values)
  if (values.owner !== void 0) await checkOwner(write, table3, before, values.owner)
  const after = patched(before, values)
  if (ifVersion !== void 0 && ifVersion !== before.version)
    await checkConflicts(write, table3, before, after, values, ifVersion)
  await checkTargets(write, table3, differing(before, values))
  return saveChange(write, table3, before, after, new Set(Object.keys(values)))
}
async function saveChange(write, table3, before, after, given, eventName, more = {}) {
  const { caller } = write
  const change = { before, after, given, caller, write }
  if (table3.definition.rules) await table3.definition.rules(change)
  const changes = changesBetween(table3, before, after)
  if (Object.keys(changes).length === 0 && !more.changes) return before
  await checkDuplicates(
    write,
    table3,
    after,
    (name) => name in changes || (name === 'custom' && Object.keys(changes).some((key) => key.startsWith('custom.'))),
  )
  await writeRow(write, table3, before, after, changes)
  await writeKeys(write, table3, before, after)
  if (table3.definition.afterWrite) await table3.definition.afterWrite(change)
  const event = await appendEvent(write, {
    name:
      eventName ??
      table3.definition.eventName?.(change) ??
      `${table3.definition.table}.${'owner' in changes ? 'assigned' : 'updated'}`,
    recordType: table3.type,
    recordId: after.id,
    recordVersion: after.version,
    changes: { ...changes, ...more.changes },
    about: [...concernsOf(table3, after), ...(more.about ?? [])],
  })
  const hook = runHook(write, table3.type, before, after, event)
  if (hook) await hook
  return after
}
function patched(before, values) {
  const custom3 = { ...before.custom, ...values.custom }
  for (const name in custom3) if (custom3[name] === null) delete custom3[name]
  return { ...before, ...values, custom: custom3 }
}
async function writeRow(write, table3, before, after, changes) {
  const { caller, actor } = write
  after.updatedAt = nowOf(caller)
  after.updatedBy = authorOf(caller, actor)
  after.version = before.version + 1
  const names2 = Object.keys(changes).filter((name) => !name.startsWith('custom.'))
  if (names2.length < Object.keys(changes).length) names2.push('custom')
  const sets = []
  const values = []
  for (const name of [...names2, 'updatedAt', 'updatedBy', 'version']) {
    const bound = table3.fields.get(name)
    for (const column of [...bound.columns, ...(bound.derived ? [bound.derived] : [])]) sets.push(`${column} = ?`)
    values.push(...bound.write(after[name]))
  }
  const update = `update ${table3.name} set ${sets.join(', ')} where tenant_id = ? and id = ? and version = ?`
  await write.send(update, [...values, caller.tenant, before.id, before.version], unlessConcurrent(table3))
}
async function changedSince(write, before, ifVersion) {
  if (!Number.isInteger(ifVersion) || ifVersion < 1 || ifVersion > before.version) {
    throw invalid('ifVersion', 'unknown-version', `Give the version you read; the record is at ${before.version}.`)
  }
  const { storage, tenant } = write.caller
  const rows = await write.all(
    `select changes from ${storage.table('event')} where tenant_id = ? and record_id = ? and record_version > ?`,
    [tenant, before.id, ifVersion],
  )
  return new Set(rows.flatMap(([changes]) => Object.keys(JSON.parse(String(changes)))))
}
async function refuseIfChanged(write, table3, before, ifVersion, parts) {
  if (ifVersion === before.version) return
  const changed = await changedSince(write, before, ifVersion)
  const problems = parts
    .filter((part2) => changed.has(part2))
    .map((field2) => ({
      field: field2,
      rule: 'changed-meanwhile',
      remedy: 'Read it again, then save with the new version.',
    }))
  if (problems.length > 0)
    throw new CrmError(
      'CONFLICT',
      `The ${table3.definition.table} was changed by somebody else since version ${ifVersion}.`,
      problems,
    )
}
async function checkConflicts(write, table3, before, after, values, ifVersion) {
  const since = await changedSince(write, before, ifVersion)
  const wanted = changesBetween(table3, before, after)
  const problems = Object.keys(wanted)
    .filter((name) => since.has(name) && (name in values || name.startsWith('custom.')))
    .map((name) => {
      const [theirs, yours] = wanted[name]
      const remedy = 'Show both values and let the user choose, then save with the new version.'
      return {
        field: name,
        rule: 'changed-meanwhile',
        remedy,
        yours,
        ...(isVisible(write.actor, table3, name) && { theirs }),
      }
    })
  if (problems.length > 0) {
    throw new CrmError(
      'CONFLICT',
      `The ${table3.definition.table} was changed by somebody else since version ${ifVersion}.`,
      problems,
    )
  }
}
var onlyOwner, differing, unlessConcurrent
var init_update = __esm({
  'packages/core/src/records/update.ts'() {
    init_errors()
    init_append_event()
    init_caller()
    init_changes()
    init_checks()
    init_create()
    init_engine()
    init_find()
    init_hooks()
    init_idempotency()
    init_keys()
    init_visibility()
    onlyOwner = (values) => Object.keys(values).every((name) => name === 'owner') && values.owner !== void 0
    differing = (before, values) =>
      Object.fromEntries(Object.entries(values).filter(([name, value]) => name === 'custom' || before[name] !== value))
    unlessConcurrent = (table3) => (changed) => {
      if (changed > 0) return
      throw new CrmError('CONFLICT', `The ${table3.definition.table} was changed at the same moment.`, {
        field: 'version',
        rule: 'changed-meanwhile',
        remedy: 'Read the record again and repeat the change.',
      })
    }
  },
})

// packages/core/src/companies/website.ts
function domainOfWebsite(website, normalise) {
  const domain2 = normalise('domain', website)
  if (domain2 === null || isFreeMailDomain(domain2)) return null
  const isPlatform = PLATFORMS.has(domain2) || PLATFORMS.has(domain2.split('.').slice(-2).join('.'))
  return isPlatform ? null : domain2
}
function companyDomainOf(email, normalise) {
  const normal = email === null ? null : normalise('email', email)
  const domain2 = normal?.slice(normal.lastIndexOf('@') + 1)
  return domain2 && !isFreeMailDomain(domain2) ? domain2 : null
}
var PLATFORMS
var init_website = __esm({
  'packages/core/src/companies/website.ts'() {
    init_email()
    PLATFORMS = new Set(
      'linkedin.com facebook.com instagram.com twitter.com x.com youtube.com tiktok.com xing.com github.com gitlab.com medium.com wordpress.com blogspot.com tumblr.com wixsite.com weebly.com squarespace.com myshopify.com etsy.com amazon.com ebay.com google.com sites.google.com notion.site linktr.ee yelp.com crunchbase.com wikipedia.org'.split(
        ' ',
      ),
    )
  },
})

// packages/core/src/kernel/names.ts
function splitName(name) {
  const text = name.trim().replace(/\s+/g, ' ')
  const comma = /^([^,]+), ([^,]+)$/.exec(text)
  if (comma && !SUFFIX.test(comma[2])) return { firstName: comma[2], lastName: comma[1] }
  const parts = text.split(' ').filter((part2) => part2 !== '')
  if (parts.length === 0) return {}
  let cut2 = parts.length - 1
  while (cut2 > 1 && SUFFIX.test(parts[cut2])) cut2--
  while (cut2 > 1 && PARTICLES.has(parts[cut2 - 1].toLowerCase())) cut2--
  if (cut2 === 0) return { lastName: parts[0] }
  return { firstName: parts.slice(0, cut2).join(' '), lastName: parts.slice(cut2).join(' ') }
}
var PARTICLES, SUFFIX
var init_names = __esm({
  'packages/core/src/kernel/names.ts'() {
    PARTICLES = new Set(
      'von van vom zu zum zur de del della der den dem di da do dos das du la le las los el al bin ibn ben ten ter af av st st. y e'.split(
        ' ',
      ),
    )
    SUFFIX = /^(?:jr|sr|ii|iii|iv|phd|md|mba|esq)\.?$/i
  },
})

// packages/core/src/leads/convert-values.ts
function valuesFor(write, lead, target, table3) {
  const leads2 = tableOf(write.caller.engine, 'leads')
  const seen = (name) => (isVisible(write.actor, leads2, name) ? lead[name] : null)
  const values = { ...MAPPED[target](write, seen), custom: customFor(write, lead, leads2, table3) }
  const writable = (name) => write.actor.field(table3.type, name) === 'update' && isVisible(write.actor, table3, name)
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => !isEmpty4(value) && writable(name)))
}
function nameOf(seen) {
  const [firstName, lastName] = [seen('firstName'), seen('lastName')]
  if (firstName !== null || lastName !== null) return { firstName, lastName }
  const name = seen('name')
  if (typeof name !== 'string' || name.includes('@')) return {}
  const parts = splitName(name)
  return { firstName: parts.firstName?.slice(0, 120) ?? null, lastName: parts.lastName?.slice(0, 120) ?? null }
}
function customFor({ actor }, lead, leads2, table3) {
  const shared = Object.keys(table3.custom).filter(
    (name) => table3.custom[name]?.kind === leads2.custom[name]?.kind && lead.custom[name] != null,
  )
  const allowed = (name) =>
    isVisible(actor, leads2, `custom.${name}`) &&
    isVisible(actor, table3, `custom.${name}`) &&
    actor.field(table3.type, `custom.${name}`) === 'update'
  return Object.fromEntries(shared.filter(allowed).map((name) => [name, lead.custom[name]]))
}
function fillsOf(record, values) {
  const fills = {}
  for (const [name, value] of Object.entries(values)) {
    if (name === 'custom') {
      const custom3 = Object.fromEntries(Object.entries(value).filter(([key]) => record.custom[key] == null))
      if (!isEmpty4(custom3)) fills.custom = custom3
    } else if (isEmpty4(record[name]) && !isEmpty4(value)) fills[name] = value
  }
  return fills
}
var MAPPED, listOf2, isEmpty4
var init_convert_values = __esm({
  'packages/core/src/leads/convert-values.ts'() {
    init_website()
    init_names()
    init_engine()
    init_visibility()
    MAPPED = {
      contact: (_, seen) => ({
        ...nameOf(seen),
        emails: listOf2(seen('email')),
        phones: listOf2(seen('phone')),
        title: seen('title'),
        source: seen('source'),
        consent: seen('consent'),
        tags: seen('tags'),
      }),
      company: ({ caller }, seen) => ({
        name: seen('company'),
        domain: companyDomainOf(seen('email'), caller.engine.normalise),
      }),
      deal: (_, seen) => ({ title: seen('company') ?? seen('name'), source: seen('source') }),
    }
    listOf2 = (value) => (typeof value === 'string' ? [{ value, primary: true }] : [])
    isEmpty4 = (value) =>
      value == null ||
      (Array.isArray(value)
        ? value.length === 0
        : typeof value === 'object' && !(value instanceof Date) && Object.keys(value).length === 0)
  },
})

// packages/core/src/leads/rules.ts
function nameLead({ before, after, given }) {
  const follows = before !== void 0 && before.name === fullName(before)
  if (after.name === null || (follows && !given.has('name'))) after.name = fullName(after) || (after.name ?? null)
  if (after.name === null) throw invalid('name', 'required', 'Give a name, or a first or last name.')
}
function checkStep(process3, { before, after }) {
  const from = before?.status
  const to = after.status
  if (from === to) return
  const converts = to === 'converted' && before?.convertedAt == null && after.convertedAt !== null
  if (converts && from !== void 0 && isConvertible(process3, from)) return
  if (to === 'converted') throw illegal(process3, from, to, 'only-by-convert')
  if (from !== void 0 && !process3.next(from).includes(to)) throw illegal(process3, from, to, 'illegal-transition')
}
function illegal(process3, from, to, rule) {
  const next = from === void 0 ? [] : process3.next(from)
  const remedy =
    rule === 'only-by-convert' && (from === void 0 || isConvertible(process3, from))
      ? 'Convert the lead with leads.convert; the status follows.'
      : next.length > 0
        ? `From ${from} it can go to: ${next.join(', ')}.`
        : `A lead that is ${from} stays so; create a new lead instead.`
  const message = from === void 0 ? `A new lead cannot be ${to}.` : `A lead cannot go from ${from} to ${to}.`
  return new CrmError('INVALID_TRANSITION', message, { field: 'status', rule, remedy })
}
function checkLost(process3, { before, after, given }) {
  if (process3.classOf(after.status) !== 'lost') {
    const told = ['lostReason', 'lostNote'].find((name) => given.has(name) && after[name] !== null)
    if (told) throw invalid(told, 'only-when-lost', 'Give it together with a lost status, or leave it out.')
    after.lostReason = null
    after.lostNote = null
    return
  }
  const reason = after.lostReason
  if (reason === null) throw invalid('lostReason', 'required', 'Say why the lead is lost.')
  const changed = given.has('lostReason') || before?.status !== after.status
  if (changed && process3.lostReasons && !process3.lostReasons.includes(reason)) {
    throw invalid('lostReason', 'invalid-option', `Use one of: ${process3.lostReasons.join(', ')}.`)
  }
  if (foldText(reason) === 'other' && after.lostNote === null) {
    throw invalid('lostNote', 'required', "Say in a note what the reason 'other' means.")
  }
}
var leadRules, fullName, isConvertible
var init_rules = __esm({
  'packages/core/src/leads/rules.ts'() {
    init_errors()
    init_text()
    leadRules = (process3) => (change) => {
      nameLead(change)
      checkStep(process3, change)
      checkLost(process3, change)
    }
    fullName = (lead) => [lead.firstName, lead.lastName].filter(Boolean).join(' ')
    isConvertible = (process3, status) => process3.classOf(status) === 'open' || process3.classOf(status) === 'ongoing'
  },
})

// packages/core/src/leads/status.ts
function leadProcess(options = {}) {
  const declared2 = (options.statuses ?? []).map(checkStatus)
  const added = declared2.filter(({ name }) => !BUILT_IN.some((one) => one.name === name))
  const all = [...BUILT_IN, ...added]
  const names2 = all.map(({ name }) => name)
  const worked = all.filter((one) => one.class === 'open' || one.class === 'ongoing').map(({ name }) => name)
  const steps = new Map(names2.map((name) => [name, /* @__PURE__ */ new Set()]))
  for (const status of all) {
    const own2 = declared2.find(({ name }) => name === status.name)
    const from = own2 ? (own2.from ?? worked) : status.from
    for (const name of known2(from, names2, status.name)) steps.get(name)?.add(status.name)
  }
  for (const status of added) {
    const to = status.to ?? (status.class === 'lost' ? ['new', 'contacted'] : ['contacted', 'qualified', 'lost'])
    for (const name of known2(to, names2, status.name)) steps.get(status.name)?.add(name)
  }
  for (const [name, next] of steps) {
    next.delete(name)
    next.delete('converted')
  }
  steps.get('converted')?.clear()
  const inOrder2 = (wanted) => names2.filter((name) => wanted.has(name))
  const statuses = all.map(({ name, class: of2 }) => ({
    name,
    class: of2,
    next: inOrder2(steps.get(name)),
  }))
  const byName = new Map(statuses.map((status) => [status.name, status]))
  return {
    statuses,
    sources: [.../* @__PURE__ */ new Set([...LEAD_SOURCES, ...(options.sources ?? []).map(checkSource)])],
    lostReasons: options.lostReasons,
    classOf: (status) => byName.get(status)?.class ?? 'open',
    next: (status) => byName.get(status)?.next ?? names2.filter((name) => name !== 'converted'),
  }
}
function checkStatus(status) {
  const path = `leads.statuses.${status.name}`
  checkName(status.name, path)
  if (!CLASSES.includes(status.class)) throw invalid(path, 'invalid-class', `Use one of: ${CLASSES.join(', ')}.`)
  const builtIn = BUILT_IN.find(({ name }) => name === status.name)
  if (builtIn && builtIn.class !== status.class) {
    throw invalid(
      path,
      'built-in-status',
      `Choose another name: ${status.name} is built in and of class ${builtIn.class}.`,
    )
  }
  return status
}
function checkName(name, path) {
  if (typeof name === 'string' && name.length <= 60 && NAME2.test(name)) return name
  throw invalid(path, 'invalid-name', 'Use up to 60 lower-case letters and digits, words joined by hyphens.')
}
function known2(wanted, names2, status) {
  const stranger = wanted.find((name) => !names2.includes(name))
  if (stranger === void 0) return wanted
  throw invalid(
    `leads.statuses.${status}`,
    'unknown-status',
    `There is no status ${stranger}; use: ${names2.join(', ')}.`,
  )
}
var LEAD_SOURCES, BUILT_IN, NAME2, CLASSES, checkSource
var init_status = __esm({
  'packages/core/src/leads/status.ts'() {
    init_errors()
    LEAD_SOURCES = [
      'website',
      'social',
      'referral',
      'email',
      'phone',
      'event',
      'partner',
      'advertising',
      'import',
      'other',
    ]
    BUILT_IN = [
      { name: 'new', class: 'open', from: ['contacted', 'lost'] },
      { name: 'contacted', class: 'ongoing', from: ['new', 'qualified', 'lost'] },
      { name: 'qualified', class: 'ongoing', from: ['new', 'contacted'] },
      { name: 'converted', class: 'won', from: [] },
      { name: 'lost', class: 'lost', from: ['new', 'contacted', 'qualified'] },
    ]
    NAME2 = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
    CLASSES = ['open', 'ongoing', 'lost']
    checkSource = (source) => checkName(source, `leads.sources.${source}`)
  },
})

// packages/core/src/leads/definition.ts
function defineLeads(options) {
  const process3 = leadProcess(options)
  const closed = process3.statuses.filter((status) => status.class === 'won' || status.class === 'lost')
  const definition = defineRecord({
    type: 'leads',
    table: 'lead',
    fields: {
      ...leadFields,
      source: { ...leadFields.source, options: process3.sources },
      status: { ...leadFields.status, options: process3.statuses.map(({ name }) => name) },
    },
    title: 'name',
    searched: ['name', 'email', 'phone', 'company'],
    madeFrom: {
      name: ['firstName', 'lastName'],
      lostReason: ['status'],
      lostNote: ['status'],
      convertedAt: ['status'],
      convertedBy: ['status'],
      convertedContactId: ['status'],
      convertedCompanyId: ['status'],
      convertedDealId: ['status'],
    },
    concerns: ['convertedContactId', 'convertedCompanyId', 'convertedDealId'],
    open: `status not in (${closed.map(({ name }) => `'${name}'`).join(', ')})`,
    rules: leadRules(process3),
    eventName: ({ before, after }) => (before && before.status !== after.status ? 'lead.status_changed' : void 0),
    sideTables: [
      ['merge', 'winner_id'],
      ['merged', 'record_id'],
    ],
  })
  return { ...definition, process: process3 }
}
var process2, leadFields, leads, processOf
var init_definition2 = __esm({
  'packages/core/src/leads/definition.ts'() {
    init_definition()
    init_engine()
    init_field()
    init_rules()
    init_status()
    process2 = leadProcess()
    leadFields = {
      /** Full name; made of first and last name when only those are given. */
      name: defaulted(field.text({ folded: true, aliases: ['full name', 'lead name', 'contact name'] })),
      firstName: field.text({ max: 120, aliases: ['given name', 'forename'] }),
      lastName: field.text({ max: 120, aliases: ['family name', 'surname'] }),
      email: field.email(),
      phone: field.phone(),
      /** Name of the company, as text: it becomes a company record on conversion. */
      company: field.text({ folded: true, aliases: ['organisation', 'account'] }),
      title: field.text({ label: 'Job title' }),
      /** Where the first touch came from. `other` when not given. */
      source: defaulted(field.select(process2.sources), 'other'),
      /** Moves along declared transitions; `converted` is set by `convert` alone. */
      status: defaulted(field.select(process2.statuses.map(({ name }) => name)), 'new'),
      /** 0 to 100. */
      score: field.integer({ min: 0, max: 100 }),
      /** First touch: how (`cpc`, `email`, …), through which campaign, from which page to which page. */
      medium: field.text(),
      campaign: field.text(),
      referrer: field.url(),
      landingPage: field.url(),
      utm: field.json(),
      /** What the person agreed to, when and where. A `false` in it survives conversion and merge. */
      consent: field.json(),
      /** Needed when the lead is lost, and kept only while it is. */
      lostReason: field.text({ max: 120 }),
      /** Needed when the reason is `other`. */
      lostNote: field.text({ max: 4e3 }),
      convertedAt: server(field.instant()),
      convertedBy: server(field.user()),
      convertedContactId: server(field.link('contacts')),
      convertedCompanyId: server(field.link('companies')),
      convertedDealId: server(field.link('deals')),
      lastActivityAt: server(field.instant()),
      nextActivityAt: server(field.instant()),
    }
    leads = defineLeads()
    processOf = (engine) => tableOf(engine, 'leads').definition.process
  },
})

// packages/core/src/records/remove.ts
async function deleteIn(write, type, id) {
  const before = await requireForWrite(write, type, id, 'delete')
  await setDeleted(write, tableOf(write.caller.engine, type), before, nowOf(write.caller), 'deleted')
}
async function setDeleted(write, table3, before, at, verb) {
  const { caller, actor } = write
  const after = {
    ...before,
    deletedAt: at,
    updatedAt: nowOf(caller),
    updatedBy: authorOf(caller, actor),
    version: before.version + 1,
  }
  const update = `update ${table3.name} set deleted_at = ?, updated_at = ?, updated_by = ?, version = ? where tenant_id = ? and id = ? and version = ?`
  const values = [at?.getTime() ?? null, after.updatedAt.getTime(), after.updatedBy, after.version]
  await write.send(update, [...values, caller.tenant, before.id, before.version], unlessConcurrent(table3))
  if (table3.definition.afterRemove)
    await table3.definition.afterRemove({ before, after, given: NOTHING_GIVEN, caller, write })
  const event = await recordEvent(write, table3, after, verb)
  await runHook(write, table3.type, before, after, event)
  return after
}
var deleteRecord, restoreRecord, NOTHING_GIVEN, recordEvent, purgeRecord
var init_remove = __esm({
  'packages/core/src/records/remove.ts'() {
    init_errors()
    init_append_event()
    init_caller()
    init_changes()
    init_checks()
    init_create()
    init_engine()
    init_find()
    init_hooks()
    init_idempotency()
    init_update()
    deleteRecord = (caller, type, id, options) =>
      runVerb(caller, `${type}.delete`, id, options, async (write) => deleteIn(write, type, id))
    restoreRecord = (caller, type, id, options) =>
      runVerb(caller, `${type}.restore`, id, options, async (write) => {
        const table3 = tableOf(caller.engine, type)
        const before = await requireForWrite(write, type, id, 'delete', true)
        await checkDuplicates(write, table3, before, () => true)
        return shown(write, type, await setDeleted(write, table3, before, null, 'restored'))
      })
    NOTHING_GIVEN = /* @__PURE__ */ new Set()
    recordEvent = (write, table3, record, verb) =>
      appendEvent(write, {
        name: `${table3.definition.table}.${verb}`,
        recordType: table3.type,
        recordId: record.id,
        recordVersion: record.version,
        changes: {},
        about: concernsOf(table3, record),
      })
    purgeRecord = (caller, type, id, options) =>
      runVerb(caller, `${type}.purge`, id, options, async (write) => {
        const { engine, tenant, storage } = caller
        const table3 = tableOf(engine, type)
        const record = await requireForWrite(write, type, id, 'purge', true).catch(async (error) => {
          const live2 = await requireForWrite(write, type, id, 'purge').catch(() => void 0)
          throw live2
            ? invalid('id', 'not-deleted', 'Delete the record first; only deleted records can be purged.')
            : error
        })
        for (const [child, column] of table3.definition.sideTables ?? []) {
          await write.send(`delete from ${storage.table(child)} where tenant_id = ? and ${column} = ?`, [tenant, id])
        }
        for (const [other, column] of table3.definition.mentionedIn ?? []) {
          await write.send(
            `update ${storage.table(other)} set ${column} = null where tenant_id = ? and ${column} = ?`,
            [tenant, id],
          )
        }
        for (const other of engine.tables.values()) {
          for (const bound of other.fields.values()) {
            if (bound.field.kind !== 'link' || bound.field.to !== type) continue
            const column = bound.columns[0]
            await write.send(`update ${other.name} set ${column} = null where tenant_id = ? and ${column} = ?`, [
              tenant,
              id,
            ])
          }
        }
        const said = `select id from ${storage.table('note')} where tenant_id = ? and record_id = ?`
        await write.send(
          `update ${storage.table('event')} set changes = '{}' where tenant_id = ? and record_id in (${said})`,
          [tenant, tenant, id],
        )
        for (const child of ['note', 'record_key', 'share']) {
          await write.send(`delete from ${storage.table(child)} where tenant_id = ? and record_id = ?`, [tenant, id])
        }
        await write.send(`update ${storage.table('event')} set changes = '{}' where tenant_id = ? and record_id = ?`, [
          tenant,
          id,
        ])
        await write.send(`delete from ${table3.name} where tenant_id = ? and id = ?`, [tenant, id])
        await recordEvent(write, table3, { ...record, version: record.version + 1 }, 'purged')
      })
  },
})

// packages/core/src/records/bulk.ts
async function runBulk(caller, verb, type, items, options, work2, manyWrites = false) {
  if (!Array.isArray(items)) throw invalid('items', 'wrong-type', 'Give a list.')
  if (items.length > MAX_ITEMS) throw invalid('items', 'too-many', `Give at most ${MAX_ITEMS} at a time.`)
  return runVerb(caller, verb, items, options, async (write) => {
    const results = []
    for (const item of items) results.push(await attempt2(write, type, (inner) => work2(inner, item), manyWrites))
    return results
  })
}
async function attempt2(write, type, work2, manyWrites = false) {
  const { hooks, assignment } = write.caller.engine
  const first = tableOf(write.caller.engine, type).definition.laysGround === true && !begun.has(write.events)
  const careful = manyWrites || first || hooks[type]?.inTransaction !== void 0 || assignment[type] !== void 0
  let wrote = false
  const noting = {
    run(sql2, params) {
      wrote = true
      return write.run(sql2, params)
    },
    send(sql2, params, check2) {
      wrote = true
      return write.send(sql2, params, check2)
    },
  }
  try {
    const value = careful ? await transact(write.inside(), work2) : await work2({ ...write, ...noting })
    if (first) begun.add(write.events)
    return { ok: true, value }
  } catch (error) {
    if (!isCrmError(error) || error.code === 'STORAGE' || wrote) throw error
    return { ok: false, error }
  }
}
function checkItem(item) {
  if (typeof item !== 'object' || item === null)
    throw invalid('items', 'wrong-type', 'Give { id, patch } for each record.')
  const unknown2 = Object.keys(item).find((key) => !['id', 'patch', 'ifVersion'].includes(key))
  if (unknown2 !== void 0) throw invalid(unknown2, 'unknown-key', 'Use only: id, patch, ifVersion.')
  return item
}
var MAX_ITEMS, begun, createMany, updateMany, deleteMany
var init_bulk = __esm({
  'packages/core/src/records/bulk.ts'() {
    init_errors()
    init_create()
    init_engine()
    init_idempotency()
    init_remove()
    init_update()
    init_write()
    MAX_ITEMS = 1e3
    begun = /* @__PURE__ */ new WeakSet()
    createMany = (caller, type, inputs, options) =>
      runBulk(caller, `${type}.createMany`, type, inputs, options, async (write, input) =>
        shown(write, type, await createIn(write, type, await validateCreate(caller, type, input))),
      )
    updateMany = (caller, type, items, options) =>
      runBulk(caller, `${type}.updateMany`, type, items, options, async (write, item) => {
        const { id, patch, ifVersion } = checkItem(item)
        return shown(write, type, await updateIn(write, type, id, await validatePatch(caller, type, patch), ifVersion))
      })
    deleteMany = (caller, type, ids, options) =>
      runBulk(caller, `${type}.deleteMany`, type, ids, options, (write, id) => deleteIn(write, type, id))
  },
})

// packages/core/src/records/duplicates.ts
async function findDuplicates(query, reader, type, evidence, except) {
  const table3 = tableOf(query.engine, type)
  const usable = evidence.filter(({ field: field2 }) => isVisible(query.actor, table3, field2))
  const finders = usable.flatMap(({ find: find2 }) => (find2 ? [find2] : []))
  if (finders.length === 0 || query.actor.scope(type, 'read').kind === 'none') return []
  const records = await readMatches(query, reader, table3, finders)
  const candidates2 = [...records.values()].filter(({ id }) => id !== except).map((record) => weigh(usable, record))
  candidates2.sort((a, b) => b.score - a.score || (a.record.id < b.record.id ? -1 : 1))
  const best = candidates2.filter(({ score }) => score > 0).slice(0, MAX_CANDIDATES)
  for (const { record } of best) showTo(query.actor, table3, record)
  return best
}
async function readMatches(query, reader, table3, finders) {
  const readable = readableRows(query, table3, 'r')
  const branches = finders.map(
    (find2, index) =>
      sql`select * from (select ${raw(table3.selectList)} from ${raw(table3.name)} r where ${and(readable, find2)} limit ${MAX_FOUND}) ${raw(`m${index}`)}`,
  )
  const select = join(branches, ' union all ')
  const records = (await reader.all(select.text, select.params)).map((row) => table3.read(row))
  return new Map(records.map((record) => [record.id, record]))
}
function weigh(evidence, record) {
  const agreeing = evidence.filter((one) => one.agrees(record)).sort((a, b) => b.weight - a.weight)
  const doubt = agreeing.reduce((left, { weight }) => left * (1 - weight), 1)
  return { record, score: Math.round((1 - doubt) * 100) / 100, reasons: agreeing.map(({ reason }) => reason) }
}
function keyedBy(query, type, kind, values) {
  if (values.size === 0) return void 0
  const keys = raw(query.engine.storage.table('record_key'))
  return sql`r.id in (select record_id from ${keys} where tenant_id = ${query.tenant} and record_type = ${type} and kind = ${kind} and ${inList(raw('value'), [...values])})`
}
async function subjectOf(caller, query, type, of2) {
  if (typeof of2 === 'string') {
    const record = await findInScope(query, { all: caller.storage.read }, type, of2, 'read')
    if (!record) throw notFound(type)
    return { draft: record, id: of2 }
  }
  return { draft: query.engine.validator(type).patch(of2) }
}
async function duplicatesOf(caller, type, of2, evidenceOf) {
  const query = await queryContext(caller)
  requireAny(query.actor, type, 'read')
  const { draft: draft2, id } = await subjectOf(caller, query, type, of2)
  return findDuplicates(query, { all: caller.storage.read }, type, evidenceOf(query, draft2), id)
}
var MAX_CANDIDATES, MAX_FOUND, sameText
var init_duplicates = __esm({
  'packages/core/src/records/duplicates.ts'() {
    init_actor()
    init_text()
    init_sql()
    init_engine()
    init_find()
    init_query()
    init_visibility()
    MAX_CANDIDATES = 20
    MAX_FOUND = 50
    sameText = (folded, other) => typeof other === 'string' && folded.includes(foldText(other))
  },
})

// packages/core/src/records/follow-timeline.ts
async function followTimeline(write, from, to) {
  const { storage, tenant } = write.caller
  const events = storage.table('event')
  const about = storage.table('event_about')
  await write.send(
    `insert into ${about} (tenant_id, record_id, at, event_id)
    select s.tenant_id, t.id, s.at, s.event_id
    from (
      select e.tenant_id, e.at, e.id as event_id from ${events} e where e.tenant_id = ? and e.record_id = ?
      union
      select a.tenant_id, a.at, a.event_id from ${about} a join ${events} o on o.tenant_id = a.tenant_id and o.id = a.event_id
      where a.tenant_id = ? and a.record_id = ? and o.record_id <> ?
    ) s
    join ${to.table.name} t on t.tenant_id = s.tenant_id and t.id = ?
    where not exists (
      select 1 from ${about} k where k.tenant_id = s.tenant_id and k.record_id = t.id and k.at = s.at and k.event_id = s.event_id
    )`,
    [tenant, from, tenant, from, to.id, to.id],
  )
}
async function sharedEvents(write, from, to) {
  const { storage, tenant } = write.caller
  const events = storage.table('event')
  const about = storage.table('event_about')
  const rows = await write.all(
    `select a.event_id from ${about} a join ${events} e on e.tenant_id = a.tenant_id and e.id = a.event_id
    where a.tenant_id = ? and a.record_id = ? and (e.record_id = ? or exists (
      select 1 from ${about} b where b.tenant_id = a.tenant_id and b.record_id = ? and b.at = a.at and b.event_id = a.event_id
    ))`,
    [tenant, to, from, from],
  )
  return rows.map(([id]) => String(id))
}
async function unfollowTimeline(write, from, to, keep) {
  const { storage, tenant } = write.caller
  const events = storage.table('event')
  const about = storage.table('event_about')
  const except = keep.length > 0 ? ` and event_id not in (${keep.map(() => '?').join(', ')})` : ''
  await write.send(
    `delete from ${about} where tenant_id = ? and record_id = ? and event_id in (
      select s.event_id from (
        select e.id as event_id from ${events} e where e.tenant_id = ? and e.record_id = ?
        union
        select a.event_id from ${about} a where a.tenant_id = ? and a.record_id = ?
      ) s
    )${except}`,
    [tenant, to, tenant, from, tenant, from, ...keep],
  )
}
var init_follow_timeline = __esm({
  'packages/core/src/records/follow-timeline.ts'() {},
})

// packages/core/src/companies/name.ts
function bareCompanyName(name) {
  let bare = foldText(name)
  for (let found = true; found; ) {
    found = false
    for (const form of LEGAL_FORMS) {
      const rest = bare.endsWith(` ${form}`) ? bare.slice(0, -form.length - 1).replace(/[\s,&]+$/, '') : ''
      if (rest === '') continue
      bare = rest
      found = true
    }
  }
  return bare
}
function spellingsOf(name) {
  const bare = bareCompanyName(name)
  const forms = [...LEGAL_FORMS.map((form) => `${bare} ${form}`), ...BEHIND_COMMA.map((form) => `${bare}, ${form}`)]
  return [.../* @__PURE__ */ new Set([foldText(name), bare, ...forms])]
}
var LEGAL_FORMS, BEHIND_COMMA
var init_name = __esm({
  'packages/core/src/companies/name.ts'() {
    init_text()
    LEGAL_FORMS =
      'gmbh, gmbh & co. kg, gmbh & co kg, ag, kg, ohg, ug, se, ev, e.v., inc, inc., incorporated, llc, l.l.c., llp, lp, corp, corp., corporation, co, co., company, ltd, ltd., limited, plc, pty ltd, pvt ltd, private limited, pte ltd, sa, s.a., sarl, sas, sasu, srl, s.r.l., spa, s.p.a., sl, s.l., bv, b.v., nv, n.v., ab, as, a/s, aps, oy, oyj, sp. z o.o., s.r.o., kft, zrt, doo, d.o.o., ltda, sa de cv, s.a. de c.v., kk, k.k., gk, group, holding, holdings'.split(
        ', ',
      )
    BEHIND_COMMA = ['inc', 'inc.', 'llc', 'ltd', 'ltd.', 'corp.', 'co.']
  },
})

// packages/core/src/companies/duplicates.ts
function companyEvidence(query, draft2) {
  const { normalise } = query.engine
  const normal = (kind, value) => (typeof value === 'string' ? normalise(kind, value) : null)
  const domain2 = domainIn(query, draft2)
  const phone = normal('phone', draft2.phone)
  const name = typeof draft2.name === 'string' ? draft2.name : void 0
  const folded = name === void 0 ? [] : [foldText(name)]
  const same = (other) => sameText(folded, other.name)
  const similar = (other) =>
    name !== void 0 && !same(other) && bareCompanyName(String(other.name)) === bareCompanyName(name)
  return [
    {
      reason: 'same-domain',
      field: 'domain',
      weight: 0.85,
      find: domain2 === null ? void 0 : sql`r.domain_key = ${domain2}`,
      agrees: (other) => domain2 !== null && normal('domain', other.domain) === domain2,
    },
    {
      reason: 'same-name',
      field: 'name',
      weight: 0.7,
      find: name === void 0 ? void 0 : inList(raw('r.name_fold'), spellingsOf(name)),
      agrees: same,
    },
    { reason: 'similar-name', field: 'name', weight: 0.6, agrees: similar },
    {
      reason: 'same-phone',
      field: 'phone',
      weight: 0.5,
      find: phone === null ? void 0 : sql`r.phone_key = ${phone}`,
      agrees: (other) => phone !== null && normal('phone', other.phone) === phone,
    },
  ]
}
function domainIn({ engine }, { domain: domain2, website }) {
  const own2 = typeof domain2 === 'string' ? engine.normalise('domain', domain2) : null
  if (own2 !== null) return isFreeMailDomain(own2) ? null : own2
  return typeof website === 'string' ? domainOfWebsite(website, engine.normalise) : null
}
var init_duplicates2 = __esm({
  'packages/core/src/companies/duplicates.ts'() {
    init_email()
    init_text()
    init_duplicates()
    init_sql()
    init_name()
    init_website()
  },
})

// packages/core/src/contacts/duplicates.ts
function contactEvidence(query, draft2) {
  const { normalise } = query.engine
  const normal = (kind, list3, single) =>
    new Set(
      [...(list3 ?? []).map(({ value }) => value), ...(typeof single === 'string' ? [single] : [])].flatMap(
        (value) => normalise(kind, value) ?? [],
      ),
    )
  const emails = normal('email', draft2.emails, draft2.email)
  const phones = normal('phone', draft2.phones, draft2.phone)
  const names2 = namesOf(draft2)
  const shares2 = (kind, wanted) => (other) =>
    [...normal(kind, other[`${kind}s`], other[kind])].some((value) => wanted.has(value))
  const seesNames = isVisible(query.actor, tableOf(query.engine, 'contacts'), 'name')
  const namesake = (other) => seesNames && sameText(names2, other.name)
  return [
    {
      reason: 'same-email',
      field: 'emails',
      weight: 0.9,
      find: keyedBy(query, 'contacts', 'email', emails),
      agrees: shares2('email', emails),
    },
    {
      reason: 'same-phone',
      field: 'phones',
      weight: 0.5,
      find: keyedBy(query, 'contacts', 'phone', phones),
      agrees: shares2('phone', phones),
    },
    {
      reason: 'same-name',
      field: 'name',
      weight: 0.4,
      find: names2.length > 0 ? inList(raw('r.name_fold'), names2) : void 0,
      agrees: namesake,
    },
    {
      reason: 'same-company',
      field: 'company',
      weight: 0.4,
      agrees: (other) => draft2.company != null && other.company === draft2.company && namesake(other),
    },
  ]
}
function namesOf({ firstName, lastName, name }) {
  const parts = [firstName, lastName].filter((part2) => typeof part2 === 'string')
  if (parts.length === 0) return typeof name === 'string' && /\p{L}\s+\p{L}/u.test(name) ? [foldText(name)] : []
  return [.../* @__PURE__ */ new Set([foldText(parts.join(' ')), foldText(parts.reverse().join(' '))])]
}
var init_duplicates3 = __esm({
  'packages/core/src/contacts/duplicates.ts'() {
    init_text()
    init_duplicates()
    init_engine()
    init_visibility()
    init_sql()
  },
})

// packages/core/src/deals/decimal-text.ts
function formatDecimal({ units, scale }) {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  const whole3 = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${whole3}${fraction && `.${fraction}`}`
}
function cleanDecimal(value, { places, max, zero }, path) {
  const decimal = typeof value === 'number' || typeof value === 'string' ? parseDecimal(value) : void 0
  if (!decimal) throw invalid(path, 'invalid-decimal', 'Give a plain decimal such as 2.5 or "2.5".')
  const text = formatDecimal(decimal)
  const fraction = text.split('.')[1] ?? ''
  if (fraction.length > places) throw invalid(path, 'too-many-decimals', `Give at most ${places} decimals.`)
  const { units, scale } = decimal
  if (units < 0n || (units === 0n && !zero) || units > BigInt(max) * 10n ** BigInt(scale)) {
    throw invalid(path, 'out-of-range', `Give a number from ${zero ? 0 : 'above 0'} to ${max}.`)
  }
  return text
}
var init_decimal_text = __esm({
  'packages/core/src/deals/decimal-text.ts'() {
    init_decimal()
    init_errors()
  },
})

// packages/core/src/deals/find-stage.ts
function findPipeline(book, wanted) {
  const name = foldText(textOf(wanted, 'pipeline'))
  const found =
    book.pipelines.find((pipeline) => pipeline.id === wanted) ??
    book.pipelines.find((pipeline) => foldText(pipeline.name) === name)
  if (found) return found
  const known3 = book.pipelines.filter((pipeline) => pipeline.archivedAt === null)
  throw invalid('pipeline', 'unknown-pipeline', `Use the id or name of a pipeline: ${namesOf2(known3)}.`)
}
function findStage(book, wanted, home, within2) {
  const byId = book.stages.get(textOf(wanted, 'stage'))
  if (byId && (!within2 || byId.pipeline === within2.id)) return byId
  const name = foldText(wanted)
  const inside = (pipeline2) => pipeline2.stages.filter((stage) => foldText(stage.name) === name)
  const [near] = inside(within2 ?? home)
  if (near) return near
  const others = within2 || byId ? [] : book.pipelines.filter((one) => one.archivedAt === null).flatMap(inside)
  if (others.length === 1) return others[0]
  if (others.length > 1) {
    const pipelines = others.map((stage) => pipelineOf(book, stage))
    throw invalid('stage', 'ambiguous-stage', `Name the pipeline as well, one of: ${namesOf2(pipelines)}.`)
  }
  const { name: pipeline, stages } = within2 ?? home
  throw invalid(
    'stage',
    'unknown-stage',
    `Use the id or name of a stage; those of ${pipeline} are: ${namesOf2(stages)}.`,
  )
}
function textOf(wanted, field2) {
  if (typeof wanted === 'string') return wanted
  throw invalid(field2, 'wrong-type', `Give the name or id of a ${field2}.`)
}
var defaultPipeline, pipelineOf, firstOf, namesOf2
var init_find_stage = __esm({
  'packages/core/src/deals/find-stage.ts'() {
    init_errors()
    init_text()
    defaultPipeline = (book) => book.pipelines.find((pipeline) => pipeline.isDefault) ?? book.pipelines[0]
    pipelineOf = (book, stage) => book.pipelines.find((pipeline) => pipeline.id === stage.pipeline)
    firstOf = (pipeline, stageClass) => pipeline.stages.find((stage) => stage.class === stageClass)
    namesOf2 = (named2) => named2.map(({ name }) => name).join(', ')
  },
})

// packages/core/src/deals/pipeline-book.ts
function shelfOf(engine) {
  const known3 = shelves.get(engine)
  if (known3) return known3
  const shelf = { books: /* @__PURE__ */ new Map(), changes: 0 }
  shelves.set(engine, shelf)
  return shelf
}
async function pipelinesIn(write) {
  const { engine, tenant, storage } = write.caller
  const own2 = unsettled.get(write.events)
  if (own2) return own2
  const shelf = shelfOf(engine)
  const kept = storage.joined ? void 0 : shelf.books.get(tenant)
  if (kept && kept.until > Date.now()) return kept.book
  const { changes } = shelf
  const started = Date.now()
  const book = await readBook(write, write.caller)
  if (book.pipelines.length === 0) return keepUnsettled(write, planBook(engine))
  if (storage.joined) return keepUnsettled(write, book)
  if (shelf.changes === changes) {
    if (shelf.books.size >= TENANTS_KEPT) shelf.books.delete(shelf.books.keys().next().value)
    shelf.books.set(tenant, { book: { ...book, origin: 'cached' }, until: started + STALE_AFTER2 })
  }
  return book
}
async function lookUp(write, find2) {
  const book = await pipelinesIn(write)
  try {
    return find2(book)
  } catch (error) {
    if (book.origin !== 'cached' || !isCrmError(error)) throw error
    forgetPipelines(write.caller)
    return find2(await pipelinesIn(write))
  }
}
function keepUnsettled(write, book) {
  unsettled.set(write.events, book)
  return book
}
function forgetPipelines({ engine, tenant }, write) {
  const shelf = shelfOf(engine)
  shelf.changes++
  shelf.books.delete(tenant)
  if (write) unsettled.delete(write.events)
}
async function readBook(reader, { storage, tenant }) {
  const rows = await reader.all(
    `select ${COLUMNS3} from ${storage.table('pipeline')} p join ${storage.table('stage')} s on s.tenant_id = p.tenant_id and s.pipeline_id = p.id
     where p.tenant_id = ? order by p.position, p.id, s.position, s.id`,
    [tenant],
  )
  const pipelines = /* @__PURE__ */ new Map()
  for (const row of rows) {
    const pipeline = pipelines.get(row[0]) ?? readPipeline(row)
    pipelines.set(row[0], pipeline)
    pipeline.stages.push(readStage(row))
  }
  return bookOf([...pipelines.values()], 'read')
}
function planPipeline(draft2, position, isDefault) {
  const id = newId()
  const stages = draft2.stages.map((stage, index) => ({ ...stage, id: newId(), pipeline: id, position: index }))
  return { id, name: draft2.name, position, isDefault, forwardOnly: draft2.forwardOnly, archivedAt: null, stages }
}
var STALE_AFTER2, TENANTS_KEPT, shelves, unsettled, COLUMNS3, readPipeline, readStage, bookOf, planBook
var init_pipeline_book = __esm({
  'packages/core/src/deals/pipeline-book.ts'() {
    init_errors()
    init_ids()
    init_declared_pipelines()
    STALE_AFTER2 = 5e3
    TENANTS_KEPT = 1e4
    shelves = /* @__PURE__ */ new WeakMap()
    unsettled = /* @__PURE__ */ new WeakMap()
    COLUMNS3 = [
      'p.id as pipeline_id',
      'p.name as pipeline_name',
      'p.position as pipeline_position',
      'p.is_default',
      'p.forward_only',
      'p.archived_at',
      's.id as stage_id',
      's.name as stage_name',
      's.position as stage_position',
      's.probability',
      's.class',
      's.forecast_category',
      's.rotten_after_days',
      's.required_fields',
    ].join(', ')
    readPipeline = (row) => ({
      id: String(row[0]),
      name: String(row[1]),
      position: Number(row[2]),
      isDefault: Boolean(row[3]),
      forwardOnly: Boolean(row[4]),
      archivedAt: row[5] == null ? null : new Date(Number(row[5])),
      stages: [],
    })
    readStage = (row) => ({
      id: String(row[6]),
      pipeline: String(row[0]),
      name: String(row[7]),
      position: Number(row[8]),
      probability: Number(row[9]),
      class: row[10],
      forecastCategory: row[11],
      rottenAfterDays: row[12] == null ? null : Number(row[12]),
      requiredFields: JSON.parse(String(row[13])),
    })
    bookOf = (pipelines, origin) => ({
      pipelines,
      stages: new Map(pipelines.flatMap(({ stages }) => stages.map((stage) => [stage.id, stage]))),
      origin,
    })
    planBook = (engine) =>
      bookOf(
        declaredPipelines(engine).map((draft2, position) => planPipeline(draft2, position, position === 0)),
        'planned',
      )
  },
})

// packages/core/src/deals/rate-on.ts
async function rateOn(reader, { storage, tenant }, { from, to, day }) {
  if (from === to) return '1'
  const latest2 = `select rate from ${storage.table('exchange_rate')} where tenant_id = ? and from_currency = ? and to_currency = ? and day <= ? order by day desc limit 1`
  const [direct] = await reader.all(latest2, [tenant, from, to, day])
  if (direct) return String(direct[0])
  const [opposite] = await reader.all(latest2, [tenant, to, from, day])
  return opposite && invert(String(opposite[0]))
}
function invert(rate) {
  const { units, scale } = parseDecimal(rate)
  const places = BigInt(String(units).length - scale) + INVERSE_DIGITS
  const digits = places > 0n ? places : 0n
  const numerator = 10n ** (BigInt(scale) + digits)
  return formatDecimal({ units: (2n * numerator + units) / (2n * units), scale: Number(digits) })
}
var INVERSE_DIGITS
var init_rate_on = __esm({
  'packages/core/src/deals/rate-on.ts'() {
    init_decimal()
    init_decimal_text()
    INVERSE_DIGITS = 15n
  },
})

// packages/core/src/users/open-records.ts
function* workTables({ engine }) {
  for (const type of WORK) {
    const table3 = engine.tables.get(type)
    if (table3) yield [table3, table3.definition.open ?? '1 = 1']
  }
}
async function openRecordsOf(write, users) {
  const found = new Map(users.map((user) => [user, {}]))
  if (users.length === 0) return found
  const query = writeQuery(write)
  for (const [table3, open] of workTables(write.caller)) {
    if (write.actor.scope(table3.type, 'read').kind === 'none') continue
    const mine = and(readableRows(query, table3, 'r'), inList(raw('r.owner'), users), raw(open))
    const select = sql`select r.owner, count(*) from ${raw(table3.name)} r where ${mine} group by r.owner`
    for (const [owner, count2] of await write.all(select.text, select.params)) {
      found.get(String(owner))[table3.type] = Number(count2)
    }
  }
  return found
}
async function handOver(write, from, to) {
  const moved = {}
  for (const [table3, open] of workTables(write.caller)) {
    const count2 = await handOverType(write, table3, open, from, to)
    if (count2 > 0) moved[table3.type] = count2
  }
  return moved
}
async function handOverType(write, table3, open, from, to) {
  const select = `select ${table3.selectList} from ${table3.name} r where r.tenant_id = ? and r.owner = ? and r.deleted_at is null and ${open} order by r.created_at, r.id limit ${BATCH3}`
  for (let count2 = 0; ; ) {
    const rows = await write.all(select, [write.caller.tenant, from])
    if (rows.length > 0) requireAssign(write.actor, table3.type)
    for (const row of rows) {
      const before = table3.read(row)
      await saveChange(write, table3, before, { ...before, owner: to }, OWNER)
    }
    count2 += rows.length
    if (rows.length < BATCH3) return count2
  }
}
function requireAssign(actor, type) {
  if (actor.scope(type, 'assign').kind !== 'all') throw forbidden(type, 'assign')
}
var WORK, BATCH3, OWNER
var init_open_records = __esm({
  'packages/core/src/users/open-records.ts'() {
    init_actor()
    init_checks()
    init_query()
    init_update()
    init_sql()
    WORK = ['leads', 'contacts', 'companies', 'deals', 'tasks']
    BATCH3 = 200
    OWNER = /* @__PURE__ */ new Set(['owner'])
  },
})

// packages/core/src/users/users.ts
async function syncUsers(caller, users) {
  if (!Array.isArray(users) || users.length > MAX_USERS)
    throw invalid('users', 'too-many', `Give a list of at most ${MAX_USERS} users.`)
  const checked2 = users.map((user, index) => cleanUser(caller, user, `users.${index}`))
  refuseRepeated(checked2, 'users')
  return transact(caller, async (write) => {
    requireAdministration(write)
    const known3 = new Map(
      (
        await readUsers(
          write,
          caller,
          users.map(({ id }) => id),
        )
      ).map((user) => [user.id, user]),
    )
    const wanted = checked2.map((user, index) => withKept(user, users[index], known3.get(user.id)))
    await requireTeams(
      write,
      wanted.flatMap((user) => user.teams),
    )
    const counts = { created: 0, updated: 0, unchanged: 0 }
    const deactivated = []
    for (const user of wanted) {
      const before = known3.get(user.id)
      if (before?.active && !user.active) deactivated.push(user.id)
      const changes = differences(before, user)
      if (Object.keys(changes).length === 0) counts.unchanged++
      else {
        await saveUser(write, user, changes, before !== void 0)
        counts[before ? 'updated' : 'created']++
      }
    }
    if (deactivated.length === 0) return counts
    const open = await openRecordsOf(write, deactivated)
    return { ...counts, deactivated: deactivated.map((user) => ({ user, left: open.get(user) ?? {} })) }
  }).finally(() => caller.engine.directory.forget(caller.tenant))
}
function refuseRepeated(wanted, path) {
  const seen = /* @__PURE__ */ new Set()
  for (const [index, { id }] of wanted.entries()) {
    if (seen.has(id)) throw invalid(`${path}.${index}.id`, 'repeated-id', 'Give each id once.')
    seen.add(id)
  }
}
function cleanUser({ engine }, input, path) {
  if (typeof input !== 'object' || input === null)
    throw invalid(path, 'wrong-type', 'Give { id, name, roles, teams, \u2026 }.')
  const unknown2 = Object.keys(input).find((key) => !KEYS5.includes(key))
  if (unknown2 !== void 0) throw invalid(`${path}.${unknown2}`, 'unknown-key', `Use only: ${KEYS5.join(', ')}.`)
  const {
    id,
    name,
    email = null,
    roles = [],
    teams = [],
    timeZone = engine.settings.timeZone,
    locale = 'en',
    active = true,
  } = input
  for (const [field2, text] of [
    ['id', id],
    ['name', name],
  ]) {
    if (typeof text !== 'string' || text.trim() === '' || text.length > 255 || hasForbiddenCharacters(text)) {
      throw invalid(`${path}.${field2}`, 'invalid-text', 'Give 1 to 255 characters of text.')
    }
  }
  const strings = (list3) => Array.isArray(list3) && list3.every((one) => typeof one === 'string' && one.length <= 255)
  if (email !== null && (typeof email !== 'string' || email.length > 320 || hasForbiddenCharacters(email)))
    throw invalid(`${path}.email`, 'wrong-type', 'Give an address as text, or null.')
  if (typeof locale !== 'string' || locale.length === 0 || locale.length > 60 || hasForbiddenCharacters(locale))
    throw invalid(`${path}.locale`, 'invalid-locale', 'Give a BCP 47 language tag such as en or de-AT.')
  if (!strings(roles)) throw invalid(`${path}.roles`, 'wrong-type', 'Give a list of role names.')
  const stranger = roles.find((role) => !engine.roles.includes(role))
  if (stranger !== void 0) throw invalid(`${path}.roles`, 'unknown-role', `Use one of: ${engine.roles.join(', ')}.`)
  if (!strings(teams)) throw invalid(`${path}.teams`, 'wrong-type', 'Give a list of team ids.')
  if (!isTimeZone(timeZone))
    throw invalid(`${path}.timeZone`, 'invalid-zone', 'Give an IANA zone such as Europe/Berlin.')
  if (typeof active !== 'boolean') throw invalid(`${path}.active`, 'wrong-type', 'Give true or false.')
  return { id, name, email, roles: [...roles].sort(), teams: [...new Set(teams)].sort(), timeZone, locale, active }
}
function withKept(user, given, before) {
  if (!before) return user
  const kept = KEYS5.filter((key) => given[key] === void 0)
  return { ...user, ...Object.fromEntries(kept.map((key) => [key, before[key]])) }
}
async function requireTeams(write, teams) {
  if (teams.length === 0) return
  const { storage, tenant } = write.caller
  const ids = [...new Set(teams)]
  const select = sql`select id from ${raw(storage.table('team'))} where tenant_id = ${tenant} and ${inList(raw('id'), ids)}`
  const found = new Set((await write.all(select.text, select.params)).map(([id]) => id))
  const missing = ids.find((id) => !found.has(id))
  if (missing !== void 0)
    throw invalid('teams', 'unknown-team', `Call users.syncTeams first: there is no team ${missing}.`)
}
async function readUsers(reader, { storage, tenant }, ids) {
  if (ids?.length === 0) return []
  const among = (column) => (ids ? sql` and ${inList(raw(column), ids)}` : raw(''))
  const users = sql`select id, name, email, time_zone, locale, active, roles from ${raw(storage.table('user'))} where tenant_id = ${tenant}${among('id')} order by name, id`
  const memberships = sql`select user_id, team_id from ${raw(storage.table('team_member'))} where tenant_id = ${tenant}${among('user_id')} order by team_id`
  const teams = /* @__PURE__ */ new Map()
  for (const [user, team] of await reader.all(memberships.text, memberships.params)) {
    teams.set(user, [...(teams.get(user) ?? []), String(team)])
  }
  return (await reader.all(users.text, users.params)).map(([id, name, email, timeZone, locale, active, roles]) => ({
    id: String(id),
    name: String(name),
    email,
    roles: JSON.parse(String(roles)),
    teams: teams.get(id) ?? [],
    timeZone: String(timeZone),
    locale: String(locale),
    active: Boolean(active),
  }))
}
function differences(before, after) {
  const names2 = Object.keys(after).filter((name) => name !== 'id')
  const differ = names2.filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after[name]))
  return Object.fromEntries(differ.map((name) => [name, [before?.[name] ?? null, after[name]]]))
}
async function saveUser(write, user, changes, known3) {
  const { storage, tenant } = write.caller
  const now = nowOf(write.caller).getTime()
  const values = [user.name, user.email, user.timeZone, user.locale, user.active ? 1 : 0, JSON.stringify(user.roles)]
  const table3 = storage.table('user')
  if (known3) {
    const update = `update ${table3} set name = ?, email = ?, time_zone = ?, locale = ?, active = ?, roles = ?, updated_at = ? where tenant_id = ? and id = ?`
    await write.send(update, [...values, now, tenant, user.id])
  } else {
    await write.send(`insert into ${table3} (${COLUMNS7.join(', ')}) values (${COLUMNS7.map(() => '?').join(', ')})`, [
      tenant,
      user.id,
      ...values,
      now,
      now,
    ])
  }
  if (changes.teams) {
    const members = storage.table('team_member')
    await write.send(`delete from ${members} where tenant_id = ? and user_id = ?`, [tenant, user.id])
    for (const team of user.teams)
      await write.send(`insert into ${members} (tenant_id, team_id, user_id) values (?, ?, ?)`, [tenant, team, user.id])
  }
  const verb = !known3 ? 'created' : changes.active && !user.active ? 'deactivated' : 'updated'
  await appendEvent(write, { name: `user.${verb}`, recordType: 'users', recordId: user.id, changes })
}
async function listUsers(caller, options = {}) {
  const query = await queryContext(caller)
  requireAny(query.actor, 'users', 'read')
  const users = await readUsers({ all: caller.storage.read }, caller)
  return options?.active === void 0 ? users : users.filter((user) => user.active === options.active)
}
var KEYS5, COLUMNS7, MAX_USERS, requireAdministration
var init_users = __esm({
  'packages/core/src/users/users.ts'() {
    init_actor()
    init_errors()
    init_text()
    init_zones()
    init_append_event()
    init_caller()
    init_query()
    init_write()
    init_sql()
    init_open_records()
    KEYS5 = ['id', 'name', 'email', 'roles', 'teams', 'timeZone', 'locale', 'active']
    COLUMNS7 = [
      'tenant_id',
      'id',
      'name',
      'email',
      'time_zone',
      'locale',
      'active',
      'roles',
      'created_at',
      'updated_at',
    ]
    MAX_USERS = 1e3
    requireAdministration = ({ actor }) => {
      if (requireAny(actor, 'users', 'update').kind !== 'all') {
        throw new CrmError('FORBIDDEN', 'You may not administer users.', {
          field: 'users',
          rule: 'update-not-granted',
          remedy: "Call it as an administrator, or through crm.asSystem({ reason: '\u2026' }).",
        })
      }
    }
  },
})

// packages/core/src/exchange/csv/batches.ts
function createBatcher(columns2, delimiter, size) {
  const full = []
  let open = { rows: [], errors: [] }
  const turn = () => {
    if (open.rows.length + open.errors.length < size) return
    full.push(open)
    open = { rows: [], errors: [] }
  }
  return {
    row(row) {
      const { values } = row
      if (values.length > columns2 && values.slice(columns2).every(isBlankCell)) values.length = columns2
      if (values.length === columns2) open.rows.push(row)
      else open.errors.push({ line: row.line, raw: row.raw, problem: ragged(row, columns2, delimiter) })
      turn()
    },
    error(error) {
      open.errors.push(error)
      turn()
    },
    take(rest) {
      const batch = full.shift()
      if (batch || !rest || open.rows.length + open.errors.length === 0) return batch
      const last = open
      open = { rows: [], errors: [] }
      return last
    },
    first: (count2) => [...full, open].flatMap(({ rows }) => rows).slice(0, count2),
  }
}
function ragged({ line: line2, values }, columns2, delimiter) {
  const shown3 = delimiter === '	' ? 'a tab' : `"${delimiter}"`
  const remedy =
    values.length < columns2
      ? `Line ${line2} has ${cells(values.length)} for ${columns2} columns: add the missing cells.`
      : `Line ${line2} has ${cells(values.length)} for ${columns2} columns: put cells that contain ${shown3} in double quotes.`
  return { field: 'row', rule: 'ragged-row', remedy }
}
function faultProblem(line2, rule, maxRowLength) {
  const remedy =
    rule === 'unclosed-quote'
      ? `Line ${line2} has a double quote that opens a cell and does not close it: close it, or double it ("") if it is part of the text.`
      : `Line ${line2} has more than ${maxRowLength} characters: shorten it, or raise maxRowLength.`
  return { field: 'row', rule, remedy }
}
var isBlankCell, isBlank, cells
var init_batches = __esm({
  'packages/core/src/exchange/csv/batches.ts'() {
    isBlankCell = (cell) => cell === '' || cell.trim() === ''
    isBlank = (values) => isBlankCell(values[0] ?? '') && values.every(isBlankCell)
    cells = (count2) => `${count2} ${count2 === 1 ? 'cell' : 'cells'}`
  },
})

// packages/core/src/exchange/csv/quoted.ts
function readQuoted(text, start2, delimiter, last) {
  const { length } = text
  const comma = delimiter.charCodeAt(0)
  const values = []
  let lines = 1
  let at = start2
  for (;;) {
    let end = at
    let value
    if (text.charCodeAt(at) === QUOTE) {
      const close = closingQuote(text, at + 1)
      if (close === -1) return last ? 'unclosed' : 'unfinished'
      end = close + 1
      while (text.charCodeAt(end) === BLANK && comma !== BLANK) end++
      if (end >= length && !last) return 'unfinished'
      const next = text.charCodeAt(end)
      const inner = text.slice(at + 1, close)
      const breaks = lineBreaks(inner)
      if (end >= length || next === comma || next === LF || next === CR) {
        lines += breaks
        value = inner.includes('"') ? inner.replaceAll('""', '"') : inner
      } else if (breaks > 0) return 'unclosed'
    }
    if (value === void 0) {
      while (end < length && !isEnd(text.charCodeAt(end), comma)) end++
      if (end >= length && !last) return 'unfinished'
      value = text.slice(at, end)
    }
    values.push(value)
    if (text.charCodeAt(end) === comma) {
      at = end + 1
      continue
    }
    const carriage = text.charCodeAt(end) === CR
    if (carriage && end + 1 >= length && !last) return 'unfinished'
    const after = Math.min(end + (carriage && text.charCodeAt(end + 1) === LF ? 2 : 1), length)
    return { values, end, after, lines }
  }
}
function closingQuote(text, from) {
  let close = text.indexOf('"', from)
  while (close !== -1 && text.charCodeAt(close + 1) === QUOTE) close = text.indexOf('"', close + 2)
  return close
}
function lineBreaks(text) {
  if (!text.includes('\n') && !text.includes('\r')) return 0
  return text.match(/\r\n|\n|\r/g)?.length ?? 0
}
var QUOTE, LF, CR, BLANK, isEnd
var init_quoted = __esm({
  'packages/core/src/exchange/csv/quoted.ts'() {
    QUOTE = 34
    LF = 10
    CR = 13
    BLANK = 32
    isEnd = (code, comma) => code === comma || code === LF || code === CR
  },
})

// packages/core/src/exchange/csv/scanner.ts
function createScanner({ delimiter, maxRowLength, line: line2 = 1 }, sink) {
  let text = ''
  let skipping = false
  function skip(start2, ends) {
    if (!ends.whole) return ends.end > start2 ? ends.end : WAIT
    skipping = false
    line2++
    return ends.after
  }
  function giveUp(rule, start2, ends) {
    sink.fault(line2, rule, text.slice(start2, Math.min(ends.end, start2 + FAULT_SAMPLE)))
    skipping = true
    return skip(start2, ends)
  }
  function plain2(start2, ends) {
    if (ends.end - start2 > maxRowLength) return giveUp('row-too-long', start2, ends)
    if (!ends.whole) return WAIT
    if (ends.end > start2) {
      const raw2 = text.slice(start2, ends.end)
      sink.row(line2, raw2.split(delimiter), raw2)
    }
    line2++
    return ends.after
  }
  function quoted(start2, ends, last) {
    const record = readQuoted(text, start2, delimiter, last)
    if (record === 'unfinished') {
      if (text.length - start2 <= maxRowLength) return WAIT
      return giveUp(ends.whole ? 'unclosed-quote' : 'row-too-long', start2, ends)
    }
    if (record === 'unclosed') return giveUp('unclosed-quote', start2, ends)
    if (record.end - start2 > maxRowLength) sink.fault(line2, 'row-too-long', text.slice(start2, start2 + FAULT_SAMPLE))
    else sink.row(line2, record.values, text.slice(start2, record.end))
    line2 += record.lines
    return record.after
  }
  return function scan(piece, last) {
    text = text === '' ? piece : text + piece
    const ends = lineEnds(text, last)
    let quote = -1
    let start2 = 0
    while (start2 < text.length) {
      ends.seek(start2)
      if (quote < start2) quote = find(text, '"', start2)
      const next = skipping ? skip(start2, ends) : quote > ends.end ? plain2(start2, ends) : quoted(start2, ends, last)
      if (next === WAIT) break
      start2 = next
    }
    text = text.slice(start2)
  }
}
function lineEnds(text, last) {
  let feed = -1
  let carriage = -1
  return {
    end: 0,
    after: 0,
    whole: false,
    seek(start2) {
      if (feed < start2) feed = find(text, '\n', start2)
      if (carriage < start2) carriage = find(text, '\r', start2)
      this.end = Math.min(feed, carriage, text.length)
      this.after = Math.min(this.end + (feed === carriage + 1 && carriage === this.end ? 2 : 1), text.length)
      this.whole = last || this.end < text.length - 1 || this.end === feed
    },
  }
}
function find(text, what, from) {
  const at = text.indexOf(what, from)
  return at === -1 ? Number.POSITIVE_INFINITY : at
}
var FAULT_SAMPLE, WAIT
var init_scanner = __esm({
  'packages/core/src/exchange/csv/scanner.ts'() {
    init_quoted()
    FAULT_SAMPLE = 1e3
    WAIT = -1
  },
})

// packages/core/src/exchange/csv/delimiter.ts
function detectDelimiter(head, complete = true) {
  let best = ','
  let bestScore = 0
  for (const delimiter of DELIMITERS) {
    const score = evenness(cellCounts(head, delimiter, complete))
    if (score > bestScore) {
      best = delimiter
      bestScore = score
    }
  }
  return best
}
function cellCounts(head, delimiter, complete) {
  const counts = []
  const count2 = (values) => counts.push(values.length)
  const scan = createScanner(
    { delimiter, maxRowLength: head.length },
    { row: (_, values) => count2(values), fault: () => {} },
  )
  scan(head, complete)
  if (counts.length === 0 && !complete) scan('', true)
  return counts.slice(0, SAMPLE_ROWS)
}
function evenness(counts) {
  const cells2 = mode(counts)
  if (cells2 < 2) return 0
  const share2 = counts.filter((count2) => count2 === cells2).length / counts.length
  return share2 + Math.min(cells2, 1e3) / 1e5
}
function mode(values) {
  const times2 = /* @__PURE__ */ new Map()
  for (const value of values) times2.set(value, (times2.get(value) ?? 0) + 1)
  let best = 0
  for (const [value, count2] of times2) {
    const before = times2.get(best) ?? 0
    if (count2 > before || (count2 === before && value > best)) best = value
  }
  return best
}
function separatorLine(head) {
  const match = /^"?sep=([^\r\n"])"?(?:\r\n|\n|\r)/i.exec(head)
  return match ? { delimiter: match[1], length: match[0].length } : void 0
}
function checkDelimiter(delimiter) {
  if (typeof delimiter === 'string' && delimiter.length === 1 && !/["\r\n]/.test(delimiter)) return delimiter
  throw invalid(
    'delimiter',
    'invalid-delimiter',
    'Use one character that is no quote and no line end, such as "," or ";" or "\\t".',
  )
}
var DELIMITERS, SAMPLE_ROWS
var init_delimiter = __esm({
  'packages/core/src/exchange/csv/delimiter.ts'() {
    init_errors()
    init_scanner()
    DELIMITERS = [',', ';', '	', '|']
    SAMPLE_ROWS = 50
  },
})

// packages/core/src/exchange/csv/encoding.ts
function refuseBinary(head) {
  const known3 = MAGIC.find(([start2]) => startsWith(head, start2))
  if (known3) throw binary(known3[1])
}
function refuseNul(head) {
  const found = typeof head === 'string' ? head.includes('\0') : head.includes(0)
  if (found) throw binary('binary (it has NUL bytes)')
}
function byteOrderMark(head) {
  if (startsWith(head, [239, 187, 191])) return 'utf-8'
  if (startsWith(head, [255, 254])) return 'utf-16le'
  if (startsWith(head, [254, 255])) return 'utf-16be'
  return void 0
}
function nulPattern(head) {
  const nuls = [0, 0]
  const pairedFeeds = [0, 0]
  let feeds = 0
  for (let index = 0; index < head.length; index++) {
    const side = index % 2
    if (head[index] === 0) nuls[side] = nuls[side] + 1
    if (head[index] !== LINE_FEED) continue
    feeds++
    if (head[side === 0 ? index + 1 : index - 1] === 0) pairedFeeds[side] = pairedFeeds[side] + 1
  }
  const is = (low) => {
    const high = nuls[1 - low]
    if (high * 20 < head.length || nuls[low] * 50 > high) return false
    return feeds > 0 ? pairedFeeds[low] * 2 > feeds : high * 4 > head.length
  }
  return is(0) ? 'utf-16le' : is(1) ? 'utf-16be' : void 0
}
function scanUtf8(bytes) {
  const scan = { characters: 0, firstCharacter: -1, invalid: 0, firstInvalid: -1, unfinished: 0 }
  const { length } = bytes
  let at = 0
  while (at < length) {
    const byte = bytes[at]
    if (byte < 128) {
      at++
      continue
    }
    const size = byte >= 194 && byte <= 223 ? 2 : byte >= 224 && byte <= 239 ? 3 : byte >= 240 && byte <= 244 ? 4 : 0
    const good = goodBytes(bytes, at, byte, size)
    if (size > 0 && good === size) {
      if (scan.characters++ === 0) scan.firstCharacter = at
      at += size
    } else if (size > 0 && at + good === length) {
      scan.unfinished = good
      return scan
    } else {
      if (scan.invalid++ === 0) scan.firstInvalid = at
      at++
    }
  }
  return scan
}
function goodBytes(bytes, at, lead, size) {
  let good = 1
  for (; good < size && at + good < bytes.length; good++) {
    const byte = bytes[at + good]
    let low = 128
    let high = 191
    if (good === 1) {
      if (lead === 224) low = 160
      else if (lead === 237) high = 159
      else if (lead === 240) low = 144
      else if (lead === 244) high = 143
    }
    if (byte < low || byte > high) break
  }
  return good
}
function isAscii(bytes) {
  for (let index = 0; index < bytes.length; index++) if (bytes[index] > 127) return false
  return true
}
function repairLatin1(text) {
  return text.replace(/[\u0080-\u009f]/g, (character) => CP1252[character.charCodeAt(0) - 128])
}
var MAGIC, startsWith, binary, LINE_FEED, CP1252
var init_encoding = __esm({
  'packages/core/src/exchange/csv/encoding.ts'() {
    init_errors()
    MAGIC = [
      [[80, 75, 3, 4], 'an Excel workbook (.xlsx) or a zip archive'],
      [[80, 75, 5, 6], 'an empty zip archive'],
      [[208, 207, 17, 224], 'an old Excel workbook (.xls)'],
      [[37, 80, 68, 70], 'a PDF'],
      [[31, 139], 'a gzip archive'],
      [[137, 80, 78, 71], 'an image'],
      [[255, 216, 255], 'an image'],
    ]
    startsWith = (bytes, start2) => start2.every((byte, index) => bytes[index] === byte)
    binary = (what) =>
      invalid('source', 'binary', `The file is ${what}, not CSV text. Save the sheet as CSV and pass that file.`)
    LINE_FEED = 10
    CP1252 =
      '\u20AC\x81\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\x8D\u017D\x8F\x90\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\x9D\u017E\u0178'
  },
})

// packages/core/src/exchange/csv/decoder.ts
function namedDecoder(label, lines = lineCount()) {
  const decoder2 = textDecoder(label)
  const repair = decoder2.encoding === 'windows-1252' ? repairLatin1 : (text) => text
  let tail = new Uint8Array(0)
  return {
    encoding: decoder2.encoding,
    decode(bytes, last) {
      try {
        const text = repair(decoder2.decode(bytes, { stream: !last }))
        lines.add(text)
        if (decoder2.encoding === 'utf-8') tail = unfinishedEnd(bytes)
        return text
      } catch {
        throw undecodable(
          decoder2.encoding,
          decoder2.encoding === 'utf-8' ? lines.upTo(joined(tail, bytes)) : lines.now(),
        )
      }
    },
  }
}
function guessingDecoder() {
  const lines = lineCount()
  let decoder2
  let held = new Uint8Array(0)
  function choose2(bytes, last) {
    const { characters, invalid: invalid2, firstInvalid, unfinished } = scanUtf8(bytes)
    if (invalid2 > 0 && characters > invalid2) throw undecodable('utf-8', lines.upTo(bytes.subarray(0, firstInvalid)))
    if (invalid2 > 0 || (last && unfinished > 0)) return westernDecoder(lines)
    return characters > 0 ? namedDecoder('utf-8', lines) : void 0
  }
  return {
    get encoding() {
      return decoder2?.encoding ?? 'ascii'
    },
    decode(piece, last) {
      if (decoder2) return decoder2.decode(piece, last)
      const bytes = joined(held, piece)
      held = new Uint8Array(0)
      if (!isAscii(bytes)) {
        decoder2 = choose2(bytes, last)
        if (decoder2) return decoder2.decode(bytes, last)
        held = unfinishedEnd(bytes).slice()
      }
      const text = new TextDecoder('latin1').decode(bytes.subarray(0, bytes.length - held.length))
      lines.add(text)
      return text
    },
  }
}
function westernDecoder(lines) {
  const decoder2 = namedDecoder('windows-1252', lines)
  return {
    encoding: decoder2.encoding,
    decode(bytes, last) {
      const { characters, invalid: invalid2, firstCharacter } = scanUtf8(bytes)
      if (characters > invalid2) throw undecodable('windows-1252', lines.upTo(bytes.subarray(0, firstCharacter)))
      return decoder2.decode(bytes, last)
    },
  }
}
function textDecoder(label) {
  try {
    return new TextDecoder(label, { fatal: true })
  } catch {
    throw invalid(
      'encoding',
      'unknown-encoding',
      'Use an encoding name such as utf-8, utf-16le, windows-1252 or shift_jis.',
    )
  }
}
function undecodable(encoding, line2) {
  const other = encoding === 'windows-1252' ? 'utf-8' : 'windows-1252'
  const remedy = `Pass encoding: '${other}' if the whole file is in that, or save the file as UTF-8 and import it again.`
  const message = `The file is not ${encoding} throughout: line ${line2} has other bytes. ${remedy}`
  return new CrmError('VALIDATION', message, {
    field: 'source',
    rule: 'invalid-encoding',
    remedy: `Line ${line2}: ${remedy}`,
  })
}
function unfinishedEnd(bytes) {
  const end = bytes.subarray(Math.max(0, bytes.length - 3))
  const { unfinished } = scanUtf8(end)
  return unfinished > 0 ? bytes.subarray(bytes.length - unfinished) : new Uint8Array(0)
}
function joined(first, second) {
  if (first.length === 0) return second
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
function lineCount() {
  let line2 = 1
  return {
    add(text) {
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) line2++
    },
    now: () => line2,
    upTo(bytes) {
      const { firstInvalid } = scanUtf8(bytes)
      return bytes
        .subarray(0, firstInvalid < 0 ? bytes.length : firstInvalid)
        .reduce((count2, byte) => count2 + (byte === 10 ? 1 : 0), line2)
    },
  }
}
var init_decoder = __esm({
  'packages/core/src/exchange/csv/decoder.ts'() {
    init_errors()
    init_encoding()
  },
})

// packages/core/src/exchange/csv/source.ts
async function openText(source, options = {}) {
  const pieces = evenPieces(rawPieces(source))
  let decoder2
  let bytesRead = 0
  const next = async () => {
    const { done, value } = await pieces.next()
    if (done) return decoder2?.decode(new Uint8Array(0), true) || void 0
    bytesRead += value.length
    if (typeof value === 'string') return value
    decoder2 ??= decoderFor(value, options.encoding)
    return decoder2.decode(value, false)
  }
  const readHead = async () => {
    let head2 = ''
    for (let text = await next(); text !== void 0; text = await next()) {
      head2 += head2 === '' ? text.replace(/^\ufeff/, '') : text
      if (head2.length > MAX_BLANK || /\S/.test(head2)) break
    }
    refuseNul(head2)
    if (/\S/.test(head2)) return head2
    throw invalid('source', 'empty', 'The file is empty. Pass a CSV file with a header row and at least one record.')
  }
  let head = await readHead().catch(async (error) => {
    await pieces.return()
    throw error
  })
  return {
    get encoding() {
      return decoder2?.encoding ?? 'text'
    },
    get bytesRead() {
      return bytesRead
    },
    async *chunks() {
      try {
        yield head
        head = ''
        for (let text = await next(); text !== void 0; text = await next()) if (text !== '') yield text
      } finally {
        await pieces.return()
      }
    },
  }
}
function decoderFor(head, named2) {
  refuseBinary(head)
  const encoding = byteOrderMark(head) ?? named2 ?? nulPattern(head)
  if (encoding !== void 0) return namedDecoder(encoding)
  refuseNul(head)
  return guessingDecoder()
}
async function* rawPieces(source) {
  if (typeof source === 'string') {
    if (/^[^\r\n,;\t]{1,1024}\.(csv|tsv|txt)$/i.test(source))
      throw invalid(
        'source',
        'path',
        'A string is read as CSV text. Pass a stream of the file: createReadStream(path).',
      )
    yield source
  } else if (source instanceof Uint8Array) yield source
  else {
    try {
      for await (const piece of iterable(source)) {
        if (typeof piece !== 'string' && !(piece instanceof Uint8Array)) throw wrongSource()
        yield piece
      }
    } catch (error) {
      if (isCrmError(error)) throw error
      const remedy = 'Check that the file exists and can be read, and import it again.'
      const problem = { field: 'source', rule: 'unreadable', remedy }
      throw new CrmError('VALIDATION', `The source could not be read. ${remedy}`, problem, error)
    }
  }
}
function iterable(source) {
  if (typeof source !== 'object' || source === null) throw wrongSource()
  if (Symbol.asyncIterator in source) return source
  if ('getReader' in source && typeof source.getReader === 'function') return readAll(source)
  throw wrongSource()
}
async function* readAll(stream) {
  const reader = stream.getReader()
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value
  } finally {
    await reader.cancel().catch(() => {})
  }
}
async function* evenPieces(source) {
  let held = []
  let size = 0
  for await (const piece of source) {
    if (held.length > 0 && typeof held[0] !== typeof piece) {
      yield together(held)
      held = []
      size = 0
    }
    size += piece.length
    if (size < PIECE) {
      held.push(typeof piece === 'string' ? piece : piece.slice())
      continue
    }
    const whole3 = together([...held, piece])
    let at = 0
    for (; whole3.length - at >= PIECE; at += PIECE) yield part(whole3, at, at + PIECE)
    size = whole3.length - at
    held = size > 0 ? [part(whole3, at)] : []
  }
  if (held.length > 0) yield together(held)
}
function together(pieces) {
  if (pieces.length === 1) return pieces[0]
  if (typeof pieces[0] === 'string') return pieces.join('')
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
var PIECE, MAX_BLANK, wrongSource, part
var init_source = __esm({
  'packages/core/src/exchange/csv/source.ts'() {
    init_errors()
    init_decoder()
    init_encoding()
    PIECE = 65536
    MAX_BLANK = 1e6
    wrongSource = () =>
      invalid(
        'source',
        'invalid-source',
        'Pass CSV text, a Uint8Array, or a stream of bytes such as createReadStream(path).',
      )
    part = (piece, from, to) => piece.slice(from, to)
  },
})

// packages/core/src/exchange/csv/feed.ts
async function openFeed(source, options, sink) {
  const maxRowLength = positive('maxRowLength', options.maxRowLength, 1e6)
  const named2 = options.delimiter === void 0 ? void 0 : checkDelimiter(options.delimiter)
  const text = await openText(source, options)
  const chunks2 = text.chunks()
  let piece = (await chunks2.next()).value ?? ''
  let following = await chunks2.next()
  const separator = separatorLine(piece)
  if (separator) piece = piece.slice(separator.length)
  const delimiter = named2 ?? separator?.delimiter ?? detectDelimiter(piece, following.done === true)
  const scan = createScanner({ delimiter, maxRowLength, line: separator ? 2 : 1 }, sink)
  let ended = false
  return {
    delimiter,
    maxRowLength,
    get encoding() {
      return text.encoding
    },
    get bytesRead() {
      return text.bytesRead
    },
    get ended() {
      return ended
    },
    async advance() {
      ended = following.done === true
      scan(piece, ended)
      piece = following.value ?? ''
      if (!ended) following = await chunks2.next()
    },
    async close() {
      await chunks2.return()
    },
  }
}
function positive(field2, value, otherwise) {
  if (value === void 0) return otherwise
  if (Number.isSafeInteger(value) && value > 0) return value
  throw invalid(field2, 'not-positive', 'Use a whole number above zero.')
}
var init_feed = __esm({
  'packages/core/src/exchange/csv/feed.ts'() {
    init_errors()
    init_delimiter()
    init_scanner()
    init_source()
  },
})

// packages/core/src/exchange/csv/header.ts
function preambleLength(head) {
  if (mode(head.map(({ values }) => values.length)) < 2) return 0
  const header = head.findIndex(({ values }) => values.length > 1)
  return header > 0 && header <= MAX_PREAMBLE ? header : 0
}
function columnNames(header) {
  const names2 = []
  const taken = /* @__PURE__ */ new Set()
  const seen = /* @__PURE__ */ new Map()
  const written2 = new Set(header.map((cell) => cell.trim()))
  header.forEach((cell, index) => {
    const name = cell.trim() || `Column ${index + 1}`
    let number2 = seen.get(name) ?? 1
    let unique2 = name
    while (taken.has(unique2) || (number2 > 1 && written2.has(unique2))) unique2 = `${name} (${++number2})`
    seen.set(name, number2)
    taken.add(unique2)
    names2.push(unique2)
  })
  return names2
}
function dataCell(header) {
  const data = header.find(looksLikeData)
  if (data !== void 0) return data
  const filled = header.map((cell) => cell.trim().toLowerCase()).filter((cell) => cell !== '')
  const repeated = filled.find((cell, index) => filled.indexOf(cell) < index)
  return filled.length >= 4 && new Set(filled).size * 2 < filled.length ? repeated : void 0
}
function requireHeader({ line: line2, values }) {
  const cell = dataCell(values)
  if (cell === void 0) return
  throw invalid(
    'source',
    'no-header',
    `Line ${line2} looks like a record and not like column names ("${cell.trim().slice(0, 40)}"). Pass columns: ['firstName', \u2026] to name the columns, or header: true if these are the names.`,
  )
}
function checkColumns(columns2) {
  const named2 =
    Array.isArray(columns2) &&
    columns2.length > 0 &&
    columns2.every((name) => typeof name === 'string' && name.trim() !== '')
  if (named2) return columnNames(columns2)
  throw invalid(
    'columns',
    'invalid-columns',
    "Give a name for every column of the file, such as columns: ['firstName', 'lastName', 'email'].",
  )
}
var MAX_PREAMBLE, EMAIL, NUMBER, DATE, PHONE, URL2, looksLikeData
var init_header = __esm({
  'packages/core/src/exchange/csv/header.ts'() {
    init_errors()
    init_delimiter()
    MAX_PREAMBLE = 10
    EMAIL = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/
    NUMBER = /^[-+(]?(?:\p{Sc}\s?)?\d[\d.,'\s]*(?:\s?\p{Sc}|%)?\)?$/u
    DATE = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?$/
    PHONE = /^\+?[\d\s().\-/]{7,}$/
    URL2 = /^https?:\/\//i
    looksLikeData = (cell) => {
      const text = cell.trim()
      return EMAIL.test(text) || NUMBER.test(text) || DATE.test(text) || PHONE.test(text) || URL2.test(text)
    }
  },
})

// packages/core/src/exchange/csv/rows.ts
async function openCsv(source, options = {}) {
  const batchSize = positive('batchSize', options.batchSize, 500)
  const named2 = options.columns === void 0 ? void 0 : checkColumns(options.columns)
  const head = { rows: [], errors: [] }
  let target = {
    row: (row) => head.rows.push(row),
    error: (error) => head.errors.push(error),
  }
  const feed = await openFeed(source, options, {
    row: (line2, values, raw2) => {
      if (!isBlank(values)) target.row({ line: line2, values, raw: raw2 })
    },
    fault: (line2, rule, raw2) =>
      target.error({ line: line2, raw: raw2, problem: faultProblem(line2, rule, feed.maxRowLength) }),
  })
  try {
    const found = () => head.rows.length + head.errors.length
    while (!feed.ended && (found() === 0 || (found() < SAMPLE && feed.bytesRead < MAX_HEAD))) await feed.advance()
    const preamble = named2 ? [] : head.rows.splice(0, preambleLength(head.rows.slice(0, SAMPLE)))
    const header = named2 ? void 0 : takeHeader(head, options.header === true)
    const columns2 = named2 ?? columnNames(header?.values ?? [])
    const batcher = createBatcher(columns2.length, feed.delimiter, batchSize)
    target = batcher
    passOn(head, batcher)
    let read = false
    return {
      columns: columns2,
      delimiter: feed.delimiter,
      header,
      preamble: preamble.map(({ raw: raw2 }) => raw2),
      sample: batcher.first(SAMPLE),
      get encoding() {
        return feed.encoding
      },
      get bytesRead() {
        return feed.bytesRead
      },
      batches() {
        if (read) throw invalid('source', 'already-read', 'Open the file again to read it a second time.')
        read = true
        return readBatches(feed, batcher)
      },
      close: () => feed.close(),
    }
  } catch (error) {
    await feed.close()
    throw error
  }
}
function passOn({ rows, errors }, batcher) {
  let next = 0
  for (const row of rows) {
    for (let error = errors[next]; error && error.line < row.line; error = errors[++next]) batcher.error(error)
    batcher.row(row)
  }
  for (const error of errors.slice(next)) batcher.error(error)
}
async function* readBatches(feed, batcher) {
  try {
    for (;;) {
      for (let batch = batcher.take(feed.ended); batch; batch = batcher.take(feed.ended)) yield batch
      if (feed.ended) return
      await feed.advance()
    }
  } finally {
    await feed.close()
  }
}
function takeHeader(head, trusted) {
  const [header] = head.rows
  const [fault] = head.errors
  if (fault && (!header || fault.line < header.line)) {
    const { problem } = fault
    throw new CrmError('VALIDATION', `The header cannot be read. ${problem.remedy}`, { ...problem, field: 'source' })
  }
  if (!header)
    throw invalid('source', 'empty', 'The file has no rows. Pass a CSV file with a header row and at least one record.')
  if (!trusted) requireHeader(header)
  head.rows.shift()
  return header
}
var SAMPLE, MAX_HEAD
var init_rows = __esm({
  'packages/core/src/exchange/csv/rows.ts'() {
    init_errors()
    init_batches()
    init_feed()
    init_header()
    SAMPLE = 100
    MAX_HEAD = 1e6
  },
})

// packages/core/src/exchange/import/companies.ts
function companyLinks(query, createMissing) {
  const known3 = /* @__PURE__ */ new Map()
  let made
  return {
    /** A row begins: what it creates can be taken back. */
    begin() {
      made = void 0
    },
    /** The row was refused, and the company it created with it. */
    takeBack() {
      if (made !== void 0) known3.delete(made)
    },
    /** Looks up all names of a batch in one statement. */
    async look(reader, names2) {
      const missing = [...new Set(names2.map(foldText))].filter((name) => name !== '' && !known3.has(name))
      if (missing.length === 0) return
      if (known3.size > KEPT2) known3.clear()
      const table3 = tableOf(query.engine, 'companies')
      const select = sql`select r.name_fold, min(r.id) from ${raw(table3.name)} r where ${and(readableRows(query, table3, 'r'), inList(raw('r.name_fold'), missing))} group by r.name_fold`
      for (const [name, id] of await reader.all(select.text, select.params)) known3.set(String(name), String(id))
    },
    /** Id of the company of that name; an id passes as it is. Undefined when there is none. */
    async resolve(write, name) {
      if (isId(name)) return name
      const found = known3.get(foldText(name))
      if (found || !createMissing || write.actor.scope('companies', 'create').kind === 'none') return found
      const company = await createIn(write, 'companies', write.caller.engine.validator('companies').create({ name }))
      made = foldText(name)
      known3.set(made, company.id)
      return company.id
    },
    /** What a rolled-back batch created is gone. */
    forget: () => known3.clear(),
  }
}
var KEPT2
var init_companies = __esm({
  'packages/core/src/exchange/import/companies.ts'() {
    init_ids()
    init_text()
    init_create()
    init_engine()
    init_query()
    init_sql()
    KEPT2 = 1e4
  },
})

// packages/core/src/exchange/import/failures.ts
function createFailures(file, onFailedRows) {
  const first = []
  let waiting = []
  let headed = false
  const cell = (text) =>
    /["\r\n]/.test(text) || text.includes(file.delimiter) ? `"${text.replaceAll('"', '""')}"` : text
  const header = () => (file.header?.raw ?? file.columns.map(cell).join(file.delimiter)) + file.delimiter
  return {
    first,
    add(line2, raw2, problems) {
      for (const problem of problems) if (first.length < KEPT3) first.push({ line: line2, ...problem })
      if (!onFailedRows) return
      const why = problems.map(({ column, field: field2, remedy }) => `${column ?? field2}: ${remedy}`).join(' ')
      waiting.push(`${raw2}${file.delimiter}${cell(why)}\r
`)
    },
    mark: () => first.length,
    reset(mark) {
      first.length = mark
      waiting = []
    },
    async flush() {
      if (waiting.length === 0 || !onFailedRows) return
      const rows = waiting.join('')
      waiting = []
      await onFailedRows(
        headed
          ? rows
          : `${header()}Problem\r
${rows}`,
      )
      headed = true
    },
  }
}
var KEPT3
var init_failures = __esm({
  'packages/core/src/exchange/import/failures.ts'() {
    KEPT3 = 1e3
  },
})

// packages/core/src/exchange/import/job.ts
async function openJob(caller, type, name, fingerprint) {
  if (typeof name !== 'string' || name.length === 0 || name.length > 200)
    throw invalid('job', 'invalid-name', 'Give 1 to 200 characters.')
  const { storage, tenant } = caller
  const [row] = await storage.read(
    `select record_type, fingerprint, state, lines_done, counts from ${storage.table('import_job')} where tenant_id = ? and id = ?`,
    [tenant, name],
  )
  if (!row) return { name, fingerprint, lines: 0, done: false, counts: noCounts() }
  if (row[0] !== type || row[1] !== fingerprint) {
    throw invalid('job', 'other-import', 'Use another name: an import with other columns or options has this one.')
  }
  return { name, fingerprint, lines: Number(row[3]), done: row[2] === 'done', counts: JSON.parse(String(row[4])) }
}
async function saveJob(write, type, job) {
  const { storage, tenant } = write.caller
  const now = nowOf(write.caller).getTime()
  const values = [
    tenant,
    job.name,
    type,
    job.fingerprint,
    job.done ? 'done' : 'running',
    job.lines,
    JSON.stringify(job.counts),
  ]
  await write.send(storage.dialect.upsert(storage.table('import_job'), COLUMNS8, ['tenant_id', 'id']), [
    ...values,
    now,
    authorOf(write.caller, write.actor),
    now,
  ])
}
var noCounts, COLUMNS8
var init_job = __esm({
  'packages/core/src/exchange/import/job.ts'() {
    init_errors()
    init_caller()
    noCounts = () => ({ rows: 0, created: 0, updated: 0, unchanged: 0, failed: 0 })
    COLUMNS8 = [
      'tenant_id',
      'id',
      'record_type',
      'fingerprint',
      'state',
      'lines_done',
      'counts',
      'created_at',
      'created_by',
      'updated_at',
    ]
  },
})

// packages/core/src/exchange/import/match.ts
function importKey(query, table3, wanted, mapped) {
  const known3 = (name2) => (table3.definition.keys?.[SHORT_NAMES[name2] ?? ''] ? SHORT_NAMES[name2] : name2)
  const name = wanted === void 0 ? DEFAULT_KEYS[table3.type]?.find((one) => mapped.has(one)) : known3(wanted)
  if (name === void 0) return void 0
  const isCustom = name.startsWith('custom.')
  const field2 = isCustom ? table3.custom[name.slice('custom.'.length)] : table3.fields.get(name)?.field
  if (!field2 || !isVisible(query.actor, table3, name))
    throw invalid('key', 'unknown-field', 'Give a field of the record, such as email.')
  if (!mapped.has(name)) throw invalid('key', 'not-mapped', `Map a column to ${name}, or choose another key.`)
  const kind = table3.definition.keys?.[name]
  if (kind) return listKey(query, table3, name, kind)
  if (!['text', 'email', 'phone', 'url', 'integer', 'select'].includes(field2.kind))
    throw invalid('key', 'not-a-key', 'Use a text, email or phone field.')
  const operand = isCustom
    ? customOperand(name.slice('custom.'.length), field2, query, 'r', 'key')
    : operandOf(query, table3, name, 'r', 'key')
  return columnKey(query, table3, name, operand)
}
function columnKey(query, table3, name, operand) {
  return {
    field: name,
    of(values) {
      const value = name.startsWith('custom.') ? values.custom?.[name.slice('custom.'.length)] : values[name]
      return value == null ? void 0 : String(operand.toSql(value))
    },
    async find(reader, keys) {
      if (keys.length === 0) return /* @__PURE__ */ new Map()
      const select = sql`select ${operand.value} as found, r.id from ${raw(table3.name)} r where ${and(readableRows(query, table3, 'r'), inList(operand.value, keys))}`
      return idsByKey(await reader.all(select.text, select.params))
    },
  }
}
function listKey(query, table3, name, kind) {
  const { storage, normalise } = query.engine
  return {
    field: name,
    of(values) {
      const [first] = values[name] ?? []
      return first && (normalise(kind, first.value) ?? void 0)
    },
    async find(reader, keys) {
      if (keys.length === 0) return /* @__PURE__ */ new Map()
      const select = sql`select k.value, r.id from ${raw(storage.table('record_key'))} k join ${raw(table3.name)} r on r.tenant_id = k.tenant_id and r.id = k.record_id
        where k.tenant_id = ${query.tenant} and k.record_type = ${table3.type} and k.kind = ${kind} and ${and(inList(raw('k.value'), keys), readableRows(query, table3, 'r'))}`
      return idsByKey(await reader.all(select.text, select.params))
    },
  }
}
var DEFAULT_KEYS, SHORT_NAMES, idsByKey
var init_match = __esm({
  'packages/core/src/exchange/import/match.ts'() {
    init_errors()
    init_operand()
    init_query()
    init_visibility()
    init_sql()
    DEFAULT_KEYS = {
      leads: ['email'],
      contacts: ['emails'],
      companies: ['domain', 'name'],
    }
    SHORT_NAMES = { email: 'emails', phone: 'phones' }
    idsByKey = (rows) =>
      new Map(
        [...rows].sort((a, b) => (String(a[1]) < String(b[1]) ? 1 : -1)).map(([key, id]) => [String(key), String(id)]),
      )
  },
})

// packages/core/src/exchange/import/options.ts
function refuseUnknownOptions(options) {
  if (typeof options !== 'object' || options === null)
    throw invalid('options', 'wrong-type', "Give an object such as { mode: 'upsert' }.")
  const unknown2 = Object.keys(options).find((key) => !KEYS6.includes(key))
  if (unknown2 !== void 0) throw invalid(unknown2, 'unknown-key', `Use only: ${KEYS6.join(', ')}.`)
}
var MODES, KEYS6
var init_options = __esm({
  'packages/core/src/exchange/import/options.ts'() {
    init_errors()
    MODES = ['create', 'update', 'upsert']
    KEYS6 = [
      'encoding',
      'delimiter',
      'columns',
      'header',
      'mode',
      'key',
      'mapping',
      'values',
      'defaults',
      'dateFormat',
      'currency',
      'createCompanies',
      'dryRun',
      'job',
      'onProgress',
      'onFailedRows',
    ]
  },
})

// packages/core/src/exchange/csv/calendar.ts
function readDate(text, order) {
  const iso = ISO.exec(text) ?? COMPACT.exec(text)
  if (iso) return dateOf2(iso[1], iso[2], iso[3])
  const yearFirst = YEAR_FIRST.exec(text)
  if (yearFirst) return dateOf2(yearFirst[1], yearFirst[3], yearFirst[4])
  const numeric = NUMERIC.exec(text)
  if (numeric) {
    const [, first, mark, second, year] = numeric
    return mark === '.' || order === 'day-first' ? dateOf2(year, second, first) : dateOf2(year, first, second)
  }
  return readNamed(foldText(text))
}
function readNamed(text) {
  const bare = text.replace(/^(?:le|el|am|on) /, '')
  for (const candidate of [bare, bare.replace(WEEKDAY, '')]) {
    const dayFirst = DAY_NAME_YEAR.exec(candidate)
    if (dayFirst && MONTH_OF.has(dayFirst[2])) return dateOf2(dayFirst[3], MONTH_OF.get(dayFirst[2]), dayFirst[1])
    const monthFirst = NAME_DAY_YEAR.exec(candidate)
    if (monthFirst && MONTH_OF.has(monthFirst[1]))
      return dateOf2(monthFirst[3], MONTH_OF.get(monthFirst[1]), monthFirst[2])
  }
  return void 0
}
function dateOf2(year, month, day) {
  const long = String(year).length === 2 ? Number(year) + (Number(year) < 70 ? 2e3 : 1900) : Number(year)
  const date = `${String(long).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  return isCalendarDate(date) ? date : void 0
}
function fromExcelSerial(serial) {
  if (!(serial >= 61 && serial < 2958466)) return void 0
  return new Date(Math.round((serial - 25569) * 864e5))
}
function detectDateOrder(texts2, fallback) {
  let dayFirst = 0
  let monthFirst = 0
  let open = 0
  for (const text of texts2) {
    const numeric = NUMERIC.exec(text.trim().split(/[\sT]/)[0])
    if (!numeric || numeric[2] === '.') continue
    if (Number(numeric[1]) > 12) dayFirst++
    else if (Number(numeric[3]) > 12) monthFirst++
    else if (numeric[1] !== numeric[3]) open++
  }
  if (dayFirst > 0 && monthFirst > 0) return { order: fallback, certain: false }
  if (dayFirst > 0 || monthFirst > 0) return { order: dayFirst > 0 ? 'day-first' : 'month-first', certain: true }
  return { order: fallback, certain: open === 0 }
}
var MONTHS, MONTH_OF, ISO, YEAR_FIRST, COMPACT, NUMERIC, DAY_NAME_YEAR, NAME_DAY_YEAR, WEEKDAY, NEVER, isNoDate
var init_calendar = __esm({
  'packages/core/src/exchange/csv/calendar.ts'() {
    init_text()
    init_zones()
    MONTHS = [
      'jan january januar janner janvier janv ene enero',
      'feb february februar fevrier fev fevr febrero',
      'mar march marz mrz maerz mars marzo',
      'apr april avril avr abr abril',
      'may mai mayo',
      'jun june juni juin junio',
      'jul july juli juillet juil julio',
      'aug august aout ago agosto',
      'sep sept september septembre septiembre set',
      'oct october okt oktober octobre octubre',
      'nov november novembre noviembre',
      'dec december dez dezember decembre dic diciembre',
    ]
    MONTH_OF = new Map(MONTHS.flatMap((names2, index) => names2.split(' ').map((name) => [name, index + 1])))
    ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})$/
    YEAR_FIRST = /^(\d{4})([./])(\d{1,2})\2(\d{1,2})$/
    COMPACT = /^(\d{4})(\d{2})(\d{2})$/
    NUMERIC = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})$/
    DAY_NAME_YEAR = /^(\d{1,2})(?:st|nd|rd|th|er)?\.?[\s-]+(?:de |of )?([a-z]+)\.?,?[\s-]+(?:de )?(\d{4}|\d{2})$/
    NAME_DAY_YEAR = /^([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/
    WEEKDAY = /^[a-z]{2,10}\.?,?\s+(?=\d|[a-z]+\.?\s+\d)/
    NEVER = /^[0\s./-]+$/
    isNoDate = (text) => NEVER.test(text)
  },
})

// packages/core/src/exchange/csv/numbers.ts
function partsOf2(text) {
  let bare = text.trim()
  let negative = false
  const bracketed = /^\((.*)\)$/.exec(bare)
  if (bracketed) {
    bare = bracketed[1].trim()
    negative = true
  } else if (/\d-$/.test(bare)) bare = `-${bare.slice(0, -1)}`
  if (/\d[\s'’]+\d/.test(bare) && !/^[^\d]*\d{1,3}(?:[\s'’]\d{3})+(?!\d)/.test(bare)) return void 0
  const match = SHAPE.exec(bare.replace(SPACES, ''))
  if (!match) return void 0
  const [, sign = '', digits = '', exponent = ''] = match
  if (negative && sign !== '') return void 0
  return { negative: negative || sign === '-' || sign === '\u2212', digits, exponent }
}
function decimalMarkOf(text) {
  const parts = partsOf2(text)
  return parts && markOf(parts.digits)
}
function markOf(digits) {
  const point = digits.lastIndexOf('.')
  const comma = digits.lastIndexOf(',')
  if (point < 0 && comma < 0) return 'either'
  if (point >= 0 && comma >= 0) return point > comma ? 'point' : 'comma'
  const mark = point >= 0 ? '.' : ','
  const own2 = mark === '.' ? 'point' : 'comma'
  if (digits.indexOf(mark) !== digits.lastIndexOf(mark)) return own2 === 'point' ? 'comma' : 'point'
  return /^(?!0)\d{1,3}[.,]\d{3}$/.test(digits) ? 'either' : own2
}
function plainDecimal(text, mark) {
  if (PLAIN3.test(text)) return text
  const parts = partsOf2(text)
  if (!parts) return void 0
  const own2 = markOf(parts.digits)
  const decimal = (own2 === 'either' ? mark : own2) === 'point' ? '.' : ','
  const cut2 = parts.digits.lastIndexOf(decimal)
  const whole3 = cut2 < 0 ? parts.digits : parts.digits.slice(0, cut2)
  const fraction = cut2 < 0 ? '' : parts.digits.slice(cut2 + 1)
  if (/[.,]/.test(whole3) && !/^\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}$/.test(whole3)) return void 0
  const integer = whole3.replace(/[.,]/g, '') || '0'
  const power = parts.exponent === '' ? '' : `e${parts.exponent}`
  return `${parts.negative ? '-' : ''}${integer}${fraction ? `.${fraction}` : ''}${power}`
}
function detectDecimalMark(texts2, fallback) {
  const marks = texts2.map((text) => decimalMarkOf(withoutUnits(text)))
  const points = marks.filter((mark) => mark === 'point').length
  const commas = marks.filter((mark) => mark === 'comma').length
  if (points > 0 && commas > 0) return { mark: fallback, certain: false }
  if (points > 0 || commas > 0) return { mark: points > 0 ? 'point' : 'comma', certain: true }
  const open = texts2.some((text) => /\d[.,]\d{3}/.test(text))
  return { mark: fallback, certain: !open }
}
var SPACES, SHAPE, PLAIN3, withoutUnits
var init_numbers = __esm({
  'packages/core/src/exchange/csv/numbers.ts'() {
    SPACES = /[\s'’]/g
    SHAPE = /^([-+\u2212]?)(\d[\d.,]*|[.,]\d+)(?:[eE]([-+]?\d{1,3}))?$/
    PLAIN3 = /^-?\d{1,15}$/
    withoutUnits = (text) => text.replace(/\p{L}+\p{Sc}?|\p{Sc}|%/gu, '').trim()
  },
})

// packages/core/src/exchange/csv/formats.ts
function columnFormat(field2, cells2, options, delimiter = ',') {
  switch (field2.kind) {
    case 'date':
    case 'instant': {
      const given = byField(options.dateFormat, field2.name)
      if (given) return { dateFormat: given, certain: true }
      const { order, certain } = detectDateOrder(cells2, 'month-first')
      return { dateFormat: order, certain }
    }
    case 'number':
    case 'integer':
    case 'money': {
      const given = byField(options.decimalMark, field2.name)
      if (given) return { decimalMark: given, certain: true }
      const { mark, certain } = detectDecimalMark(cells2, delimiter === ';' ? 'comma' : 'point')
      return { decimalMark: mark, certain }
    }
    default:
      return { certain: true }
  }
}
function byField(option, name) {
  if (typeof option !== 'object') return option
  return Object.hasOwn(option, name) ? option[name] : void 0
}
function checkValueOptions(options, fields) {
  const names2 = fields.map(({ name }) => name)
  const known3 = (option, given) => {
    for (const name of typeof given === 'object' ? Object.keys(given) : [])
      if (!names2.includes(name))
        throw invalid(`${option}.${name}`, 'unknown-field', `Use one of the fields ${names2.join(', ')}.`)
  }
  const oneOf2 = (option, given, allowed) => {
    known3(option, given)
    for (const value of typeof given === 'object' ? Object.values(given) : given === void 0 ? [] : [given])
      if (!allowed.includes(value)) throw invalid(option, 'invalid-format', `Use one of ${allowed.join(', ')}.`)
  }
  if (options.currency !== void 0 && !isCurrency(options.currency))
    throw invalid('currency', 'invalid-currency', 'Use an ISO 4217 code in upper case, such as EUR or USD.')
  if (options.timeZone !== void 0 && !isTimeZone(options.timeZone))
    throw invalid('timeZone', 'invalid-zone', 'Use an IANA time zone name such as Europe/Berlin or UTC.')
  oneOf2('dateFormat', options.dateFormat, ['day-first', 'month-first', 'excel'])
  oneOf2('decimalMark', options.decimalMark, ['point', 'comma'])
  known3('values', options.values)
}
var init_formats = __esm({
  'packages/core/src/exchange/csv/formats.ts'() {
    init_errors()
    init_money()
    init_zones()
    init_calendar()
    init_numbers()
  },
})

// packages/core/src/exchange/csv/amounts.ts
function readAmount(text, preferred) {
  const bare = text.trim()
  if (BARE2.test(bare)) return { number: bare, unit: '', currency: preferred }
  const unit = /(?:\p{L}*\p{Sc}|\p{L}[\p{L}.]*)/u.exec(bare.replace(/\d[eE][-+]?\d/, '00'))?.[0] ?? ''
  if (unit === '') return { number: bare, unit, currency: preferred }
  return {
    number: bare
      .replace(unit, '')
      .trim()
      .replace(/^([-+(\u2212])\s+/, '$1'),
    unit,
    currency: currencyOf3(unit, preferred),
  }
}
function currencyOf3(unit, preferred) {
  const sign = unit.toUpperCase()
  if (preferred !== void 0 && SHARED.some(([signs, codes]) => signs.test(sign) && codes.test(preferred)))
    return preferred
  if (isCurrency(sign)) return sign
  return SIGNS[sign]
}
var SIGNS, SHARED, BARE2
var init_amounts = __esm({
  'packages/core/src/exchange/csv/amounts.ts'() {
    init_money()
    SIGNS = {
      '\u20AC': 'EUR',
      '\xA3': 'GBP',
      '\xA5': 'JPY',
      '\uFFE5': 'JPY',
      $: 'USD',
      '\u20B9': 'INR',
      '\u20BD': 'RUB',
      '\u20A9': 'KRW',
      '\u20BA': 'TRY',
      '\u20B4': 'UAH',
      '\u20AA': 'ILS',
      '\u20AB': 'VND',
      '\u0E3F': 'THB',
      '\u20A6': 'NGN',
      '\u20B1': 'PHP',
      US$: 'USD',
      A$: 'AUD',
      AU$: 'AUD',
      C$: 'CAD',
      CA$: 'CAD',
      NZ$: 'NZD',
      HK$: 'HKD',
      S$: 'SGD',
      R$: 'BRL',
      MX$: 'MXN',
      Z\u0141: 'PLN',
      K\u010C: 'CZK',
      FT: 'HUF',
      EURO: 'EUR',
      EUROS: 'EUR',
      SFR: 'CHF',
      'FR.': 'CHF',
    }
    SHARED = [
      [/^\$$/, /^(?:USD|CAD|AUD|NZD|HKD|SGD|MXN|ARS|CLP|COP|TWD)$/],
      [/^[¥￥]$/, /^(?:JPY|CNY)$/],
      [/^KR\.?$/, /^(?:SEK|NOK|DKK|ISK)$/],
    ]
    BARE2 = /^[-\d.,]+$/
  },
})

// packages/core/src/exchange/csv/words.ts
function words(header) {
  const spaced = header
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\p{Nd})/gu, '$1 $2')
    .replace(/(\p{Nd})(\p{L})/gu, '$1 $2')
  return foldText(spaced)
    .replace(/[^\p{L}\p{M}\p{Nd}]+/gu, ' ')
    .trim()
    .replace(/\be mail(s?)\b/g, 'email$1')
}
function qualify(text) {
  const core = []
  let label
  let number2 = 1
  for (const word of text.split(' ')) {
    const named2 = LABEL_OF.get(word)
    if (named2) label ??= named2
    else if (/^\d{1,2}$/.test(word)) number2 = Number(word)
    else if (!PRIMARY.has(word) && !FILLER.has(word)) core.push(word)
  }
  return { core: core.join(' '), number: number2, ...(label && { label }) }
}
function labelOf(text) {
  return qualify(words(text)).label
}
var LABELS, LABEL_OF, PRIMARY, FILLER
var init_words = __esm({
  'packages/core/src/exchange/csv/words.ts'() {
    init_text()
    LABELS = {
      work: 'work business office job corporate professional geschaftlich geschaeftlich dienstlich beruflich arbeit buro professionnel professionnelle bureau travail pro trabajo oficina profesional',
      home: 'home private personal privat personnel personnelle prive domicile maison casa particular',
      mobile: 'mobile cell cellular cellphone mobil mobiltelefon mobilnummer handy handynummer portable movil celular',
      other: 'other alternative alternate secondary additional sonstige andere weitere autre otro otra secundario',
    }
    LABEL_OF = new Map(
      Object.entries(LABELS).flatMap(([label, list3]) => list3.split(' ').map((word) => [word, label])),
    )
    PRIMARY = /* @__PURE__ */ new Set(['primary', 'main', 'default', 'haupt', 'principal', 'principale', 'first'])
    FILLER = /* @__PURE__ */ new Set(['value', 'wert', 'valeur', 'valor'])
  },
})

// packages/core/src/exchange/csv/choices.ts
function readBoolean(text) {
  const folded = foldText(text)
  return TRUE2.has(folded) ? true : FALSE2.has(folded) ? false : void 0
}
function splitList(text) {
  const quoted = text.includes('"')
  const google = (quoted ? text.replace(PART, (part2, inner) => (inner === void 0 ? part2 : '')) : text).includes(':::')
  const parts = google ? text.split(':::') : quoted ? [...text.matchAll(PART)].map(unquoted) : text.split(/[,;|\n]/)
  return [...new Set(parts.map((part2) => part2.trim()).filter((part2) => part2 !== ''))]
}
function splitAddresses(text) {
  const parts = text.split(/:::|[;|\n]|,(?=\s*\S)/)
  return [...new Set(parts.map((part2) => part2.trim()).filter((part2) => part2 !== ''))]
}
function optionFinder(options) {
  const exact = new Set(options)
  const similar = new Map(options.map((option) => [words(option), option]))
  return (text) => (exact.has(text) ? text : similar.get(words(text)))
}
function valueMapper(mapping) {
  if (!mapping) return (text) => text
  const entries = Object.entries(mapping).map(([from, to]) => [from, to ?? ''])
  const exact = new Map(entries)
  const loose = new Map(entries.map(([from, to]) => [from.trim().toLowerCase(), to]))
  return (text) => exact.get(text) ?? loose.get(text.trim().toLowerCase()) ?? text
}
var TRUE2, FALSE2, PART, unquoted, quotedPart
var init_choices = __esm({
  'packages/core/src/exchange/csv/choices.ts'() {
    init_text()
    init_words()
    TRUE2 = /* @__PURE__ */ new Set([
      'true',
      'yes',
      'y',
      't',
      '1',
      'x',
      'on',
      '\u2713',
      '\u2714',
      'ja',
      'j',
      'wahr',
      'oui',
      'o',
      'vrai',
      'si',
      's',
      'verdadero',
      'checked',
    ])
    FALSE2 = /* @__PURE__ */ new Set([
      'false',
      'no',
      'n',
      'f',
      '0',
      '-',
      'off',
      'nein',
      'falsch',
      'non',
      'faux',
      'falso',
      'unchecked',
    ])
    PART = /\s*"((?:[^"]|"")+)"\s*(?:[,;|\n]|$)|[^,;|\n]*(?:[,;|\n]|$)/gy
    unquoted = ([part2, inner]) => inner?.replaceAll('""', '"') ?? part2.replace(/[,;|\n]$/, '')
    quotedPart = (text) => (/[,;|\n]|:::|^"/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  },
})

// packages/core/src/kernel/csv-guard.ts
var RISKY, NUMBER2, PHONE2, guard, unguard
var init_csv_guard = __esm({
  'packages/core/src/kernel/csv-guard.ts'() {
    RISKY = /^['\s]*[=+\-@＝＋－＠\u2212]|^'*[\t\r\n]/
    NUMBER2 = /^[-+]\d+(?:[.,]\d+)?$/
    PHONE2 = /^\+\d[\d ()./-]{4,28}\d$/
    guard = (text) => (RISKY.test(text) && !NUMBER2.test(text) && !PHONE2.test(text) ? `'${text}` : text)
    unguard = (text) => (text.startsWith("'") && RISKY.test(text.slice(1)) ? text.slice(1) : text)
  },
})

// packages/core/src/exchange/csv/guard.ts
var init_guard2 = __esm({
  'packages/core/src/exchange/csv/guard.ts'() {
    init_csv_guard()
  },
})

// packages/core/src/exchange/csv/moments.ts
function readDateAndTime(text, order) {
  const match = TIME.exec(text)
  const date = readDate(match ? text.slice(0, match.index) : text, order)
  if (date === void 0) return void 0
  if (!match) return { date }
  const [, hour = '', minute = '', second = '0', fraction = '', half, zone] = match
  const clock = half ? twelveHours(Number(hour), /^p/i.test(half)) : Number(hour)
  if (!(clock <= 23 && Number(minute) <= 59 && Number(second) <= 60)) return void 0
  const time =
    ((clock * 60 + Number(minute)) * 60 + Math.min(Number(second), 59)) * 1e3 +
    Number(fraction.slice(0, 3).padEnd(3, '0'))
  if (!zone) return { date, time }
  const offset = zoneOffset(zone)
  return offset === void 0 ? void 0 : { date, time, offset }
}
function zoneOffset(zone) {
  const match = /([-+\u2212])(\d{1,2}):?(\d{2})?$/.exec(zone)
  if (!match) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  if (minutes > 18 * 60) return void 0
  return (match[1] === '+' ? minutes : -minutes) * 6e4
}
function toInstant({ date, time, offset }, timeZone) {
  if (time === void 0) return startOfDay(date, timeZone)
  const wall = Date.parse(`${date}T00:00:00Z`) + time
  return new Date(offset === void 0 ? onClocksOf(timeZone, wall) : wall - offset)
}
function onClocksOf(timeZone, wall) {
  if (timeZone === 'UTC') return wall
  const before = wall - offsetOf(timeZone, wall - DAY3)
  const after = wall - offsetOf(timeZone, wall + DAY3)
  const [early, late] = before <= after ? [before, after] : [after, before]
  const shows = (instant2) => instant2 + offsetOf(timeZone, instant2) === wall
  return shows(early) ? early : shows(late) ? late : before
}
var TIME, DAY3, twelveHours
var init_moments = __esm({
  'packages/core/src/exchange/csv/moments.ts'() {
    init_zones()
    init_calendar()
    TIME =
      /[T\s,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?\s*(z|utc|gmt|(?:utc|gmt)?[-+\u2212]\d{1,2}(?::?\d{2})?)?(?:\s*uhr)?$/i
    DAY3 = 864e5
    twelveHours = (hour, afternoon) => (hour < 1 || hour > 12 ? Number.NaN : (hour % 12) + (afternoon ? 12 : 0))
  },
})

// packages/core/src/exchange/csv/values.ts
function cellReader(field2, options, format) {
  const map = valueMapper(options.values?.[field2.name])
  const read = readerOf(field2, options, format)
  let found = []
  const fail = (rule, remedy) => {
    found.push({ field: field2.name, rule, remedy })
    return void 0
  }
  return (cell, problems, currency) => {
    const text = unguard(map(cell)).trim()
    if (text === '') return void 0
    found = problems
    return read(text, fail, currency)
  }
}
function readerOf(field2, options, { dateFormat = 'month-first', decimalMark = 'point' }) {
  switch (field2.kind) {
    case 'number':
      return (text, fail) => readNumber(text, decimalMark, fail)
    case 'integer':
      return (text, fail) => readInteger(text, decimalMark, fail)
    case 'money':
      return (text, fail, currency) => readMoney(text, decimalMark, currency ?? options.currency, fail)
    case 'boolean':
      return (text, fail) => readBoolean(text) ?? fail('invalid-boolean', `Use yes or no instead of ${shown2(text)}.`)
    case 'date':
      return remembering((text, fail) => readMoment(text, dateFormat, fail)?.date)
    case 'instant': {
      const zone = options.timeZone ?? 'UTC'
      const read = remembering((text, fail) => {
        const moment = readMoment(text, dateFormat, fail)
        return moment && toInstant(moment, zone).getTime()
      })
      return (text, fail) => {
        const time = read(text, fail)
        return time === void 0 ? void 0 : new Date(time)
      }
    }
    case 'tags':
      return splitList
    case 'emails':
    case 'phones':
      return splitAddresses
    case 'select':
      return selectReader(field2.options)
    case 'multiselect': {
      const one = selectReader(field2.options)
      return (text, fail) => {
        const values = splitList(text).map((part2) => one(part2, fail))
        return values.includes(void 0) ? void 0 : [...new Set(values)]
      }
    }
    default:
      return (text) => text
  }
}
function remembering(read) {
  const known3 = /* @__PURE__ */ new Map()
  return (text, fail) => {
    const before = known3.get(text)
    if (before !== void 0) return before
    const value = read(text, fail)
    if (value === void 0 || text.length > 40) return value
    if (known3.size >= MEMORY) known3.clear()
    known3.set(Array.from(text).join(''), value)
    return value
  }
}
function readNumber(text, mark, fail) {
  const value = Number(plainDecimal(text.replace(/\s*%$/, ''), mark) ?? Number.NaN)
  if (Number.isFinite(value)) return value
  return fail(
    'invalid-number',
    `Write a number such as ${mark === 'point' ? '1,234.5' : '1.234,5'} instead of ${shown2(text)}.`,
  )
}
function readInteger(text, mark, fail) {
  const value = readNumber(text, mark, fail)
  if (value === void 0 || Number.isSafeInteger(value)) return value
  return fail('not-an-integer', `Write a whole number instead of ${shown2(text)}.`)
}
function readMoney(text, mark, preferred, fail) {
  const { number: number2, unit, currency } = readAmount(text, preferred)
  if (!currency && unit !== '')
    return fail('invalid-currency', `Use a currency code such as EUR or USD instead of ${shown2(unit)}.`)
  if (!currency) return fail('missing-currency', 'Set the currency of the import, or add a column with currency codes.')
  const decimal = plainDecimal(number2, mark)
  if (decimal === void 0)
    return fail(
      'invalid-amount',
      `Write an amount such as ${mark === 'point' ? '1,234.50' : '1.234,50'} instead of ${shown2(text)}.`,
    )
  try {
    return money(decimal, currency)
  } catch (error) {
    if (!isCrmError(error)) throw error
    return fail(error.rule ?? 'invalid-amount', error.remedy ?? 'Write an amount such as 1,234.50.')
  }
}
function readMoment(text, format, fail) {
  if (isNoDate(text)) return void 0
  if (format === 'excel' && /^\d+(?:[.,]\d+)?$/.test(text)) {
    const day = fromExcelSerial(Number(text.replace(',', '.')))?.toISOString()
    if (!day) return fail('invalid-date', `Write a day number of Excel from 61 to 2958465 instead of ${shown2(text)}.`)
    return { date: day.slice(0, 10), time: Date.parse(`1970-01-01T${day.slice(11)}`) }
  }
  const order = format === 'excel' ? 'month-first' : format
  const moment = readDateAndTime(text, order)
  if (moment) return moment
  const other = order === 'month-first' ? 'day-first' : 'month-first'
  if (readDateAndTime(text, other))
    return fail(
      'invalid-date',
      `${shown2(text)} is no ${order} date: set dateFormat: '${other}' if that is how the file writes dates.`,
    )
  return fail('invalid-date', `Write a date such as 2026-03-31 instead of ${shown2(text)}.`)
}
function selectReader(options) {
  if (!options) return (text) => text
  const find2 = optionFinder(options)
  const known3 = options.length > 12 ? `${options.slice(0, 12).join(', ')}, \u2026` : options.join(', ')
  return (text, fail) =>
    find2(text) ?? fail('unknown-option', `Use one of ${known3}, or map ${shown2(text)} to one of them.`)
}
var MEMORY, shown2
var init_values = __esm({
  'packages/core/src/exchange/csv/values.ts'() {
    init_errors()
    init_money()
    init_amounts()
    init_calendar()
    init_choices()
    init_guard2()
    init_moments()
    init_numbers()
    MEMORY = 5e3
    shown2 = (text) => `"${text.length > 40 ? `${text.slice(0, 40)}\u2026` : text}"`
  },
})

// packages/core/src/exchange/csv/input.ts
function inputReader(mapping, fields, options, file) {
  checkValueOptions(options, fields)
  const byName = new Map(fields.map((field2) => [field2.name, field2]))
  const formats = []
  const mapped = mapping.flatMap((column) => {
    const field2 = byName.get(column.field ?? '')
    if (!field2) return []
    const cells2 = file.sample.map(({ values }) => values[column.index]?.trim() ?? '').filter((cell) => cell !== '')
    const format = columnFormat(field2, cells2, options, file.delimiter)
    if (format.dateFormat || format.decimalMark) formats.push({ column: column.column, field: field2.name, ...format })
    const dot = field2.name.indexOf('.')
    const group2 = dot > 0 ? field2.name.slice(0, dot) : void 0
    const reader = cellReader(field2, options, format)
    return [
      { ...column, field: field2.name, kind: field2.kind, group: group2, part: field2.name.slice(dot + 1), reader },
    ]
  })
  const hasMoney = mapped.some(({ kind }) => kind === 'money')
  const currencyColumn = hasMoney ? mapped.find(({ field: field2 }) => field2 === 'currency') : void 0
  const columns2 = mapped.filter((column) => column !== currencyColumn)
  return {
    formats,
    read(values) {
      const input = {}
      const problems = []
      const currency =
        currencyColumn && readCurrency(currencyColumn.reader(values[currencyColumn.index] ?? '', problems), problems)
      for (const column of columns2) {
        const value = column.reader(values[column.index] ?? '', problems, currency)
        if (value !== void 0) put(input, column, value, values)
      }
      return { input, problems }
    },
  }
}
function readCurrency(value, problems) {
  if (typeof value !== 'string') return void 0
  const code = value.toUpperCase()
  if (isCurrency(code)) return code
  problems.push({
    field: 'currency',
    rule: 'invalid-currency',
    remedy: `Use a currency code such as EUR or USD instead of "${value}".`,
  })
  return void 0
}
function put(input, column, value, values) {
  const { field: field2, group: group2 } = column
  if (column.kind === 'emails' || column.kind === 'phones') addValues(input, column, value, values)
  else if (group2 === 'addresses') addressFor(input, column, values)[column.part] = value
  else if (group2 !== void 0) merge(within(input, group2, {}), column.part, value)
  else merge(input, field2, value)
}
function addValues(input, column, found, values) {
  const list3 = within(input, column.field, [])
  const label = labelIn(column, values)
  for (const value of found)
    if (!list3.some((other) => other.value === value)) list3.push({ value, ...(label && { label }) })
}
function addressFor(input, column, values) {
  const list3 = within(input, 'addresses', [])
  const key = `${column.label ?? ''} ${column.number ?? 1}`
  const known3 = list3.find((one) => keyOf2.get(one) === key)
  if (known3) return known3
  const label = labelIn(column, values)
  const address = label ? { label } : {}
  keyOf2.set(address, key)
  list3.push(address)
  return address
}
function within(target, name, beginning) {
  target[name] ??= beginning
  return target[name]
}
function merge(target, name, value) {
  const before = Array.isArray(value) ? target[name] : void 0
  target[name] = Array.isArray(before) ? [.../* @__PURE__ */ new Set([...before, ...value])] : value
}
var labelIn, keyOf2
var init_input = __esm({
  'packages/core/src/exchange/csv/input.ts'() {
    init_money()
    init_formats()
    init_values()
    init_words()
    labelIn = ({ label, labelColumn }, values) =>
      (labelColumn === void 0 ? void 0 : labelOf(values[labelColumn] ?? '')) ?? label
    keyOf2 = /* @__PURE__ */ new WeakMap()
  },
})

// packages/core/src/exchange/csv/import-field.ts
var MANY, LABELLED, takesMany, isLabelled
var init_import_field = __esm({
  'packages/core/src/exchange/csv/import-field.ts'() {
    MANY = /* @__PURE__ */ new Set(['emails', 'phones', 'addresses', 'tags', 'multiselect'])
    LABELLED = /* @__PURE__ */ new Set(['email', 'phone', 'emails', 'phones', 'addresses'])
    takesMany = ({ kind, name }) => MANY.has(kind) || name.startsWith('addresses.')
    isLabelled = ({ kind, name }) => LABELLED.has(kind) || name.startsWith('addresses.')
  },
})

// packages/core/src/exchange/csv/aliases.ts
function conceptOf(name, fields) {
  const last = name.slice(name.lastIndexOf('.') + 1)
  if (last === 'title') return isDeal(fields) ? 'dealTitle' : 'jobTitle'
  if (last === 'name')
    return isPerson(fields) ? 'fullName' : fields.has('sku') || fields.has('unitPrice') ? 'productName' : 'companyName'
  return SYNONYMS[last] ?? last
}
function recordWords(fields) {
  if (isDeal(fields)) return ['deal', 'opportunity']
  return isPerson(fields)
    ? ['person', 'contact', 'lead', 'kontakt']
    : ['company', 'account', 'organization', 'organisation']
}
var list, of, ALIASES, SYNONYMS, isDeal, isPerson
var init_aliases = __esm({
  'packages/core/src/exchange/csv/aliases.ts'() {
    list = (text) => new Set(text === '' ? [] : text.split(',').map((alias) => alias.trim()))
    of = (strong, weak = '') => ({ strong: list(strong), weak: list(weak) })
    ALIASES = {
      firstName: of(
        'first name, firstname, given name, givenname, forename, first, vorname, rufname, prenom, nombre de pila, primer nombre',
        'nombre',
      ),
      lastName: of(
        'last name, lastname, family name, familyname, surname, last, nachname, familienname, zuname, nom de famille, apellido, apellidos, primer apellido',
        'name, nom',
      ),
      fullName: of(
        'name, full name, fullname, display name, person name, contact name, contact, lead name, customer name, person, kontakt, kontaktname, ansprechpartner, vollstandiger name, nom complet, nom et prenom, nombre completo, nombre y apellidos, contacto',
        'nom, nombre, kunde, client, cliente, customer',
      ),
      email: of(
        'email, emails, email address, email addresses, mail, mail address, emailaddress, email adresse, mailadresse, courriel, adresse email, adresse mail, adresse electronique, correo, correo electronico, direccion de correo electronico, direccion de correo',
      ),
      phone: of(
        'phone, phones, phone number, phone numbers, phonenumber, telephone, telephone number, tel, tel no, tel nr, contact number, contact phone, telefon, telefonnummer, rufnummer, festnetz, numero de telephone, telefono, numero de telefono, cellphone, mobile, mobile number, mobile phone, mobiltelefon, mobilnummer, mobil, handy, handynummer, telephone portable, movil, celular, whatsapp',
      ),
      company: of(
        'company, company name, companyname, associated company, primary company, organization, organisation, organization name, organisation name, organization 1 name, employer, business name, firma, firmenname, unternehmen, unternehmensname, organisationsname, societe, nom de la societe, entreprise, nom de l entreprise, raison sociale, empresa, nombre de la empresa, compania, razon social, organizacion',
        'account, account name, org, business, arbeitgeber, employeur, customer, kunde',
      ),
      jobTitle: of(
        'job title, jobtitle, position, job position, organization title, contact title, role title, berufsbezeichnung, stellenbezeichnung, jobtitel, funktion, poste, intitule du poste, fonction, puesto, cargo, puesto de trabajo',
        'title, titel, titre, role, rolle, occupation, job, beruf, profession',
      ),
      dealTitle: of(
        'title, deal, deal name, deal title, dealname, opportunity, opportunity name, deal titel, titel, geschaft, auftrag, vorgang, verkaufschance, bezeichnung, titre, affaire, nom de l affaire, opportunite, nom de l opportunite, titulo, negocio, nombre del negocio, oportunidad, nombre de la oportunidad',
        'name, subject, opportunity id',
      ),
      companyName: of(
        'name, company, company name, organization, organisation, organization name, organisation name, account, account name, business name, firma, firmenname, unternehmen, unternehmensname, societe, nom de la societe, entreprise, nom de l entreprise, raison sociale, empresa, nombre de la empresa, razon social, nom, nombre',
        'customer, client, kunde, org',
      ),
      productName: of(
        'name, product, product name, product title, produkt, produktname, artikel, produit, nom du produit, producto, nombre del producto',
        'title, item',
      ),
      domain: of(
        'domain, company domain, company domain name, website domain, email domain, domain name, domane, domaine, dominio',
        'website, web page, webpage, homepage, website url, url, web, webseite, internetseite, site web, sitio web, pagina web',
      ),
      website: of(
        'website, web site, web page, webpage, website url, company website, homepage, web, webseite, internetseite, internetadresse, site web, site internet, sitio web, pagina web',
        'url, link, domain',
      ),
      linkedin: of('linkedin, linkedin url, linkedin profile, profile url, person linkedin url'),
      source: of(
        'source, lead source, original source, leadsource, channel, acquisition channel, quelle, herkunft, lead quelle, leadquelle, origine, source du lead, origine du contact, origen, fuente, origen del lead',
        'referred by, origin',
      ),
      status: of(
        'status, lead status, leadstatus, contact status, statut, statut du lead, estado, estado del lead',
        'lifecycle stage, state, etat',
      ),
      score: of('score, lead score, rating, punktzahl, bewertung, puntuacion'),
      campaign: of('campaign, campaign name, utm campaign, kampagne, campagne, campana'),
      medium: of('medium, utm medium'),
      tags: of(
        'tags, tag, labels, label, categories, category, group membership, groups, keywords, schlagworter, schlagworte, kategorien, kategorie, gruppen, etiquettes, mots cles, categories, etiquetas, categorias, palabras clave',
      ),
      owner: of(
        'owner, owner name, owner email, contact owner, lead owner, deal owner, account owner, company owner, record owner, opportunity owner, assigned to, assignee, sales rep, salesperson, sales agent, account manager, sales, besitzer, eigentumer, inhaber, zustandig, zustandiger, verantwortlich, verantwortlicher, bearbeiter, betreuer, vertriebsmitarbeiter, proprietaire, responsable, commercial, propietario, asignado a, vendedor, comercial',
        'agent, rep',
      ),
      team: of('team, sales team, office, regional office, region'),
      amount: of(
        'amount, deal amount, value, deal value, close value, opportunity amount, total, price, betrag, wert, auftragswert, summe, volumen, umsatz, montant, valeur, prix, importe, monto, valor, cantidad, precio',
        'revenue, expected revenue, sum',
      ),
      revenue: of(
        'revenue, annual revenue, yearly revenue, turnover, umsatz, jahresumsatz, chiffre d affaires, ca, ingresos, facturacion, ingresos anuales',
      ),
      currency: of(
        'currency, currency code, deal currency, currency iso code, wahrung, waehrung, devise, monnaie, moneda, divisa',
      ),
      pipeline: of('pipeline, deal pipeline, sales pipeline, vertriebspipeline, embudo'),
      stage: of(
        'stage, deal stage, pipeline stage, sales stage, opportunity stage, phase, stufe, verkaufsphase, deal phase, vertriebsphase, etape, phase de vente, etape de vente, etapa, fase, etapa del negocio',
        'status, step',
      ),
      probability: of(
        'probability, deal probability, win probability, probability %, wahrscheinlichkeit, probabilite, probabilidad',
      ),
      expectedCloseDate: of(
        'expected close date, expected close, close date, closing date, closedate, due date, abschlussdatum, voraussichtlicher abschluss, erwartetes abschlussdatum, geplanter abschluss, date de cloture, date de cloture prevue, date de fermeture, fecha de cierre, fecha prevista de cierre, fecha de cierre prevista',
      ),
      closeDate: of(
        'close date, closing date, closedate, close, expected close date, abschlussdatum, abschluss, date de cloture, date de fermeture, fecha de cierre',
      ),
      closedAt: of(
        'closed at, closed date, closed on, date closed, won date, actual close date, geschlossen am, abgeschlossen am, cloture le, cerrado el',
        'close date, closing date, abschlussdatum, date de cloture, fecha de cierre',
      ),
      lostReason: of(
        'lost reason, loss reason, closed lost reason, reason lost, verlustgrund, ablehnungsgrund, raison de perte, motif de perte, motivo de perdida',
      ),
      product: of('product, product name, produkt, produit, producto'),
      sku: of('sku, product code, item number, article number, artikelnummer, reference, referencia, codigo'),
      createdAt: of(
        'created at, created, created on, created date, create date, creation date, date created, added on, date added, first seen, erstellt, erstellt am, erstelldatum, angelegt am, anlagedatum, cree le, date de creation, date d ajout, creado, creado el, fecha de creacion, fecha de alta',
        'engage date',
      ),
      updatedAt: of(
        'updated at, updated, updated on, last modified, last modified date, modified, geandert am, aktualisiert am, modifie le, date de modification, modificado el, fecha de modificacion',
      ),
      birthday: of(
        'birthday, birth date, birthdate, date of birth, geburtstag, geburtsdatum, anniversaire, date de naissance, cumpleanos, fecha de nacimiento',
      ),
      industry: of(
        'industry, sector, branch, branche, wirtschaftszweig, industrie, secteur, secteur d activite, sector de actividad, industria',
        'vertical, business type',
      ),
      size: of(
        'size, company size, employees, number of employees, employee count, no of employees, headcount, mitarbeiter, mitarbeiterzahl, anzahl mitarbeiter, anzahl der mitarbeiter, unternehmensgrosse, grosse, effectif, effectifs, nombre d employes, taille, numero de empleados, empleados, tamano',
      ),
      parent: of(
        'parent, parent company, parent account, subsidiary of, muttergesellschaft, konzern, societe mere, maison mere, empresa matriz',
      ),
      notes: of(
        'notes, note, background, background info, remarks, comments, comment, bemerkung, bemerkungen, notiz, notizen, kommentar, kommentare, anmerkungen, remarque, remarques, commentaire, commentaires, notas, nota, comentarios, observaciones',
        'description, memo, background',
      ),
      description: of('description, beschreibung, descripcion, about', 'notes, background'),
      street: of(
        'street, street address, address street, address line 1, address 1, mailing street, strasse, strasse und hausnummer, rue, calle, direccion',
        'address, adresse, anschrift, address formatted',
      ),
      city: of(
        'city, town, address city, mailing city, locality, ort, stadt, wohnort, ville, commune, localite, ciudad, poblacion, localidad',
      ),
      region: of(
        'region, state, province, state region, state province, address region, mailing state province, county, bundesland, kanton, departement, etat, provincia, comunidad autonoma',
        'estado',
      ),
      postalCode: of(
        'postal code, zip, zip code, zip postal code, postcode, address postal code, plz, postleitzahl, code postal, cp, codigo postal',
      ),
      country: of('country, country region, country code, address country, nation, land, staat, pays, pais'),
      address: of(
        'address, full address, address formatted, adresse, anschrift, adresse complete, direccion, direccion completa',
      ),
    }
    SYNONYMS = {
      emails: 'email',
      phones: 'phone',
      mobile: 'phone',
      companyId: 'company',
      ownerId: 'owner',
      fullName: 'fullName',
      url: 'website',
      state: 'region',
      zip: 'postalCode',
      employees: 'size',
      value: 'amount',
      price: 'amount',
      note: 'notes',
    }
    isDeal = (fields) => fields.has('stage') || fields.has('amount')
    isPerson = (fields) => ['firstName', 'lastName', 'company', 'emails'].some((name) => fields.has(name))
  },
})

// packages/core/src/exchange/csv/match.ts
function readHeader(column, index) {
  const text = words(column)
  const plain2 = text
    .split(' ')
    .filter((word) => !/^\d{1,2}$/.test(word) && word !== 'value')
    .join(' ')
  return { ...qualify(text), index, words: text, plain: plain2 }
}
function fitTo(field2, names2) {
  const concept = conceptOf(field2.name, names2)
  const { strong, weak } = ALIASES[concept] ?? NONE
  const own2 = /* @__PURE__ */ new Set([
    words(field2.name.slice(field2.name.lastIndexOf('.') + 1)),
    words(field2.label),
  ])
  const aliases = new Set(field2.aliases.map(words))
  const prefixes = recordWords(names2)
  const known3 = (text) => strong.has(text) || own2.has(text) || aliases.has(text)
  const qualified = ({ core, label, number: number2, words: text }) => {
    if (!QUALIFIED.has(concept)) return false
    if (concept === 'street' && number2 > 1 && !text.startsWith('address')) return false
    return known3(core) || (concept === 'phone' && core === '' && label === 'mobile')
  }
  return (header) => {
    const { words: text, plain: plain2 } = header
    if (aliases.has(text)) return 0.95
    if (own2.has(text) && !weak.has(text)) return 1
    if (strong.has(text)) return 0.9
    if (qualified(header)) return 0.85
    if (plain2 !== text && known3(plain2) && concept !== 'street') return 0.8
    const prefix = prefixes.find((word) => text.startsWith(`${word} `))
    if (prefix) {
      const rest = readHeader(text.slice(prefix.length + 1), header.index)
      if (known3(rest.words) || qualified(rest)) return 0.75
    }
    return weak.has(text) ? 0.5 : 0
  }
}
function pairNames(fits2) {
  const first = fits2.get('firstName')
  const last = fits2.get('lastName')
  const has = (half) => half?.some((fit) => fit > 0.5) ?? false
  const hasFirst = has(first)
  const hasLast = has(last)
  const settle2 = (half, paired) =>
    half?.forEach((fit, index) => {
      if (fit === 0.5) half[index] = paired ? 1.1 : 0
    })
  settle2(first, hasLast && !hasFirst)
  settle2(last, hasFirst && !hasLast)
}
var QUALIFIED, NONE
var init_match2 = __esm({
  'packages/core/src/exchange/csv/match.ts'() {
    init_aliases()
    init_words()
    QUALIFIED = /* @__PURE__ */ new Set([
      'email',
      'phone',
      'street',
      'city',
      'region',
      'postalCode',
      'country',
      'address',
    ])
    NONE = { strong: /* @__PURE__ */ new Set(), weak: /* @__PURE__ */ new Set() }
  },
})

// packages/core/src/exchange/csv/overrides.ts
function readOverrides(columns2, fields, overrides) {
  if (typeof overrides !== 'object' || overrides === null)
    throw invalid('mapping', 'wrong-type', "Give fields by column, such as { 'E-mail 1': 'email' }.")
  const chosen = /* @__PURE__ */ new Map()
  const usedBy = /* @__PURE__ */ new Map()
  for (const [header, name] of Object.entries(overrides)) {
    const index = positionOf(header, columns2)
    if (chosen.has(index))
      throw invalid(`mapping.${header}`, 'mapped-twice', `Name the column "${columns2[index]}" once.`)
    if (name === null) {
      chosen.set(index, null)
      continue
    }
    const field2 = fields.get(name)
    if (!field2) {
      const known3 = `Use one of the fields ${[...fields.keys()].join(', ')}, or null to leave the column out.`
      throw invalid(`mapping.${header}`, 'unknown-field', known3)
    }
    const other = usedBy.get(name)
    if (other !== void 0 && !takesMany(field2))
      throw invalid(
        `mapping.${header}`,
        'mapped-twice',
        `"${name}" has one value: map "${other}" or "${header}" to it, not both.`,
      )
    usedBy.set(name, header)
    chosen.set(index, field2)
  }
  return chosen
}
function positionOf(header, columns2) {
  const exact = columns2.indexOf(header)
  if (exact >= 0) return exact
  const wanted = words(header)
  const similar = columns2.flatMap((column, index) => (words(column) === wanted ? [index] : []))
  if (similar.length === 1) return similar[0]
  const known3 = columns2.map((column) => `"${column}"`).join(', ')
  throw invalid(`mapping.${header}`, 'unknown-column', `Use a header of the file: ${known3}.`)
}
var init_overrides = __esm({
  'packages/core/src/exchange/csv/overrides.ts'() {
    init_errors()
    init_import_field()
    init_words()
  },
})

// packages/core/src/exchange/csv/mapping.ts
function mapColumns(columns2, fields, overrides = {}) {
  const byName = new Map(fields.map((field2) => [field2.name, field2]))
  const headers = columns2.map(readHeader)
  const chosen = readOverrides(columns2, byName, overrides)
  const mapping = columns2.map((column, index) => ({ column, index, confidence: 0, unmapped: 'unknown' }))
  const used2 = /* @__PURE__ */ new Set()
  const map = (header, field2, confidence) => {
    used2.add(field2.name)
    const { label, number: number2 } = isLabelled(field2) ? header : { label: void 0, number: 1 }
    mapping[header.index] = {
      column: columns2[header.index],
      index: header.index,
      field: field2.name,
      ...(label && { label }),
      ...(number2 > 1 && { number: number2 }),
      confidence,
    }
  }
  for (const [index, field2] of chosen) {
    if (field2) map(headers[index], field2, 1)
    else mapping[index].unmapped = 'ignored'
  }
  for (const { header, field: field2, fit } of candidates(headers, fields)) {
    const column = mapping[header.index]
    if (chosen.has(header.index) || column.field !== void 0) continue
    if (used2.has(field2.name) && !(takesMany(field2) && fit > 0.5)) column.unmapped = 'taken'
    else map(header, field2, Math.min(fit, 1))
  }
  addLabelColumns(mapping, headers, byName)
  return mapping
}
function candidates(headers, fields) {
  const names2 = new Set(fields.map(({ name }) => name))
  const fits2 = new Map(
    fields.map((field2) => {
      const fit = fitTo(field2, names2)
      return [field2.name, headers.map(fit)]
    }),
  )
  pairNames(fits2)
  const all = fields.flatMap((field2) =>
    headers.map((header, at) => ({ header, field: field2, fit: fits2.get(field2.name)?.[at] ?? 0 })),
  )
  return all
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit || rank(a.header) - rank(b.header) || a.header.index - b.header.index)
}
function addLabelColumns(mapping, headers, fields) {
  for (const { index, words: text } of headers) {
    const stem = /^(.+) (?:label|type|typ|etikett|bezeichnung)$/.exec(text)?.[1]
    const column = mapping[index]
    if (!stem || column?.unmapped !== 'unknown') continue
    for (const value of mapping) {
      const field2 = fields.get(value.field ?? '')
      if (!field2 || !isLabelled(field2) || !`${words(value.column)} `.startsWith(`${stem} `)) continue
      value.labelColumn = index
      column.unmapped = 'label'
    }
  }
}
var LABEL_RANK, rank
var init_mapping = __esm({
  'packages/core/src/exchange/csv/mapping.ts'() {
    init_import_field()
    init_match2()
    init_overrides()
    init_words()
    LABEL_RANK = { work: 1, mobile: 2, home: 3, other: 4 }
    rank = ({ label, number: number2 }) => (label ? LABEL_RANK[label] : 0) + number2 * 10
  },
})

// packages/core/src/exchange/import/fields.ts
function importFields(query, table3) {
  const writable = (name, field2) =>
    !isServerOwned(field2) && isVisible(query.actor, table3, name) && query.actor.field(table3.type, name) === 'update'
  const manyOf = (name) => table3.definition.keys?.[`${name}s`] !== void 0
  const fields = []
  for (const [name, { field: field2 }] of table3.fields) {
    if (
      name === 'custom' ||
      !writable(name, field2) ||
      manyOf(name) ||
      (field2.kind === 'link' && !NAMED_LINKS.has(field2.to))
    )
      continue
    if (name === 'address' || name === 'addresses')
      fields.push(...ADDRESS_PARTS2.map((part2) => textField(`${name}.${part2}`, part2)))
    else if (!NOT_IN_CELLS.has(field2.kind)) fields.push(asImportField(name, field2))
  }
  for (const [name, field2] of Object.entries(table3.custom)) {
    if (writable(`custom.${name}`, field2) && !NOT_IN_CELLS.has(field2.kind))
      fields.push(asImportField(`custom.${name}`, field2))
  }
  if (fields.some(({ kind }) => kind === 'money')) fields.push(textField('currency', 'Currency'))
  return fields
}
var ADDRESS_PARTS2, NAMED_LINKS, NOT_IN_CELLS, asImportField, textField, words2
var init_fields = __esm({
  'packages/core/src/exchange/import/fields.ts'() {
    init_field()
    init_visibility()
    ADDRESS_PARTS2 = ['street', 'city', 'region', 'postalCode', 'country']
    NAMED_LINKS = /* @__PURE__ */ new Set(['companies', 'pipelines', 'stages'])
    NOT_IN_CELLS = /* @__PURE__ */ new Set(['json', 'addresses'])
    asImportField = (name, { kind, label, aliases = [], options }) => ({
      name,
      label: label ?? words2(name.replace('custom.', '')),
      kind: kind === 'link' || kind === 'user' ? 'text' : kind,
      aliases,
      ...(options && { options }),
    })
    textField = (name, label) => ({
      name,
      label: words2(label),
      kind: 'text',
      aliases: [],
    })
    words2 = (name) => {
      const text = name.replace(/([A-Z])/g, ' $1').toLowerCase()
      return text.charAt(0).toUpperCase() + text.slice(1)
    }
  },
})

// packages/core/src/exchange/import/read-row.ts
function rowReader(query, table3, file, options, users) {
  const fields = importFields(query, table3)
  const owners = ownersByName(users, query.actor.scope('users', 'read').kind !== 'none')
  const columns2 = withoutStrangers(mapColumns(file.columns, fields, options.mapping), owners, file, options)
  const { settings } = query.engine
  const reader = inputReader(
    columns2,
    fields,
    {
      currency: options.currency ?? settings.currency,
      timeZone: query.actor.zone,
      ...(options.dateFormat && { dateFormat: options.dateFormat }),
      ...(options.values && { values: options.values }),
    },
    file,
  )
  const defaults = options.defaults ?? {}
  const companyField = linkToCompany(table3)
  const columnOf = new Map(
    columns2.flatMap(({ field: field2, column }) => (field2 ? [[field2.split('.')[0], column]] : [])),
  )
  const withColumn = (problem) => {
    const column = columnOf.get(problem.field.split('.')[0])
    return column === void 0 ? problem : { ...problem, column }
  }
  return {
    companyField,
    mapping: columns2.map(({ column, field: field2, label }) => ({
      column,
      field: field2 ?? null,
      ...(label && { label }),
    })),
    targets: fields.map(({ name, label }) => ({ name, label })),
    formats: reader.formats,
    fields: /* @__PURE__ */ new Set([
      ...columns2.flatMap(({ field: field2 }) => (field2 ? [field2] : [])),
      ...Object.keys(defaults),
    ]),
    read(values) {
      const { input, problems } = reader.read(values)
      const row = { ...defaults, ...input }
      if (typeof row.owner === 'string') {
        const owner = owners.get(row.owner.toLowerCase())
        if (owner === void 0)
          problems.push({ field: 'owner', rule: 'unknown-user', remedy: 'Give the id, email or name of a user.' })
        row.owner = owner
      }
      const company = companyField !== void 0 && typeof row[companyField] === 'string' ? row[companyField] : void 0
      if (company !== void 0) delete row[companyField]
      return { input: row, company, problems: problems.map(withColumn) }
    },
    withoutDefaults: (values, input) => {
      const given = Object.entries(values).filter(([name]) => !(name in defaults) || input[name] !== defaults[name])
      return Object.fromEntries(given)
    },
    explain: (error) =>
      (error.problems.length > 0
        ? error.problems
        : [{ field: 'row', rule: error.code.toLowerCase(), remedy: error.message }]
      ).map(withColumn),
  }
}
function withoutStrangers(columns2, owners, file, options) {
  return columns2.map((column) => {
    if (column.field !== 'owner' || (options.mapping && column.column in options.mapping)) return column
    const known3 = file.sample.some(({ values }) => owners.has((values[column.index] ?? '').trim().toLowerCase()))
    return known3 ? column : { column: column.column, index: column.index, confidence: 0, unmapped: 'unknown' }
  })
}
function ownersByName(users, named2) {
  const owners = /* @__PURE__ */ new Map()
  const put2 = (name, id) => {
    if (name === null) return
    const key = name.toLowerCase()
    owners.set(key, owners.has(key) && owners.get(key) !== id ? void 0 : id)
  }
  for (const user of named2 ? users : []) {
    put2(user.name, user.id)
    put2(user.email, user.id)
  }
  for (const user of users) owners.set(user.id.toLowerCase(), user.id)
  return owners
}
var linkToCompany
var init_read_row = __esm({
  'packages/core/src/exchange/import/read-row.ts'() {
    init_input()
    init_mapping()
    init_fields()
    linkToCompany = (table3) =>
      [...table3.fields.values()].find(
        ({ field: field2 }) => field2.kind === 'link' && field2.to === 'companies' && field2.mode === 'optional',
      )?.name
  },
})

// packages/core/src/exchange/import/run.ts
var run_exports = {}
__export(run_exports, {
  importCsv: () => importCsv,
})
async function importCsv(caller, type, source, options = {}) {
  refuseUnknownOptions(options)
  const mode2 = options.mode ?? 'create'
  if (!MODES.includes(mode2)) throw invalid('mode', 'invalid-option', `Use one of: ${MODES.join(', ')}.`)
  const query = await queryContext(caller)
  requireAny(query.actor, type, 'import')
  const table3 = tableOf(query.engine, type)
  const file = await openCsv(source, options)
  try {
    const users = await readUsers({ all: caller.storage.read }, caller)
    const reader = rowReader(query, table3, file, options, users)
    const key = importKey(query, table3, options.key, reader.fields)
    if (mode2 !== 'create' && !key)
      throw invalid('key', 'required', 'Say by which field rows are matched, such as email.')
    const job = await jobOf(caller, type, file, options)
    const run = {
      caller,
      query,
      table: table3,
      mode: mode2,
      key,
      reader,
      companies: companyLinks(query, options.createCompanies ?? true),
      failures: createFailures(file, options.onFailedRows),
      job,
      seen: options.dryRun ? /* @__PURE__ */ new Set() : void 0,
    }
    if (!job.done) await readAll2(run, file, options)
    return {
      ...job.counts,
      errors: run.failures.first,
      mapping: reader.mapping,
      encoding: file.encoding,
      delimiter: file.delimiter,
      dryRun: options.dryRun ?? false,
    }
  } finally {
    await file.close()
  }
}
async function jobOf(caller, type, file, options) {
  const { mode: mode2, key, mapping, values, defaults, dateFormat, currency } = options
  const fingerprint = JSON.stringify([file.columns, mode2, key, mapping, values, defaults, dateFormat, currency])
  if (options.job === void 0 || options.dryRun)
    return { name: '', fingerprint, lines: 0, done: false, counts: noCounts() }
  return openJob(caller, type, options.job, fingerprint)
}
async function readAll2(run, file, options) {
  const { job } = run
  for await (const batch of file.batches()) {
    const fresh = {
      rows: batch.rows.filter(({ line: line2 }) => line2 > job.lines),
      errors: batch.errors.filter(({ line: line2 }) => line2 > job.lines),
    }
    if (fresh.rows.length + fresh.errors.length === 0) continue
    const before = { counts: { ...job.counts }, lines: job.lines }
    const failed = run.failures.mark()
    const startAgain = () => {
      Object.assign(job, before, { counts: { ...before.counts } })
      run.failures.reset(failed)
      run.companies.forget()
    }
    let tried = false
    try {
      if (options.dryRun) await checkBatch(run, fresh)
      else
        await transact(run.caller, (write) => {
          if (tried) startAgain()
          tried = true
          return writeBatch(run, write, fresh)
        })
    } catch (error) {
      startAgain()
      throw error
    }
    await run.failures.flush()
    await options.onProgress?.({ ...job.counts, line: job.lines, bytesRead: file.bytesRead })
  }
  job.done = true
  if (job.name !== '' && !options.dryRun) await transact(run.caller, (write) => saveJob(write, run.table.type, job))
}
async function writeBatch(run, write, batch) {
  const { job, reader, companies: companies2, key } = run
  const rows = readRows(run, batch)
  const ready = rows.filter((row) => row.values !== void 0)
  await companies2.look(
    write,
    ready.flatMap((row) => (row.company === void 0 ? [] : [row.company])),
  )
  if (key) await holdAll(write, run.table)
  const found = key ? await key.find(write, keysOf3(run, ready)) : /* @__PURE__ */ new Map()
  for (const row of ready) {
    companies2.begin()
    const result = await attempt2(
      write,
      run.table.type,
      (inner) => writeRow2(run, inner, row, found),
      row.company !== void 0,
    )
    if (result.ok) job.counts[result.value]++
    else {
      companies2.takeBack()
      run.failures.add(row.line, row.raw, reader.explain(result.error))
    }
  }
  count(run, batch, rows)
  if (job.name !== '') await saveJob(write, run.table.type, job)
}
async function writeRow2(run, write, row, found) {
  const { table: table3, mode: mode2, companies: companies2, key, query } = run
  const rowKey = key?.of(row.values)
  const existing = rowKey === void 0 ? void 0 : found.get(rowKey)
  if (existing && mode2 === 'create') throw duplicate(key)
  if (!existing && mode2 === 'update') throw noMatch(key)
  const values =
    existing || mode2 === 'create' ? { ...row.values } : query.engine.validator(table3.type).create(row.input)
  if (row.company !== void 0) {
    const company = await companies2.resolve(write, row.company)
    if (!company)
      throw invalid(
        run.reader.companyField,
        'missing-target',
        'Create the company first, or let the import create companies.',
      )
    values[run.reader.companyField] = company
  }
  if (existing) return updateRow(run, write, existing, run.reader.withoutDefaults(values, row.input))
  const record = await createIn(write, table3.type, values)
  if (rowKey !== void 0) found.set(rowKey, record.id)
  return 'created'
}
async function updateRow({ table: table3, query }, write, id, values) {
  const lists = ['tags', ...Object.keys(table3.definition.keys ?? {})].filter((name) => Array.isArray(values[name]))
  const before = lists.length > 0 ? await findInScope(query, write, table3.type, id, 'update') : void 0
  for (const name of lists) values[name] = union(before?.[name], values[name])
  const events = write.events.length
  await updateIn(write, table3.type, id, values)
  return write.events.length > events ? 'updated' : 'unchanged'
}
function union(before, added) {
  const text = (value) => foldText(typeof value === 'string' ? value : value.value)
  const known3 = before ?? []
  const seen = new Set(known3.map(text))
  const fresh = added.filter((value) => !seen.has(text(value)))
  return [
    ...known3,
    ...fresh.map((value) => (typeof value === 'object' && known3.length > 0 ? { ...value, primary: false } : value)),
  ]
}
async function checkBatch(run, batch) {
  const { job, key, caller, mode: mode2, seen } = run
  const rows = readRows(run, batch)
  const ready = rows.filter((row) => row.values !== void 0)
  const found = key ? await key.find({ all: caller.storage.read }, keysOf3(run, ready)) : /* @__PURE__ */ new Map()
  for (const row of ready) {
    const rowKey = key?.of(row.values)
    const exists = rowKey !== void 0 && (found.has(rowKey) || seen.has(rowKey))
    if (exists && mode2 === 'create') run.failures.add(row.line, row.raw, run.reader.explain(duplicate(key)))
    else if (!exists && mode2 === 'update') run.failures.add(row.line, row.raw, run.reader.explain(noMatch(key)))
    else job.counts[exists ? 'updated' : 'created']++
    if (rowKey !== void 0) seen.add(rowKey)
  }
  count(run, batch, rows)
}
function readRows({ query, table: table3, mode: mode2, reader, failures }, batch) {
  const validator = query.engine.validator(table3.type)
  const check2 = mode2 === 'create' ? validator.create : validator.patch
  return batch.rows.map(({ line: line2, values, raw: raw2 }) => {
    const { input, company, problems } = reader.read(values)
    if (problems.length === 0) {
      try {
        return { line: line2, raw: raw2, company, input, values: check2(input) }
      } catch (error) {
        if (!isCrmError(error)) throw error
        problems.push(...reader.explain(error))
      }
    }
    failures.add(line2, raw2, problems)
    return { line: line2, raw: raw2, company: void 0, input: void 0, values: void 0 }
  })
}
function count(run, batch, rows) {
  const { job, failures } = run
  for (const { line: line2, raw: raw2, problem } of batch.errors) failures.add(line2, raw2, [problem])
  const counts = job.counts
  counts.rows += rows.length + batch.errors.length
  counts.failed = counts.rows - counts.created - counts.updated - counts.unchanged
  job.lines = Math.max(
    job.lines,
    ...batch.rows.map(({ line: line2 }) => line2),
    ...batch.errors.map(({ line: line2 }) => line2),
  )
}
var noMatch, duplicate, keysOf3
var init_run = __esm({
  'packages/core/src/exchange/import/run.ts'() {
    init_actor()
    init_errors()
    init_text()
    init_bulk()
    init_create()
    init_engine()
    init_find()
    init_guard()
    init_query()
    init_update()
    init_write()
    init_users()
    init_rows()
    init_companies()
    init_failures()
    init_job()
    init_match()
    init_options()
    init_read_row()
    noMatch = (key) =>
      invalid(key.field, 'no-match', 'There is no such record among yours; import it with mode upsert.')
    duplicate = (key) =>
      invalid(
        key.field,
        'duplicate',
        'A record with the same value is there already; import it with mode upsert to change that one.',
      )
    keysOf3 = ({ key }, rows) => [...new Set(rows.map((row) => key?.of(row.values)).filter((one) => one !== void 0))]
  },
})

// packages/core/src/exchange/import/preview.ts
var preview_exports = {}
__export(preview_exports, {
  previewImport: () => previewImport,
})
async function previewImport(caller, type, source, options = {}) {
  refuseUnknownOptions(options)
  const query = await queryContext(caller)
  requireAny(query.actor, type, 'import')
  const file = await openCsv(source, options)
  try {
    const users = await readUsers({ all: caller.storage.read }, caller)
    const reader = rowReader(query, tableOf(query.engine, type), file, options, users)
    const rows = file.sample.slice(0, SHOWN).map(({ line: line2, values }) => ({ line: line2, ...reader.read(values) }))
    return {
      mapping: reader.mapping,
      fields: reader.targets,
      encoding: file.encoding,
      delimiter: file.delimiter,
      rows: rows.map(({ line: line2, input, company }) => ({
        line: line2,
        input: company === void 0 ? input : { ...input, company },
      })),
      errors: rows.flatMap(({ line: line2, problems }) => problems.map((problem) => ({ line: line2, ...problem }))),
      formats: reader.formats,
    }
  } finally {
    await file.close()
  }
}
var SHOWN
var init_preview = __esm({
  'packages/core/src/exchange/import/preview.ts'() {
    init_actor()
    init_engine()
    init_query()
    init_users()
    init_rows()
    init_options()
    init_read_row()
    SHOWN = 20
  },
})

// packages/core/src/exchange/csv/writer.ts
async function* writeCsv(header, rows, options = {}) {
  const { line: line2, start: start2 } = lineWriter(options)
  let text = start2 + line2(header)
  for await (const row of rows) {
    text += line2(row)
    if (text.length < CHUNK2) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}
function lineWriter({ delimiter = ',', bom = false, newline = '\r\n' }) {
  checkDelimiter(delimiter)
  const line2 = (row) => {
    const text = row.map((value) => csvCell(value, delimiter)).join(delimiter)
    return (text === '' ? '""' : text) + newline
  }
  return { line: line2, start: bom ? '\uFEFF' : '' }
}
function csvCell(value, delimiter = ',') {
  const text = cellText(value)
  const safe4 = typeof value === 'number' || typeof value === 'bigint' || isMoney(value) ? text : guard(text)
  const quoted = NEEDS_QUOTES.test(safe4) || safe4.includes(delimiter)
  return quoted ? `"${safe4.replaceAll('"', '""')}"` : safe4
}
function cellText(value) {
  if (value === null || value === void 0) return ''
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString()
  if (typeof value !== 'object') return String(value)
  if (isMoney(value)) return `${toDecimal(value)} ${value.currency}`
  if (Array.isArray(value))
    return value
      .map((one) => (typeof one === 'string' ? quotedPart(cellText(one)) : cellText(labelled2(one) ? one.value : one)))
      .join('; ')
  return JSON.stringify(value)
}
var CHUNK2, NEEDS_QUOTES, labelled2
var init_writer = __esm({
  'packages/core/src/exchange/csv/writer.ts'() {
    init_money()
    init_choices()
    init_delimiter()
    init_guard2()
    CHUNK2 = 65536
    NEEDS_QUOTES = /[",;\t|\r\n]|^\s|\s$|^sep=/i
    labelled2 = (value) =>
      typeof value === 'object' && value !== null && 'value' in value && typeof value.value === 'string'
  },
})

// packages/core/src/exchange/export.ts
var export_exports = {}
__export(export_exports, {
  exportCsv: () => exportCsv,
})
async function* exportCsv(caller, type, options = {}) {
  const { where, orderBy, search, fields, ...writing } = options ?? {}
  if (fields !== void 0 && !(Array.isArray(fields) && fields.every((name) => typeof name === 'string'))) {
    throw invalid('fields', 'wrong-type', 'Give a list of field names.')
  }
  const query = await queryContext(caller)
  const table3 = tableOf(query.engine, type)
  const scope = narrower2(requireAny(query.actor, type, 'read'), requireAny(query.actor, type, 'export'))
  const known3 = ['id', ...table3.fields.keys(), ...Object.keys(table3.custom).map((name) => `custom.${name}`)]
  const visible = known3.filter((name) => name !== 'custom' && (name === 'id' || isVisible(query.actor, table3, name)))
  const stranger = fields?.find((name) => !visible.includes(name))
  if (stranger !== void 0)
    throw invalid(`fields.${stranger}`, 'unknown-field', 'Remove it, or check the spelling: there is no such field.')
  const columns2 = fields ?? visible.filter((name) => name !== 'deletedAt')
  const records = eachRecord(caller, type, { where, orderBy, search }, scope)
  yield* writeCsv(columns2, rowsOf(records, columns2), writing)
}
async function* rowsOf(records, columns2) {
  for await (const record of records) {
    yield columns2.map((name) =>
      name.startsWith('custom.') ? record.custom[name.slice('custom.'.length)] : record[name],
    )
  }
}
function narrower2(read, other) {
  if (read.kind !== 'owners') return read.kind === 'all' ? other : read
  if (other.kind !== 'owners') return other.kind === 'all' ? read : other
  return other.owners.size <= read.owners.size ? other : read
}
var init_export = __esm({
  'packages/core/src/exchange/export.ts'() {
    init_actor()
    init_errors()
    init_engine()
    init_list()
    init_query()
    init_visibility()
    init_writer()
  },
})

// packages/core/src/leads/convert-duplicates.ts
async function likelyDuplicates(write, name, evidence) {
  const found = await findDuplicates(writeQuery(write), write, TYPES2[name], evidence)
  return found.filter(({ score }) => score >= SURE_ENOUGH)
}
function dealEvidence({ title }, company) {
  if (company === void 0 || typeof title !== 'string') return []
  const folded = foldText(title)
  return [
    {
      reason: 'same-title',
      field: 'title',
      weight: 0.8,
      find: sql`r.title_fold = ${folded} and r.company = ${company.id} and r.status = 'open'`,
      agrees: (other) => sameText([folded], other.title) && other.company === company.id,
    },
  ]
}
async function withoutTaken(write, name, record, fills) {
  const field2 = name === 'contact' ? 'emails' : name === 'company' ? 'domain' : void 0
  if (field2 === void 0 || fills[field2] === void 0) return fills
  const query = writeQuery(write)
  const evidence =
    name === 'contact'
      ? contactEvidence(query, { emails: fills.emails })
      : companyEvidence(query, { domain: fills.domain })
  const others = await findDuplicates(query, write, TYPES2[name], evidence, record.id)
  if (others.length === 0) return fills
  const { [field2]: _, ...rest } = fills
  return rest
}
function refuseDuplicates(duplicates) {
  const problems = Object.keys(TYPES2).flatMap((name) => {
    const found = duplicates[name]
    if (found.length === 0) return []
    const remedy = `Link one of the candidates with ${name}: { link: id }, or pass onDuplicate: 'link' or 'create'.`
    return [{ field: name, rule: 'duplicate', remedy, candidates: found.map(({ record }) => record.id) }]
  })
  if (problems.length === 0) return
  const named2 = problems.map(({ field: field2, candidates: candidates2 }) => `${field2} ${candidates2[0]}`).join(', ')
  throw new CrmError('DUPLICATE', `What the lead would become seems to exist already: ${named2}.`, problems)
}
var TYPES2, SURE_ENOUGH
var init_convert_duplicates = __esm({
  'packages/core/src/leads/convert-duplicates.ts'() {
    init_duplicates2()
    init_duplicates3()
    init_errors()
    init_text()
    init_checks()
    init_duplicates()
    init_sql()
    TYPES2 = {
      contact: 'contacts',
      company: 'companies',
      deal: 'deals',
    }
    SURE_ENOUGH = 0.6
  },
})

// packages/core/src/leads/convert-history.ts
async function carryOver(write, lead, made, { activities: activities2, newDeal }) {
  const { contact, deal } = made
  if (contact && deal) await linkContact(write, deal, contact, newDeal)
  for (const [type, record] of [
    ['contacts', contact],
    ['deals', deal],
  ]) {
    if (!record) continue
    await followTimeline(write, lead.id, { table: tableOf(write.caller.engine, type), id: record.id })
    if (activities2) await carryMoments(write, lead, type, record)
  }
  if (activities2 && (contact || deal)) await carryActivities(write, lead, contact, deal)
}
async function linkContact({ caller, all, run }, deal, contact, newDeal) {
  const { storage, tenant } = caller
  const table3 = storage.table('deal_contact')
  const rows = newDeal
    ? []
    : await all(`select contact_id, is_primary from ${table3} where tenant_id = ? and deal_id = ?`, [tenant, deal.id])
  if (rows.some(([id]) => id === contact.id)) return
  const primary = rows.some(([, is]) => Boolean(is)) ? 0 : 1
  const insert = `insert into ${table3} (tenant_id, deal_id, contact_id, role, is_primary) values (?, ?, ?, ?, ?)`
  await run(insert, [tenant, deal.id, contact.id, null, primary])
}
async function carryMoments({ caller, run }, lead, type, record) {
  const last = lead.lastActivityAt
  const next = lead.nextActivityAt
  const lastIsNew = last !== null && !(record.lastActivityAt instanceof Date && record.lastActivityAt >= last)
  const nextIsNew = next !== null && !(record.nextActivityAt instanceof Date && record.nextActivityAt <= next)
  if (!lastIsNew && !nextIsNew) return
  if (lastIsNew) record.lastActivityAt = last
  if (nextIsNew) record.nextActivityAt = next
  const moment = (value) => (value instanceof Date ? value.getTime() : null)
  const update = `update ${tableOf(caller.engine, type).name} set last_activity_at = ?, next_activity_at = ? where tenant_id = ? and id = ?`
  await run(update, [moment(record.lastActivityAt), moment(record.nextActivityAt), caller.tenant, record.id])
}
async function carryActivities({ caller, run }, lead, contact, deal) {
  const sets = []
  const values = []
  for (const [column, record] of [
    ['contact', contact],
    ['deal', deal],
  ]) {
    if (!record) continue
    sets.push(`${column} = coalesce(${column}, ?)`)
    values.push(record.id)
  }
  for (const type of ['activities', 'tasks']) {
    await run(`update ${tableOf(caller.engine, type).name} set ${sets.join(', ')} where tenant_id = ? and lead = ?`, [
      ...values,
      caller.tenant,
      lead.id,
    ])
  }
}
var init_convert_history = __esm({
  'packages/core/src/leads/convert-history.ts'() {
    init_engine()
    init_follow_timeline()
  },
})

// packages/core/src/leads/convert-input.ts
function cleanConvertInput(input = {}) {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw invalid('input', 'wrong-type', "Give an object such as { deal: { create: { title: 'Engine' } } }.")
  const stranger = Object.keys(input).find((key) => !KEYS7.includes(key))
  if (stranger !== void 0) throw invalid(stranger, 'unknown-key', `Use only: ${KEYS7.join(', ')}.`)
  const { onDuplicate = 'error', activities: activities2 = true } = input
  if (!['error', 'link', 'create'].includes(onDuplicate))
    throw invalid('onDuplicate', 'invalid-option', "Use 'error', 'link' or 'create'.")
  if (typeof activities2 !== 'boolean') throw invalid('activities', 'wrong-type', 'Give true or false.')
  return {
    contact: cleanTarget('contact', input.contact),
    company: cleanTarget('company', input.company),
    deal: cleanTarget('deal', input.deal),
    onDuplicate,
    activities: activities2,
  }
}
function cleanTarget(name, target) {
  if (target === void 0) return void 0
  if (target === 'none') return { kind: 'none' }
  if (target === 'create') return { kind: 'create', given: {} }
  if (isObject(target) && Object.keys(target).length === 1) {
    if ('create' in target && isObject(target.create)) return { kind: 'create', given: target.create }
    if ('link' in target && isId(target.link)) return { kind: 'link', id: target.link }
    if ('link' in target)
      throw invalid(`${name}.link`, 'invalid-id', 'Give the id of a record, as the SDK returned it.')
  }
  throw invalid(name, 'invalid-target', "Use 'create', 'none', { create: { \u2026 } } or { link: id }.")
}
var KEYS7, isObject
var init_convert_input = __esm({
  'packages/core/src/leads/convert-input.ts'() {
    init_errors()
    init_ids()
    KEYS7 = ['contact', 'company', 'deal', 'onDuplicate', 'activities']
    isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
  },
})

// packages/core/src/leads/convert-owner.ts
async function ownerFor(write, type, lead) {
  const { owner } = lead
  const { actor, caller } = write
  if (owner === null || owner === actor.user || actor.field(type, 'owner') !== 'update') return void 0
  const { definition } = tableOf(caller.engine, type)
  const reaches = (action) => {
    const scope = actor.scope(definition.type, action)
    return (
      scope.kind === 'all' ||
      (scope.kind === 'owners' && (action === 'assign' ? actor.colleagues : scope.owners).has(owner))
    )
  }
  if (!reaches('create') || !reaches('assign')) return void 0
  const [row] = await write.all(`select active from ${caller.storage.table('user')} where tenant_id = ? and id = ?`, [
    caller.tenant,
    owner,
  ])
  return row?.[0] ? owner : void 0
}
var init_convert_owner = __esm({
  'packages/core/src/leads/convert-owner.ts'() {
    init_engine()
  },
})

// packages/core/src/leads/convert-plan.ts
async function planConversion(write, lead, input) {
  const planning = { write, lead, input, duplicates: { contact: [], company: [], deal: [] } }
  const linked = input.contact?.kind === 'link' ? await linkTarget(planning, 'contact', input.contact.id) : void 0
  const ownCompany = linked && (await companyOf(planning, linked.record))
  let company = ownCompany ?? (await planCompany(planning))
  const known3 = company.record ?? planning.duplicates.company[0]?.record
  const contact = linked ?? (await planContact(planning, known3?.id))
  if (contact.action === 'link' && !linked && company.action === 'create') {
    company = (await companyOf(planning, contact.record)) ?? company
  }
  const deal = await planDeal(planning, company)
  return { contact: withCompany(planning, contact, company), company, deal, duplicates: planning.duplicates }
}
async function companyOf(planning, contact) {
  if (planning.input.company || typeof contact?.company !== 'string') return void 0
  const { write } = planning
  if (!seesField(write, 'contacts', 'company')) return void 0
  const found = await findInScope(writeQuery(write), write, 'companies', contact.company, 'read')
  return found && linkRecord(planning, 'company', found)
}
async function planCompany(planning) {
  const mapped = valuesFor(planning.write, planning.lead, 'company', tableOf(planning.write.caller.engine, 'companies'))
  const target = planning.input.company ?? (mapped.name === void 0 ? { kind: 'none' } : { kind: 'create', given: {} })
  return planTarget(planning, 'company', target, mapped, (values) =>
    companyEvidence(writeQuery(planning.write), values),
  )
}
function planContact(planning, company) {
  const mapped = valuesFor(planning.write, planning.lead, 'contact', tableOf(planning.write.caller.engine, 'contacts'))
  const target = planning.input.contact ?? { kind: 'create', given: {} }
  return planTarget(planning, 'contact', target, mapped, (values) =>
    contactEvidence(writeQuery(planning.write), { company, ...values }),
  )
}
function planDeal(planning, company) {
  const { write, lead, input } = planning
  const mapped = valuesFor(write, lead, 'deal', tableOf(write.caller.engine, 'deals'))
  const known3 = seesField(write, 'companies', 'name') ? company.record?.name : void 0
  const name = known3 ?? company.values.name
  const title = typeof name === 'string' ? { title: name } : {}
  return planTarget(planning, 'deal', input.deal ?? { kind: 'none' }, { ...mapped, ...title }, (values) =>
    dealEvidence(values, company.record),
  )
}
async function planTarget(planning, name, target, mapped, evidenceOf) {
  if (target.kind === 'none') return { action: 'none', values: {} }
  if (target.kind === 'link') return linkTarget(planning, name, target.id)
  const { write, lead, input, duplicates } = planning
  const values = await under(`${name}.create`, async () => newValues(write, TYPES2[name], mapped, target.given, lead))
  const candidates2 = await likelyDuplicates(write, name, evidenceOf(values))
  duplicates[name].push(...candidates2)
  const [best] = candidates2
  if (best && input.onDuplicate === 'link') return linkTarget(planning, name, best.record.id)
  if (best?.reasons.includes('same-domain') && !('domain' in target.given)) delete values.domain
  return { action: 'create', values }
}
async function newValues(write, type, mapped, given, lead) {
  const { caller, actor } = write
  requireAny(actor, type, 'create')
  const custom3 = { ...mapped.custom, ...given.custom }
  const values = await validateCreate(caller, type, {
    ...mapped,
    ...given,
    ...(Object.keys(custom3).length > 0 && { custom: custom3 }),
  })
  checkFieldAccess(write, tableOf(caller.engine, type), values)
  if (values.owner !== void 0) return values
  const owner = await ownerFor(write, type, lead)
  return owner === void 0 ? values : { ...values, owner }
}
async function linkTarget(planning, name, id) {
  const { write } = planning
  const found = await findInScope(writeQuery(write), write, TYPES2[name], id, 'read')
  if (found) return linkRecord(planning, name, found)
  throw invalid(
    `${name}.link`,
    'missing-target',
    `Give the id of one of your ${TYPES2[name]}; this one does not exist, is deleted, or is out of your reach.`,
  )
}
async function linkRecord({ write, lead }, name, record) {
  const table3 = tableOf(write.caller.engine, TYPES2[name])
  const editable = await findInScope(writeQuery(write), write, TYPES2[name], record.id, 'update')
  if (!editable) return { action: 'link', record, values: {} }
  return {
    action: 'link',
    record,
    values: await withoutTaken(write, name, record, fillsOf(record, valuesFor(write, lead, name, table3))),
  }
}
function withCompany({ write }, contact, company) {
  if (contact.action === 'create' && company.record && !('company' in contact.values)) {
    return { ...contact, values: { ...contact.values, company: company.record.id } }
  }
  if (contact.action !== 'link' || !company.record || contact.record.company !== null) return contact
  const writable = write.actor.field('contacts', 'company') === 'update'
  return writable ? { ...contact, values: { ...contact.values, company: company.record.id } } : contact
}
async function under(path, work2) {
  try {
    return await work2()
  } catch (error) {
    if (!isCrmError(error, 'VALIDATION')) throw error
    const problems = error.problems.map((problem) => ({ ...problem, field: `${path}.${problem.field}` }))
    throw new CrmError('VALIDATION', error.message, problems)
  }
}
var seesField
var init_convert_plan = __esm({
  'packages/core/src/leads/convert-plan.ts'() {
    init_actor()
    init_duplicates2()
    init_duplicates3()
    init_errors()
    init_checks()
    init_create()
    init_engine()
    init_find()
    init_visibility()
    init_convert_duplicates()
    init_convert_owner()
    init_convert_values()
    seesField = ({ actor, caller }, type, field2) => isVisible(actor, tableOf(caller.engine, type), field2)
  },
})

// packages/core/src/leads/convert.ts
var convert_exports = {}
__export(convert_exports, {
  convertIn: () => convertIn,
  convertLead: () => convertLead,
  convertLeads: () => convertLeads,
  requireConvertible: () => requireConvertible,
})
async function convertLead(caller, id, input = {}, options) {
  const clean = cleanConvertInput(input)
  return runVerb(caller, 'leads.convert', [id, input], options, (write) => convertIn(write, id, clean))
}
async function convertIn(write, id, input) {
  const lead = await requireForWrite(write, 'leads', id, 'convert')
  if (lead.convertedAt !== null) return earlierConversion(write, lead)
  requireConvertible(write, lead)
  const plan = await planConversion(write, lead, input)
  if (input.onDuplicate === 'error') refuseDuplicates(plan.duplicates)
  const writing = input.onDuplicate === 'create' ? { ...write, allowDuplicates: true } : write
  const company = await settle(writing, 'company', plan.company, {})
  const contact = await settle(writing, 'contact', plan.contact, { company: company?.id })
  const itsCompany = seesField(write, 'contacts', 'company') ? contact?.company : void 0
  const deal = await settle(writing, 'deal', plan.deal, { company: company?.id ?? itsCompany, lead: lead.id })
  await carryOver(
    writing,
    lead,
    { contact, company, deal },
    { activities: input.activities, newDeal: plan.deal.action === 'create' },
  )
  const converted = await markConverted(writing, lead, { contact, company, deal })
  const show = (name, record) => record && shown(write, TYPES2[name], record)
  return {
    lead: shown(write, 'leads', converted),
    contact: show('contact', contact),
    company: show('company', company),
    deal: show('deal', deal),
  }
}
function requireConvertible({ caller }, lead) {
  const process3 = processOf(caller.engine)
  if (!isConvertible(process3, lead.status)) throw illegal(process3, lead.status, 'converted', 'only-when-open')
}
async function earlierConversion(write, lead) {
  const query = writeQuery(write)
  const find2 = async (name, id) => {
    const found = typeof id === 'string' ? await findInScope(query, write, TYPES2[name], id, 'read') : void 0
    return found ? shown(write, TYPES2[name], found) : null
  }
  return {
    lead: shown(write, 'leads', lead),
    contact: await find2('contact', lead.convertedContactId),
    company: await find2('company', lead.convertedCompanyId),
    deal: await find2('deal', lead.convertedDealId),
  }
}
async function settle(write, name, plan, links2) {
  if (plan.action === 'none') return null
  const type = TYPES2[name]
  const table3 = tableOf(write.caller.engine, type)
  const record = plan.record
  const wanted = Object.entries(links2).filter(
    ([key, id]) => typeof id === 'string' && record?.[key] == null && !(key in plan.values),
  )
  if (!record) return createIn(write, type, { ...plan.values, ...Object.fromEntries(wanted) })
  const fillable = wanted.filter(([key]) => key === 'lead' || write.actor.field(type, key) === 'update')
  const editable = fillable.length === 0 || (await findInScope(writeQuery(write), write, type, record.id, 'update'))
  const values = { ...plan.values, ...(editable && Object.fromEntries(fillable)) }
  if (Object.keys(values).length === 0) return record
  const custom3 = { ...record.custom, ...values.custom }
  return saveChange(write, table3, record, { ...record, ...values, custom: custom3 }, new Set(Object.keys(values)))
}
function markConverted(write, lead, made) {
  const { caller, actor } = write
  const after = {
    ...lead,
    status: 'converted',
    convertedAt: nowOf(caller),
    convertedBy: authorOf(caller, actor),
    convertedContactId: made.contact?.id ?? null,
    convertedCompanyId: made.company?.id ?? null,
    convertedDealId: made.deal?.id ?? null,
  }
  return saveChange(write, tableOf(caller.engine, 'leads'), lead, after, /* @__PURE__ */ new Set(), 'lead.converted')
}
var convertLeads
var init_convert = __esm({
  'packages/core/src/leads/convert.ts'() {
    init_errors()
    init_bulk()
    init_caller()
    init_checks()
    init_create()
    init_engine()
    init_find()
    init_idempotency()
    init_update()
    init_write()
    init_convert_duplicates()
    init_convert_history()
    init_convert_input()
    init_convert_plan()
    init_definition2()
    init_rules()
    convertLeads = (caller, items, options) =>
      runBulk(caller, 'leads.convertMany', 'leads', items, options, async (write, item) => {
        if (typeof item !== 'object' || item === null)
          throw invalid('items', 'wrong-type', 'Give { id } for each lead.')
        const { id, ...input } = item
        const clean = cleanConvertInput(input)
        return transact(write.inside(), (inner) => convertIn(inner, id, clean))
      })
  },
})

// packages/core/src/leads/convert-preview.ts
var convert_preview_exports = {}
__export(convert_preview_exports, {
  previewConversion: () => previewConversion,
})
async function previewConversion(caller, id, input = {}) {
  const clean = cleanConvertInput(input)
  const reading = await readOnly(caller)
  const lead = await requireForWrite(reading, 'leads', id, 'convert')
  if (lead.convertedAt !== null) return convertedBefore(reading, lead)
  requireConvertible(reading, lead)
  const plan = await planConversion(reading, lead, clean)
  const found = Object.values(plan.duplicates).some((candidates2) => candidates2.length > 0)
  const fromCompany = plan.company.record ? { company: plan.company.record.id } : {}
  return {
    converted: false,
    contact: planned(plan.contact),
    company: planned(plan.company),
    deal: planned(plan.deal, fromCompany),
    duplicates: plan.duplicates,
    refused: found && clean.onDuplicate === 'error',
  }
}
function planned({ action, record, values }, links2 = {}) {
  return { action, id: record?.id ?? null, values: action === 'create' ? { ...links2, ...values } : { ...values } }
}
function convertedBefore(reading, lead) {
  const to = (link) => {
    const id = seesField(reading, 'leads', link) ? lead[link] : null
    return typeof id === 'string' ? { action: 'link', id, values: {} } : { action: 'none', id: null, values: {} }
  }
  return {
    converted: true,
    contact: to('convertedContactId'),
    company: to('convertedCompanyId'),
    deal: to('convertedDealId'),
    duplicates: { contact: [], company: [], deal: [] },
    refused: false,
  }
}
async function readOnly(caller) {
  const { actor } = await queryContext(caller)
  const refuse = () => {
    throw new Error('A preview does not write.')
  }
  return { caller, actor, events: [], all: caller.storage.read, run: refuse, send: refuse, inside: refuse }
}
var init_convert_preview = __esm({
  'packages/core/src/leads/convert-preview.ts'() {
    init_find()
    init_query()
    init_convert()
    init_convert_input()
    init_convert_plan()
  },
})

// packages/core/src/reports/grouped.ts
async function groupedRows({ caller }, grouping) {
  const { keys, split } = grouping
  const statement = groupedSql(grouping)
  if (!statement) return []
  const rows = await caller.storage.read(statement.text, statement.params)
  return rows.map((row) => ({
    split: split ? (split.values[Number(row[0])] ?? null) : null,
    keys: row.slice(1, 1 + keys.length),
    values: row.slice(1 + keys.length),
  }))
}
function groupedSql({ from, where, keys, measures, split }) {
  const groups = keys.length === 0 ? '' : ` group by ${keys.map((_, index) => index + 2).join(', ')}`
  const list3 = named(join([raw('0'), ...keys, ...measures], ', '))
  const rest = { text: list3.text.slice(1), params: list3.params }
  const select = (index, condition2) =>
    sql`select ${raw(String(index))}${rest} from ${from} where ${condition2}${raw(groups)}`
  if (!split) return select(0, where)
  if (split.values.length === 0) return void 0
  const branches = split.values.map((value, index) => select(index, and(isValue(split.column, value), where)))
  return join(branches, ' union all ')
}
function named({ text, params }) {
  let depth = 0
  let column = 0
  let made = ''
  for (const letter of text) {
    if (letter === '(') depth++
    if (letter === ')') depth--
    made += letter === ',' && depth === 0 ? ` as c${column++},` : letter
  }
  return { text: `${made} as c${column}`, params }
}
var MAX_PARAMS, isValue, fitsSplit
var init_grouped = __esm({
  'packages/core/src/reports/grouped.ts'() {
    init_sql()
    MAX_PARAMS = 2e4
    isValue = (column, value) => (value === null ? sql`${column} is null` : sql`${column} = ${value}`)
    fitsSplit = (where, values) => (where.params.length + 8) * values <= MAX_PARAMS
  },
})

// packages/core/src/reports/distinct.ts
async function splitBy(ctx, type, column, where) {
  const values = await ctx.once(`values of ${type}.${column}`, () => distinctValues(ctx, type, column))
  if (values.length > MOST3 || !fitsSplit(where, values.length + 1)) return void 0
  return { column: raw(`r.${column}`), values: column === 'source' ? values : [...values, null] }
}
async function distinctValues({ caller, query, table: table3 }, type, column) {
  const scope = column === 'owner' ? query.actor.scope(type, 'read') : void 0
  if (scope?.kind === 'owners' && !scope.shared) return [...scope.owners]
  const name = table3(type).name
  const rows = await caller.storage.read(
    `with recursive found(x) as (
       select min(r.${column}) from ${name} r where r.tenant_id = ? and r.deleted_at is null
       union all
       select (select min(r.${column}) from ${name} r where r.tenant_id = ? and r.deleted_at is null and r.${column} > found.x)
       from found where found.x is not null
     ) select x from found where x is not null limit ${MOST3 + 1}`,
    [caller.tenant, caller.tenant],
  )
  return rows.map(([value]) => String(value))
}
var MOST3
var init_distinct = __esm({
  'packages/core/src/reports/distinct.ts'() {
    init_sql()
    init_grouped()
    MOST3 = 200
  },
})

// packages/core/src/reports/request.ts
function checkRequest(given, { keys = [], period = true }) {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalid('request', 'wrong-type', "Give an object such as { period: { this: 'quarter' } }.")
  }
  const request = given
  const known3 = [...COMMON.filter((key) => period || (key !== 'period' && key !== 'compare')), ...keys]
  const unknown2 = Object.keys(request).find((key) => !known3.includes(key))
  if (unknown2 !== void 0) throw invalid(unknown2, 'unknown-key', `Use only: ${known3.join(', ')}.`)
  if (period && request.period === void 0)
    throw invalid('period', 'required', "Say which time, e.g. { this: 'quarter' }.")
  if (request.compare !== void 0 && request.compare !== 'previous') {
    throw invalid('compare', 'invalid-option', "Use 'previous', or leave it out.")
  }
  if (request.currency !== void 0 && !isCurrency(request.currency)) {
    throw invalid('currency', 'invalid-currency', 'Use an ISO 4217 code in upper case, such as EUR or USD.')
  }
  if (request.zone !== void 0 && !isTimeZone(request.zone)) {
    throw invalid('zone', 'invalid-zone', 'Use an IANA zone such as Europe/Berlin.')
  }
  return request
}
function readGroups(groupBy, allowed) {
  const groups = groupBy === void 0 ? [] : Array.isArray(groupBy) ? groupBy : [groupBy]
  if (groups.length > 2 || new Set(groups).size < groups.length) {
    throw invalid('groupBy', 'too-many-groups', 'Give one or two different groups.')
  }
  for (const group2 of groups) {
    if (!allowed.includes(group2))
      throw invalid('groupBy', 'unknown-group', `Use one or two of: ${allowed.join(', ')}.`)
  }
  return groups
}
function readFlag(request, name, byDefault) {
  const value = request[name] ?? byDefault
  if (typeof value !== 'boolean') throw invalid(name, 'wrong-type', 'Give true or false.')
  return value
}
var COMMON, TIME_GROUPS
var init_request = __esm({
  'packages/core/src/reports/request.ts'() {
    init_errors()
    init_money()
    init_zones()
    COMMON = ['period', 'where', 'compare', 'currency', 'zone']
    TIME_GROUPS = ['day', 'week', 'month', 'quarter', 'year', 'fiscal-quarter', 'fiscal-year']
  },
})

// packages/core/src/reports/time-buckets.ts
function pieceOf(column, ends, piece = String) {
  const choose2 = (low, high) => {
    if (low === high) return piece(low)
    const middle = (low + high) >> 1
    return `case when ${column.text} < ${ends[middle]} then ${choose2(low, middle)} else ${choose2(middle + 1, high)} end`
  }
  return raw(choose2(0, ends.length - 1))
}
var endsOf
var init_time_buckets = __esm({
  'packages/core/src/reports/time-buckets.ts'() {
    init_sql()
    endsOf = (buckets) => buckets.map(({ to }) => to.getTime())
  },
})

// packages/core/src/reports/groups.ts
function groupsOf(ctx, type, moment, names2) {
  const allowed = names2.filter((name) => ctx.sees(type, isPeriodUnit(name) ? moment : (FIELD_OF[name] ?? name)))
  return readGroups(ctx.request.groupBy, allowed)
}
function groupColumn(ctx, name, moment) {
  if (isPeriodUnit(name)) return timeColumn(ctx, name, moment)
  const column = name === 'team' ? 'owner' : (COLUMN_OF[name] ?? name)
  return { name, sql: raw(`r.${column}`), read: (value) => (value == null ? null : String(value)) }
}
function timeColumn(ctx, unit, moment) {
  const buckets = bucketsIn(ctx, unit)
  const sql2 = buckets.length > 0 ? pieceOf(raw(`r.${moment}`), endsOf(buckets)) : raw('0')
  return { name: unit, sql: sql2, read: (value) => buckets[Number(value)].key }
}
function bucketsIn({ period, zone }, unit) {
  const known3 = cut.get(period) ?? /* @__PURE__ */ new Map()
  cut.set(period, known3)
  const buckets = known3.get(unit) ?? bucketsOf(period, unit, zone)
  known3.set(unit, buckets)
  return buckets
}
function keysOf4(columns2, grouped, row) {
  const keys = {}
  for (const column of columns2) {
    const at = grouped.indexOf(column)
    keys[column.name] = at < 0 ? row.split : column.read(row.keys[at])
  }
  return keys
}
function idOf(keys) {
  let id = ''
  for (const name in keys) id += `${keys[name] ?? '\0'}`
  return id
}
function merged(rows, add) {
  const found = /* @__PURE__ */ new Map()
  for (const row of rows) {
    const id = idOf(row.keys)
    const known3 = found.get(id)
    found.set(id, known3 ? add(known3, row) : row)
  }
  return [...found.values()]
}
var FIELD_OF, COLUMN_OF, cut, columnsBesideSplit, isSplit, timeGroupOf
var init_groups = __esm({
  'packages/core/src/reports/groups.ts'() {
    init_periods()
    init_sql()
    init_request()
    init_time_buckets()
    FIELD_OF = { team: 'owner' }
    COLUMN_OF = { lostReason: 'lost_reason' }
    cut = /* @__PURE__ */ new WeakMap()
    columnsBesideSplit = (columns2, split) => (split ? columns2.filter(({ name }) => !isSplit(name, split)) : columns2)
    isSplit = (name, { column }) => column.text === `r.${FIELD_OF[name] ?? name}`
    timeGroupOf = (groups) => groups.find(isPeriodUnit)
  },
})

// packages/core/src/reports/labels.ts
async function labelsFor(ctx, groups) {
  const names2 = {}
  if (groups.includes('owner') && ctx.query.actor.scope('users', 'read').kind !== 'none')
    names2.owner = await userNames(ctx)
  if (groups.includes('team')) names2.team = await teamNames(ctx)
  if (groups.includes('pipeline')) names2.pipeline = new Map(ctx.book.pipelines.map(({ id, name }) => [id, name]))
  const nameOf4 = (group2, key) => (key === null ? null : (names2[group2]?.get(key) ?? null))
  return {
    of(keys) {
      const row = {}
      for (const group2 in keys) {
        const key = keys[group2] ?? null
        row[group2] = key
        if (names2[group2]) row[`${group2}Name`] = nameOf4(group2, key)
      }
      return row
    },
    text: (keys) =>
      Object.entries(keys)
        .map(([group2, key]) => nameOf4(group2, key) ?? key ?? `No ${group2}`)
        .join(', '),
  }
}
async function namesFrom({ caller }, table3) {
  const rows = await caller.storage.read(`select id, name from ${caller.storage.table(table3)} where tenant_id = ?`, [
    caller.tenant,
  ])
  return new Map(rows.map(([id, name]) => [String(id), String(name)]))
}
async function byTeam(ctx, rows) {
  const teams = await teamsByUser(ctx)
  return rows.flatMap((row) => {
    const owner = row.keys.team
    const mine = owner == null ? void 0 : teams.get(owner)
    return (mine ?? [null]).map((team) => ({ ...row, keys: { ...row.keys, team } }))
  })
}
function inOrder(ctx, groups, rows, empty) {
  const unit = timeGroupOf(groups)
  if (unit && groups.length === 1) {
    const known3 = new Map(rows.map((row) => [row.keys[unit], row]))
    return bucketsIn(ctx, unit).map(({ key }) => known3.get(key) ?? empty({ [unit]: key }))
  }
  if (groups.length === 0 && rows.length === 0) return [empty({})]
  return [...rows].sort((one, other) => compareKeys(groups, one.keys, other.keys))
}
function compareKeys(groups, one, other) {
  for (const group2 of groups) {
    const [a, b] = [one[group2] ?? null, other[group2] ?? null]
    if (a !== b) return a === null ? 1 : b === null ? -1 : a < b ? -1 : 1
  }
  return 0
}
var userNames, teamNames, teamsByUser
var init_labels = __esm({
  'packages/core/src/reports/labels.ts'() {
    init_groups()
    userNames = (ctx) => ctx.once('users', () => namesFrom(ctx, 'user'))
    teamNames = (ctx) => ctx.once('teams', () => namesFrom(ctx, 'team'))
    teamsByUser = (ctx) =>
      ctx.once('members', async () => {
        const { storage, tenant } = ctx.caller
        const rows = await storage.read(
          `select user_id, team_id from ${storage.table('team_member')} where tenant_id = ? order by user_id, team_id`,
          [tenant],
        )
        const teams = /* @__PURE__ */ new Map()
        for (const [user, team] of rows) teams.set(String(user), [...(teams.get(String(user)) ?? []), String(team)])
        return teams
      })
  },
})

// packages/core/src/reports/note-counts.ts
async function noteCounts(ctx, groups) {
  const { caller, query, request, period } = ctx
  if (request.where !== void 0 || query.actor.scope('notes', 'read').kind === 'none') return []
  const columns2 = groups.map((name) => {
    const column = groupColumn(ctx, name, 'created_at')
    return name === 'owner' || name === 'team' ? { ...column, sql: raw('r.created_by') } : column
  })
  const rows = await groupedRows(ctx, {
    from: raw(`${caller.storage.table('note')} r`),
    where: and(
      sql`r.tenant_id = ${caller.tenant} and r.deleted_at is null`,
      sql`r.created_at >= ${period.from.getTime()} and r.created_at < ${period.to.getTime()}`,
      authors(ctx),
      onReadableRecords(ctx),
    ),
    keys: columns2.map(({ sql: sql2 }) => sql2),
    measures: [raw('count(*)')],
  })
  return rows
    .filter(({ values }) => Number(values[0]) > 0)
    .map(({ keys, values }) => ({
      keys: Object.fromEntries(columns2.map(({ name, read }, index) => [name, read(keys[index])])),
      counts: { notes: Number(values[0]) },
    }))
}
function authors({ query }) {
  const scope = query.actor.scope('reports', 'read')
  return scope.kind === 'owners' ? inList(raw('r.created_by'), [...scope.owners]) : and()
}
function onReadableRecords({ query }) {
  const tables = [...query.engine.tables.values()].filter(({ type }) => query.actor.scope(type, 'read').kind !== 'none')
  return or(
    ...tables.map((table3) => {
      const record = and(raw('x.id = r.record_id'), readableRows(query, table3, 'x'))
      return sql`r.record_type = ${table3.type} and exists (select 1 from ${raw(table3.name)} x where ${record})`
    }),
  )
}
var init_note_counts = __esm({
  'packages/core/src/reports/note-counts.ts'() {
    init_query()
    init_sql()
    init_grouped()
    init_groups()
  },
})

// packages/core/src/reports/activity-counts.ts
function addCounts(one, other) {
  const counts = { ...one.counts }
  for (const [name, count2] of Object.entries(other.counts)) counts[name] = (counts[name] ?? 0) + count2
  return { keys: one.keys, counts }
}
function countedKinds({ query, zone }) {
  const now = query.now.getTime()
  return [
    {
      type: 'activities',
      names: Object.values(KINDS),
      fields: ['kind', 'occurredAt'],
      moment: 'occurred_at',
      kind: { sql: raw('r.kind'), nameOf: (value) => KINDS[String(value)], values: Object.keys(KINDS) },
    },
    { type: 'tasks', names: ['tasksDone'], fields: ['status', 'doneAt'], moment: 'done_at' },
    {
      type: 'tasks',
      names: ['tasksOverdue'],
      fields: ['status', 'dueAt', 'dueDate'],
      moment: 'due_at',
      where: sql`${UNDONE} and r.due_at < ${now}`,
    },
    {
      type: 'tasks',
      names: ['tasksOverdue'],
      fields: ['status', 'dueAt', 'dueDate'],
      moment: 'due_date',
      date: true,
      where: sql`${UNDONE} and r.due_date < ${zonedDate(query.now, zone)}`,
    },
    { type: 'leads', names: ['leadsCreated'], fields: ['createdAt'], moment: 'created_at' },
    { type: 'leads', names: ['leadsConverted'], fields: ['convertedAt'], moment: 'converted_at', first: 'source' },
    { type: 'deals', names: ['dealsCreated'], fields: ['createdAt'], moment: 'created_at' },
    {
      type: 'deals',
      names: ['dealsWon'],
      fields: ['status', 'closedAt'],
      moment: 'closed_at',
      where: raw("r.status = 'won'"),
    },
  ]
}
async function activityCounts(ctx, groups) {
  const known3 = /* @__PURE__ */ new Set()
  const found = []
  for (const counted of countedKinds(ctx)) {
    if (!mayCount(ctx, counted, groups)) continue
    for (const name of counted.names) known3.add(name)
    found.push(...(await countsOf(ctx, counted, groups)))
  }
  if (known3.has('notes')) found.push(...(await noteCounts(ctx, groups)))
  const total = found.reduce(addCounts, noActivity({}))
  return { groups: merged(groups.includes('team') ? await byTeam(ctx, found) : found, addCounts), total, known: known3 }
}
async function countsOf(ctx, counted, groups) {
  const { type, moment, kind, names: names2, first: splitColumn = 'owner' } = counted
  const { from, to, fromDate, toDate } = ctx.period
  const [first, end] = counted.date ? [fromDate, toDate] : [from.getTime(), to.getTime()]
  const inPeriod2 = sql`r.${raw(moment)} >= ${first} and r.${raw(moment)} < ${end}`
  const ofKind = kind ? inList(kind.sql, kind.values) : and()
  const where = and(ofKind, inPeriod2, counted.where ?? and(), ctx.rows(type))
  const split = await splitBy(ctx, type, splitColumn, where)
  const columns2 = groups.map((name) =>
    counted.date && isPeriodUnit(name) ? dateColumn(ctx, name, moment) : groupColumn(ctx, name, moment),
  )
  const own2 = columnsBesideSplit(columns2, split)
  const rows = await groupedRows(ctx, {
    from: raw(`${ctx.table(type).name} r`),
    where,
    keys: [...own2.map((column) => column.sql), ...(kind ? [kind.sql] : [])],
    measures: [raw('count(*)')],
    split,
  })
  return rows.flatMap((row) => {
    const count2 = Number(row.values[0])
    const name = kind ? kind.nameOf(row.keys[own2.length]) : names2[0]
    return name && count2 > 0 ? [{ keys: keysOf4(columns2, own2, row), counts: { [name]: count2 } }] : []
  })
}
function dateColumn({ query }, unit, column) {
  const { settings } = query.engine
  if (!isPeriodUnit(unit)) throw new Error(`${unit} is no unit of time`)
  return {
    name: unit,
    sql: raw(`r.${column}`),
    read: (value) => unitKey(startOfUnit(String(value), unit, settings), unit, settings),
  }
}
var noActivity, KINDS, UNDONE, mayCount
var init_activity_counts = __esm({
  'packages/core/src/reports/activity-counts.ts'() {
    init_period_units()
    init_periods()
    init_zones()
    init_sql()
    init_distinct()
    init_grouped()
    init_groups()
    init_labels()
    init_note_counts()
    noActivity = (keys) => ({ keys, counts: {} })
    KINDS = {
      call: 'calls',
      meeting: 'meetings',
      email: 'emails',
      sms: 'sms',
      note: 'notes',
    }
    UNDONE = raw("r.status in ('open', 'in-progress')")
    mayCount = ({ query, sees }, { type, fields }, groups) =>
      query.actor.scope(type, 'read').kind !== 'none' &&
      [...fields, ...(groups.some((group2) => group2 === 'owner' || group2 === 'team') ? ['owner'] : [])].every(
        (field2) => sees(type, field2),
      )
  },
})

// packages/core/src/reports/pipelines.ts
async function loadPipelines(caller) {
  const book = await readBook({ all: caller.storage.read }, caller)
  if (book.pipelines.length > 0) return book
  const planned2 = declaredPipelines(caller.engine).map((draft2, index) => planPipeline(draft2, index, index === 0))
  return bookOf(planned2, 'planned')
}
function pickPipelines(book, wanted) {
  if (typeof wanted !== 'string') throw invalid('pipeline', 'wrong-type', 'Give the id or name of a pipeline.')
  return [findPipeline(book, wanted).id]
}
var pipelinesOf
var init_pipelines = __esm({
  'packages/core/src/reports/pipelines.ts'() {
    init_declared_pipelines()
    init_find_stage()
    init_pipeline_book()
    init_errors()
    pipelinesOf = ({ book, pipelines }) =>
      pipelines ? book.pipelines.filter(({ id }) => pipelines.includes(id)) : book.pipelines
  },
})

// packages/core/src/reports/rates.ts
async function loadRates(storage, tenant, currency) {
  const text = `select from_currency, to_currency, day, rate from ${storage.table('exchange_rate')} where tenant_id = ? and (from_currency = ? or to_currency = ?) order by day`
  const rows = await storage.read(text, [tenant, currency, currency])
  const direct = /* @__PURE__ */ new Map()
  const opposite = /* @__PURE__ */ new Map()
  for (const [from, to, day, rate] of rows) {
    const [side, other] = to === currency ? [direct, from] : [opposite, to]
    const dated = side.get(String(other)) ?? []
    side.set(String(other), dated)
    dated.push({ day: String(day), rate: String(rate) })
  }
  return {
    currency,
    days: [...new Set(rows.map((row) => String(row[2])))],
    rateOn(from, day) {
      if (from === currency) return '1'
      const found = latest(direct.get(from), day)
      if (found !== void 0) return found
      const inverse = latest(opposite.get(from), day)
      return inverse === void 0 ? void 0 : invert(inverse)
    },
  }
}
function latest(dated = [], day) {
  let low = 0
  let high = dated.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (dated[middle].day <= day) low = middle + 1
    else high = middle
  }
  return dated[low - 1]?.rate
}
function stretchesOf({ days }, { from, to }, zone) {
  const { fromDate, toDate } = coveredDates(from, to, zone)
  const starts = [fromDate, ...days.filter((day) => day > fromDate && day < toDate)]
  return starts.map((day, index) => {
    const next = starts[index + 1]
    return { day, to: next === void 0 ? Number.POSITIVE_INFINITY : startOfDay(next, zone).getTime() }
  })
}
var init_rates = __esm({
  'packages/core/src/reports/rates.ts'() {
    init_rate_on()
    init_zones()
  },
})

// packages/core/src/reports/scope.ts
function reportScope({ actor }, type) {
  const reports = actor.scope('reports', 'read')
  if (reports.kind === 'none') throw forbidden('reports', 'read')
  const records = actor.scope(type, 'read')
  if (records.kind === 'none') throw forbidden(type, 'read')
  return reach2(reports) < reach2(records) ? reports : records
}
var reach2
var init_scope2 = __esm({
  'packages/core/src/reports/scope.ts'() {
    init_actor()
    reach2 = (scope) => {
      if (scope.kind !== 'owners') return scope.kind === 'all' ? 3 : 0
      return scope.shared ? 2 : 1
    }
  },
})

// packages/core/src/reports/context.ts
async function openReport(caller, given, rules) {
  const request = checkRequest(given, rules)
  const query = await queryContext(caller)
  requireAny(query.actor, 'reports', 'read')
  const { engine, tenant, actor, now } = query
  const { settings } = engine
  const zone = request.zone ?? actor.zone
  const currency = request.currency ?? settings.currency
  const place = { now, zone, weekStartsOn: settings.weekStartsOn, fiscalYearStart: settings.fiscalYearStart }
  const book = await loadPipelines(caller)
  const known3 = /* @__PURE__ */ new Map()
  const pipelines = request.pipeline === void 0 ? void 0 : pickPipelines(book, request.pipeline)
  const stages =
    pipelines && [...book.stages.values()].filter((stage) => pipelines.includes(stage.pipeline)).map(({ id }) => id)
  return {
    caller,
    query,
    request,
    period: resolvePeriod(request.period ?? 'today', place),
    zone,
    currency,
    rates: await loadRates(caller.storage, tenant, currency),
    today: zonedDate(now, settings.timeZone),
    book,
    pipelines,
    missing: /* @__PURE__ */ new Map(),
    table: (type) => tableOf(engine, type),
    rows: (type) => countedRows(query, type, request.where, type === 'deals' ? stages : void 0),
    rowsAnywhere: (type) => countedRows(query, type, request.where, void 0),
    sees: (type, field2) => isVisible(actor, tableOf(engine, type), field2),
    once(name, read) {
      const promise = known3.get(name) ?? read()
      known3.set(name, promise)
      return promise
    },
  }
}
function countedRows(query, type, where, stages) {
  const table3 = tableOf(query.engine, type)
  const scope = scopeSql(reportScope(query, type), scopedTable(query, table3, 'r'))
  const inStages = stages ? inList(raw('r.stage'), stages) : and()
  return and(liveRows(query, 'r'), scope, inStages, compileWhere(query, table3, where, 'r'))
}
function requireFields(ctx, type, ...fields) {
  if (fields.every((field2) => ctx.sees(type, field2))) return
  throw new CrmError('FORBIDDEN', `You may not see this report on ${type}.`, {
    field: 'reports',
    rule: 'rests-on-hidden-fields',
    remedy: 'Ask an administrator for a role that may read the fields this report is made of.',
  })
}
var during
var init_context = __esm({
  'packages/core/src/reports/context.ts'() {
    init_actor()
    init_scope()
    init_errors()
    init_periods()
    init_zones()
    init_engine()
    init_filter()
    init_query()
    init_visibility()
    init_sql()
    init_pipelines()
    init_rates()
    init_request()
    init_scope2()
    during = (ctx, period) => ({ ...ctx, period })
  },
})

// packages/core/src/reports/report.ts
async function runReport(caller, request, rules, compute) {
  const ctx = await openReport(caller, request, rules)
  const figures2 = await compute(ctx)
  const report = { ...figures2, missingRates: missingRates(ctx), period: shownPeriod(ctx.period) }
  if (ctx.request.compare !== 'previous') return report
  const before = during(ctx, previousPeriod(ctx.period))
  const { rows, totals } = await compute(before)
  return {
    ...report,
    missingRates: missingRates(ctx),
    previous: { period: shownPeriod(before.period), rows, totals },
    delta: deltaOf(figures2.totals, totals),
  }
}
function deltaOf(now, before) {
  const delta = {}
  for (const [name, value] of Object.entries(now)) {
    if (typeof value !== 'number' && value !== null && !isMoney(value)) continue
    const [is, was] = [asNumber(value), asNumber(before[name])]
    delta[name] = is === null || was === null || was === 0 ? null : (is - was) / was
  }
  return delta
}
function asNumber(value) {
  if (typeof value === 'number') return value
  return isMoney(value) ? Number(toDecimal(value)) : null
}
var shownPeriod, missingRates, ratio
var init_report = __esm({
  'packages/core/src/reports/report.ts'() {
    init_money()
    init_periods()
    init_context()
    shownPeriod = ({ from, to, zone }) => ({ from, to, zone })
    missingRates = ({ missing, currency }) =>
      [...missing].sort(([one], [other]) => (one < other ? -1 : 1)).map(([from, day]) => ({ from, to: currency, day }))
    ratio = (part2, whole3) => (part2 === null || whole3 === null || whole3 === 0 ? null : part2 / whole3)
  },
})

// packages/core/src/reports/chart.ts
function seriesOf(ctx, groups, labels, rows, figures2) {
  const value = (shown3, name2) => asNumber(shown3[name2])
  const unit = groups.find(isPeriodUnit)
  const other = groups.find((group2) => group2 !== unit)
  if (!unit || other === void 0) {
    const x = (keys) => labels.text(keys)
    return figures2.map(([key, label]) => ({
      key,
      label,
      points: rows.map(({ of: of2, shown: shown3 }) => ({ x: x(of2.keys), y: value(shown3, key) })),
    }))
  }
  const [name] = figures2[0]
  const lines = /* @__PURE__ */ new Map()
  for (const { of: of2, shown: shown3 } of rows) {
    const line2 = lines.get(of2.keys[other] ?? null) ?? /* @__PURE__ */ new Map()
    lines.set(of2.keys[other] ?? null, line2.set(of2.keys[unit] ?? null, value(shown3, name)))
  }
  const pieces = bucketsIn(ctx, unit)
  return [...lines].map(([key, line2]) => ({
    key: key ?? '',
    label: labels.text({ [other]: key }),
    points: pieces.map((piece) => ({ x: piece.key, y: line2.get(piece.key) ?? null })),
  }))
}
var init_chart = __esm({
  'packages/core/src/reports/chart.ts'() {
    init_periods()
    init_groups()
    init_report()
  },
})

// packages/core/src/reports/agent-activity.ts
async function activityBy(ctx, groups) {
  const counts = await activityCounts(ctx, groups)
  const labels = await labelsFor(ctx, groups)
  const shown3 = inOrder(ctx, groups, counts.groups, noActivity).map((of2) => ({
    of: of2,
    shown: Object.assign(labels.of(of2.keys), figuresOf(of2, counts.known)),
  }))
  return {
    rows: shown3.map((row) => row.shown),
    totals: figuresOf(counts.total, counts.known),
    series: seriesOf(ctx, groups, labels, shown3, [
      ['calls', 'Calls'],
      ['meetings', 'Meetings'],
      ['emails', 'Emails'],
      ['notes', 'Notes'],
      ['tasksDone', 'Tasks done'],
    ]),
  }
}
var agentActivity, NAMES, figuresOf
var init_agent_activity = __esm({
  'packages/core/src/reports/agent-activity.ts'() {
    init_activity_counts()
    init_chart()
    init_labels()
    init_report()
    init_request()
    agentActivity = (caller, request) =>
      runReport(caller, request, { keys: ['groupBy'] }, (ctx) =>
        activityBy(ctx, readGroups(ctx.request.groupBy ?? 'owner', ['owner', 'team', ...TIME_GROUPS])),
      )
    NAMES = [
      'calls',
      'meetings',
      'emails',
      'sms',
      'notes',
      'tasksDone',
      'tasksOverdue',
      'leadsCreated',
      'leadsConverted',
      'dealsCreated',
      'dealsWon',
    ]
    figuresOf = ({ counts }, known3) =>
      Object.fromEntries(NAMES.map((name) => [name, known3.has(name) ? (counts[name] ?? 0) : null]))
  },
})

// packages/core/src/reports/exact-sum.ts
var exactSum, UNIT, readExactSum, whole2
var init_exact_sum = __esm({
  'packages/core/src/reports/exact-sum.ts'() {
    init_sql()
    exactSum = (column) => sql`sum(${column}) % ${UNIT}, sum(${column}) - sum(${column}) % ${UNIT}`
    UNIT = raw('67108864')
    readExactSum = (row, at) => whole2(row[at]) + whole2(row[at + 1])
    whole2 = (value) => (value == null ? 0n : BigInt(value))
  },
})

// packages/core/src/reports/own-currency.ts
var inOwnCurrency, isForeign, foreignRows, own
var init_own_currency = __esm({
  'packages/core/src/reports/own-currency.ts'() {
    init_sql()
    inOwnCurrency = (ctx, value, condition2 = '') =>
      raw(`case when r.amount_currency = ${own(ctx)}${condition2 && ` and ${condition2}`} then ${value} end`)
    isForeign = (ctx) => raw(`r.amount_currency <> ${own(ctx)}`)
    foreignRows = (ctx) => raw(`count(case when ${isForeign(ctx).text} then 1 end)`)
    own = ({ currency }) => `'${currency}'`
  },
})

// packages/core/src/reports/parts.ts
function addTwo(one, other) {
  const own2 = one.own + other.own
  if (other.others.length === 0) return { own: own2, others: one.others }
  if (one.others.length === 0) return { own: own2, others: other.others }
  const found = /* @__PURE__ */ new Map()
  for (const part2 of [...one.others, ...other.others]) {
    const key = `${part2.currency} ${part2.rate ?? `on ${part2.day}`}`
    const known3 = found.get(key)
    found.set(key, known3 ? { ...known3, units: known3.units + part2.units } : part2)
  }
  return { own: own2, others: [...found.values()] }
}
function inCurrency({ own: own2, others }, currency, divisor = 1n) {
  let numerator = own2
  let denominator = 1n
  for (const part2 of others) {
    if (part2.rate === void 0) return null
    const rate = parseDecimal(part2.rate)
    const digits = rate.scale + exponentOf(part2.currency) - exponentOf(currency)
    const below = 10n ** BigInt(Math.max(digits, 0))
    const above = part2.units * rate.units * 10n ** BigInt(Math.max(-digits, 0))
    const common = below > denominator ? below : denominator
    numerator = numerator * (common / denominator) + above * (common / below)
    denominator = common
  }
  const whole3 = denominator * divisor
  return { amount: safe3(whole3 === 1n ? numerator : divideRounded(numerator, whole3)), currency }
}
function subtotals({ own: own2, others }, currency, divisor = 1n) {
  const units = /* @__PURE__ */ new Map([[currency, own2]])
  for (const part2 of others) units.set(part2.currency, (units.get(part2.currency) ?? 0n) + part2.units)
  return [...units]
    .filter(([, total]) => total !== 0n)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([code, total]) => ({ amount: safe3(divideRounded(total, divisor)), currency: code }))
}
function safe3(amount) {
  const number2 = Number(amount)
  if (Number.isSafeInteger(number2)) return number2
  throw new CrmError('VALIDATION', 'The total is beyond what a number can hold exactly.', {
    field: 'period',
    rule: 'total-too-large',
    remedy: 'Choose a shorter period or a narrower filter, or report in a currency with larger units.',
  })
}
var NOTHING2, NO_MONEY, ownMoney, otherMoney, addParts, scaled
var init_parts = __esm({
  'packages/core/src/reports/parts.ts'() {
    init_decimal()
    init_errors()
    init_money()
    NOTHING2 = []
    NO_MONEY = { own: 0n, others: NOTHING2 }
    ownMoney = (own2) => ({ own: own2, others: NOTHING2 })
    otherMoney = (part2) => ({ own: 0n, others: part2.units === 0n ? NOTHING2 : [part2] })
    addParts = (...sums) => sums.reduce(addTwo, NO_MONEY)
    scaled = ({ own: own2, others }, factor) => ({
      own: own2 * factor,
      others: others.map((part2) => ({ ...part2, units: part2.units * factor })),
    })
  },
})

// packages/core/src/reports/foreign-closed.ts
async function foreignClosed(ctx, grouping) {
  const stretches = stretchesOf(ctx.rates, ctx.period, ctx.query.engine.settings.timeZone)
  const rows = await groupedRows(ctx, {
    ...grouping,
    where: and(isForeign(ctx), grouping.where),
    keys: [...grouping.keys, raw('r.amount_currency'), rateKey(ctx, stretches)],
    measures: ['won', 'lost'].map((status) => exactSum(raw(`case when r.status = '${status}' then r.amount end`))),
  })
  return rows.map((row) => {
    const part2 = partOf(ctx, stretches, row.keys.slice(grouping.keys.length))
    const sum = (at) => otherMoney({ ...part2, units: readExactSum(row.values, at) })
    return { row, won: sum(0), lost: sum(2) }
  })
}
function rateKey({ currency }, stretches) {
  const ends = stretches.map(({ to }) => to)
  const stretch = pieceOf(raw('r.closed_at'), ends, (index) => `'#${index}'`)
  return sql`case when r.closed_rate_currency = ${currency} then r.closed_rate else ${stretch} end`
}
function partOf({ rates }, stretches, [currency, key]) {
  const from = String(currency)
  const text = String(key)
  if (!text.startsWith('#')) return { currency: from, rate: text, day: '' }
  const { day } = stretches[Number(text.slice(1))]
  return { currency: from, rate: rates.rateOn(from, day), day }
}
var init_foreign_closed = __esm({
  'packages/core/src/reports/foreign-closed.ts'() {
    init_sql()
    init_exact_sum()
    init_grouped()
    init_own_currency()
    init_parts()
    init_rates()
    init_time_buckets()
  },
})

// packages/core/src/reports/closed-deals.ts
async function closedDeals(ctx, groups, withTimes) {
  const found = await countClosed(ctx, groups, withTimes)
  const total = { ...found.reduce(addClosed, noClosedDeals(ctx, {})), keys: {} }
  return { groups: merged(groups.includes('team') ? await byTeam(ctx, found) : found, addClosed), total }
}
async function countClosed(ctx, groups, withTimes) {
  const columns2 = groups.map((name) => groupColumn(ctx, name, 'closed_at'))
  const byOwner = groups.some((name) => name === 'owner' || name === 'team')
  const where = closedIn(ctx)
  const split = byOwner ? await splitBy(ctx, 'deals', 'owner', where) : void 0
  const own2 = columnsBesideSplit(columns2, split)
  const amounts = ctx.sees('deals', 'amount')
  const from = raw(`${ctx.table('deals').name} r`)
  const keys = own2.map((column) => column.sql)
  const took = (status) => exactSum(raw(`case when r.status = '${status}' then r.closed_at - r.created_at end`))
  const worth = (status) => exactSum(inOwnCurrency(ctx, 'r.amount', `r.status = '${status}'`))
  const rows = await groupedRows(ctx, {
    from,
    where,
    keys,
    measures: [
      raw(`count(*), count(case when r.status = 'won' then 1 end)`),
      ...(withTimes ? [took('won'), took('lost')] : [raw('0, 0, 0, 0')]),
      ...(amounts ? [worth('won'), worth('lost'), foreignRows(ctx)] : []),
    ],
    split,
  })
  const money3 = (values, at) => (amounts ? ownMoney(readExactSum(values, at)) : void 0)
  const found = rows
    .filter(({ values }) => Number(values[0]) > 0)
    .map((row) => {
      const [all, won] = [Number(row.values[0]), Number(row.values[1])]
      return {
        keys: keysOf4(columns2, own2, row),
        won,
        lost: all - won,
        wonTime: readExactSum(row.values, 2),
        lostTime: readExactSum(row.values, 4),
        wonValue: money3(row.values, 6),
        lostValue: money3(row.values, 8),
      }
    })
  if (!rows.some(({ values }) => Number(values[10] ?? 0) > 0)) return found
  const foreign = await foreignClosed(ctx, { from, where, keys, split })
  return [
    ...found,
    ...foreign.map(({ row, won, lost }) => ({
      ...noClosedDeals(ctx, keysOf4(columns2, own2, row)),
      wonValue: won,
      lostValue: lost,
    })),
  ]
}
var noClosedDeals, plus, addClosed, closedIn
var init_closed_deals = __esm({
  'packages/core/src/reports/closed-deals.ts'() {
    init_sql()
    init_distinct()
    init_exact_sum()
    init_foreign_closed()
    init_grouped()
    init_groups()
    init_labels()
    init_own_currency()
    init_parts()
    noClosedDeals = (ctx, keys) => {
      const value = ctx.sees('deals', 'amount') ? NO_MONEY : void 0
      return { keys, won: 0, lost: 0, wonValue: value, lostValue: value, wonTime: 0n, lostTime: 0n }
    }
    plus = (one, other) => one && other && addTwo(one, other)
    addClosed = (one, other) => ({
      keys: one.keys,
      won: one.won + other.won,
      lost: one.lost + other.lost,
      wonValue: plus(one.wonValue, other.wonValue),
      lostValue: plus(one.lostValue, other.lostValue),
      wonTime: one.wonTime + other.wonTime,
      lostTime: one.lostTime + other.lostTime,
    })
    closedIn = (ctx) =>
      and(
        sql`r.closed_at >= ${ctx.period.from.getTime()} and r.closed_at < ${ctx.period.to.getTime()}`,
        ctx.pipelines ? inList(raw('r.pipeline'), ctx.pipelines) : and(),
        ctx.rowsAnywhere('deals'),
      )
  },
})

// packages/core/src/reports/open-deals.ts
async function openDeals(ctx, groups, condition2, extra = {}) {
  const columns2 = groups.map((name) => {
    const own2 = extra[name]
    if (own2) return { name, sql: own2.sql, read: own2.read ?? asKey }
    const column = groupColumn(ctx, name, 'created_at')
    return { ...column, sql: sql`coalesce(${column.sql}, null)` }
  })
  const amounts = ctx.sees('deals', 'amount')
  const weights = amounts && ctx.sees('deals', 'probability')
  const grouping = {
    from: raw(`${ctx.table('deals').name} r`),
    where: and(sql`r.closed_at is null`, condition2, ctx.rows('deals')),
    keys: columns2.map((column) => column.sql),
  }
  const worth = (value) => exactSum(inOwnCurrency(ctx, value))
  const rows = await groupedRows(ctx, {
    ...grouping,
    measures: [
      raw('count(*)'),
      ...(amounts ? [foreignRows(ctx), worth('r.amount'), worth('r.amount * r.probability')] : []),
    ],
  })
  const found = rows
    .filter(({ values }) => Number(values[0]) > 0)
    .map((row) => {
      const sum = (at) => ownMoney(readExactSum(row.values, at))
      const keys = keysOf4(columns2, columns2, row)
      return {
        keys,
        deals: Number(row.values[0]),
        value: amounts ? sum(2) : void 0,
        weighted: weights ? sum(4) : void 0,
      }
    })
  if (rows.some(({ values }) => Number(values[1] ?? 0) > 0)) found.push(...(await foreignOpen(ctx, grouping, columns2)))
  const total = { ...found.reduce(addOpen, noOpenDeals(ctx, {})), keys: {} }
  const grouped = merged(groups.includes('team') ? await byTeam(ctx, found) : found, addOpen)
  return { groups: grouped, total, once: found }
}
async function foreignOpen(ctx, grouping, columns2) {
  const rows = await groupedRows(ctx, {
    ...grouping,
    where: and(isForeign(ctx), grouping.where),
    keys: [...grouping.keys, raw('r.amount_currency')],
    measures: [exactSum(raw('r.amount')), exactSum(raw('r.amount * r.probability'))],
  })
  return rows.map((row) => {
    const sum = (at) => atToday(ctx, String(row.keys[columns2.length]), readExactSum(row.values, at))
    const weighted = ctx.sees('deals', 'probability') ? sum(2) : void 0
    return { keys: keysOf4(columns2, columns2, row), deals: 0, value: sum(0), weighted }
  })
}
function atToday(ctx, currency, units, day = ctx.today) {
  if (currency === ctx.currency) return ownMoney(units)
  return otherMoney({ currency, rate: ctx.rates.rateOn(currency, day), day, units })
}
var noOpenDeals, plus2, addOpen, asKey
var init_open_deals = __esm({
  'packages/core/src/reports/open-deals.ts'() {
    init_sql()
    init_exact_sum()
    init_grouped()
    init_groups()
    init_labels()
    init_own_currency()
    init_parts()
    noOpenDeals = (ctx, keys) => {
      const value = ctx.sees('deals', 'amount') ? NO_MONEY : void 0
      return { keys, deals: 0, value, weighted: ctx.sees('deals', 'probability') ? value : void 0 }
    }
    plus2 = (one, other) => one && other && addTwo(one, other)
    addOpen = (one, other) => ({
      keys: one.keys,
      deals: one.deals + other.deals,
      value: plus2(one.value, other.value),
      weighted: plus2(one.weighted, other.weighted),
    })
    asKey = (value) => (value == null ? null : String(value))
  },
})

// packages/core/src/reports/quota-sums.ts
async function quotaSums(ctx, groups) {
  if (groups.some((group2) => group2 === 'pipeline' || group2 === 'source') || !ctx.sees('deals', 'amount')) return []
  const kind = groups.includes('team') ? 'team' : 'user'
  const { caller, query, period, today } = ctx
  const quotas = sql`select tenant_id, grantee_id as owner, month, amount, currency from ${raw(caller.storage.table('quota'))} where tenant_id = ${caller.tenant} and grantee_kind = ${kind}`
  const where = and(
    sql`r.month >= ${period.fromDate} and r.month < ${period.toDate}`,
    kind === 'user' ? usersInReach(ctx) : teamsInReach(ctx),
  )
  const statement = sql`select r.owner, r.month, r.amount, r.currency from (${quotas}) r where ${where}`
  const rows = await caller.storage.read(statement.text, statement.params)
  const found = rows.map(([owner, month, amount, currency]) => {
    const day = String(month).slice(0, 10)
    const hasBegun = day <= today
    const keys = groups.map((group2) => {
      if (isPeriodUnit(group2))
        return [group2, unitKey(startOfUnit(day, group2, query.engine.settings), group2, query.engine.settings)]
      return [group2, String(owner)]
    })
    return {
      keys: Object.fromEntries(keys),
      quota: atToday(ctx, String(currency), BigInt(amount), hasBegun ? day : today),
    }
  })
  return merged(found, (one, other) => ({ keys: one.keys, quota: addParts(one.quota, other.quota) }))
}
function usersInReach({ query, request, table: table3 }) {
  const scope = reportScope(query, 'deals')
  const owners = scope.kind === 'owners' ? inList(raw('r.owner'), [...scope.owners]) : and()
  const filter = request.where?.owner
  return filter === void 0 ? owners : and(owners, compileWhere(query, table3('deals'), { owner: filter }, 'r'))
}
function teamsInReach({ query }) {
  const scope = reportScope(query, 'deals')
  if (scope.kind === 'all') return and()
  return inList(raw('r.owner'), scope.kind === 'owners' && scope.shared ? query.actor.teams : [])
}
var init_quota_sums = __esm({
  'packages/core/src/reports/quota-sums.ts'() {
    init_period_units()
    init_periods()
    init_filter()
    init_sql()
    init_groups()
    init_open_deals()
    init_parts()
    init_scope2()
  },
})

// packages/core/src/reports/forecast-sums.ts
function emptyForecast(ctx, keys) {
  const open = noOpenDeals(ctx, keys)
  return {
    keys,
    wonDeals: 0,
    won: open.value,
    open,
    categories: open.value && NONE2,
    quota: void 0,
  }
}
function addSums(one, other) {
  const plus3 = (left, right) => (left && right ? addParts(left, right) : (left ?? right))
  return {
    keys: one.keys,
    wonDeals: one.wonDeals + other.wonDeals,
    won: plus3(one.won, other.won),
    open: addOpen(one.open, other.open),
    categories: one.categories && other.categories && addCategories(one.categories, other.categories),
    quota: plus3(one.quota, other.quota),
  }
}
async function forecastSums(ctx, groups, closed) {
  const open = await openByStage(ctx, groups)
  const quotas = await quotaSums(ctx, groups)
  const allQuotas = groups.includes('team') ? await quotaSums(ctx, []) : quotas
  const none = (keys) => emptyForecast(ctx, keys)
  const rows = [
    ...closed.groups
      .filter(({ won }) => won > 0)
      .map(({ keys, won, wonValue }) => ({ ...none(keys), wonDeals: won, won: wonValue })),
    ...open.groups,
    ...quotas.map(({ keys, quota }) => ({ ...none(keys), quota })),
  ]
  const total = {
    ...open.total,
    wonDeals: closed.total.won,
    won: closed.total.wonValue,
    quota: allQuotas.length > 0 ? addParts(...allQuotas.map(({ quota }) => quota)) : void 0,
  }
  return { groups: merged(rows, addSums), total }
}
async function openByStage(ctx, groups) {
  const { fromDate, toDate } = ctx.period
  const expected = sql`r.expected_close_date >= ${fromDate} and r.expected_close_date < ${toDate}`
  const times2 = groups.filter(isPeriodUnit).map((unit) => [unit, expectedIn(ctx, unit)])
  const open = await openDeals(ctx, [...groups, 'stage'], expected, Object.fromEntries(times2))
  const asSums = (row) => {
    const { stage, ...keys } = row.keys
    const category = CATEGORY[ctx.book.stages.get(stage)?.forecastCategory ?? 'pipeline']
    const categories = row.value && { ...NONE2, ...(category && { [category]: row.value }) }
    return { ...emptyForecast(ctx, keys), open: { ...row, keys }, categories }
  }
  const total = open.once.map(asSums).reduce(addSums, emptyForecast(ctx, {}))
  return { groups: open.groups.map(asSums), total: { ...total, keys: {} } }
}
function expectedIn({ query }, unit) {
  const { settings } = query.engine
  const fine = unit === 'day' || unit === 'week'
  return {
    sql: raw(fine ? 'r.expected_close_date' : 'substr(r.expected_close_date, 1, 7)'),
    read: (value) => {
      const date = fine ? String(value) : `${String(value)}-01`
      return unitKey(startOfUnit(date, unit, settings), unit, settings)
    },
  }
}
var CATEGORY, NONE2, addCategories
var init_forecast_sums = __esm({
  'packages/core/src/reports/forecast-sums.ts'() {
    init_period_units()
    init_periods()
    init_sql()
    init_groups()
    init_open_deals()
    init_parts()
    init_quota_sums()
    CATEGORY = {
      closed: 'commit',
      commit: 'commit',
      'best-case': 'bestCase',
      pipeline: 'pipeline',
      omitted: void 0,
    }
    NONE2 = { commit: NO_MONEY, bestCase: NO_MONEY, pipeline: NO_MONEY }
    addCategories = (one, other) => ({
      commit: addParts(one.commit, other.commit),
      bestCase: addParts(one.bestCase, other.bestCase),
      pipeline: addParts(one.pipeline, other.pipeline),
    })
  },
})

// packages/core/src/reports/value.ts
function moneyFigures(ctx, sums, weighted = []) {
  const figures2 = {}
  let parts
  for (const name in sums) {
    const sum = sums[name]
    const divisor = weighted.includes(name) ? 100n : 1n
    figures2[name] = sum ? inCurrency(sum, ctx.currency, divisor) : null
    if (!sum || sum.others.length === 0) continue
    for (const part2 of sum.others) noteMissing(ctx, part2)
    parts ??= {}
    parts[name] = subtotals(sum, ctx.currency, divisor)
  }
  if (parts) figures2.subtotals = parts
  return figures2
}
function noteMissing({ missing }, { currency, rate, day }) {
  if (rate !== void 0) return
  const known3 = missing.get(currency)
  if (known3 === void 0 || day < known3) missing.set(currency, day)
}
var init_value = __esm({
  'packages/core/src/reports/value.ts'() {
    init_parts()
  },
})

// packages/core/src/reports/forecast.ts
async function forecastIn(ctx, groups, closed) {
  const sums = await forecastSums(ctx, groups, closed ?? (await closedDeals(ctx, groups, false)))
  const undated = await openDeals(ctx, [], sql`r.expected_close_date is null`)
  const labels = await labelsFor(ctx, groups)
  const ordered = inOrder(ctx, groups, sums.groups, (keys) => emptyForecast(ctx, keys))
  const shown3 = ordered.map((of2) => ({
    of: of2,
    shown: Object.assign(labels.of(of2.keys), forecastFigures(ctx, of2)),
  }))
  const { undated: value, subtotals: subtotals2 } = moneyFigures(ctx, { undated: undated.total.value })
  const totals = forecastFigures(ctx, sums.total)
  return {
    rows: shown3.map((row) => row.shown),
    totals: {
      ...totals,
      undatedDeals: undated.total.deals,
      undated: value,
      ...(subtotals2 && { subtotals: { ...totals.subtotals, ...subtotals2 } }),
    },
    series: seriesOf(ctx, groups, labels, shown3, [
      ['forecast', 'Forecast'],
      ['won', 'Won'],
      ['weighted', 'Weighted open'],
      ['quota', 'Quota'],
    ]),
  }
}
function forecastFigures(ctx, { won, open, categories, quota, wonDeals }) {
  const sum = (...sums) => (sums.every((one) => one !== void 0) ? addParts(...sums) : void 0)
  const { commit, bestCase, pipeline } = categories ?? {}
  const figures2 = moneyFigures(
    ctx,
    {
      won,
      open: open.value,
      weighted: open.weighted,
      forecast: won && open.weighted && addParts(scaled(won, 100n), open.weighted),
      commit: sum(won, commit),
      bestCase: sum(won, commit, bestCase),
      openPipeline: sum(commit, bestCase, pipeline),
      quota,
    },
    ['weighted', 'forecast'],
  )
  const missing = figures2.quota && figures2.won ? figures2.quota.amount - figures2.won.amount : null
  return {
    wonDeals,
    openDeals: open.deals,
    ...figures2,
    attainment: ratio(figures2.won?.amount ?? null, figures2.quota?.amount ?? null),
    coverage: missing !== null && missing > 0 ? ratio(figures2.open?.amount ?? null, missing) : null,
  }
}
var GROUPS, forecast
var init_forecast = __esm({
  'packages/core/src/reports/forecast.ts'() {
    init_sql()
    init_chart()
    init_closed_deals()
    init_context()
    init_forecast_sums()
    init_groups()
    init_labels()
    init_open_deals()
    init_parts()
    init_report()
    init_request()
    init_value()
    GROUPS = ['owner', 'team', 'pipeline', 'source', ...TIME_GROUPS]
    forecast = (caller, request) =>
      runReport(caller, request, { keys: ['groupBy', 'pipeline'] }, (ctx) => {
        requireFields(ctx, 'deals', 'stage', 'status', 'closedAt', 'expectedCloseDate')
        return forecastIn(ctx, ctx.request.groupBy === void 0 ? ['month'] : groupsOf(ctx, 'deals', 'closedAt', GROUPS))
      })
  },
})

// packages/core/src/reports/lead-figures.ts
async function leadFigures(ctx, groups) {
  const cohort = await leadsBy(ctx, groups, 'created_at', [raw('count(*)'), raw('count(r.converted_at)')])
  const activity = await leadsBy(ctx, groups, 'converted_at', [raw('count(*)')])
  const found = [
    ...cohort.map(({ keys, values }) => ({
      keys,
      created: Number(values[0]),
      converted: Number(values[1]),
      conversions: 0,
    })),
    ...activity.map(({ keys, values }) => ({ ...noLeads(keys), conversions: Number(values[0]) })),
  ].filter(({ created, conversions }) => created > 0 || conversions > 0)
  const total = { ...found.reduce(addLeads, noLeads({})), keys: {} }
  return { groups: merged(groups.includes('team') ? await byTeam(ctx, found) : found, addLeads), total }
}
async function leadsBy(ctx, groups, moment, measures) {
  const columns2 = groups.map((name) => groupColumn(ctx, name, moment))
  const inPeriod2 = sql`r.${raw(moment)} >= ${ctx.period.from.getTime()} and r.${raw(moment)} < ${ctx.period.to.getTime()}`
  const where = and(inPeriod2, ctx.rows('leads'))
  const split = await splitBy(ctx, 'leads', 'source', where)
  const own2 = columnsBesideSplit(columns2, split)
  const rows = await groupedRows(ctx, {
    from: raw(`${ctx.table('leads').name} r`),
    where,
    keys: own2.map(({ sql: sql2 }) => sql2),
    measures,
    split,
  })
  return rows.map((row) => ({ keys: keysOf4(columns2, own2, row), values: row.values }))
}
var noLeads, addLeads
var init_lead_figures = __esm({
  'packages/core/src/reports/lead-figures.ts'() {
    init_sql()
    init_distinct()
    init_grouped()
    init_groups()
    init_labels()
    noLeads = (keys) => ({ keys, created: 0, converted: 0, conversions: 0 })
    addLeads = (one, other) => ({
      keys: one.keys,
      created: one.created + other.created,
      converted: one.converted + other.converted,
      conversions: one.conversions + other.conversions,
    })
  },
})

// packages/core/src/reports/lead-conversion.ts
async function conversionBy(ctx, groups) {
  const leads2 = await leadFigures(ctx, groups)
  const labels = await labelsFor(ctx, groups)
  const shown3 = inOrder(ctx, groups, leads2.groups, noLeads).map((of2) => ({
    of: of2,
    shown: Object.assign(labels.of(of2.keys), conversionFigures(of2)),
  }))
  return {
    rows: shown3.map((row) => row.shown),
    totals: conversionFigures(leads2.total),
    series: seriesOf(ctx, groups, labels, shown3, [
      ['cohortRate', 'Cohort conversion'],
      ['activityRate', 'Activity conversion'],
      ['created', 'Created'],
      ['conversions', 'Conversions'],
    ]),
  }
}
var LEAD_GROUPS, leadConversion, conversionFigures
var init_lead_conversion = __esm({
  'packages/core/src/reports/lead-conversion.ts'() {
    init_chart()
    init_context()
    init_groups()
    init_labels()
    init_lead_figures()
    init_report()
    init_request()
    LEAD_GROUPS = ['source', 'owner', 'team', 'campaign', 'medium', ...TIME_GROUPS]
    leadConversion = (caller, request) =>
      runReport(caller, request, { keys: ['groupBy'] }, (ctx) => {
        requireFields(ctx, 'leads', 'createdAt', 'convertedAt')
        return conversionBy(ctx, groupsOf(ctx, 'leads', 'createdAt', LEAD_GROUPS))
      })
    conversionFigures = ({ created, converted, conversions }) => ({
      created,
      converted,
      cohortRate: ratio(converted, created),
      conversions,
      activityRate: ratio(conversions, created),
    })
  },
})

// packages/core/src/reports/days.ts
var DAY4, meanDays
var init_days = __esm({
  'packages/core/src/reports/days.ts'() {
    DAY4 = 864e5
    meanDays = (time, count2) => (count2 === 0 ? null : Number(time) / count2 / DAY4)
  },
})

// packages/core/src/reports/medians.ts
async function medians({ caller }, { from, where, keys, value }) {
  const names2 = keys.map((_, index) => `k${index}`)
  const group2 = names2.length === 0 ? '' : `partition by ${names2.join(', ')} `
  const listed = [...keys.map((key, index) => sql`${key} as ${raw(names2[index])}`), sql`${value} as x`]
  const ordered = raw(`row_number() over (${group2}order by x) as rn, count(*) over (${group2}) as n`)
  const selected = [...names2, 'avg(x)'].join(', ')
  const grouped = names2.length === 0 ? '' : ` group by ${names2.join(', ')}`
  const statement = sql`select ${raw(selected)} from (
    select ${raw([...names2, 'x'].join(', '))}, ${ordered} from (select ${join(listed, ', ')} from ${from} where ${where}) v
  ) o where 2 * rn between n and n + 2${raw(grouped)}`
  const rows = await caller.storage.read(statement.text, statement.params)
  return rows.filter((row) => row[names2.length] != null)
}
function dealsGrouped(ctx, groups, moment) {
  const { storage } = ctx.caller
  const deals3 = `${ctx.table('deals').name} r`
  const members = ` left join ${storage.table('team_member')} m on m.tenant_id = r.tenant_id and m.user_id = r.owner`
  const columns2 = groups.map((name) =>
    name === 'team' ? { name, sql: raw('m.team_id'), read: keyOf3 } : groupColumn(ctx, name, moment),
  )
  return {
    from: raw(groups.includes('team') ? deals3 + members : deals3),
    keys: columns2.map(({ sql: sql2 }) => sql2),
    read(row) {
      return Object.fromEntries(columns2.map(({ name, read }, index) => [name, read(row[index])]))
    },
  }
}
var keyOf3
var init_medians = __esm({
  'packages/core/src/reports/medians.ts'() {
    init_sql()
    init_groups()
    keyOf3 = (value) => (value == null ? null : String(value))
  },
})

// packages/core/src/reports/furthest-stages.ts
async function furthestStages(ctx, pipeline, steps) {
  const { caller } = ctx
  const deals3 = raw(`${ctx.table('deals').name} r`)
  const created = createdIn(ctx)
  const branches = pipeline.stages.map((stage, index) => {
    const here = and(sql`r.stage = ${stage.id}`, created)
    if (stage.id === steps.at(-1)?.id)
      return sql`select ${raw(`${index} as stage, ${steps.length - 1} as furthest`)}, count(*) from ${deals3} where ${here}`
    const reached = sql`select ${furthestOf(ctx, steps)} as furthest from ${deals3} where ${here}`
    return sql`select ${raw(`${index} as stage`)}, furthest, count(*) from (${reached}) d group by furthest`
  })
  const statement = join(branches, ' union all ')
  const rows = await caller.storage.read(statement.text, statement.params)
  return rows.map(([stage, furthest, count2]) => ({
    stage: pipeline.stages[Number(stage)],
    furthest: furthest == null ? null : Number(furthest),
    deals: Number(count2),
  }))
}
function furthestOf({ caller }, steps) {
  const places = join(
    steps.map(({ id }, step) => sql`when ${id} then ${raw(String(step))}`),
    ' ',
  )
  const history = raw(caller.storage.table('stage_interval'))
  return sql`(select max(case i.stage_id ${places} end) from ${history} i where i.tenant_id = r.tenant_id and i.deal_id = r.id)`
}
async function medianStays(ctx, pipeline) {
  const stages = pipeline.stages.map(({ id }) => id)
  const deals3 = ctx.table('deals').name
  const history = ctx.caller.storage.table('stage_interval')
  const rows = await medians(ctx, {
    // A cross join keeps SQLite from starting with everybody's history.
    from: raw(`${deals3} r cross join ${history} i`),
    where: and(
      raw('i.tenant_id = r.tenant_id and i.deal_id = r.id and i.left_at is not null'),
      inList(raw('r.stage'), stages),
      inList(raw('i.stage_id'), stages),
      createdIn(ctx),
    ),
    keys: [raw('i.stage_id')],
    value: raw('i.left_at - i.entered_at'),
  })
  return new Map(rows.map(([stage, middle]) => [String(stage), Number(middle) / DAY4]))
}
var createdIn
var init_furthest_stages = __esm({
  'packages/core/src/reports/furthest-stages.ts'() {
    init_sql()
    init_days()
    init_medians()
    createdIn = (ctx) =>
      and(
        sql`r.created_at >= ${ctx.period.from.getTime()} and r.created_at < ${ctx.period.to.getTime()}`,
        ctx.rowsAnywhere('deals'),
      )
  },
})

// packages/core/src/reports/sales-funnel.ts
async function funnelIn(ctx, withMedians) {
  requireFields(ctx, 'deals', 'stage', 'status', 'createdAt')
  const pipelines = pipelinesOf(ctx)
  const rows = []
  const totals = { deals: 0, open: 0, won: 0, lost: 0, conversion: null }
  for (const pipeline of pipelines) {
    const steps = stepsOf(pipeline)
    const furthest = await furthestStages(ctx, pipeline, steps)
    const stays = withMedians ? await medianStays(ctx, pipeline) : /* @__PURE__ */ new Map()
    rows.push(...funnelRows(pipeline, steps, furthest, stays))
    for (const { stage, deals: deals3 } of furthest) {
      totals.deals += deals3
      totals[stage.class] += deals3
    }
  }
  totals.conversion = ratio(totals.won, totals.deals)
  return { rows, totals, series: funnelSeries(pipelines, rows) }
}
function funnelRows(pipeline, steps, found, stays) {
  const count2 = (matches2) => found.filter(matches2).reduce((sum, { deals: deals3 }) => sum + deals3, 0)
  const reached = steps.map((_, step) => count2(({ furthest }) => furthest !== null && furthest >= step))
  return steps.map((stage, step) => ({
    pipeline: pipeline.id,
    pipelineName: pipeline.name,
    stage: stage.id,
    stageName: stage.name,
    step: step + 1,
    reached: reached[step],
    conversion: ratio(reached[step + 1] ?? null, reached[step]),
    share: ratio(reached[step], reached[0]),
    current: count2((row) => row.stage.id === stage.id),
    lost: count2((row) => row.stage.class === 'lost' && row.furthest === step),
    medianDays: stays.get(stage.id) ?? null,
  }))
}
var salesFunnel, stepsOf, funnelSeries
var init_sales_funnel = __esm({
  'packages/core/src/reports/sales-funnel.ts'() {
    init_context()
    init_furthest_stages()
    init_pipelines()
    init_report()
    init_request()
    salesFunnel = (caller, request) =>
      runReport(caller, request, { keys: ['pipeline', 'medians'] }, (ctx) =>
        funnelIn(ctx, readFlag(ctx.request, 'medians', true)),
      )
    stepsOf = ({ stages }) => stages.filter((stage) => stage.class !== 'lost')
    funnelSeries = (pipelines, rows) =>
      pipelines.map(({ id, name }) => ({
        key: id,
        label: name,
        points: rows
          .filter(({ pipeline }) => pipeline === id)
          .map(({ stageName, reached }) => ({ x: stageName, y: reached })),
      }))
  },
})

// packages/core/src/reports/win-rate.ts
async function winRateIn(ctx) {
  requireFields(ctx, 'deals', 'status', 'closedAt')
  const groups = groupsOf(ctx, 'deals', 'closedAt', CLOSED_GROUPS)
  return winRateOf(ctx, groups, await closedDeals(ctx, groups, false))
}
async function winRateOf(ctx, groups, closed) {
  const labels = await labelsFor(ctx, groups)
  const ordered = inOrder(ctx, groups, closed.groups, (keys) => noClosedDeals(ctx, keys))
  const shown3 = ordered.map((of2) => ({
    of: of2,
    shown: Object.assign(labels.of(of2.keys), winRateFigures(ctx, of2)),
  }))
  return {
    rows: shown3.map((row) => row.shown),
    totals: winRateFigures(ctx, closed.total),
    series: seriesOf(ctx, groups, labels, shown3, [
      ['winRate', 'Win rate'],
      ['won', 'Won'],
      ['lost', 'Lost'],
      ['wonValue', 'Won value'],
    ]),
  }
}
function winRateFigures(ctx, { won, lost, wonValue, lostValue }) {
  const values = moneyFigures(ctx, { wonValue, lostValue })
  const both = values.wonValue && values.lostValue && values.wonValue.amount + values.lostValue.amount
  return {
    won,
    lost,
    winRate: ratio(won, won + lost),
    ...values,
    winRateByValue: ratio(values.wonValue?.amount ?? null, both),
  }
}
var CLOSED_GROUPS, winRate
var init_win_rate = __esm({
  'packages/core/src/reports/win-rate.ts'() {
    init_chart()
    init_closed_deals()
    init_context()
    init_groups()
    init_labels()
    init_report()
    init_request()
    init_value()
    CLOSED_GROUPS = ['owner', 'team', 'source', 'pipeline', 'lostReason', ...TIME_GROUPS]
    winRate = (caller, request) => runReport(caller, request, { keys: ['groupBy', 'pipeline'] }, winRateIn)
  },
})

// packages/core/src/reports/dashboard.ts
async function dashboard(caller, request) {
  const ctx = await openReport(caller, request, { keys: ['pipeline'] })
  const sections = await sectionsIn(ctx)
  if (request.compare !== 'previous')
    return { ...sections, missingRates: missingRates(ctx), period: shownPeriod(ctx.period) }
  const before = during(ctx, previousPeriod(ctx.period))
  const earlier2 = await sectionsIn(before)
  for (const [name, section] of Object.entries(sections)) {
    const past = earlier2[name]?.totals
    if (section && past) Object.assign(section, { previous: past, delta: deltaOf(section.totals, past) })
  }
  return {
    ...sections,
    missingRates: missingRates(ctx),
    period: shownPeriod(ctx.period),
    previousPeriod: shownPeriod(before.period),
  }
}
async function sectionsIn(ctx) {
  const groups = ctx.sees('deals', 'owner') ? ['owner', 'month'] : ['month']
  const closed = await orNull(async () => {
    requireFields(ctx, 'deals', 'status', 'closedAt')
    return closedDeals(ctx, groups, false)
  })
  return {
    funnel: await orNull(() => funnelIn(ctx, false)),
    conversionBySource: await orNull(async () => {
      requireFields(ctx, 'leads', 'source', 'createdAt', 'convertedAt')
      return conversionBy(ctx, ['source'])
    }),
    winRate: closed && (await winRateOf(ctx, groups, closed)),
    forecast:
      closed &&
      (await orNull(async () => {
        requireFields(ctx, 'deals', 'stage', 'expectedCloseDate')
        const byMonth = closed.groups.map((row) => ({ ...row, keys: { month: row.keys.month ?? null } }))
        return forecastIn(ctx, ['month'], { groups: merged(byMonth, addClosed), total: closed.total })
      })),
    activity: await orNull(() => activityBy(ctx, ['owner'])),
  }
}
async function orNull(section) {
  try {
    return await section()
  } catch (error) {
    if (isCrmError(error, 'FORBIDDEN')) return null
    throw error
  }
}
var init_dashboard = __esm({
  'packages/core/src/reports/dashboard.ts'() {
    init_errors()
    init_periods()
    init_agent_activity()
    init_closed_deals()
    init_context()
    init_forecast()
    init_groups()
    init_lead_conversion()
    init_report()
    init_sales_funnel()
    init_win_rate()
  },
})

// packages/core/src/reports/lead-sources.ts
async function leadSourcesIn(ctx) {
  requireFields(ctx, 'leads', 'source', 'createdAt', 'convertedAt')
  const groups = ['source']
  const leads2 = await leadFigures(ctx, groups)
  const deals3 = mayCountDeals(ctx) ? await dealsBySource(ctx) : void 0
  const labels = await labelsFor(ctx, groups)
  const bySource = new Map(leads2.groups.map((row) => [row.keys.source ?? null, row]))
  const sources = /* @__PURE__ */ new Set([
    ...bySource.keys(),
    ...(deals3?.created.keys() ?? []),
    ...(deals3?.closed.keys() ?? []),
  ])
  const found = [...sources].map((source) => ({ keys: { source }, leads: bySource.get(source) ?? noLeads({ source }) }))
  const shown3 = inOrder(ctx, groups, found, (keys) => ({
    keys,
    leads: noLeads(keys),
  })).map((of2) => {
    const { source } = of2.keys
    const closed = deals3?.closed.get(source) ?? noClosedDeals(ctx, of2.keys)
    const figures2 = sourceFigures(ctx, of2.leads, deals3 && { created: deals3.created.get(source) ?? 0, closed })
    return { of: of2, shown: { source, ...figures2 } }
  })
  const total = deals3 && {
    created: [...deals3.created.values()].reduce((sum, count2) => sum + count2, 0),
    closed: deals3.total,
  }
  return {
    rows: shown3.map((row) => row.shown),
    totals: sourceFigures(ctx, leads2.total, total),
    series: seriesOf(ctx, groups, labels, shown3, [
      ['wonValue', 'Won value'],
      ['leads', 'Leads'],
      ['converted', 'Converted'],
    ]),
  }
}
async function dealsBySource(ctx) {
  const { sql: source, read } = groupColumn(ctx, 'source', 'created_at')
  const inPeriod2 = sql`r.created_at >= ${ctx.period.from.getTime()} and r.created_at < ${ctx.period.to.getTime()}`
  const rows = await groupedRows(ctx, {
    from: raw(`${ctx.table('deals').name} r`),
    where: and(inPeriod2, ctx.rows('deals')),
    keys: [source],
    measures: [raw('count(*)')],
  })
  const closed = await closedDeals(ctx, ['source'], false)
  return {
    created: new Map(rows.map(({ keys, values }) => [read(keys[0]), Number(values[0])])),
    closed: new Map(closed.groups.map((row) => [row.keys.source ?? null, row])),
    total: closed.total,
  }
}
function sourceFigures(ctx, { created, converted }, deals3) {
  return {
    leads: created,
    converted,
    conversionRate: ratio(converted, created),
    deals: deals3 ? deals3.created : null,
    won: deals3 ? deals3.closed.won : null,
    ...moneyFigures(ctx, { wonValue: deals3?.closed.wonValue }),
  }
}
var leadSources, mayCountDeals
var init_lead_sources = __esm({
  'packages/core/src/reports/lead-sources.ts'() {
    init_sql()
    init_chart()
    init_closed_deals()
    init_context()
    init_grouped()
    init_groups()
    init_labels()
    init_lead_figures()
    init_report()
    init_value()
    leadSources = (caller, request) => runReport(caller, request, {}, leadSourcesIn)
    mayCountDeals = ({ query, sees }) =>
      query.actor.scope('deals', 'read').kind !== 'none' &&
      ['source', 'status', 'createdAt', 'closedAt'].every((field2) => sees('deals', field2))
  },
})

// packages/core/src/reports/pipeline-as-of.ts
async function pipelineAsOf(caller, request) {
  const ctx = await openReport(caller, request, { keys: ['at', 'pipeline'], period: false })
  requireFields(ctx, 'deals', 'stage', 'status', 'createdAt')
  const at = momentOf2(ctx, request.at)
  const found = await stagesAt(ctx, at)
  const figures2 = (rows2) => ({
    deals: rows2.reduce((sum, { deals: deals3 }) => sum + deals3, 0),
    ...valuesOf(ctx, rows2),
  })
  const rows = found.map((row) => ({
    pipeline: row.stage.pipeline,
    pipelineName: row.pipelineName,
    stage: row.stage.id,
    stageName: row.stage.name,
    ...figures2([row]),
  }))
  const series2 = pipelinesOf(ctx).map(({ id, name }) => ({
    key: id,
    label: name,
    points: rows
      .filter(({ pipeline }) => pipeline === id)
      .map(({ stageName, deals: deals3 }) => ({ x: stageName, y: deals3 })),
  }))
  return { rows, totals: figures2(found), series: series2, missingRates: missingRates(ctx), at, zone: ctx.zone }
}
function momentOf2({ zone, query }, at) {
  const moment = isCalendarDate(at)
    ? new Date(startOfDay(addToDate(at, { days: 1 }), zone).getTime() - 1)
    : at instanceof Date || (typeof at === 'string' && INSTANT4.test(at))
      ? new Date(at)
      : void 0
  if (!moment || Number.isNaN(moment.getTime())) {
    throw invalid(
      'at',
      'invalid-date',
      'Give a date as YYYY-MM-DD, a Date, or an instant such as 2026-03-01T09:00:00Z.',
    )
  }
  if (moment <= query.now) return moment
  if (zonedDate(moment, zone) === zonedDate(query.now, zone)) return query.now
  throw invalid('at', 'in-the-future', 'Give today or a moment that has passed.')
}
async function stagesAt(ctx, at) {
  const stages = pipelinesOf(ctx).flatMap(({ name, stages: stages2 }) =>
    stages2.filter((stage) => stage.class === 'open').map((stage) => ({ stage, pipelineName: name })),
  )
  if (stages.length === 0) return []
  const { storage, tenant } = ctx.caller
  const from = raw(
    `${storage.table('stage_interval')} i join ${ctx.table('deals').name} r on r.tenant_id = i.tenant_id and r.id = i.deal_id`,
  )
  const time = at.getTime()
  const branches = stages.map(({ stage }, index) => {
    const there = sql`i.tenant_id = ${tenant} and i.stage_id = ${stage.id} and i.entered_at <= ${time} and (i.left_at is null or i.left_at > ${time})`
    return sql`select ${raw(String(index))}, i.amount_currency, count(*), ${exactSum(raw('i.amount'))} from ${from} where ${and(there, ctx.rowsAnywhere('deals'))} group by i.amount_currency`
  })
  const statement = join(branches, ' union all ')
  const rows = await ctx.caller.storage.read(statement.text, statement.params)
  const amounts = ctx.sees('deals', 'amount')
  const day = zonedDate(at, ctx.query.engine.settings.timeZone)
  return stages.map((named2, index) => {
    const mine = rows.filter((row) => Number(row[0]) === index)
    const sums = mine
      .filter((row) => row[1] != null)
      .map((row) => atToday(ctx, String(row[1]), readExactSum(row, 3), day))
    return {
      ...named2,
      deals: mine.reduce((sum, row) => sum + Number(row[2]), 0),
      value: amounts ? addParts(NO_MONEY, ...sums) : void 0,
    }
  })
}
function valuesOf(ctx, rows) {
  const sums = rows.flatMap(({ value: value2 }) => value2 ?? [])
  const known3 = ctx.sees('deals', 'amount')
  const weighted = rows.flatMap(({ stage, value: value2 }) => (value2 ? scaled(value2, BigInt(stage.probability)) : []))
  const value = known3 ? addParts(NO_MONEY, ...sums) : void 0
  return moneyFigures(
    ctx,
    { value, weighted: known3 && ctx.sees('deals', 'probability') ? addParts(NO_MONEY, ...weighted) : void 0 },
    ['weighted'],
  )
}
var INSTANT4
var init_pipeline_as_of = __esm({
  'packages/core/src/reports/pipeline-as-of.ts'() {
    init_errors()
    init_zones()
    init_sql()
    init_context()
    init_exact_sum()
    init_open_deals()
    init_parts()
    init_pipelines()
    init_report()
    init_value()
    INSTANT4 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/
  },
})

// packages/core/src/reports/slipped-deals.ts
async function slippedDeals(ctx) {
  if (!ctx.sees('deals', 'expectedCloseDate')) return void 0
  const put2 = await putOff(ctx)
  let deals3 = 0
  let value = NO_MONEY
  for (let at = 0; at < put2.length; at += AT_ONCE) {
    for (const row of await openAtBothEnds(ctx, put2.slice(at, at + AT_ONCE))) {
      deals3 += Number(row[1])
      if (row[0] != null)
        value = addParts(
          value,
          atToday(
            ctx,
            String(row[0]),
            readExactSum(row, 2),
            zonedDate(ctx.period.to, ctx.query.engine.settings.timeZone),
          ),
        )
    }
  }
  return { deals: deals3, value: ctx.sees('deals', 'amount') ? value : void 0 }
}
async function putOff({ caller, period }) {
  const rows = await caller.storage.read(
    `select record_id, changes from ${caller.storage.table('event')}
     where tenant_id = ? and at >= ? and at < ? and record_type = 'deals' and changes like '%"expectedCloseDate"%' order by at, id`,
    [caller.tenant, period.from.getTime(), period.to.getTime()],
  )
  const dates = /* @__PURE__ */ new Map()
  for (const [id, changes] of rows) {
    const change = JSON.parse(String(changes)).expectedCloseDate
    if (!change) continue
    const known3 = dates.get(String(id))
    dates.set(String(id), { first: known3 ? known3.first : change[0], last: change[1] })
  }
  return [...dates].filter(([, { first, last }]) => first !== null && last !== null && last > first).map(([id]) => id)
}
function openAtBothEnds(ctx, ids) {
  const { caller, period, book, pipelines } = ctx
  const stays = caller.storage.table('stage_interval')
  const open = [...book.stages.values()].filter(
    (stage) => stage.class === 'open' && (!pipelines || pipelines.includes(stage.pipeline)),
  )
  const at = (alias, time) =>
    sql`${raw(alias)}.entered_at < ${time} and (${raw(alias)}.left_at is null or ${raw(alias)}.left_at >= ${time}) and ${inList(
      raw(`${alias}.stage_id`),
      open.map(({ id }) => id),
    )}`
  const where = and(
    inList(raw('r.id'), ids),
    at('b', period.from.getTime()),
    at('e', period.to.getTime()),
    ctx.rowsAnywhere('deals'),
  )
  const from = raw(
    `${ctx.table('deals').name} r join ${stays} b on b.tenant_id = r.tenant_id and b.deal_id = r.id join ${stays} e on e.tenant_id = r.tenant_id and e.deal_id = r.id`,
  )
  const statement = sql`select e.amount_currency, count(*), ${exactSum(raw('e.amount'))} from ${from} where ${where} group by e.amount_currency`
  return caller.storage.read(statement.text, statement.params)
}
var AT_ONCE
var init_slipped_deals = __esm({
  'packages/core/src/reports/slipped-deals.ts'() {
    init_zones()
    init_sql()
    init_exact_sum()
    init_open_deals()
    init_parts()
    AT_ONCE = 500
  },
})

// packages/core/src/reports/pipeline-movement.ts
async function movementIn(ctx) {
  requireFields(ctx, 'deals', 'stage', 'status', 'createdAt', 'closedAt')
  const transitions = await transitionsIn(ctx)
  const found = transitions.flatMap((transition) => kindsOf(transition).map((kind) => ({ kind, ...transition })))
  const slipped = await slippedDeals(ctx)
  const rows = MOVEMENTS.flatMap((kind) => {
    if (kind === 'slipped')
      return [{ kind, deals: slipped?.deals ?? 0, ...moneyFigures(ctx, { value: slipped?.value }) }]
    const ofKind = found.filter((row) => row.kind === kind)
    if (kind === 'moved') return movedRows(ctx, ofKind)
    return [{ kind, ...figuresOf2(ctx, kind, ofKind) }]
  })
  const totals = Object.fromEntries(
    MOVEMENTS.map((kind) => [
      kind,
      found.filter((row) => row.kind === kind).reduce((sum, { deals: deals3 }) => sum + deals3, 0),
    ]),
  )
  totals.slipped = slipped ? slipped.deals : null
  const points = (value) => rows.map((row) => ({ x: labelOf2(row), y: value(row) }))
  return { rows, totals, series: [{ key: 'deals', label: 'Deals', points: points(({ deals: deals3 }) => deals3) }] }
}
function kindsOf({ before, after }) {
  const kinds = []
  if (before?.class === 'open') kinds.push('opening')
  if (!after) return before?.class === 'open' ? [...kinds, 'left'] : []
  if (!before) kinds.push('new')
  else if (before.class !== 'open' && after.class !== before.class) kinds.push('reopened')
  if (after.class !== 'open' && after.class !== before?.class) kinds.push(after.class)
  if (before?.class === 'open' && after.class === 'open' && before.id !== after.id) kinds.push('moved')
  if (after.class === 'open') kinds.push('closing')
  return kinds
}
function figuresOf2(ctx, kind, rows) {
  const sums = rows.map((row) => (kind === 'opening' ? row.opening : row.closing))
  const value = ctx.sees('deals', 'amount') ? addParts(NO_MONEY, ...sums) : void 0
  return { deals: rows.reduce((sum, { deals: deals3 }) => sum + deals3, 0), ...moneyFigures(ctx, { value }) }
}
function movedRows(ctx, rows) {
  const pairs = /* @__PURE__ */ new Map()
  for (const row of rows) {
    const pair = `${row.before?.id} ${row.after?.id}`
    pairs.set(pair, [...(pairs.get(pair) ?? []), row])
  }
  return [...pairs.values()].map((same) => {
    const { before, after } = same[0]
    return {
      kind: 'moved',
      fromStage: before?.name ?? '',
      toStage: after?.name ?? '',
      ...figuresOf2(ctx, 'moved', same),
    }
  })
}
async function transitionsIn(ctx) {
  const { caller, period, book, query, pipelines } = ctx
  const stays = caller.storage.table('stage_interval')
  const [start2, end] = [period.from.getTime(), period.to.getTime()]
  const there = (alias, moment) =>
    sql`${raw(`${alias}.tenant_id = r.tenant_id and ${alias}.deal_id = r.id and ${alias}.entered_at <`)} ${moment} and (${raw(alias)}.left_at is null or ${raw(alias)}.left_at >= ${moment})`
  const from = sql`${raw(`${ctx.table('deals').name} r cross join ${stays} e left join ${stays} b`)} on ${there('b', start2)}`
  const select = (
    still,
  ) => sql`select b.stage_id as stage_before, e.stage_id as stage_after, b.amount_currency as currency_before,
    e.amount_currency as currency_after, count(*) as deals, ${named(join([exactSum(raw('b.amount')), exactSum(raw('e.amount'))], ', '))}
    from ${from} where ${and(still, there('e', end), ctx.rowsAnywhere('deals'))} group by b.stage_id, e.stage_id, b.amount_currency, e.amount_currency`
  const statement = join([select(raw('r.closed_at is null')), select(sql`r.closed_at >= ${start2}`)], ' union all ')
  const rows = await caller.storage.read(statement.text, statement.params)
  const amounts = ctx.sees('deals', 'amount')
  const days = [period.from, period.to].map((moment) => zonedDate(moment, query.engine.settings.timeZone))
  const sum = (row, currency, at, day) => {
    if (!amounts) return void 0
    return currency == null ? NO_MONEY : atToday(ctx, String(currency), readExactSum(row, at), day)
  }
  const counted = (id) => {
    const stage = id == null ? void 0 : book.stages.get(String(id))
    return stage && (!pipelines || pipelines.includes(stage.pipeline)) ? stage : void 0
  }
  return rows.map((row) => ({
    before: counted(row[0]),
    after: counted(row[1]),
    deals: Number(row[4]),
    opening: sum(row, row[2], 5, days[0]),
    closing: sum(row, row[3], 7, days[1]),
  }))
}
var MOVEMENTS, pipelineMovement, labelOf2
var init_pipeline_movement = __esm({
  'packages/core/src/reports/pipeline-movement.ts'() {
    init_zones()
    init_sql()
    init_context()
    init_exact_sum()
    init_grouped()
    init_open_deals()
    init_parts()
    init_report()
    init_slipped_deals()
    init_value()
    MOVEMENTS = ['opening', 'new', 'reopened', 'won', 'lost', 'moved', 'left', 'slipped', 'closing']
    pipelineMovement = (caller, request) => runReport(caller, request, { keys: ['pipeline'] }, movementIn)
    labelOf2 = ({ kind, fromStage, toStage }) => (fromStage ? `${kind}: ${fromStage} \u2192 ${toStage}` : kind)
  },
})

// packages/core/src/reports/sales-cycle.ts
async function salesCycleIn(ctx) {
  requireFields(ctx, 'deals', 'status', 'createdAt', 'closedAt')
  const groups = groupsOf(ctx, 'deals', 'closedAt', CLOSED_GROUPS)
  const closed = await closedDeals(ctx, groups, true)
  const middle = await medianDays(ctx, groups)
  const middleOfAll = groups.length === 0 ? middle : await medianDays(ctx, [])
  const labels = await labelsFor(ctx, groups)
  const ordered = inOrder(ctx, groups, closed.groups, (keys) => noClosedDeals(ctx, keys))
  const shown3 = ordered.map((of2) => ({
    of: of2,
    shown: Object.assign(labels.of(of2.keys), cycleFigures(of2, middle)),
  }))
  return {
    rows: shown3.map((row) => row.shown),
    totals: cycleFigures(closed.total, middleOfAll),
    series: seriesOf(ctx, groups, labels, shown3, [
      ['medianDays', 'Median days'],
      ['meanDays', 'Mean days'],
    ]),
  }
}
function cycleFigures({ keys, won, lost, wonTime, lostTime }, middle) {
  return {
    won,
    meanDays: meanDays(wonTime, won),
    medianDays: middle(keys, 'won'),
    lost,
    lostMeanDays: meanDays(lostTime, lost),
    lostMedianDays: middle(keys, 'lost'),
  }
}
async function medianDays(ctx, groups) {
  const { from, keys, read } = dealsGrouped(ctx, groups, 'closed_at')
  const rows = await medians(ctx, {
    from,
    where: closedIn(ctx),
    keys: [...keys, raw('r.status')],
    value: raw('r.closed_at - r.created_at'),
  })
  const found = new Map(rows.map((row) => [nameOf2(read(row), row[keys.length]), Number(row[keys.length + 1]) / DAY4]))
  return (of2, status) => found.get(nameOf2(of2, status)) ?? null
}
var salesCycle, nameOf2
var init_sales_cycle = __esm({
  'packages/core/src/reports/sales-cycle.ts'() {
    init_sql()
    init_chart()
    init_closed_deals()
    init_context()
    init_days()
    init_groups()
    init_labels()
    init_medians()
    init_report()
    init_win_rate()
    salesCycle = (caller, request) => runReport(caller, request, { keys: ['groupBy', 'pipeline'] }, salesCycleIn)
    nameOf2 = (keys, status) => JSON.stringify([...Object.values(keys), status])
  },
})

// packages/core/src/reports/velocity.ts
async function velocityIn(ctx) {
  requireFields(ctx, 'deals', 'status', 'createdAt', 'closedAt')
  const groups = groupsOf(ctx, 'deals', 'closedAt', ['owner', 'team', 'source', 'pipeline'])
  const closed = await closedDeals(ctx, groups, true)
  const open = await openDeals(ctx, groups, and())
  const labels = await labelsFor(ctx, groups)
  const counts = new Map(open.groups.map(({ keys, deals: deals3 }) => [idOf(keys), deals3]))
  const known3 = new Set(closed.groups.map(({ keys }) => idOf(keys)))
  const all = [
    ...closed.groups,
    ...open.groups.filter(({ keys }) => !known3.has(idOf(keys))).map(({ keys }) => noClosedDeals(ctx, keys)),
  ]
  const shown3 = inOrder(ctx, groups, all, (keys) => noClosedDeals(ctx, keys)).map((of2) => {
    const openNow = groups.length === 0 ? open.total.deals : (counts.get(idOf(of2.keys)) ?? 0)
    return { of: of2, shown: Object.assign(labels.of(of2.keys), velocityFigures(ctx, of2, openNow)) }
  })
  return {
    rows: shown3.map((row) => row.shown),
    totals: velocityFigures(ctx, closed.total, open.total.deals),
    series: seriesOf(ctx, groups, labels, shown3, [['velocity', 'Velocity']]),
  }
}
function velocityFigures(ctx, closed, openDeals2) {
  const { won, lost, wonTime } = closed
  const { wonValue, ...more } = moneyFigures(ctx, { wonValue: closed.wonValue })
  return {
    openDeals: openDeals2,
    won,
    winRate: ratio(won, won + lost),
    wonValue,
    ...more,
    meanWon: wonValue && won > 0 ? share(wonValue, 1n, BigInt(won)) : null,
    meanCycleDays: meanDays(wonTime, won),
    // open × won/(won+lost) × value/won ÷ (time/won/day), with everything that cancels out left out
    velocity:
      wonValue && won > 0 && wonTime > 0n
        ? share(wonValue, BigInt(openDeals2) * BigInt(won) * BigInt(DAY4), BigInt(won + lost) * wonTime)
        : null,
  }
}
var velocity, share
var init_velocity = __esm({
  'packages/core/src/reports/velocity.ts'() {
    init_decimal()
    init_sql()
    init_chart()
    init_closed_deals()
    init_context()
    init_days()
    init_groups()
    init_labels()
    init_open_deals()
    init_report()
    init_value()
    velocity = (caller, request) => runReport(caller, request, { keys: ['groupBy', 'pipeline'] }, velocityIn)
    share = ({ amount, currency }, numerator, denominator) => ({
      amount: Number(divideRounded(BigInt(amount) * numerator, denominator)),
      currency,
    })
  },
})

// packages/core/src/reports/sales-performance.ts
async function performanceIn(ctx) {
  requireFields(ctx, 'deals', 'status', 'createdAt', 'closedAt', 'owner')
  const asked = groupsOf(ctx, 'deals', 'closedAt', ['owner', 'team'])
  const groups = asked.length > 0 ? asked : ['owner']
  const closed = await closedDeals(ctx, groups, true)
  const open = await openDeals(ctx, groups, and())
  const labels = await labelsFor(ctx, groups)
  const middle = await medianDays(ctx, groups)
  const board = everyone(ctx, closed.groups, open.groups).map(({ was, is }) => ({
    of: was,
    shown: { rank: 0, ...labels.of(was.keys), ...performanceOf(ctx, was, is, middle) },
  }))
  rankBoard(
    board.map(({ shown: shown3 }) => shown3),
    ctx.sees('deals', 'amount'),
  )
  board.sort(
    (one, other) =>
      one.shown.rank - other.shown.rank || (labels.text(one.of.keys) < labels.text(other.of.keys) ? -1 : 1),
  )
  return {
    rows: board.map(({ shown: shown3 }) => shown3),
    totals: performanceOf(ctx, closed.total, open.total, await medianDays(ctx, [])),
    series: seriesOf(ctx, groups, labels, board, [
      ['wonValue', 'Won value'],
      ['won', 'Won'],
      ['openValue', 'Open value'],
    ]),
  }
}
function everyone(ctx, closed, open) {
  const openBy = new Map(open.map((row) => [idOf(row.keys), row]))
  const known3 = new Set(closed.map(({ keys }) => idOf(keys)))
  const idle = open.filter(({ keys }) => !known3.has(idOf(keys))).map(({ keys }) => noClosedDeals(ctx, keys))
  return [...closed, ...idle].map((was) => ({ was, is: openBy.get(idOf(was.keys)) ?? noOpenDeals(ctx, was.keys) }))
}
function performanceOf(ctx, { keys, won, lost, wonValue, lostValue, wonTime }, open, middle) {
  const values = moneyFigures(ctx, { wonValue, lostValue, openValue: open.value })
  return {
    won,
    lost,
    winRate: ratio(won, won + lost),
    meanDeal: values.wonValue && won > 0 ? share(values.wonValue, 1n, BigInt(won)) : null,
    meanCycleDays: meanDays(wonTime, won),
    medianCycleDays: middle(keys, 'won'),
    open: open.deals,
    ...values,
  }
}
function rankBoard(rows, byValue) {
  const score = (row) => [byValue ? (row.wonValue?.amount ?? 0) : 0, row.won]
  const better = (one, other) => one[0] > other[0] || (one[0] === other[0] && one[1] > other[1])
  for (const row of rows) row.rank = 1 + rows.filter((other) => better(score(other), score(row))).length
}
var salesPerformance
var init_sales_performance = __esm({
  'packages/core/src/reports/sales-performance.ts'() {
    init_sql()
    init_chart()
    init_closed_deals()
    init_context()
    init_days()
    init_groups()
    init_labels()
    init_open_deals()
    init_report()
    init_sales_cycle()
    init_value()
    init_velocity()
    salesPerformance = (caller, request) => runReport(caller, request, { keys: ['groupBy', 'pipeline'] }, performanceIn)
  },
})

// packages/core/src/reports/figures.ts
var figures_exports = {}
__export(figures_exports, {
  agentActivity: () => agentActivity,
  dashboard: () => dashboard,
  forecast: () => forecast,
  leadConversion: () => leadConversion,
  leadSources: () => leadSources,
  pipelineAsOf: () => pipelineAsOf,
  pipelineMovement: () => pipelineMovement,
  salesCycle: () => salesCycle,
  salesFunnel: () => salesFunnel,
  salesPerformance: () => salesPerformance,
  velocity: () => velocity,
  winRate: () => winRate,
})
var init_figures = __esm({
  'packages/core/src/reports/figures.ts'() {
    init_agent_activity()
    init_dashboard()
    init_forecast()
    init_lead_conversion()
    init_lead_sources()
    init_pipeline_as_of()
    init_pipeline_movement()
    init_sales_cycle()
    init_sales_funnel()
    init_sales_performance()
    init_velocity()
    init_win_rate()
  },
})

// bench/src/measure.ts
var median = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}
var holds = ({ ratio: ratio2, limit, atLeast }) => (atLeast ? ratio2 >= limit : ratio2 <= limit)
function table(lines) {
  const rows = lines.map((line2) => {
    const bound = `${line2.atLeast ? '\u2265' : '\u2264'} ${line2.limit}`
    return `| ${line2.work} | ${line2.raw} | ${line2.rapport} | ${line2.ratio.toFixed(2)} | ${bound} | ${holds(line2) ? 'yes' : '**no**'} |`
  })
  return ['| work | raw SQL | Rapport | ratio | promised | holds |', '|---|---|---|---|---|---|', ...rows].join('\n')
}

// packages/core/src/storage/index.ts
init_errors()
init_port()
init_sql()

// packages/adapters/src/shared/send.ts
var sendBy = (run) => (text, params, check2) => {
  const done = (changed2) => check2?.(changed2)
  const changed = run(text, params)
  return typeof changed === 'number' ? done(changed) : changed.then(done)
}

// packages/adapters/src/shared/kysely.ts
var isKysely = (value) => typeof value?.executeQuery === 'function' && typeof value.transaction === 'function'
var plain = (kysely) => kysely.withoutPlugins?.() ?? kysely
function sessionOn(executor, guard2, toCrmError2) {
  async function execute2(text, params) {
    guard2()
    const query = { kind: 'RawNode', sqlFragments: [text], parameters: [] }
    try {
      return await executor.executeQuery({
        sql: text,
        parameters: params,
        query,
        queryId: { queryId: 'rapport' },
      })
    } catch (error) {
      throw toCrmError2(error)
    }
  }
  const run = async (text, params) => Number((await execute2(text, params)).numAffectedRows ?? 0)
  return {
    all: async (text, params) => (await execute2(text, params)).rows.map((row) => Object.values(row)),
    run,
    send: sendBy(run),
  }
}

// packages/adapters/src/shared/closed.ts
var closedError = () =>
  new CrmError('CLOSED', 'This CRM is closed.', {
    field: 'crm',
    rule: 'closed',
    remedy: 'Create the CRM once at start-up and call `crm.close()` only at shutdown.',
  })

// packages/adapters/src/shared/names.ts
var PREFIX = /^[a-z][a-z0-9_]{0,30}$/
function checkPrefix(prefix) {
  if (prefix === '' || (typeof prefix === 'string' && PREFIX.test(prefix))) return
  throw invalid('tablePrefix', 'invalid-prefix', 'Use lower-case letters, digits and _, starting with a letter.')
}

// packages/core/src/activities/definition.ts
init_definition()
init_field()

// packages/core/src/activities/rules.ts
init_caller()

// packages/core/src/records/concerned.ts
function concernedBy(table3, states, onlyChanged = false) {
  const found = []
  for (const link of table3.definition.concerns ?? []) {
    const ids = new Set(states.map((state) => state?.[link]))
    if (onlyChanged && ids.size < 2) continue
    const type = table3.fields.get(link)?.field.to
    for (const id of ids) if (typeof id === 'string') found.push({ link, type, id })
  }
  return found
}

// packages/core/src/activities/rules.ts
init_engine()
function activityRules({ after, caller }) {
  after.occurredAt ??= nowOf(caller)
}
async function touchRelated(change) {
  const { before, after, caller, write } = change
  if (before) return recountRelated(change)
  const at = after.occurredAt.getTime()
  for (const { type, id } of concernedBy(tableOf(caller.engine, 'activities'), [after])) {
    const table3 = tableOf(caller.engine, type).name
    const update = `update ${table3} set last_activity_at = ? where tenant_id = ? and id = ? and (last_activity_at is null or last_activity_at < ?)`
    await write.send(update, [at, caller.tenant, id, at])
  }
}
async function recountRelated({ before, after, caller, write }) {
  const { engine, tenant } = caller
  const activities2 = tableOf(engine, 'activities')
  const moved =
    timeOf(before?.occurredAt) !== timeOf(after.occurredAt) || timeOf(before?.deletedAt) !== timeOf(after.deletedAt)
  for (const { link, type, id } of concernedBy(activities2, [before, after], !moved)) {
    const latest2 = `select max(a.occurred_at) from ${activities2.name} a where a.tenant_id = ? and a.${link} = ? and a.deleted_at is null`
    const update = `update ${tableOf(engine, type).name} set last_activity_at = (${latest2}) where tenant_id = ? and id = ?`
    await write.send(update, [tenant, id, tenant, id])
  }
}
var timeOf = (value) => value?.getTime() ?? null

// packages/core/src/activities/definition.ts
var ACTIVITY_KINDS = ['call', 'meeting', 'note', 'email', 'sms']
var activityFields = {
  kind: field.select(ACTIVITY_KINDS, { required: true }),
  subject: field.text(),
  body: field.text({ max: 1e5 }),
  /** When it happened; now by default. */
  occurredAt: defaulted(field.instant()),
  /** Minutes. */
  duration: field.integer({ min: 0, max: 1e5 }),
  outcome: field.text(),
  direction: field.select(['in', 'out']),
  participants: field.json(),
  lead: field.link('leads'),
  contact: field.link('contacts'),
  company: field.link('companies'),
  deal: field.link('deals'),
}
var activities = defineRecord({
  type: 'activities',
  table: 'activity',
  fields: activityFields,
  title: 'subject',
  searched: ['subject'],
  concerns: ['lead', 'contact', 'company', 'deal'],
  rules: activityRules,
  afterWrite: touchRelated,
  afterRemove: recountRelated,
})

// packages/core/src/create-crm.ts
init_actor()
init_roles()
init_declared_pipelines()

// packages/core/src/engine-wiring.ts
init_directory()

// packages/core/src/events/timeline.ts
init_errors()
init_ids()
init_engine()
init_find()
init_query()
init_sql()

// packages/core/src/events/entry.ts
init_visibility()

// packages/core/src/events/names.ts
var matches = (pattern, { name, recordType }) => pattern === '*' || pattern === name || pattern === `${recordType}.*`
var TOLD_BY_NAME = {
  assigned: 'owner',
  status_changed: 'status',
  converted: 'status',
  stage_changed: 'stage',
  won: 'status',
  lost: 'status',
  reopened: 'status',
  lines_changed: 'lines',
  contacts_changed: 'contacts',
  price_set: 'prices',
  done: 'status',
}
function nameFor(name, isHidden) {
  const [word, verb] = name.split('.')
  const field2 = Object.hasOwn(TOLD_BY_NAME, verb) ? TOLD_BY_NAME[verb] : void 0
  return field2 !== void 0 && isHidden(field2) ? `${word}.updated` : name
}

// packages/core/src/events/entry.ts
function entryOf({ engine, actor }, event) {
  const table3 = engine.tables.get(event.recordType)
  const isHidden = (field2) =>
    table3 ? !isVisible(actor, table3, field2) : actor.field(event.recordType, field2) === 'none'
  const changes = without(event.changes, isHidden)
  const emptied = Object.keys(changes).length === 0 && Object.keys(event.changes).length > 0
  if (emptied && !event.name.endsWith('.created')) return void 0
  return {
    id: event.id,
    at: event.at,
    name: nameFor(event.name, isHidden),
    recordType: event.recordType,
    recordId: event.recordId,
    actor: event.actor,
    reason: event.reason,
    changes,
    silent: event.silent,
  }
}
var without = (changes, isHidden) =>
  Object.fromEntries(
    Object.entries(changes)
      .filter(([name]) => !isHidden(name))
      .map(([name, [from, to]]) => [name, name === 'captured' ? [from, withoutFields(to, isHidden)] : [from, to]]),
  )
var withoutFields = (told, isHidden) =>
  Object.fromEntries(Object.entries(Object(told)).filter(([field2]) => !isHidden(field2)))

// packages/core/src/events/note-parents.ts
init_sql()

// packages/core/src/events/visible.ts
init_engine()
init_query()
init_sql()
function createVisibility(caller, query) {
  const known3 = /* @__PURE__ */ new Map()
  return {
    async learn(records) {
      const unknown2 = /* @__PURE__ */ new Map()
      for (const { type, id } of records) {
        if (known3.has(`${type}/${id}`) || !query.engine.tables.has(type)) continue
        unknown2.set(type, (unknown2.get(type) ?? /* @__PURE__ */ new Set()).add(id))
        known3.set(`${type}/${id}`, false)
      }
      for (const [type, ids] of unknown2) {
        for (const id of await readableIds(caller, query, type, [...ids])) known3.set(`${type}/${id}`, true)
      }
    },
    has: ({ type, id }) => known3.get(`${type}/${id}`) === true,
  }
}
async function readableIds(caller, query, type, ids) {
  if (query.actor.scope(type, 'read').kind === 'none') return []
  const table3 = tableOf(query.engine, type)
  const among = inList(raw('r.id'), evened(ids))
  const readable = readableRows(query, table3, 'r')
  const merged2 = sql`select m.record_id from ${raw(caller.storage.table('merged'))} m join ${raw(table3.name)} r on r.tenant_id = m.tenant_id and r.id = m.winner_id
    where ${and(readable, sql`m.tenant_id = ${query.tenant} and m.undone_at is null and ${inList(raw('m.record_id'), evened(ids))}`)}`
  const select = sql`select r.id from ${raw(table3.name)} r where ${and(readable, among)} union ${merged2}`
  return (await caller.storage.read(select.text, select.params)).map(([id]) => String(id))
}
function evened(values) {
  const length = [4, 16, 64, 256, 1024].find((size) => size >= values.length) ?? values.length
  return values.length === 0 ? [] : [...values, ...Array.from({ length: length - values.length }, () => values.at(-1))]
}

// packages/core/src/events/note-parents.ts
async function readNotes(caller, { tenant, actor }, ids) {
  if (ids.length === 0 || actor.scope('notes', 'read').kind === 'none') return /* @__PURE__ */ new Map()
  const among = inList(raw('id'), evened([...new Set(ids)]))
  const select = sql`select id, record_type, record_id, deleted_at from ${raw(caller.storage.table('note'))} where tenant_id = ${tenant} and ${among}`
  const rows = await caller.storage.read(select.text, select.params)
  return new Map(
    rows.map((row) => [String(row[0]), { parent: { type: row[1], id: String(row[2]) }, deleted: row[3] !== null }]),
  )
}

// packages/core/src/events/page.ts
init_cursor()
init_errors()
init_list()
var MAX_BATCH = 1e3
async function eventPage(request) {
  const wanted = limitOf(request.limit) + 1
  const entries = []
  let place = request.after == null ? void 0 : placeOf(decodeCursor(request.after, request.fingerprint))
  for (let size = wanted; entries.length < wanted; size = Math.min(size * 2, MAX_BATCH)) {
    const events = await request.read(place, size)
    entries.push(...(await request.show(events)))
    const last2 = events.at(-1)
    if (!last2 || events.length < size) break
    place = { at: last2.at.getTime(), id: last2.id }
  }
  const items = entries.slice(0, wanted - 1)
  const last = items.at(-1)
  const more = entries.length >= wanted && last !== void 0
  return { items, nextCursor: more ? encodeCursor([last.at.getTime(), last.id], request.fingerprint) : null }
}
function placeOf([at, id]) {
  if (typeof at === 'number' && typeof id === 'string') return { at, id }
  throw invalid('after', 'invalid-cursor', 'Pass the nextCursor of the page before, with the same query.')
}

// packages/core/src/events/stored-event.ts
var EVENT_COLUMNS =
  'e.id, e.at, e.name, e.record_type, e.record_id, e.record_version, e.actor, e.reason, e.changes, e.about, e.silent, e.tenant_id'
function readEvent(engine, row) {
  const recordType = row[3]
  return {
    id: String(row[0]),
    tenant: String(row[11]),
    at: new Date(Number(row[1])),
    name: String(row[2]),
    recordType,
    recordId: String(row[4]),
    recordVersion: Number(row[5]),
    actor: row[6],
    reason: row[7],
    changes: withDates(engine, recordType, JSON.parse(String(row[8]))),
    about: row[9] == null ? [] : JSON.parse(String(row[9])),
    silent: Boolean(row[10]),
  }
}
function withDates(engine, type, changes) {
  const table3 = engine.tables.get(type)
  if (!table3) return changes
  const revived = changes
  for (const [name, change] of Object.entries(changes)) {
    const field2 = name.startsWith('custom.')
      ? table3.custom[name.slice('custom.'.length)]
      : table3.fields.get(name)?.field
    if (field2?.kind === 'instant' && Array.isArray(change)) revived[name] = [dateOf(change[0]), dateOf(change[1])]
  }
  return revived
}
var dateOf = (value) => (typeof value === 'string' ? new Date(value) : value)

// packages/core/src/events/timeline.ts
var KEYS2 = ['limit', 'after', 'deleted']
async function recordTimeline(caller, record, options = {}) {
  const query = await queryContext(caller)
  const { type, id } = checkRef(query, record)
  if (typeof options !== 'object' || options === null)
    throw invalid('options', 'wrong-type', 'Give an object such as { limit: 20 }.')
  const unknown2 = Object.keys(options).find((key) => !KEYS2.includes(key))
  if (unknown2 !== void 0) throw invalid(unknown2, 'unknown-key', `Use only: ${KEYS2.join(', ')}.`)
  const deleted = options.deleted === true
  const found = await findInScope(query, { all: caller.storage.read }, type, id, deleted ? 'delete' : 'read', {
    deleted,
  })
  if (!found) throw notFound(type)
  const visibility = createVisibility(caller, query)
  return eventPage({
    limit: options.limit,
    after: options.after,
    fingerprint: `timeline ${type} ${id}`,
    read: async (after, count2) => {
      const select = eventsSql(query, { type, id }, after, count2)
      return (await caller.storage.read(select.text, select.params)).map((row) => readEvent(query.engine, row))
    },
    show: (events) => showEvents(caller, query, { type, id }, events, visibility),
  })
}
function checkRef({ engine }, record, path = 'record') {
  const { type, id } = record ?? {}
  const types = [...engine.tables.keys()]
  if (!types.includes(type)) throw invalid(`${path}.type`, 'invalid-type', `Use one of: ${types.join(', ')}.`)
  if (!isId(id)) throw notFound(type, `${path}.id`)
  return { type: tableOf(engine, type).type, id }
}
function eventsSql({ engine, tenant }, { type, id }, after, count2) {
  const event = raw(engine.storage.table('event'))
  const about = raw(engine.storage.table('event_about'))
  const before = (columns2) => (after ? sql` and (${raw(columns2)}) < (${after.at}, ${after.id})` : raw(''))
  const own2 = sql`select at, id from ${event} where tenant_id = ${tenant} and record_id = ${id} and record_type = ${type}${before('at, id')} order by at desc, id desc limit ${count2}`
  const around = sql`select at, event_id as id from ${about} where tenant_id = ${tenant} and record_id = ${id}${before('at, event_id')} order by at desc, event_id desc limit ${count2}`
  const merged2 = sql`select o.at, o.id from (${own2}) o union select a.at, a.id from (${around}) a order by 1 desc, 2 desc limit ${count2}`
  return sql`select ${raw(EVENT_COLUMNS)} from (${merged2}) p left join ${event} e on e.tenant_id = ${tenant} and e.id = p.id order by p.at desc, p.id desc`
}
async function showEvents(caller, query, record, events, visibility) {
  const isOwn = ({ recordType, recordId }) => recordType === record.type && recordId === record.id
  const noteIds = events.filter((event) => event.recordType === 'notes').map((event) => event.recordId)
  const notes2 = await readNotes(caller, query, noteIds)
  const parents = [...notes2.values()].map((note) => note.parent)
  const isSelf = ({ type, id }) => type === record.type && id === record.id
  const others = events.filter((event) => event.recordType !== 'notes' && !isOwn(event)).map(refOf)
  await visibility.learn([...others, ...parents.filter((parent) => !isSelf(parent)), ...events.flatMap(contactsIn)])
  return events.flatMap((event) => {
    const note = event.recordType === 'notes' ? notes2.get(event.recordId) : void 0
    const subject = note?.parent ?? refOf(event)
    if (!isSelf(subject) && !visibility.has(subject)) return []
    if (event.recordType === 'notes' && !note) return []
    const told = note?.deleted ? withoutBody(event) : withoutUnseen(event, visibility)
    const entry = told && entryOf(query, told)
    return entry ? [entry] : []
  })
}
var refOf = ({ recordType, recordId }) => ({ type: recordType, id: recordId })
var partsIn = ({ recordType, changes }) => (recordType === 'deals' && changes.contacts ? changes.contacts : void 0)
var contactsIn = (event) =>
  (partsIn(event) ?? []).flatMap((parts) => (parts ?? []).map(({ contact }) => ({ type: 'contacts', id: contact })))
function withoutUnseen(event, visibility) {
  const parts = partsIn(event)
  if (!parts) return event
  const [from, to] = parts.map((side) =>
    (side ?? []).filter(({ contact }) => visibility.has({ type: 'contacts', id: contact })),
  )
  const { contacts: _, ...others } = event.changes
  if (JSON.stringify(from) !== JSON.stringify(to)) return { ...event, changes: { ...others, contacts: [from, to] } }
  return Object.keys(others).length > 0 ? { ...event, changes: others } : void 0
}
var withoutBody = (event) => {
  const { body: _, mentions: __, ...changes } = event.changes
  return { ...event, changes }
}

// packages/core/src/kernel/normal-form.ts
init_email()
var DOMAIN2 = /^(?:[a-z]+:\/\/)?(?:www\.)?([^/?#\s:@]+\.[^/?#\s:@]{2,})(?::\d+)?(?:[/?#].*)?$/i
var normalForms = (country, phone) => (kind, value) => {
  if (kind === 'email') return normaliseEmail(value) ?? null
  if (kind === 'domain') return normalDomain(value)
  return phone()?.normalise(value, country).e164 ?? bareDigits(value, country)
}
function normalDomain(value) {
  const host = DOMAIN2.exec(value.trim())?.[1]
  return (host && emailDomain(normaliseEmail(`a@${host}`) ?? '')) || null
}
function bareDigits(value, country) {
  const digits = value.replace(/\D/g, '')
  const words3 = /[a-wyz]/i.test(value.replace(/ext\.?/i, ''))
  return country || value.trim().startsWith('+') || digits.length < 5 || words3 ? null : digits
}

// packages/core/src/kernel/phone-plans.ts
var TYPES = 'FIXED_LINE MOBILE TOLL_FREE PREMIUM_RATE PERSONAL_NUMBER VOICEMAIL UAN PAGER VOIP SHARED_COST'.split(' ')
var start = (pattern) => (pattern ? new RegExp(`^(?:${pattern})`) : void 0)
var whole = (pattern) => new RegExp(`^(?:${pattern})$`)
function quickLook(library, codes) {
  const plans = /* @__PURE__ */ new Map()
  function planOf2(country) {
    let plan = plans.get(country)
    if (!plan) {
      plan = readPlan(library, codes, country)
      plans.set(country, plan)
    }
    return plan
  }
  function ownerOf(number2, { countries }) {
    if (countries.length === 1) return planOf2(countries[0])
    for (const country of countries) {
      const plan = planOf2(country)
      if (plan.leading ? plan.leading.test(number2) : fits(number2, plan)) return plan
    }
    return void 0
  }
  function judge(number2, fallback) {
    const plan = ownerOf(number2, fallback) ?? fallback
    if (!plan.lengths.includes(number2.length)) return { valid: false }
    return { e164: `+${plan.callingCode}${number2}`, valid: fits(number2, plan) }
  }
  function international(digits) {
    for (let length = 1; length <= 3; length++) {
      const main = codes[digits.slice(0, length)]?.[0]
      if (!main) continue
      const plan = planOf2(main)
      const number2 = digits.slice(length)
      return plan.prefix?.test(number2) ? void 0 : judge(number2, plan)
    }
    return void 0
  }
  function national(digits, country) {
    const plan = planOf2(country)
    if (plan.international?.test(digits)) return void 0
    const prefix = plan.prefix?.exec(digits)
    if (!prefix && !digits.startsWith(plan.callingCode)) return judge(digits, plan)
    if (prefix && prefix.length > 1) return void 0
    const number2 = prefix ? digits.slice(prefix[0].length) : digits
    if (!plan.general.test(number2) || !plan.lengths.includes(number2.length)) return void 0
    const result = judge(number2, plan)
    return result.valid ? result : void 0
  }
  return (digits, plus3, country) => {
    if (plus3) return international(digits)
    return country === void 0 ? void 0 : national(digits, country)
  }
}
function fits(number2, { general, lengths, types }) {
  if (!lengths.includes(number2.length) || !general.test(number2)) return false
  return types.some((type) => type.lengths.includes(number2.length) && type.pattern.test(number2))
}
function readPlan(library, codes, country) {
  const metadata = new library.Metadata()
  metadata.selectNumberingPlan(country)
  const raw2 = metadata.numberingPlan
  const types = TYPES.flatMap((name) => {
    const type = raw2.type(name)
    const pattern = type?.pattern()
    return type && pattern ? [{ pattern: whole(pattern), lengths: type.possibleLengths() }] : []
  })
  return {
    callingCode: raw2.callingCode(),
    countries: codes[raw2.callingCode()] ?? [country],
    general: whole(raw2.nationalNumberPattern()),
    lengths: raw2.possibleLengths(),
    types,
    international: start(raw2.IDDPrefix()),
    prefix: start(raw2.nationalPrefixForParsing()),
    leading: start(raw2.leadingDigits()),
  }
}

// packages/core/src/kernel/phone.ts
var loading
function loadPhone() {
  loading ??= load().catch((error) => {
    loading = void 0
    throw error
  })
  return loading
}
async function load() {
  const [library, metadata] = await Promise.all([
    import('libphonenumber-js/max'),
    import('libphonenumber-js/max/metadata'),
  ])
  return parserOf(library, quickLook(library, metadata.default.country_calling_codes))
}
var PLAIN = /^(\+?)([\d ().\-/]*\d)(?: *(?:x|ext\.?|#) *(\d{1,6}))?$/
var TWO_DIGITS = /\p{Nd}.*\p{Nd}/su
var MARKS2 = /[ ().\-/]+/g
function parserOf(library, quick) {
  const { parsePhoneNumberFromString, isSupportedCountry } = library
  function normalise(input, defaultCountry) {
    if (typeof input !== 'string' || input.length > 250) return { valid: false }
    const text = input.trim().replace(/^tel:/i, '')
    const code = defaultCountry?.toUpperCase()
    const country = code && isSupportedCountry(code) ? code : void 0
    if (!TWO_DIGITS.test(text)) return { valid: false }
    const plain2 = PLAIN.exec(text)
    if (plain2) {
      const [, plus3, marked = '', extension] = plain2
      const result2 = quick(marked.replace(MARKS2, ''), plus3 === '+', country)
      if (result2) return extension && result2.e164 ? { ...result2, extension } : result2
    }
    const number2 = parsePhoneNumberFromString(text, { defaultCountry: country, extract: false })
    if (!number2?.isPossible()) return { valid: false }
    const result = { e164: number2.number, valid: number2.isValid() }
    return number2.ext ? { ...result, extension: number2.ext } : result
  }
  return { normalise }
}

// packages/core/src/records/record-table.ts
init_base_fields()
init_codec()
init_field()
var LISTS = /* @__PURE__ */ new Set(['tags', 'multiselect', 'emails', 'phones', 'addresses'])
function bindRecord(definition, custom3, storage, normalise) {
  const all = { ...definition.fields, ...baseFields }
  const instants = Object.keys(custom3).filter((name2) => custom3[name2]?.kind === 'instant')
  const bound = Object.entries(all).map(([name2, field2]) => {
    const made = bindField(name2, field2, normalise)
    return name2 === 'custom' && instants.length > 0 ? bindCustom(made, instants) : made
  })
  const readers = bound.map((field2, index) => {
    const at = 1 + bound.slice(0, index).reduce((width, before) => width + before.columns.length, 0)
    return { name: field2.name, read: field2.read, at }
  })
  const columns2 = ['id', ...bound.flatMap((field2) => field2.columns)]
  const written2 = [
    'tenant_id',
    'id',
    ...bound.flatMap((field2) => [...field2.columns, ...(field2.derived ? [field2.derived] : [])]),
  ]
  const name = storage.table(definition.table)
  const lists = bound.filter(({ field: field2 }) => LISTS.has(field2.kind)).map((field2) => field2.name)
  const template = (of2) =>
    // Through JSON: an object built key by key is a dictionary to V8, and copying that costs a hundred times as much.
    JSON.parse(
      JSON.stringify({
        id: '',
        ...Object.fromEntries(bound.map(({ name: name2, field: field2 }) => [name2, of2(field2) ?? null])),
      }),
    )
  const empty = template(() => null)
  const initial = template((field2) => field2.initial)
  const fresh = (of2) => {
    const record = { ...of2 }
    record.custom = {}
    for (const list3 of lists) record[list3] = []
    return record
  }
  const points = ({ name: name2, field: field2 }) =>
    name2 !== 'owner' &&
    !isServerOwned(field2) &&
    (field2.kind === 'user' || (field2.kind === 'link' && field2.to !== 'pipelines' && field2.to !== 'stages'))
  return {
    pointers: bound.filter(points),
    blank: () => fresh(initial),
    definition,
    type: definition.type,
    name,
    fields: new Map(bound.map((field2) => [field2.name, field2])),
    custom: custom3,
    selectList: columns2.map((column) => `r.${column}`).join(', '),
    insertSql: `insert into ${name} (${written2.join(', ')}) values (${written2.map(() => '?').join(', ')})`,
    insertRow(tenant, record) {
      const row = [tenant, record.id]
      for (const { name: name2, width, write } of bound) {
        const value = record[name2]
        if (value === null) for (let i = 0; i < width; i++) row.push(null)
        else for (const one of write(value)) row.push(one)
      }
      return row
    },
    read(row) {
      const record = fresh(empty)
      record.id = row[0]
      for (let i = 0; i < readers.length; i++) {
        const { name: name2, read, at } = readers[i]
        if (row[at] !== null) record[name2] = read(row, at)
      }
      return record
    },
  }
}

// packages/core/src/storage/migrate.ts
init_errors()

// packages/core/src/storage/schema.ts
function columns(...lines) {
  return lines.map((line2) => {
    const [name, type] = line2.split(' ')
    const notNull = type.endsWith('!')
    return { name, type: notNull ? type.slice(0, -1) : type, ...(notNull && { notNull }) }
  })
}
function tenantTable(name, parts) {
  const index =
    (unique2, first = ['tenant_id']) =>
    ([suffix, rest]) => {
      const where = parts.where?.[suffix]
      return {
        name: `${name}_${suffix}`,
        columns: [...first, ...rest],
        ...(unique2 && { unique: unique2 }),
        ...(where && { where }),
      }
    }
  return {
    name,
    columns: [{ name: 'tenant_id', type: 'key', notNull: true }, ...parts.columns],
    primaryKey: ['tenant_id', ...(parts.key ?? ['id'])],
    foreignKeys: Object.entries(parts.links ?? {}).map(([column, target]) => ({
      columns: ['tenant_id', column],
      references: target,
      to: ['tenant_id', 'id'],
    })),
    indexes: [
      ...Object.entries(parts.indexes ?? {}).map(index(false)),
      ...Object.entries(parts.unique ?? {}).map(index(true)),
      ...Object.entries(parts.queues ?? {}).map(index(false, [])),
    ],
  }
}
var recordColumns = (...own2) =>
  columns(
    'id id!',
    ...own2,
    'owner key',
    'created_at instant!',
    'created_by key',
    'updated_at instant!',
    'updated_by key',
    'version integer!',
    'deleted_at instant',
    'tags json',
    'custom json',
  )
var live = 'deleted_at is null'

// packages/core/src/storage/migrations/0001-foundation/lists.ts
var listIndexes = (name, ...filtered) => ({
  created: ['created_at', 'id', 'owner', ...filtered],
  updated: ['updated_at', 'id'],
  name: [name, 'id'],
  owner_created: ['owner', 'created_at', 'id', ...filtered],
  owner_updated: ['owner', 'updated_at', 'id'],
  owner_name: ['owner', name, 'id'],
})
var onlyLive = (...indexes) => Object.fromEntries(indexes.map((name) => [name, live]))
var listsOfLive = onlyLive(...Object.keys(listIndexes('')))

// packages/core/src/storage/migrations/0001-foundation/deals.ts
var openFigures = [
  'stage',
  'amount_currency',
  'amount',
  'probability',
  'pipeline',
  'source',
  'id',
  'closed_at',
  'deleted_at',
]
var closedFigures = [
  'status',
  'amount_currency',
  'amount',
  'closed_rate_currency',
  'closed_rate',
  'created_at',
  'pipeline',
  'source',
  'id',
  'deleted_at',
]
var closedOnly = 'closed_at is not null and deleted_at is null'
var deals = [
  tenantTable('deal', {
    columns: recordColumns(
      'title text!',
      'title_fold text!',
      'amount integer',
      'amount_currency key',
      'pipeline id!',
      'stage id!',
      'status key!',
      'probability integer!',
      'expected_close_date date',
      'closed_at instant',
      'closed_rate text',
      'closed_rate_currency key',
      'stage_entered_at instant!',
      'company id',
      'lead id',
      'source key',
      'lost_reason key',
      'lost_note text',
      'last_activity_at instant',
      'next_activity_at instant',
    ),
    links: { pipeline: 'pipeline', stage: 'stage', company: 'company', lead: 'lead' },
    indexes: {
      ...listIndexes('title_fold', 'status', 'stage', 'deleted_at'),
      board: ['stage', 'created_at', 'id', 'owner', 'deleted_at'],
      closing: ['expected_close_date', 'id'],
      owner_closing: ['owner', 'expected_close_date', 'id'],
      open: ['expected_close_date', 'owner', ...openFigures],
      closed: ['closed_at', 'owner', ...closedFigures],
      owner_closed: ['owner', 'closed_at', ...closedFigures],
      company: ['company', 'created_at', 'id'],
      lead: ['lead'],
    },
    where: {
      ...listsOfLive,
      ...onlyLive('board', 'closing', 'owner_closing'),
      open: 'closed_at is null and deleted_at is null',
      closed: closedOnly,
      owner_closed: closedOnly,
      company: 'company is not null',
      lead: 'lead is not null',
    },
  }),
  tenantTable('stage_interval', {
    columns: columns(
      'deal_id id!',
      'seq integer!',
      'pipeline_id id!',
      'stage_id id!',
      'entered_at instant!',
      'entered_by key',
      'left_at instant',
      'amount integer',
      'amount_currency key',
    ),
    key: ['deal_id', 'seq'],
    links: { deal_id: 'deal', stage_id: 'stage' },
    indexes: {
      deal: ['deal_id', 'stage_id', 'entered_at', 'left_at', 'amount', 'amount_currency'],
      stage: ['stage_id', 'entered_at', 'left_at', 'deal_id', 'amount', 'amount_currency'],
    },
  }),
  tenantTable('deal_contact', {
    columns: columns('deal_id id!', 'contact_id id!', 'role key', 'is_primary boolean!'),
    key: ['deal_id', 'contact_id'],
    links: { deal_id: 'deal', contact_id: 'contact' },
    indexes: { contact: ['contact_id', 'deal_id'] },
  }),
  tenantTable('deal_line', {
    columns: columns(
      'id id!',
      'deal_id id!',
      'position integer!',
      'product_id id',
      'name text!',
      'quantity text!',
      'unit_price integer!',
      'discount_percent text!',
      'tax_percent text!',
      'net integer!',
      'tax integer!',
    ),
    links: { deal_id: 'deal', product_id: 'product' },
    indexes: { deal: ['deal_id', 'position'] },
  }),
]

// packages/core/src/storage/migrations/0001-foundation/log.ts
var log = [
  tenantTable('event', {
    columns: columns(
      'id id!',
      'at instant!',
      'name key!',
      'record_type key!',
      'record_id key!',
      'record_version integer!',
      'actor key',
      'reason text',
      'changes json!',
      'about json',
      'silent boolean!',
      'pending boolean',
    ),
    indexes: {
      record: ['record_id', 'at', 'id'],
      at: ['at', 'id'],
      actor: ['actor', 'at', 'id'],
      name: ['name', 'at', 'id'],
    },
    queues: { pending: ['pending', 'id'] },
    where: { pending: 'pending = 1' },
  }),
  tenantTable('event_about', {
    columns: columns('record_id id!', 'at instant!', 'event_id id!'),
    key: ['record_id', 'at', 'event_id'],
    links: { event_id: 'event' },
    indexes: { event: ['event_id'] },
  }),
  tenantTable('delivery', {
    columns: columns(
      'event_id id!',
      'subscriber key!',
      'attempts integer!',
      'due_at instant',
      'last_error text',
      'state key!',
    ),
    key: ['event_id', 'subscriber'],
    links: { event_id: 'event' },
    queues: { due: ['due_at', 'event_id'], dead: ['state', 'event_id'] },
    where: { due: 'due_at is not null', dead: "state = 'dead'" },
  }),
  tenantTable('idempotency', {
    columns: columns('actor key!', 'idempotency_key key!', 'request_hash key!', 'result json', 'created_at instant!'),
    key: ['actor', 'idempotency_key'],
    queues: { age: ['created_at'] },
  }),
  tenantTable('exchange_rate', {
    columns: columns('from_currency key!', 'to_currency key!', 'day date!', 'rate text!'),
    key: ['from_currency', 'to_currency', 'day'],
  }),
  tenantTable('quota', {
    columns: columns('grantee_kind key!', 'grantee_id key!', 'month date!', 'amount integer!', 'currency key!'),
    key: ['grantee_kind', 'grantee_id', 'month'],
  }),
  tenantTable('import_job', {
    columns: columns(
      'id id!',
      'record_type key!',
      'fingerprint key!',
      'state key!',
      'lines_done integer!',
      'counts json!',
      'created_at instant!',
      'created_by key',
      'updated_at instant!',
    ),
  }),
]

// packages/core/src/storage/migrations/0001-foundation/people.ts
var people = [
  tenantTable('user', {
    columns: columns(
      'id key!',
      'name text!',
      'email text',
      'time_zone key!',
      'locale key!',
      'active boolean!',
      'roles json!',
      'created_at instant!',
      'updated_at instant!',
    ),
  }),
  tenantTable('team', {
    columns: columns('id key!', 'name text!', 'parent_id key'),
    links: { parent_id: 'team' },
  }),
  tenantTable('team_member', {
    columns: columns('team_id key!', 'user_id key!'),
    key: ['team_id', 'user_id'],
    links: { team_id: 'team', user_id: 'user' },
    indexes: { user: ['user_id', 'team_id'] },
  }),
  tenantTable('share', {
    columns: columns(
      'record_type key!',
      'record_id id!',
      'grantee_kind key!',
      'grantee_id key!',
      'level key!',
      'created_at instant!',
      'created_by key',
    ),
    key: ['record_type', 'record_id', 'grantee_kind', 'grantee_id'],
    indexes: { grantee: ['record_type', 'grantee_kind', 'grantee_id', 'record_id', 'level'] },
  }),
  tenantTable('assignment_turn', { columns: columns('rule key!', 'last_user key!'), key: ['rule'] }),
]

// packages/core/src/storage/migrations/0001-foundation/sales.ts
var sales = [
  tenantTable('company', {
    columns: recordColumns(
      'name text!',
      'name_fold text!',
      'domain text',
      'domain_key text',
      'industry text',
      'size integer',
      'revenue integer',
      'revenue_currency key',
      'phone text',
      'phone_key text',
      'website text',
      'description text',
      'address json',
      'parent id',
      'last_activity_at instant',
      'next_activity_at instant',
    ),
    links: { parent: 'company' },
    indexes: {
      ...listIndexes('name_fold'),
      domain: ['domain_key'],
      phone: ['phone_key'],
      parent: ['parent'],
    },
    where: {
      ...listsOfLive,
      domain: 'domain_key is not null',
      phone: 'phone_key is not null',
      parent: 'parent is not null',
    },
  }),
  tenantTable('contact', {
    columns: recordColumns(
      'first_name text',
      'last_name text',
      'name text!',
      'name_fold text!',
      'email text',
      'email_key text',
      'phone text',
      'phone_key text',
      'emails json',
      'phones json',
      'addresses json',
      'company id',
      'title text',
      'source key',
      'consent json',
      'last_activity_at instant',
      'next_activity_at instant',
    ),
    links: { company: 'company' },
    indexes: { ...listIndexes('name_fold'), company: ['company', 'created_at', 'id'] },
    where: { ...listsOfLive, company: 'company is not null' },
  }),
  tenantTable('pipeline', {
    columns: columns(
      'id id!',
      'name text!',
      'position integer!',
      'is_default boolean!',
      'forward_only boolean!',
      'archived_at instant',
    ),
    unique: { name: ['name'] },
  }),
  tenantTable('stage', {
    columns: columns(
      'id id!',
      'pipeline_id id!',
      'name text!',
      'position integer!',
      'probability integer!',
      'class key!',
      'forecast_category key!',
      'rotten_after_days integer',
      'required_fields json!',
    ),
    links: { pipeline_id: 'pipeline' },
    unique: { name: ['pipeline_id', 'name'] },
  }),
  tenantTable('lead', {
    columns: recordColumns(
      'name text!',
      'name_fold text!',
      'first_name text',
      'last_name text',
      'email text',
      'email_key text',
      'phone text',
      'phone_key text',
      'company text',
      'company_fold text',
      'title text',
      'source key!',
      'status key!',
      'score integer',
      'medium text',
      'campaign text',
      'referrer text',
      'landing_page text',
      'utm json',
      'consent json',
      'lost_reason key',
      'lost_note text',
      'converted_at instant',
      'converted_by key',
      'converted_contact_id id',
      'converted_company_id id',
      'converted_deal_id id',
      'last_activity_at instant',
      'next_activity_at instant',
    ),
    indexes: {
      ...listIndexes('name_fold', 'status', 'source', 'deleted_at'),
      email: ['email_key'],
      phone: ['phone_key'],
      by_source: ['source', 'created_at', 'converted_at', 'owner', 'id', 'deleted_at'],
      converted: ['source', 'converted_at', 'owner', 'id', 'deleted_at'],
      converted_contact: ['converted_contact_id'],
      converted_company: ['converted_company_id'],
      converted_deal: ['converted_deal_id'],
    },
    where: {
      ...listsOfLive,
      email: 'email_key is not null',
      phone: 'phone_key is not null',
      by_source: live,
      converted: 'converted_at is not null and deleted_at is null',
      converted_contact: 'converted_contact_id is not null',
      converted_company: 'converted_company_id is not null',
      converted_deal: 'converted_deal_id is not null',
    },
  }),
  tenantTable('product', {
    columns: recordColumns(
      'name text!',
      'name_fold text!',
      'sku key',
      'description text',
      'price integer',
      'price_currency key',
      'active boolean!',
    ),
    indexes: listIndexes('name_fold'),
    unique: { sku: ['sku'] },
    where: { ...listsOfLive, sku: 'sku is not null and deleted_at is null' },
  }),
  tenantTable('price', {
    columns: columns('book key!', 'product_id id!', 'currency key!', 'amount integer!'),
    key: ['book', 'product_id', 'currency'],
    links: { product_id: 'product' },
  }),
]

// packages/core/src/storage/migrations/0001-foundation/work.ts
var work = [
  tenantTable('activity', {
    columns: recordColumns(
      'kind key!',
      'subject text',
      'body text',
      'occurred_at instant!',
      'duration integer',
      'outcome text',
      'direction key',
      'participants json',
      'lead id',
      'contact id',
      'company id',
      'deal id',
    ),
    links: { lead: 'lead', contact: 'contact', company: 'company', deal: 'deal' },
    indexes: {
      occurred: ['occurred_at', 'id'],
      owner_occurred: ['owner', 'occurred_at', 'id'],
      figures: ['owner', 'kind', 'occurred_at', 'id', 'deleted_at'],
      lead: ['lead', 'occurred_at'],
      contact: ['contact', 'occurred_at'],
      company: ['company', 'occurred_at'],
      deal: ['deal', 'occurred_at'],
    },
    where: {
      ...onlyLive('occurred', 'owner_occurred', 'figures'),
      lead: 'lead is not null',
      contact: 'contact is not null',
      company: 'company is not null',
      deal: 'deal is not null',
    },
  }),
  tenantTable('task', {
    columns: recordColumns(
      'title text!',
      'title_fold text!',
      'kind key!',
      'description text',
      'due_date date',
      'due_at instant',
      'priority key!',
      'status key!',
      'done_at instant',
      'lead id',
      'contact id',
      'company id',
      'deal id',
    ),
    links: { lead: 'lead', contact: 'contact', company: 'company', deal: 'deal' },
    indexes: {
      created: ['created_at', 'id'],
      owner_created: ['owner', 'created_at', 'id'],
      due_at: ['owner', 'due_at', 'id', 'status', 'deleted_at'],
      due_date: ['owner', 'due_date', 'id', 'status', 'deleted_at'],
      done: ['owner', 'done_at', 'id', 'deleted_at'],
      lead: ['lead'],
      contact: ['contact'],
      company: ['company'],
      deal: ['deal'],
    },
    where: {
      ...onlyLive('created', 'owner_created', 'due_at', 'due_date'),
      done: 'done_at is not null and deleted_at is null',
      lead: 'lead is not null',
      contact: 'contact is not null',
      company: 'company is not null',
      deal: 'deal is not null',
    },
  }),
  tenantTable('note', {
    columns: columns(
      'id id!',
      'record_type key!',
      'record_id id!',
      'body text!',
      'mentions json',
      'pinned boolean!',
      'created_at instant!',
      'created_by key',
      'updated_at instant!',
      'version integer!',
      'deleted_at instant',
    ),
    indexes: { record: ['record_id', 'pinned', 'created_at', 'id'], author: ['created_at', 'created_by'] },
    where: onlyLive('record', 'author'),
  }),
  tenantTable('merge', {
    columns: columns(
      'id id!',
      'record_type key!',
      'winner_id id!',
      'undo json',
      'created_at instant!',
      'created_by key',
      'undone_at instant',
    ),
    indexes: { winner: ['winner_id', 'created_at'] },
  }),
  tenantTable('merged', {
    columns: columns('merge_id id!', 'record_id id!', 'winner_id id!', 'undone_at instant'),
    key: ['merge_id', 'record_id'],
    indexes: { record: ['record_id', 'merge_id'], winner: ['winner_id', 'record_id'] },
  }),
  tenantTable('record_key', {
    columns: columns('record_type key!', 'kind key!', 'value text!', 'record_id id!'),
    key: ['record_type', 'kind', 'value', 'record_id'],
    indexes: { record: ['record_id', 'kind'] },
  }),
]

// packages/core/src/storage/migrations/0001-foundation.ts
var foundation = {
  version: 1,
  name: 'foundation',
  breaking: true,
  tables: [...people, ...sales, ...deals, ...work, ...log],
}

// packages/core/src/storage/migrate.ts
var MIGRATIONS = [foundation]
var NEWEST = MIGRATIONS.at(-1)?.version ?? 0
var HISTORY = {
  name: 'migration',
  columns: [
    { name: 'version', type: 'integer', notNull: true },
    { name: 'name', type: 'key', notNull: true },
    { name: 'breaking', type: 'boolean', notNull: true },
    { name: 'applied_at', type: 'instant', notNull: true },
  ],
  primaryKey: ['version'],
}
async function applied(storage, reader) {
  const exists = storage.dialect.tableExists(storage.table('migration'))
  if ((await reader.all(exists.text, exists.params)).length === 0) return []
  const rows = await reader.all(`select version, breaking from ${storage.table('migration')} order by version`, [])
  return rows.map(([version, breaking]) => ({ version: Number(version), breaking: Boolean(breaking) }))
}
var outside = (storage) => ({ all: storage.read })
async function planMigrations(storage, reader = outside(storage)) {
  const history = await applied(storage, reader)
  const current = history.at(-1)?.version ?? 0
  refuseNewer(history)
  const pending = MIGRATIONS.filter((migration) => migration.version > current)
  return { current, target: NEWEST, pending: pending.map(({ version, name }) => ({ version, name })) }
}
function migrationStatements(storage, from = 0) {
  const history = from === 0 ? [...(storage.setUp ?? []), ...storage.dialect.createTable(HISTORY, storage.table)] : []
  const pending = MIGRATIONS.filter((migration) => migration.version > from)
  const tables = pending.flatMap((migration) => migration.tables)
  return [...history, ...tables.flatMap((table3) => storage.dialect.createTable(table3, storage.table))]
}
async function migrate(storage, now) {
  const plan = await planMigrations(storage)
  if (plan.pending.length === 0) return plan
  const exclusively = storage.exclusively ?? storage.transaction
  return exclusively(async (session) => {
    const fresh = await planMigrations(storage, session)
    if (fresh.pending.length === 0) return fresh
    for (const statement of migrationStatements(storage, fresh.current)) await session.run(statement, [])
    for (const { version, name, breaking } of MIGRATIONS.filter((migration) => migration.version > fresh.current)) {
      const insert = `insert into ${storage.table('migration')} (version, name, breaking, applied_at) values (?, ?, ?, ?)`
      await session.run(insert, [version, name, breaking ? 1 : 0, now.getTime()])
    }
    return fresh
  })
}
async function requireMigrated(storage) {
  const plan = await planMigrations(storage).catch((error) => {
    throw isCrmError(error, 'STORAGE') && error.rule === 'missing-table' ? notMigrated(0) : error
  })
  if (plan.pending.length > 0) throw notMigrated(plan.current)
}
function refuseNewer(history) {
  if (!history.some(({ version, breaking }) => breaking && version > NEWEST)) return
  throw new CrmError(
    'NOT_MIGRATED',
    `The database is at schema ${history.at(-1)?.version}, this release knows ${NEWEST}.`,
    {
      field: 'storage',
      rule: 'newer-schema',
      remedy: 'Upgrade @rapport/core to the release that migrated this database.',
    },
  )
}
var notMigrated = (current) =>
  new CrmError('NOT_MIGRATED', `The database is at schema ${current}, this release needs ${NEWEST}.`, {
    field: 'storage',
    rule: 'not-migrated',
    remedy: 'Run `await crm.migrate()` once at start-up, or apply the output of `crm.migrations.sql()`.',
  })

// packages/core/src/engine-wiring.ts
var STALE_AFTER = 5e3
function createEngine(parts) {
  const { storage, clock, settings, definitions, fields } = parts
  let phone
  let validators
  let migrated = false
  const normalise = normalForms(settings.country, () => phone)
  const tables = new Map(
    definitions.map((definition) => [
      definition.type,
      bindRecord(definition, fields[definition.type] ?? {}, storage, normalise),
    ]),
  )
  async function load2() {
    const [{ buildValidator: buildValidator2 }, plans] = await Promise.all([
      Promise.resolve().then(() => (init_zod_schema(), zod_schema_exports)),
      loadPhone(),
    ])
    phone = plans
    validators = new Map(definitions.map((one) => [one.type, buildValidator2(one, fields[one.type] ?? {}, normalise)]))
  }
  async function prepare(on) {
    if (!validators) await load2()
    if (!migrated) await requireMigrated(on)
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
    ready: (on) => (migrated && validators ? void 0 : prepare(on)),
    validator: (type) => validators?.get(type),
    normalise,
    announce: parts.announce,
    announceLater: parts.announceLater,
    timeline: recordTimeline,
    client: parts.client,
    callerOn: (caller, on) => ({ ...caller, storage: on, actor: () => caller.actorOn(on), pendingEvents: void 0 }),
  }
}

// packages/core/src/events/failures.ts
init_errors()
init_list()
init_port()
async function failedDeliveries(engine, options = {}) {
  const { storage } = engine
  await engine.ready(storage)
  const select = `select ${EVENT_COLUMNS}, d.subscriber, d.attempts, d.last_error from ${storage.table('delivery')} d join ${storage.table('event')} e on e.tenant_id = d.tenant_id and e.id = d.event_id where d.state = 'dead' order by d.event_id limit ?`
  const rows = await scopedTo(storage, EVERY_TENANT).read(select, [limitOf(options?.limit)])
  return rows.map((row) => ({
    tenant: String(row[11]),
    subscriber: String(row[12]),
    attempts: Number(row[13]),
    lastError: row[14],
    event: readEvent(engine, row),
  }))
}
async function retryDelivery(engine, eventId, subscriber) {
  const { storage, clock } = engine
  if (typeof eventId !== 'string' || typeof subscriber !== 'string') {
    throw invalid('eventId', 'wrong-type', 'Give the id of an event and the name of a subscriber, both as text.')
  }
  await engine.ready(storage)
  const table3 = storage.table('delivery')
  const dead = `select tenant_id from ${table3} where state = 'dead' and event_id = ? and subscriber = ?`
  const [found] = await scopedTo(storage, EVERY_TENANT).read(dead, [eventId, subscriber])
  const tenant = String(found?.[0] ?? '')
  const update = `update ${table3} set state = 'due', attempts = 0, due_at = ? where tenant_id = ? and state = 'dead' and event_id = ? and subscriber = ?`
  const retried = await scopedTo(storage, tenant).transaction(async (session) =>
    session.run(update, [clock.now().getTime(), tenant, eventId, subscriber]),
  )
  if (retried > 0) return
  throw new CrmError('NOT_FOUND', 'There is no such failed delivery.', {
    field: 'eventId',
    rule: 'not-found',
    remedy: 'Take event.id and subscriber from crm.events.failed().',
  })
}

// packages/core/src/events/held.ts
init_port()
init_sql()
var MOST_HELD = 1e4
var GIVE_UP_AFTER = 10 * 6e4
var BATCH = 500
function createHeldNotices(announce) {
  let held = []
  return {
    hold(events) {
      const since = Date.now()
      for (const event of events) if (!event.silent) held.push({ event, tenant: event.tenant, since })
      if (held.length > MOST_HELD) held = held.slice(-MOST_HELD)
    },
    /** Announces those whose rows are committed by now. No statement when none are held. */
    async release(engine) {
      const waiting = held
      held = []
      const kept = []
      for (let at = 0; at < waiting.length; at += BATCH) {
        const part2 = waiting.slice(at, at + BATCH)
        const committed = await committedIds(engine, part2)
        announce(part2.filter(({ event }) => committed.has(event.id)).map(({ event }) => event))
        const oldest = Date.now() - GIVE_UP_AFTER
        kept.push(...part2.filter(({ event, since }) => !committed.has(event.id) && since > oldest))
      }
      held = [...kept, ...held]
    },
  }
}
async function committedIds({ storage }, held) {
  const committed = /* @__PURE__ */ new Set()
  for (const tenant of new Set(held.map((one) => one.tenant))) {
    const ids = held.flatMap(({ event }) => (event.tenant === tenant ? [event.id] : []))
    const select = sql`select id from ${raw(storage.table('event'))} where tenant_id = ${tenant} and ${inList(raw('id'), evened(ids))}`
    for (const [id] of await scopedTo(storage, tenant).read(select.text, select.params)) committed.add(id)
  }
  return committed
}

// node_modules/.pnpm/mitt@3.0.1/node_modules/mitt/dist/mitt.mjs
function mitt_default(n) {
  return {
    all: (n = n || /* @__PURE__ */ new Map()),
    on: (t, e) => {
      var i = n.get(t)
      i ? i.push(e) : n.set(t, [e])
    },
    off: (t, e) => {
      var i = n.get(t)
      i && (e ? i.splice(i.indexOf(e) >>> 0, 1) : n.set(t, []))
    },
    emit: (t, e) => {
      var i = n.get(t)
      i &&
        i.slice().map((n2) => {
          n2(e)
        }),
        (i = n.get('*')) &&
          i.slice().map((n2) => {
            n2(t, e)
          })
    },
  }
}

// packages/core/src/events/notices.ts
function createNotices(onError) {
  const emitter = mitt_default()
  function report(error, event) {
    try {
      onError(error, event)
    } catch {}
  }
  return {
    /** `'*'` hears everything, `'deals.*'` all of one type, `'deal.won'` one event. Returns the way out. */
    on(pattern, listener) {
      const guarded2 = (event) => {
        try {
          Promise.resolve(listener(event)).catch((error) => report(error, event))
        } catch (error) {
          report(error, event)
        }
      }
      const key = pattern === '*' ? 'all' : pattern
      emitter.on(key, guarded2)
      return () => emitter.off(key, guarded2)
    },
    announce(events) {
      for (const event of events) {
        if (event.silent) continue
        emitter.emit(event.name, event)
        emitter.emit(`${event.recordType}.*`, event)
        emitter.emit('all', event)
      }
    },
  }
}

// packages/core/src/events/subscribers.ts
init_errors()
var DEFAULT_TIMEOUT = 3e4
var MAX_TIMEOUT = 5e4
var NAME = /^[\w.:-]{1,100}$/
function namedSubscribers(given, hooks) {
  const subscribers = Object.entries(given).map(([name, subscriber]) => checked(name, subscriber))
  for (const [type, hook] of Object.entries(hooks)) {
    const afterCommit = hook?.afterCommit
    if (!afterCommit) continue
    subscribers.push({
      name: `hooks.${type}`,
      timeout: DEFAULT_TIMEOUT,
      hears: ({ recordType }) => recordType === type,
      handle: (event) => afterCommit(event),
    })
  }
  return subscribers
}
function checked(name, { events, handle, timeout = DEFAULT_TIMEOUT }) {
  const path = `subscribers.${name}`
  if (!NAME.test(name) || name.startsWith('hooks.')) {
    throw invalid(path, 'invalid-name', 'Name it with 1 to 100 letters, digits, -, _, : or dots, and not hooks.\u2026')
  }
  if (
    !Array.isArray(events) ||
    events.length === 0 ||
    !events.every((event) => typeof event === 'string' && event !== '')
  ) {
    throw invalid(`${path}.events`, 'invalid-events', "Give a list such as ['deal.won', 'leads.*'].")
  }
  if (typeof handle !== 'function') throw invalid(`${path}.handle`, 'wrong-type', 'Give a function.')
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > MAX_TIMEOUT) {
    throw invalid(`${path}.timeout`, 'out-of-range', `Give 1 to ${MAX_TIMEOUT} milliseconds.`)
  }
  return { name, timeout, hears: (event) => events.some((pattern) => matches(pattern, event)), handle }
}

// packages/core/src/events/sweep.ts
init_port()
var KEPT = 7 * 864e5
var EVERY = 36e5
var AT_MOST = 1e3
function createSweep() {
  let nextAt = Number.NEGATIVE_INFINITY
  return async ({ storage, clock }) => {
    const now = clock.now().getTime()
    if (now < nextAt) return
    const table3 = storage.table('idempotency')
    const old = `select tenant_id, created_at from ${table3} where created_at < ? order by created_at limit ${AT_MOST}`
    const rows = await scopedTo(storage, EVERY_TENANT).read(old, [now - KEPT])
    const newest = new Map(rows.map(([tenant, at]) => [String(tenant), Number(at)]))
    for (const [tenant, at] of newest) {
      const remove = `delete from ${table3} where tenant_id = ? and created_at <= ?`
      await scopedTo(storage, tenant).transaction(async (session) => session.run(remove, [tenant, at]))
    }
    nextAt = rows.length === AT_MOST ? now : now + EVERY
  }
}

// packages/core/src/events/tick.ts
init_errors()

// packages/core/src/events/deliver.ts
init_write()
init_port()
init_sql()
var MAX_ATTEMPTS = 12
var LEASE = 6e4
var FIRST_DELAY = 1e4
var LONGEST_DELAY = 6 * 36e5
var MAX_ERROR_TEXT = 2e3
var LOOKED_AT = 100
async function deliverDue(engine, subscribers, limit, clientOf) {
  const counts = { delivered: 0, failed: 0, dead: 0 }
  if (subscribers.length === 0) return counts
  let left = limit
  for (let found = true; found && left > 0; ) {
    found = false
    for (const tenant of await tenantsDue(engine, subscribers, left)) {
      const claimed = await inTenant(engine, tenant, (session) => claim(engine, session, tenant, subscribers))
      if (claimed === void 0) continue
      found = true
      left--
      counts[claimed === 'dead' ? 'dead' : await attempt(engine, claimed, clientOf)]++
    }
  }
  return counts
}
var inTenant = ({ storage }, tenant, work2) => repeating(scopedTo(storage, tenant), 3, work2)
function dueRows({ storage, clock }, of2, subscribers) {
  const names2 = inList(
    raw('d.subscriber'),
    subscribers.map(({ name }) => name),
  )
  return sql`from ${raw(storage.table('delivery'))} d where ${of2} and d.due_at <= ${clock.now().getTime()} and ${names2}`
}
async function tenantsDue(engine, subscribers, limit) {
  const select = sql`select d.tenant_id ${dueRows(engine, TRUE, subscribers)} order by d.due_at, d.event_id limit ${raw(String(Math.min(limit, LOOKED_AT)))}`
  const rows = await scopedTo(engine.storage, EVERY_TENANT).read(select.text, select.params)
  return rows.map(([tenant]) => String(tenant))
}
async function claim(engine, session, tenant, subscribers) {
  const { storage, clock } = engine
  const select = sql`select d.event_id, d.subscriber, d.attempts ${dueRows(engine, sql`d.tenant_id = ${tenant}`, subscribers)} order by d.due_at, d.event_id limit 1`
  const [row] = await session.all(select.text + (storage.dialect.lockRows ?? ''), select.params)
  if (!row) return void 0
  const [eventId, name] = [String(row[0]), String(row[1])]
  const attempt3 = Number(row[2]) + 1
  const key = [tenant, eventId, name]
  const update = `update ${storage.table('delivery')} set state = ?, attempts = ?, due_at = ?, last_error = ? where tenant_id = ? and event_id = ? and subscriber = ?`
  if (attempt3 > MAX_ATTEMPTS) {
    await session.send(update, ['dead', attempt3 - 1, null, LOST, ...key])
    return 'dead'
  }
  await session.send(update, ['running', attempt3, clock.now().getTime() + LEASE, LOST, ...key])
  const readOne = `select ${EVENT_COLUMNS} from ${storage.table('event')} e where e.tenant_id = ? and e.id = ?`
  const [event] = await session.all(readOne, [tenant, eventId])
  const subscriber = subscribers.find((one) => one.name === name)
  return { tenant, event: readEvent(engine, event), subscriber, attempt: attempt3 }
}
var LOST = 'The process ended while it handled the event.'
async function attempt(engine, claimed, clientOf) {
  const { tenant, event, subscriber } = claimed
  const context = { crm: clientOf(tenant, `subscriber ${subscriber.name}`), tenant, attempt: claimed.attempt }
  const error = await failureOf(subscriber, async () => subscriber.handle(event, context))
  const { storage, clock } = engine
  const table3 = storage.table('delivery')
  const mine = `tenant_id = ? and event_id = ? and subscriber = ? and state = 'running' and attempts = ?`
  const key = [tenant, event.id, subscriber.name, claimed.attempt]
  if (error === void 0) {
    await inTenant(engine, tenant, async (session) => session.run(`delete from ${table3} where ${mine}`, key))
    return 'delivered'
  }
  const isSpent = claimed.attempt >= MAX_ATTEMPTS
  const due = isSpent ? null : clock.now().getTime() + delayAfter(claimed.attempt)
  const update = `update ${table3} set state = ?, due_at = ?, last_error = ? where ${mine}`
  await inTenant(engine, tenant, async (session) => session.run(update, [isSpent ? 'dead' : 'due', due, error, ...key]))
  return isSpent ? 'dead' : 'failed'
}
async function failureOf({ timeout }, work2) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Took longer than ${timeout} ms.`)), timeout)
  })
  try {
    await Promise.race([work2(), late])
    return void 0
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return text.replaceAll('\0', '').slice(0, MAX_ERROR_TEXT)
  } finally {
    clearTimeout(timer)
  }
}
var delayAfter = (attempts) =>
  Math.round(Math.min(FIRST_DELAY * 2 ** (attempts - 1), LONGEST_DELAY) * (1 - Math.random() / 2))

// packages/core/src/events/dispatch.ts
init_write()
init_port()
init_sql()
var BATCH2 = 200
var ROWS_AN_INSERT = 100
var RETRIES2 = 3
async function dispatchPending(engine, subscribers, limit) {
  let dispatched = 0
  while (dispatched < limit) {
    let taken = 0
    for (const tenant of await tenantsWaiting(engine)) {
      const count2 = Math.min(BATCH2, limit - dispatched)
      if (count2 === 0) break
      const storage = scopedTo(engine.storage, tenant)
      const claimed = await repeating(storage, RETRIES2, (session) =>
        dispatchBatch(engine, session, tenant, subscribers, count2),
      )
      taken += claimed
      dispatched += claimed
    }
    if (taken === 0) break
  }
  return dispatched
}
async function tenantsWaiting({ storage }) {
  const every = scopedTo(storage, EVERY_TENANT)
  const oldest = `select tenant_id from ${storage.table('event')} where pending = 1 order by id limit ${BATCH2}`
  return [...new Set((await every.read(oldest, [])).map(([tenant]) => String(tenant)))]
}
async function dispatchBatch({ storage, clock }, session, tenant, subscribers, count2) {
  const table3 = storage.table('event')
  const lock = storage.dialect.lockRows ?? ''
  const select = `select id, name, record_type from ${table3} where tenant_id = ? and pending = 1 order by id limit ${count2}${lock}`
  const rows = await session.all(select, [tenant])
  if (rows.length === 0) return 0
  const now = clock.now().getTime()
  const deliveries = rows.flatMap(([id, name, recordType]) =>
    subscribers
      .filter((subscriber) => subscriber.hears({ name: String(name), recordType }))
      .map((subscriber) => [tenant, String(id), subscriber.name, 0, now, 'due']),
  )
  for (let at = 0; at < deliveries.length; at += ROWS_AN_INSERT) {
    const part2 = deliveries.slice(at, at + ROWS_AN_INSERT)
    const marks = part2.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')
    const insert = `insert into ${storage.table('delivery')} (tenant_id, event_id, subscriber, attempts, due_at, state) values ${marks}`
    await session.send(insert, part2.flat())
  }
  const claimed = inList(raw('id'), evened(rows.map(([id]) => String(id))))
  const clear = sql`update ${raw(table3)} set pending = null where tenant_id = ${tenant} and pending = 1 and ${claimed}`
  await session.send(clear.text, clear.params)
  return rows.length
}

// packages/core/src/events/tick.ts
async function runTick(parts, options = {}) {
  const { limit = 500 } = options ?? {}
  const { engine, subscribers } = parts
  if (!Number.isInteger(limit) || limit < 1 || limit > 1e4)
    throw invalid('limit', 'out-of-range', 'Give a whole number from 1 to 10,000.')
  await engine.ready(engine.storage)
  await parts.releaseNotices(engine)
  const dispatched = await dispatchPending(engine, subscribers, limit)
  const delivered = await deliverDue(engine, subscribers, limit, parts.clientOf)
  await parts.sweep(engine)
  return { dispatched, ...delivered }
}

// packages/core/src/kernel/clock.ts
var systemClock = { now: () => /* @__PURE__ */ new Date() }

// packages/core/src/create-crm.ts
init_errors()
init_money()
init_text()
init_zones()

// packages/core/src/notes/write.ts
init_actor()
init_errors()
init_ids()
init_text()
init_append_event()
init_caller()
init_checks()
init_find()
init_idempotency()
init_sql()

// packages/core/src/notes/mentions.ts
var CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g
var LINKED = /@\[[^\]\n]{0,255}\]\(user:([^()\s]{1,765})\)/g
var BARE = /(?<![\p{L}\p{N}_.+@/-])@([\p{L}\p{N}_][^\s()[\]{}<>"'`,;!?*]{0,254})/gu
var TRAILING = /[^\p{L}\p{N}_]+$/u
var MOST2 = 100
function mentionCandidates(body) {
  const text = body.replace(CODE, ' ')
  const linked = [...text.matchAll(LINKED)].map(([, id]) => [decoded(id)])
  const bare = [...text.replace(LINKED, ' ').matchAll(BARE)].map(([, id]) => shortenings(id))
  return [...linked, ...bare].slice(0, MOST2)
}
function decoded(id) {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}
function shortenings(id) {
  const forms = [id]
  for (let form = id; forms.length < 5; ) {
    const bare = form.replace(TRAILING, '')
    form = bare === form ? form.replace(/[^\p{L}\p{N}_]+[\p{L}\p{N}_]+$/u, '') : bare
    if (form === '' || form === forms.at(-1)) break
    forms.push(form)
  }
  return forms
}

// packages/core/src/notes/note.ts
var NOTE_COLUMNS =
  'n.id, n.record_type, n.record_id, n.body, n.mentions, n.pinned, n.created_at, n.created_by, n.updated_at, n.version'
var readNote = (row) => ({
  id: String(row[0]),
  about: { type: row[1], id: String(row[2]) },
  body: String(row[3]),
  mentions: row[4] == null ? [] : JSON.parse(String(row[4])),
  pinned: Boolean(row[5]),
  createdAt: new Date(Number(row[6])),
  createdBy: row[7],
  updatedAt: new Date(Number(row[8])),
  version: Number(row[9]),
})

// packages/core/src/notes/write.ts
var MAX_BODY = 1e5
var addNote = (caller, record, body, options = {}) => {
  const { pinned = false, ...verb } = options ?? {}
  return runVerb(caller, 'notes.add', [record, body, pinned], verb, async (write) => {
    const about = checkRef(writeQuery(write), record)
    await requireReadable(write, about)
    requireAny(write.actor, 'notes', 'create')
    checkPatch({ body: body ?? '', pinned })
    const now = nowOf(caller)
    const mentions = write.actor.user === null ? [] : await usersMentioned(write, body)
    const createdBy = authorOf(caller, write.actor)
    const note = {
      id: newId(),
      about,
      body,
      mentions,
      pinned,
      createdAt: now,
      createdBy,
      updatedAt: now,
      version: 1,
    }
    const columns2 =
      'tenant_id, id, record_type, record_id, body, mentions, pinned, created_at, created_by, updated_at, version'
    await write.send(
      `insert into ${caller.storage.table('note')} (${columns2}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
      [
        caller.tenant,
        note.id,
        about.type,
        about.id,
        body,
        JSON.stringify(mentions),
        pinned ? 1 : 0,
        now.getTime(),
        note.createdBy,
        now.getTime(),
      ],
    )
    await logNote(write, note, 'created', {
      body: [null, body],
      ...(pinned && { pinned: [null, true] }),
      ...(mentions.length > 0 && { mentions: [null, mentions] }),
    })
    return note
  })
}
var updateNote = (caller, id, patch, options) =>
  runVerb(caller, 'notes.update', [id, patch], options, async (write) => {
    checkPatch(patch)
    const before = await requireNote(write, id, 'update')
    const after = { ...before, body: patch.body ?? before.body, pinned: patch.pinned ?? before.pinned }
    if (after.body !== before.body) after.mentions = await usersMentioned(write, after.body)
    const names2 = ['body', 'pinned', 'mentions'].filter(
      (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
    )
    if (names2.length === 0) return before
    Object.assign(after, { updatedAt: nowOf(caller), version: before.version + 1 })
    const update = `update ${caller.storage.table('note')} set body = ?, mentions = ?, pinned = ?, updated_at = ?, version = ? where tenant_id = ? and id = ? and version = ?`
    const values = [
      after.body,
      JSON.stringify(after.mentions),
      after.pinned ? 1 : 0,
      after.updatedAt.getTime(),
      after.version,
    ]
    if ((await write.run(update, [...values, caller.tenant, id, before.version])) === 0) throw changedMeanwhile()
    await logNote(
      write,
      after,
      'updated',
      Object.fromEntries(names2.map((name) => [name, [before[name], after[name]]])),
    )
    return after
  })
var deleteNote = (caller, id, options) =>
  runVerb(caller, 'notes.delete', id, options, async (write) => {
    const note = await requireNote(write, id, 'delete')
    const now = nowOf(caller).getTime()
    const update = `update ${caller.storage.table('note')} set deleted_at = ?, updated_at = ?, version = ? where tenant_id = ? and id = ? and version = ?`
    const done = await write.run(update, [now, now, note.version + 1, caller.tenant, id, note.version])
    if (done === 0) throw changedMeanwhile()
    await logNote(write, { ...note, version: note.version + 1 }, 'deleted', {})
  })
var changedMeanwhile = () =>
  new CrmError('CONFLICT', 'The note was changed at the same moment.', {
    field: 'version',
    rule: 'changed-meanwhile',
    remedy: 'Read the note again and repeat the change.',
  })
function checkPatch(patch) {
  const unknown2 = Object.keys(patch ?? {}).find((key) => key !== 'body' && key !== 'pinned')
  if (unknown2 !== void 0) throw invalid(unknown2, 'unknown-key', 'Use only: body, pinned.')
  const { body, pinned } = patch ?? {}
  if (body !== void 0) {
    if (typeof body !== 'string' || body.trim() === '') throw invalid('body', 'required', 'Give some text.')
    if (body.length > MAX_BODY) throw invalid('body', 'too-long', `Keep it to ${MAX_BODY} characters.`)
    if (hasForbiddenCharacters(body))
      throw invalid('body', 'forbidden-character', 'Remove NUL characters and broken surrogate pairs.')
  }
  if (pinned !== void 0 && typeof pinned !== 'boolean') throw invalid('pinned', 'wrong-type', 'Give true or false.')
}
async function requireReadable(write, { type, id }) {
  if (!(await findInScope(writeQuery(write), write, type, id, 'read'))) throw notFound(type)
}
async function requireNote(write, id, action) {
  const { storage, tenant } = write.caller
  const select = `select ${NOTE_COLUMNS} from ${storage.table('note')} n where n.tenant_id = ? and n.id = ? and n.deleted_at is null`
  const [row] = isId(id) ? await write.all(select, [tenant, id]) : []
  const note = row && readNote(row)
  if (!note || write.actor.scope('notes', 'read').kind === 'none') throw notFound('notes')
  const { about } = note
  if (!(await findInScope(writeQuery(write), write, about.type, about.id, 'read'))) throw notFound('notes')
  const scope = write.actor.scope('notes', action)
  const mine = scope.kind === 'owners' && note.createdBy !== null && scope.owners.has(note.createdBy)
  if (scope.kind !== 'all' && !mine) throw forbidden('notes', action)
  return note
}
async function usersMentioned(write, body) {
  const places = mentionCandidates(body)
  if (places.length === 0) return []
  const { storage, tenant } = write.caller
  const ids = [...new Set(places.flat())]
  const select = sql`select id from ${raw(storage.table('user'))} where tenant_id = ${tenant} and ${inList(raw('id'), ids)}`
  const known3 = new Set((await write.all(select.text, select.params)).map(([id]) => String(id)))
  return [...new Set(places.flatMap((forms) => forms.find((form) => known3.has(form)) ?? []))]
}
var logNote = (write, note, verb, changes) =>
  appendEvent(write, {
    name: `note.${verb}`,
    recordType: 'notes',
    recordId: note.id,
    recordVersion: note.version,
    changes,
    about: [note.about],
  })

// packages/core/src/leads/capture.ts
init_assignment()
init_caller()
init_create()
init_engine()
init_guard()

// packages/core/src/records/merge/combine.ts
init_errors()
init_text()
init_field()
function combine(table3, winner, losers, choice, normalise) {
  const members = new Map([winner, ...losers].map((record) => [record.id, record]))
  const after = { ...winner, custom: { ...winner.custom } }
  for (const [name, { field: field2 }] of table3.fields) {
    if (name === 'custom') continue
    const values = [winner, ...losers].map((record) => withoutMembers(record, name, field2, table3, members))
    after[name] = isServerOwned(field2) ? serverValue(name, values, winner) : combined2(name, field2, values, normalise)
  }
  for (const [name, field2] of Object.entries(table3.custom)) {
    const value = combined2(
      name,
      field2,
      [winner, ...losers].map((record) => record.custom[name] ?? null),
      normalise,
    )
    if (value !== null) after.custom[name] = value
  }
  for (const [path, id] of Object.entries(choice)) choose(table3, after, path, members.get(id))
  return after
}
function withoutMembers(record, name, field2, table3, members) {
  if (field2.kind !== 'link' || field2.to !== table3.type) return record[name]
  const seen = /* @__PURE__ */ new Set()
  let value = record[name]
  while (typeof value === 'string' && members.has(value)) {
    if (seen.has(value)) return null
    seen.add(value)
    value = members.get(value)?.[name] ?? null
  }
  return value
}
function serverValue(name, values, winner) {
  const dates = values.filter((value) => value instanceof Date).map((date) => date.getTime())
  if (name === 'lastActivityAt') return dates.length > 0 ? new Date(Math.max(...dates)) : null
  if (name === 'nextActivityAt') return dates.length > 0 ? new Date(Math.min(...dates)) : null
  return winner[name]
}
function combined2(name, field2, values, normalise) {
  const lists = () => values.flatMap((value) => value ?? [])
  const first = values.find((value) => !isEmpty3(value))
  switch (field2.kind) {
    case 'emails':
    case 'phones': {
      const kind = field2.kind === 'emails' ? 'email' : 'phone'
      const all = unique(lists(), ({ value }) => normalise(kind, value) ?? value)
      const primary = all.findIndex((one) => one.primary)
      return all.map((one, index) => ({ ...one, primary: index === Math.max(0, primary) }))
    }
    case 'tags':
      return unique(lists(), foldText)
    case 'addresses':
    case 'multiselect':
      return unique(lists(), (value) => JSON.stringify(value))
    case 'json':
      return name === 'consent' ? values.reduce((all, one) => withOptOuts(all, one), null) : (first ?? null)
    default:
      return first ?? null
  }
}
var isEmpty3 = (value) => value === null || value === void 0 || (Array.isArray(value) && value.length === 0)
function unique(values, keyOf4) {
  const byKey = /* @__PURE__ */ new Map()
  for (const value of values) if (!byKey.has(keyOf4(value))) byKey.set(keyOf4(value), value)
  return [...byKey.values()]
}
var OPT_OUT = /opt.?out|unsubscribed|do.?not|suppressed|withdrawn/i
function withOptOuts(first, second, name = '') {
  if (first == null || second == null) return first ?? second ?? null
  if (typeof first === 'object' && typeof second === 'object' && !Array.isArray(first) && !Array.isArray(second)) {
    const [a, b] = [first, second]
    return Object.fromEntries(
      [.../* @__PURE__ */ new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [
        key,
        withOptOuts(a[key], b[key], key),
      ]),
    )
  }
  const no = OPT_OUT.test(name)
  return second === no ? no : first
}
function choose(table3, after, path, from) {
  if (!from) throw invalid(`fields.${path}`, 'unknown-record', 'Give the id of the winner or of one of the losers.')
  if (path.startsWith('custom.') && Object.hasOwn(table3.custom, path.slice('custom.'.length))) {
    const name = path.slice('custom.'.length)
    if (from.custom[name] == null) delete after.custom[name]
    else after.custom[name] = from.custom[name]
    return
  }
  const field2 = table3.fields.get(path)?.field
  if (!field2 || isServerOwned(field2) || path === 'custom') {
    throw invalid(`fields.${path}`, 'unknown-field', 'Choose among the fields of the record that can be written.')
  }
  after[path] = from[path]
}

// packages/core/src/leads/capture.ts
init_update()
init_write()

// packages/core/src/leads/capture-form.ts
init_errors()
var PLAIN2 = [
  'name',
  'firstName',
  'lastName',
  'email',
  'phone',
  'company',
  'title',
  'medium',
  'campaign',
  'referrer',
  'landingPage',
]
var FIELDS = [...PLAIN2, 'message', 'consent', 'utm', 'custom']
var MAX_MESSAGE = 1e4
function readForm(input, { customFields = [], source = 'website' }, at) {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw invalid('input', 'wrong-type', 'Give the fields of the form as an object.')
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== '' && value != null))
  refuseOthers(given, FIELDS, '')
  if (given.custom !== void 0) refuseOthers(Object(given.custom), customFields, 'custom.')
  if (given.email === void 0 && given.phone === void 0)
    throw invalid('email', 'required', 'Give an email or a phone number.')
  const values = Object.fromEntries(
    [...PLAIN2, 'custom'].filter((name) => given[name] !== void 0).map((name) => [name, given[name]]),
  )
  if (given.utm !== void 0) values.utm = cleanUtm(given.utm)
  if (given.consent !== void 0) values.consent = cleanConsent(given.consent, source, at)
  if (!given.name && !given.firstName && !given.lastName) values.name = given.email ?? given.phone
  return { values, message: cleanMessage(given.message) }
}
function refuseOthers(given, allowed, path) {
  const problems = Object.keys(given)
    .filter((name) => !allowed.includes(name))
    .map((name) => ({
      field: `${path}${name}`,
      rule: 'unknown-key',
      remedy: 'Remove it: the form may not fill this field.',
    }))
  if (problems.length > 0) throw new CrmError('VALIDATION', 'The form has unknown fields.', problems)
}
function cleanMessage(message) {
  if (message === void 0) return void 0
  if (typeof message === 'string' && message.length <= MAX_MESSAGE) return message
  throw invalid('message', 'too-long', `Give at most ${MAX_MESSAGE} characters of text.`)
}
function cleanUtm(utm) {
  const entries = Object.entries(Object(utm))
  const fine =
    typeof utm === 'object' &&
    entries.length <= 20 &&
    entries.every(([name, value]) => name.length <= 60 && typeof value === 'string' && value.length <= 255)
  if (!fine) throw invalid('utm', 'wrong-type', 'Give at most 20 short texts, such as { source: "newsletter" }.')
  return Object.fromEntries(entries)
}
var YES = ['on', 'true', 'yes', '1']
function cleanConsent(consent, source, at) {
  const record = { at: at.toISOString(), source }
  if (typeof consent === 'object' && consent !== null && !Array.isArray(consent)) return { ...consent, ...record }
  return { given: consent === true || (typeof consent === 'string' && YES.includes(consent.toLowerCase())), ...record }
}

// packages/core/src/leads/capture-tokens.ts
init_errors()
var MIN_LENGTH = 16
var MAX_LENGTH2 = 255
function checkTokens(tokens, process3) {
  tokens.forEach(({ token, source }, index) => {
    const path = `capture.tokens.${index}`
    if (typeof token !== 'string' || token.length < MIN_LENGTH || token.length > MAX_LENGTH2) {
      throw invalid(`${path}.token`, 'weak-token', `Use ${MIN_LENGTH} to ${MAX_LENGTH2} random characters.`)
    }
    if (source !== void 0 && !process3.sources.includes(source)) {
      throw invalid(
        `${path}.source`,
        'invalid-option',
        `Use one of: ${process3.sources.join(', ')}; or declare it in leads.sources.`,
      )
    }
  })
  if (new Set(tokens.map(({ token }) => token)).size < tokens.length)
    throw invalid('capture.tokens', 'repeated-token', 'Give each form a token of its own.')
  return tokens
}
function tokenFinder(tokens) {
  let digests
  return async (given) => {
    digests ??= Promise.all(tokens.map(({ token }) => digest(token)))
    const known3 = await digests
    const wanted = await digest(typeof given === 'string' && given.length <= MAX_LENGTH2 ? given : '')
    let found
    known3.forEach((one, index) => {
      if (sameBytes(one, wanted)) found = tokens[index]
    })
    if (found) return found
    throw new CrmError('FORBIDDEN', 'There is no form with this token.', {
      field: 'token',
      rule: 'unknown-token',
      remedy: 'Use a token listed in the capture option of createCrm.',
    })
  }
}
var digest = async (text) => new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
function sameBytes(left, right) {
  let difference = left.length ^ right.length
  for (let index = 0; index < left.length; index++) difference |= left[index] ^ (right[index] ?? 0)
  return difference === 0
}

// packages/core/src/leads/capture.ts
init_convert_values()
init_definition2()

// packages/core/src/leads/rate-limit.ts
init_errors()
var DEFAULT_LIMIT = { requests: 10, per: 6e4 }
var MAX_KEYS2 = 1e4
function createRateLimit({ requests, per }, clock) {
  const buckets = /* @__PURE__ */ new Map()
  return (key) => {
    const now = clock.now().getTime()
    const known3 = buckets.get(key)
    const left = known3 ? Math.min(requests, known3.left + (Math.max(0, now - known3.at) * requests) / per) : requests
    buckets.delete(key)
    if (!known3 && buckets.size >= MAX_KEYS2) buckets.delete(buckets.keys().next().value)
    buckets.set(key, { left: left >= 1 ? left - 1 : left, at: now })
    if (left < 1) throw tooMany(Math.max(1, Math.ceil(((1 - left) * per) / requests / 1e3)))
  }
}
var tooMany = (retryAfter) =>
  new CrmError('RATE_LIMITED', 'Too many submissions.', {
    field: 'capture',
    rule: 'too-many-requests',
    remedy: `Try again in ${retryAfter} seconds.`,
    retryAfter,
  })

// packages/core/src/leads/capture.ts
var RECEIVED = { received: true }
function createCapture(options, engine, systemCaller) {
  const { tokens = [], rateLimit, honeypot = '_gotcha' } = options ?? {}
  const find2 = tokenFinder(checkTokens(tokens, processOf(engine)))
  const limit = createRateLimit({ ...DEFAULT_LIMIT, ...rateLimit }, engine.clock)
  return async (request) => {
    const { token, input, ip = '' } = request ?? {}
    const form = await find2(token)
    limit(`${form.token}
${ip}`)
    const { [honeypot]: trap, ...fields } = Object(input)
    if (trap !== void 0 && trap !== null && trap !== '') return RECEIVED
    await captureLead(
      systemCaller(form.tenant ?? 'default', `capture by ${form.name ?? form.source ?? 'website'}`),
      form,
      typeof input === 'object' ? fields : input,
    )
    return RECEIVED
  }
}
async function captureLead(caller, form, input) {
  const { values: given, message } = readForm(input, form, nowOf(caller))
  const { source = 'website', defaults = {} } = form
  const custom3 = { ...defaults.custom, ...given.custom }
  const values = await validateCreate(caller, 'leads', {
    source,
    ...defaults,
    ...given,
    ...(Object.keys(custom3).length > 0 && { custom: custom3 }),
  })
  await transact(caller, async (write) => {
    const known3 = await openLeadOf(write, values)
    const lead = known3 ? await addTo(write, known3, values, given) : await createLead(write, form, values)
    if (message !== void 0) await addNote(write.inside(), { type: 'leads', id: lead.id }, message)
  })
}
async function createLead(write, form, values) {
  const owner =
    form.assignment && values.owner === void 0
      ? await pickOwner(write, tableOf(write.caller.engine, 'leads'), form.assignment)
      : void 0
  return createIn(write, 'leads', owner === void 0 ? values : { ...values, owner })
}
async function openLeadOf(write, values) {
  const { caller, all } = write
  const { engine, tenant } = caller
  const table3 = tableOf(engine, 'leads')
  const lock = engine.storage.dialect.forUpdate ?? ''
  for (const kind of ['email', 'phone']) {
    const key = typeof values[kind] === 'string' ? engine.normalise(kind, values[kind]) : null
    if (key === null) continue
    await holdValues(write, table3, kind, [key])
    const open = `r.tenant_id = ? and r.${kind}_key = ? and r.deleted_at is null and ${table3.definition.open}`
    const [row] = await all(
      `select ${table3.selectList} from ${table3.name} r where ${open} order by r.created_at desc, r.id desc limit 1${lock}`,
      [tenant, key],
    )
    if (row) return table3.read(row)
  }
  return void 0
}
async function addTo(write, lead, values, given) {
  const ofForm = Object.fromEntries(Object.entries(values).filter(([name]) => name in given && name !== 'name'))
  const { custom: custom3, ...fills } = fillsOf(lead, ofForm)
  const after = { ...lead, ...fills, custom: { ...lead.custom, ...custom3 } }
  if (ofForm.consent !== void 0) after.consent = withOptOuts(lead.consent, ofForm.consent)
  const touch = { source: values.source, campaign: values.campaign ?? null, landingPage: values.landingPage ?? null }
  return saveChange(
    write,
    tableOf(write.caller.engine, 'leads'),
    lead,
    after,
    new Set(Object.keys(fills)),
    'lead.recaptured',
    {
      changes: { captured: [null, touch] },
    },
  )
}

// packages/core/src/create-crm.ts
init_definition2()

// packages/core/src/records/custom-fields.ts
init_errors()
var NAME3 = /^[A-Za-z][A-Za-z0-9_]{0,62}$/
function checkCustomFields(declared2, types) {
  for (const [type, fields] of Object.entries(declared2)) {
    if (!types.includes(type)) throw invalid(`fields.${type}`, 'unknown-key', `Use only: ${types.join(', ')}.`)
    for (const name of Object.keys(fields ?? {})) {
      if (NAME3.test(name) && !(name in Object.prototype)) continue
      throw invalid(
        `fields.${type}.${name}`,
        'invalid-name',
        'Use 1 to 63 letters, digits and _, starting with a letter.',
      )
    }
  }
}

// packages/core/src/records/api.ts
init_assignment()
init_bulk()

// packages/core/src/records/can.ts
init_scope()
init_ids()
init_sql()
init_engine()
init_find()
init_query()
async function can(caller, type, action, record) {
  const query = await queryContext(caller)
  if (typeof type !== 'string' || typeof action !== 'string') return false
  const scope = reach(query, type, action)
  if (record === void 0 || scope.kind === 'none') return scope.kind !== 'none'
  const owned = await readOwner(caller, query, type, typeof record === 'string' ? record : record?.id)
  if (!owned) return false
  if (inScope(scope, owned, NO_IDS)) return true
  return inScope(scope, owned, await sharedWith(caller, query, type, action, owned.id))
}
var NO_IDS = /* @__PURE__ */ new Set()
async function readOwner(caller, { engine, tenant }, type, id) {
  if (!isId(id)) return void 0
  const select = `select id, owner from ${tableOf(engine, type).name} where tenant_id = ? and id = ? and deleted_at is null`
  const [row] = await caller.storage.read(select, [tenant, id])
  return row && { id: String(row[0]), owner: row[1] }
}
async function sharedWith(caller, query, type, action, id) {
  const scope = reach(query, type, action)
  if (scope.kind !== 'owners' || !scope.shared) return NO_IDS
  const { alias: _, ...table3 } = scopedTable(query, tableOf(query.engine, type), 'r')
  const select = sql`select record_id from (${sharedIdsSql(scope.shared, table3)}) s where ${raw('record_id')} = ${id}`
  return new Set((await caller.storage.read(select.text, select.params)).map(([found]) => String(found)))
}

// packages/core/src/records/api.ts
init_create()
init_engine()
init_find()
init_list()
init_remove()

// packages/core/src/records/share.ts
init_scope()
init_errors()
init_append_event()
init_caller()
init_checks()
init_find()
init_idempotency()
var NO_SHARES = /* @__PURE__ */ new Set()
var shareRecord = (caller, type, id, share2, options) =>
  runVerb(caller, `${type}.share`, [id, share2], options, async (write) => {
    const unknown2 = Object.keys(share2 ?? {}).find((key) => key !== 'with' && key !== 'level')
    if (unknown2 !== void 0) throw invalid(unknown2, 'unknown-key', 'Use only: with, level.')
    const [kind, grantee] = granteeOf(share2?.with)
    if (share2.level !== 'read' && share2.level !== 'edit')
      throw invalid('level', 'invalid-option', "Use 'read' or 'edit'.")
    const record = await requireForWrite(write, type, id, 'share')
    if (share2.level === 'edit' && !inScope(write.actor.scope(type, 'update'), record, NO_SHARES))
      await requireForWrite(write, type, id, 'update')
    if (kind === 'user') await requireActiveUser(write, 'with.user', grantee)
    else await requireTeam(write, grantee)
    const { storage, tenant } = caller
    const columns2 = [
      'tenant_id',
      'record_type',
      'record_id',
      'grantee_kind',
      'grantee_id',
      'level',
      'created_at',
      'created_by',
    ]
    const now = nowOf(caller).getTime()
    const values = [tenant, type, id, kind, grantee, share2.level, now, authorOf(caller, write.actor)]
    await write.send(storage.dialect.upsert(storage.table('share'), columns2, columns2.slice(0, 5)), values)
    await logShare(write, type, id, record.version, 'shared', [null, { ...share2.with, level: share2.level }])
  })
var unshareRecord = (caller, type, id, grantedTo, options) =>
  runVerb(caller, `${type}.unshare`, [id, grantedTo], options, async (write) => {
    const [kind, grantee] = granteeOf(grantedTo)
    const record = await requireForWrite(write, type, id, 'share')
    const remove = `delete from ${caller.storage.table('share')} where tenant_id = ? and record_type = ? and record_id = ? and grantee_kind = ? and grantee_id = ?`
    const removed = await write.run(remove, [caller.tenant, type, id, kind, grantee])
    if (removed > 0) await logShare(write, type, id, record.version, 'unshared', [{ ...grantedTo }, null])
  })
function granteeOf(grantedTo) {
  const { user, team, ...rest } = grantedTo ?? {}
  const unknown2 = Object.keys(rest)[0]
  if (unknown2 !== void 0) throw invalid(`with.${unknown2}`, 'unknown-key', 'Use only: user or team.')
  if (typeof user === 'string' && team === void 0) return ['user', user]
  if (typeof team === 'string' && user === void 0) return ['team', team]
  throw invalid('with', 'invalid-grantee', "Give { user: 'id' } or { team: 'id' }.")
}
async function requireTeam({ caller, all }, team) {
  const [row] = await all(`select 1 from ${caller.storage.table('team')} where tenant_id = ? and id = ?`, [
    caller.tenant,
    team,
  ])
  if (!row) throw invalid('with.team', 'unknown-team', 'Give the id of a team; call users.syncTeams first.')
}
var logShare = (write, type, id, version, verb, change) =>
  appendEvent(write, {
    name: `${write.caller.engine.tables.get(type)?.definition.table}.${verb}`,
    recordType: type,
    recordId: id,
    recordVersion: version,
    changes: { sharedWith: change },
  })

// packages/core/src/records/api.ts
init_update()
function recordApi(caller, type) {
  return {
    create: (input, options) => createRecord(caller, type, input, options),
    get: (id, options) => getRecord(caller, type, id, options),
    list: (query) => listRecords(caller, type, query),
    each: (query) => eachRecord(caller, type, query),
    update: (id, patch, options) => updateRecord(caller, type, id, patch, options),
    delete: (id, options) => deleteRecord(caller, type, id, options),
    restore: (id, options) => restoreRecord(caller, type, id, options),
    purge: (id, options) => purgeRecord(caller, type, id, options),
    createMany: (inputs, options) => createMany(caller, type, inputs, options),
    updateMany: (items, options) => updateMany(caller, type, items, options),
    deleteMany: (ids, options) => deleteMany(caller, type, ids, options),
    assign: async (id, to, options) => {
      const [result] = await assignMany(caller, type, [id], to, options)
      if (!result?.ok) throw result?.error
      return result.value
    },
    assignMany: (ids, to, options) => assignMany(caller, type, ids, to, options),
    share: (id, share2, options) => shareRecord(caller, type, id, share2, options),
    unshare: (id, grantee, options) => unshareRecord(caller, type, id, grantee, options),
    can: (action, record) => can(caller, type, action, record),
    timeline: (id, options) => caller.engine.timeline(caller, { type, id }, options),
  }
}
async function assignMany(caller, type, ids, to, options) {
  checkAssignee(to)
  const byRule = !('user' in to)
  const work2 = async (write, id) => {
    const owner = 'user' in to ? to.user : await pickOwner(write, tableOf(caller.engine, type), to)
    return shown(write, type, await updateIn(write, type, id, { owner }))
  }
  return runBulk(caller, `${type}.assign`, type, ids, options, work2, byRule)
}

// packages/core/src/records/merge/api.ts
init_duplicates()

// packages/core/src/records/merge/list.ts
init_sql()

// packages/core/src/records/merge/resolve.ts
init_errors()
init_ids()
init_find()
async function getMerged(caller, type, id, options) {
  try {
    return await getRecord(caller, type, id, options)
  } catch (error) {
    const winner = isCrmError(error, 'NOT_FOUND') ? await winnerOf(caller, id) : void 0
    if (winner === void 0) throw error
    return getRecord(caller, type, winner, options)
  }
}
async function winnerOf({ storage, tenant }, id) {
  if (!isId(id)) return void 0
  const select = `select winner_id from ${storage.table('merged')} where tenant_id = ? and record_id = ? and undone_at is null order by merge_id desc limit 1`
  const [row] = await storage.read(select, [tenant, id])
  return row && String(row[0])
}

// packages/core/src/records/merge/list.ts
var MAX_ENTRIES = 100
async function listMerges(caller, type, id) {
  const winner = await getMerged(caller, type, id)
  const { storage, tenant } = caller
  const columns2 = 'id, created_at, created_by, case when undo is null then 0 else 1 end, undone_at'
  const merges = await storage.read(
    `select ${columns2} from ${storage.table('merge')} where tenant_id = ? and winner_id = ? order by created_at desc, id desc limit ${MAX_ENTRIES}`,
    [tenant, winner.id],
  )
  if (merges.length === 0) return []
  const ids = merges.map(([merge2]) => String(merge2))
  const select = sql`select merge_id, record_id from ${raw(storage.table('merged'))} where tenant_id = ${tenant} and ${inList(raw('merge_id'), ids)} order by record_id`
  const rows = await storage.read(select.text, select.params)
  return merges.map(([merge2, at, by, undoable, undoneAt]) => ({
    id: String(merge2),
    losers: rows.filter(([of2]) => of2 === merge2).map(([, loser]) => String(loser)),
    at: new Date(Number(at)),
    by,
    undoable: Boolean(undoable),
    undoneAt: undoneAt == null ? null : new Date(Number(undoneAt)),
  }))
}

// packages/core/src/records/merge/merge.ts
init_errors()
init_ids()
init_changes()
init_checks()
init_create()
init_engine()
init_find()
init_idempotency()
init_update()

// packages/core/src/records/merge/absorb.ts
init_append_event()
init_caller()
init_hooks()
init_update()

// packages/core/src/records/merge/sides.ts
init_sql()
init_engine()
init_follow_timeline()

// packages/core/src/records/merge/custom-links.ts
init_errors()
init_sql()
init_engine()
var MAX_ROWS = 1e3
var customLinks = {
  name: 'customLinks',
  async move(write, { type: to, winner, loser }) {
    const moved = []
    for (const table3 of write.caller.engine.tables.values()) {
      for (const [name, field2] of Object.entries(table3.custom)) {
        if (field2.kind !== 'link' || field2.to !== to) continue
        const ids = await relink(write, table3.type, name, loser, winner)
        if (ids.length > 0) moved.push({ type: table3.type, name, ids })
      }
    }
    return moved.length > 0 ? moved : void 0
  },
  async giveBack(write, { winner, loser }, moved) {
    for (const { type, name, ids } of moved) await relink(write, type, name, winner, loser, new Set(ids))
  },
}
async function relink(write, type, name, from, to, only) {
  const { engine, storage, tenant } = write.caller
  const table3 = tableOf(engine, type)
  const value = storage.dialect.json(raw('custom'), `$.${name}`, 'text')
  const select = sql`select id, custom from ${raw(table3.name)} where tenant_id = ${tenant} and ${value} = ${from} limit ${MAX_ROWS + 1}`
  const rows = await write.all(select.text, select.params)
  if (rows.length > MAX_ROWS) {
    throw invalid(
      'loserIds',
      'too-many-links',
      `More than ${MAX_ROWS} records link to it by custom.${name}; change those first.`,
    )
  }
  const ids = []
  for (const [id, custom3] of rows) {
    if (only && !only.has(String(id))) continue
    const changed = JSON.stringify({ ...JSON.parse(String(custom3)), [name]: to })
    await write.send(`update ${table3.name} set custom = ? where tenant_id = ? and id = ?`, [
      changed,
      tenant,
      String(id),
    ])
    ids.push(String(id))
  }
  return ids
}

// packages/core/src/records/merge/links.ts
init_errors()
init_sql()
init_engine()

// packages/core/src/records/merge/side.ts
var MAX_REMEMBERED = 2e4
var TOO_MANY = /* @__PURE__ */ Symbol('too many to remember')
var CHUNK = 400
function chunks(list3) {
  const pieces = []
  for (let at = 0; at < list3.length; at += CHUNK) pieces.push(list3.slice(at, at + CHUNK))
  return pieces
}

// packages/core/src/records/merge/links.ts
var links = {
  name: 'links',
  async move(write, between) {
    const moved = []
    let tooMany2 = false
    for (const { table: table3, column } of linkColumns(write, between.type)) {
      const ids = await linkedIds(write, table3, column, between)
      if (ids.length === 0) continue
      const { tenant } = write.caller
      const others = not(inList(raw('id'), between.members))
      const update = sql`update ${raw(table3.name)} set ${raw(column)} = ${between.winner} where tenant_id = ${tenant} and ${raw(column)} = ${between.loser} and ${others}`
      await write.send(update.text, update.params)
      tooMany2 ||= ids.length > MAX_REMEMBERED
      moved.push({ type: table3.type, column, ids })
    }
    return tooMany2 ? TOO_MANY : moved.length > 0 ? moved : void 0
  },
  async giveBack(write, { winner, loser }, moved) {
    const { tenant, engine } = write.caller
    for (const { type, column, ids } of moved) {
      for (const some of chunks(ids)) {
        const update = sql`update ${raw(tableOf(engine, type).name)} set ${raw(column)} = ${loser} where tenant_id = ${tenant} and ${raw(column)} = ${winner} and ${inList(raw('id'), some)}`
        await write.send(update.text, update.params)
      }
    }
  },
}
function* linkColumns(write, to) {
  for (const table3 of write.caller.engine.tables.values()) {
    for (const { field: field2, columns: columns2 } of table3.fields.values()) {
      if (field2.kind === 'link' && field2.to === to) yield { table: table3, column: columns2[0] }
    }
  }
}
async function linkedIds(write, table3, column, { loser, members }) {
  const others = not(inList(raw('id'), members))
  const select = sql`select id from ${raw(table3.name)} where tenant_id = ${write.caller.tenant} and ${raw(column)} = ${loser} and ${others} limit ${MAX_REMEMBERED + 1}`
  return (await write.all(select.text, select.params)).map(([id]) => String(id))
}
var MAX_LEVELS = 50
async function refuseLoops(write, table3, winner) {
  for (const { field: field2, columns: columns2 } of table3.fields.values()) {
    if (field2.kind !== 'link' || field2.to !== table3.type) continue
    const select = `select ${columns2[0]} from ${table3.name} where tenant_id = ? and id = ?`
    let [row] = await write.all(select, [write.caller.tenant, winner])
    for (let level = 0; typeof row?.[0] === 'string'; level++) {
      if (row[0] === winner || level === MAX_LEVELS) {
        throw invalid(
          'loserIds',
          'circular-link',
          `Empty ${columns2[0]} of the records between the two first: one would belong to itself.`,
        )
      }
      row = (await write.all(select, [write.caller.tenant, row[0]]))[0]
    }
  }
}

// packages/core/src/records/merge/sides.ts
var notes = {
  name: 'notes',
  async move(write, { type, winner, loser }) {
    const { storage, tenant } = write.caller
    const table3 = storage.table('note')
    const where = 'where tenant_id = ? and record_type = ? and record_id = ?'
    const ids = (
      await write.all(`select id from ${table3} ${where} limit ${MAX_REMEMBERED + 1}`, [tenant, type, loser])
    ).map(([id]) => String(id))
    if (ids.length === 0) return void 0
    await write.send(`update ${table3} set record_id = ? ${where}`, [winner, tenant, type, loser])
    return ids.length > MAX_REMEMBERED ? TOO_MANY : ids
  },
  async giveBack(write, { winner, loser }, ids) {
    const { storage, tenant } = write.caller
    for (const some of chunks(ids)) {
      const update = sql`update ${raw(storage.table('note'))} set record_id = ${loser} where tenant_id = ${tenant} and record_id = ${winner} and ${inList(raw('id'), some)}`
      await write.send(update.text, update.params)
    }
  },
}
var shares = {
  name: 'shares',
  async move(write, { type, winner, loser }) {
    const { storage, tenant } = write.caller
    const table3 = storage.table('share')
    const select = `select record_id, grantee_kind, grantee_id, level, created_at, created_by from ${table3} where tenant_id = ? and record_type = ? and record_id in (?, ?)`
    const rows = await write.all(select, [tenant, type, winner, loser])
    const held = new Map(
      rows
        .filter(([id]) => id === winner)
        .map(([, kind, grantee, level]) => [
          `${kind}
${grantee}`,
          level,
        ]),
    )
    const moved = { added: [], raised: [] }
    for (const [id, kind, grantee, level, at, by] of rows) {
      if (id !== loser) continue
      const mine = held.get(`${kind}
${grantee}`)
      if (mine === void 0) {
        const columns2 = 'tenant_id, record_type, record_id, grantee_kind, grantee_id, level, created_at, created_by'
        await write.send(`insert into ${table3} (${columns2}) values (?, ?, ?, ?, ?, ?, ?, ?)`, [
          tenant,
          type,
          winner,
          kind,
          grantee,
          level,
          at,
          by,
        ])
        moved.added.push([kind, grantee])
      } else if (mine === 'read' && level === 'edit') {
        await write.send(`update ${table3} set level = 'edit' ${ONE_SHARE}`, [tenant, type, winner, kind, grantee])
        moved.raised.push([kind, grantee])
      }
    }
    return moved.added.length + moved.raised.length > 0 ? moved : void 0
  },
  async giveBack(write, { type, winner }, { added, raised }) {
    const { storage, tenant } = write.caller
    const table3 = storage.table('share')
    for (const grantee of added)
      await write.send(`delete from ${table3} ${ONE_SHARE}`, [tenant, type, winner, ...grantee])
    for (const grantee of raised)
      await write.send(`update ${table3} set level = 'read' ${ONE_SHARE}`, [tenant, type, winner, ...grantee])
  },
}
var ONE_SHARE = 'where tenant_id = ? and record_type = ? and record_id = ? and grantee_kind = ? and grantee_id = ?'
var timeline = {
  name: 'timeline',
  async move(write, { type, winner, loser }) {
    const both = await sharedEvents(write, loser, winner)
    await followTimeline(write, loser, { table: tableOf(write.caller.engine, type), id: winner })
    return both.length > MAX_REMEMBERED ? TOO_MANY : both
  },
  giveBack: (write, { winner, loser }, keep) => unfollowTimeline(write, loser, winner, keep),
}
var COMMON_SIDES = [links, customLinks, notes, shares, timeline]

// packages/core/src/records/merge/absorb.ts
async function absorb(write, table3, rules, { winner, loser, members }) {
  const between = { type: table3.type, winner, loser: loser.id, members }
  const remembered2 = {}
  for (const side of [...COMMON_SIDES, ...(rules.sides ?? [])]) {
    const moved = await side.move(write, between)
    if (moved !== void 0) remembered2[side.name] = moved
  }
  const event = await setDeleted2(write, table3, loser, nowOf(write.caller), {
    verb: 'merged',
    winner,
    mergedInto: [null, winner],
  })
  if (Array.isArray(remembered2.timeline)) remembered2.timeline.push(event.id)
  return remembered2
}
async function setDeleted2(write, table3, before, at, { verb, winner, mergedInto }) {
  const { caller, actor } = write
  const after = {
    ...before,
    deletedAt: at,
    updatedAt: nowOf(caller),
    updatedBy: authorOf(caller, actor),
    version: before.version + 1,
  }
  const update = `update ${table3.name} set deleted_at = ?, updated_at = ?, updated_by = ?, version = ? where tenant_id = ? and id = ? and version = ?`
  const values = [at?.getTime() ?? null, after.updatedAt.getTime(), after.updatedBy, after.version]
  await write.send(update, [...values, caller.tenant, before.id, before.version], unlessConcurrent(table3))
  const event = await appendEvent(write, {
    name: `${table3.definition.table}.${verb}`,
    recordType: table3.type,
    recordId: before.id,
    recordVersion: after.version,
    changes: { mergedInto },
    about: [{ type: table3.type, id: winner }],
  })
  const hook = runHook(write, table3.type, before, after, event)
  if (hook) await hook
  return event
}

// packages/core/src/records/merge/remember.ts
init_ids()
init_sql()
init_caller()
async function remember(write, type, winner, losers, undo2) {
  const { caller, actor } = write
  const { storage, tenant } = caller
  const id = newId()
  const values = [
    tenant,
    id,
    type,
    winner,
    undo2 && JSON.stringify(undo2),
    nowOf(caller).getTime(),
    authorOf(caller, actor),
    null,
  ]
  const columns2 = 'tenant_id, id, record_type, winner_id, undo, created_at, created_by, undone_at'
  await write.send(`insert into ${storage.table('merge')} (${columns2}) values (?, ?, ?, ?, ?, ?, ?, ?)`, values)
  const earlier2 = await mergedBefore(write, losers)
  for (const some of chunks([...losers, ...earlier2])) {
    const rows = some.map(() => '(?, ?, ?, ?, ?)').join(', ')
    const insert = `insert into ${storage.table('merged')} (tenant_id, merge_id, record_id, winner_id, undone_at) values ${rows}`
    await write.send(
      insert,
      some.flatMap((loser) => [tenant, id, loser, winner, null]),
    )
  }
  return id
}
async function mergedBefore(write, losers) {
  const { storage, tenant } = write.caller
  const select = sql`select distinct record_id from ${raw(storage.table('merged'))} where tenant_id = ${tenant} and undone_at is null and ${inList(raw('winner_id'), losers)}`
  return (await write.all(select.text, select.params)).map(([id]) => String(id))
}

// packages/core/src/records/merge/undo.ts
init_codec()
function undoOf(table3, changes, losers) {
  if (Object.values(losers).some((sides) => Object.values(sides).includes(TOO_MANY))) return null
  const undo2 = { fields: {}, custom: {}, losers }
  for (const [name, [before, after]] of Object.entries(changes)) {
    if (name.startsWith('custom.')) undo2.custom[name.slice('custom.'.length)] = [before, after]
    else {
      const bound = table3.fields.get(name)
      if (bound) undo2.fields[name] = [written(bound, before), written(bound, after)]
    }
  }
  return undo2
}
var written = (bound, value) => bound.write(value).slice(0, bound.columns.length)
function withoutMerge(table3, winner, { fields, custom: custom3 }) {
  const after = { ...winner, custom: { ...winner.custom } }
  for (const [name, [before, merged2]] of Object.entries(fields)) {
    const bound = table3.fields.get(name)
    if (!bound) continue
    const [was, became] = [bound.read(before, 0), bound.read(merged2, 0)]
    if (sameValue(bound, winner[name], became)) after[name] = was
    else if (Array.isArray(became)) after[name] = without2(winner[name], became, was)
  }
  for (const [name, [was, became]] of Object.entries(custom3)) {
    if (JSON.stringify(winner.custom[name] ?? null) !== JSON.stringify(became)) continue
    if (was === null) delete after.custom[name]
    else after.custom[name] = was
  }
  return after
}
function without2(current, merged2, before) {
  const key = (value) =>
    typeof value === 'object' && value !== null && 'value' in value ? String(value.value) : JSON.stringify(value)
  const had = new Set(before.map(key))
  const came = new Set(merged2.map(key).filter((one) => !had.has(one)))
  return current.filter((value) => !came.has(key(value)))
}

// packages/core/src/records/merge/merge.ts
var MAX_LOSERS = 10
async function mergeRecords(caller, type, rules, winnerId, loserIds, input = {}, options) {
  checkInput(winnerId, loserIds, input)
  return runVerb(caller, `${type}.merge`, [winnerId, loserIds, input], options, async (open) => {
    const write = { ...open, allowDuplicates: true }
    const table3 = tableOf(caller.engine, type)
    const winner = await requireForWrite(write, type, winnerId, 'merge')
    const losers = []
    for (const id2 of loserIds) losers.push(await requireForWrite(write, type, id2, 'merge'))
    rules.refuse?.(winner, losers)
    const choice = input.fields ?? {}
    checkFieldAccess(write, table3, nested(choice))
    const after = combine(table3, winner, losers, choice, caller.engine.normalise)
    if (Object.hasOwn(choice, 'owner')) await checkOwner(write, table3, winner, after.owner)
    const members = [winnerId, ...loserIds]
    const moved = {}
    for (const loser of losers) {
      moved[loser.id] = await absorb(write, table3, rules, { winner: winnerId, loser, members })
    }
    await refuseLoops(write, table3, winnerId)
    const name = `${table3.definition.table}.merged`
    const saved = await saveChange(write, table3, winner, after, new Set(Object.keys(choice)), name, {
      changes: { mergedFrom: [null, loserIds] },
      about: loserIds.map((id2) => ({ type, id: id2 })),
    })
    const undo2 = undoOf(table3, changesBetween(table3, winner, saved), moved)
    const id = await remember(write, type, winnerId, loserIds, undo2)
    return { id, record: shown(write, type, saved), undoable: undo2 !== null }
  })
}
function checkInput(winner, losers, input) {
  if (!isId(winner)) throw invalid('winnerId', 'invalid-id', 'Give the id of the record that stays.')
  if (!Array.isArray(losers) || losers.length === 0 || losers.length > MAX_LOSERS || !losers.every(isId)) {
    throw invalid('loserIds', 'invalid-ids', `Give a list of 1 to ${MAX_LOSERS} ids of records of the same type.`)
  }
  if (/* @__PURE__ */ new Set([winner, ...losers]).size !== losers.length + 1) {
    throw invalid('loserIds', 'repeated-id', 'Name each record once, and the winner not among the losers.')
  }
  const stranger = Object.keys(input).find((key) => key !== 'fields')
  if (stranger !== void 0) throw invalid(stranger, 'unknown-key', 'Use only: fields.')
}
function nested(choice) {
  const custom3 = Object.keys(choice).flatMap((path) =>
    path.startsWith('custom.') ? [[path.slice('custom.'.length), null]] : [],
  )
  const plain2 = Object.keys(choice).flatMap((path) => (path.startsWith('custom.') ? [] : [[path, null]]))
  return { ...Object.fromEntries(plain2), custom: Object.fromEntries(custom3) }
}

// packages/core/src/records/merge/unmerge.ts
init_errors()
init_ids()
init_caller()
init_create()
init_engine()
init_find()
init_idempotency()
init_update()
var unmergeRecords = (caller, type, rules, id, options) =>
  runVerb(caller, `${type}.unmerge`, id, options, async (open) => {
    const write = { ...open, allowDuplicates: true }
    const table3 = tableOf(caller.engine, type)
    const { winnerId, undo: undo2 } = await readMerge(write, type, id)
    const winner = await requireForWrite(write, type, winnerId, 'merge')
    const losers = []
    for (const loser of Object.keys(undo2.losers)) losers.push(await requireForWrite(write, type, loser, 'merge', true))
    const after = withoutMerge(table3, winner, undo2)
    const given = new Set(Object.keys(undo2.fields).filter((field2) => field2 === 'name'))
    const saved = await saveChange(write, table3, winner, after, given, `${table3.definition.table}.unmerged`, {
      changes: { mergedFrom: [losers.map((loser) => loser.id), null] },
      about: losers.map((loser) => ({ type, id: loser.id })),
    })
    const restored = []
    for (const loser of [...losers].reverse())
      restored.unshift(await release(write, table3, rules, winnerId, loser, undo2))
    await markUndone(write, id)
    return { winner: shown(write, type, saved), restored: restored.map((record) => shown(write, type, record)) }
  })
async function readMerge(write, type, id) {
  const { storage, tenant } = write.caller
  const select = `select winner_id, undo, undone_at from ${storage.table('merge')} where tenant_id = ? and id = ? and record_type = ?`
  const [row] = isId(id) ? await write.all(select, [tenant, id, type]) : []
  if (!row) throw notFound(type, 'mergeId')
  await requireForWrite(write, type, String(row[0]), 'merge')
  if (row[2] !== null) {
    const remedy = 'Read the records again: they are separate already.'
    throw new CrmError('CONFLICT', 'This merge was undone before.', {
      field: 'mergeId',
      rule: 'already-undone',
      remedy,
    })
  }
  if (row[1] === null)
    throw invalid(
      'mergeId',
      'too-large-to-undo',
      'Separate the records by hand: too many rows were moved to remember them all.',
    )
  return { winnerId: String(row[0]), undo: JSON.parse(String(row[1])) }
}
async function release(write, table3, rules, winner, loser, undo2) {
  const moved = undo2.losers[loser.id] ?? {}
  const between = { type: table3.type, winner, loser: loser.id, members: [winner, ...Object.keys(undo2.losers)] }
  for (const side of [...COMMON_SIDES, ...(rules.sides ?? [])].reverse()) {
    if (moved[side.name] !== void 0) await side.giveBack(write, between, moved[side.name])
  }
  const event = await setDeleted2(write, table3, loser, null, { verb: 'unmerged', winner, mergedInto: [winner, null] })
  return { ...loser, deletedAt: null, updatedAt: event.at, updatedBy: event.actor, version: event.recordVersion }
}
async function markUndone(write, id) {
  const { storage, tenant } = write.caller
  const at = nowOf(write.caller).getTime()
  await write.send(`update ${storage.table('merge')} set undone_at = ?, undo = null where tenant_id = ? and id = ?`, [
    at,
    tenant,
    id,
  ])
  await write.send(`update ${storage.table('merged')} set undone_at = ? where tenant_id = ? and merge_id = ?`, [
    at,
    tenant,
    id,
  ])
}

// packages/core/src/records/merge/api.ts
function mergeApi(caller, type, evidenceOf, rules = {}) {
  return {
    get: (id, options) => getMerged(caller, type, id, options),
    duplicates: (of2) => duplicatesOf(caller, type, of2, evidenceOf),
    merge: (winnerId, loserIds, input, options) =>
      mergeRecords(caller, type, rules, winnerId, loserIds, input, options),
    unmerge: (mergeId, options) => unmergeRecords(caller, type, rules, mergeId, options),
    merges: (id) => listMerges(caller, type, id),
  }
}

// packages/core/src/companies/api.ts
init_duplicates2()
var companiesApi = (caller) => ({
  ...recordApi(caller, 'companies'),
  ...mergeApi(caller, 'companies', companyEvidence),
})

// packages/core/src/companies/definition.ts
init_definition()
init_field()

// packages/core/src/companies/rules.ts
init_errors()
init_engine()
init_website()
var MAX_LEVELS2 = 50
async function companyRules(change) {
  const { before, after, given, caller } = change
  const { normalise } = caller.engine
  const newWebsite = typeof after.website === 'string' && after.website !== before?.website
  if (newWebsite && after.domain === null && !given.has('domain'))
    after.domain = domainOfWebsite(after.website, normalise)
  if (typeof after.domain === 'string') after.domain = normalise('domain', after.domain) ?? after.domain
  if (before && typeof after.parent === 'string' && after.parent !== before.parent) await refuseCircle(change)
}
async function refuseCircle({ after, caller, write }) {
  const { name } = tableOf(caller.engine, 'companies')
  let parent = after.parent
  for (let level = 0; typeof parent === 'string'; level++) {
    if (parent === after.id || level === MAX_LEVELS2) throw circular()
    const [row] = await write.all(`select parent from ${name} where tenant_id = ? and id = ?`, [caller.tenant, parent])
    parent = row?.[0]
  }
}
var circular = () =>
  invalid('parent', 'circular-parent', 'Give a company that does not itself belong, at any level, to this one.')

// packages/core/src/companies/definition.ts
var domain = { ...field.text({ max: 253 }), normalised: 'domain' }
var companyFields = {
  name: field.text({
    required: true,
    folded: true,
    aliases: ['company name', 'account', 'account name', 'organisation'],
  }),
  /** Internet domain, such as `example.com`; a URL is cut down to it. Taken from the website when not given. */
  domain,
  industry: field.text({ aliases: ['sector', 'branch'] }),
  /** Number of employees. */
  size: field.integer({ min: 0, aliases: ['employees', 'number of employees', 'headcount'] }),
  /** Yearly revenue. */
  revenue: field.money(),
  phone: field.phone(),
  website: field.url(),
  description: field.text({ max: 2e4 }),
  address: field.json(),
  /** The company it belongs to. */
  parent: field.link('companies', { aliases: ['parent company', 'subsidiary of'] }),
  lastActivityAt: server(field.instant()),
  nextActivityAt: server(field.instant()),
}
var companies = defineRecord({
  type: 'companies',
  table: 'company',
  fields: companyFields,
  title: 'name',
  searched: ['name', 'domain'],
  duplicateBy: ['domain'],
  madeFrom: { domain: ['website'] },
  rules: companyRules,
  sideTables: [
    ['merge', 'winner_id'],
    ['merged', 'record_id'],
  ],
})

// packages/core/src/contacts/api.ts
init_duplicates3()

// packages/core/src/contacts/merge.ts
var dealParts = {
  name: 'deals',
  async move(write, { winner, loser }) {
    const { storage, tenant } = write.caller
    const table3 = storage.table('deal_contact')
    const select = `select deal_id, contact_id, role, is_primary from ${table3} where tenant_id = ? and contact_id in (?, ?)`
    const rows = await write.all(select, [tenant, winner, loser])
    const partsOf3 = (contact) =>
      new Map(
        rows
          .filter((row) => row[1] === contact)
          .map(([deal, , role, primary]) => [String(deal), [role, Number(primary)]]),
      )
    const mine = partsOf3(winner)
    const parts = { moved: [], joined: [] }
    for (const [deal, theirs] of partsOf3(loser)) {
      const held = mine.get(deal)
      if (!held) {
        await write.send(`update ${table3} set contact_id = ? ${ONE}`, [winner, tenant, deal, loser])
        parts.moved.push(deal)
        continue
      }
      await write.send(`delete from ${table3} ${ONE}`, [tenant, deal, loser])
      await write.send(`update ${table3} set role = ?, is_primary = ? ${ONE}`, [
        held[0] ?? theirs[0],
        Math.max(held[1], theirs[1]),
        tenant,
        deal,
        winner,
      ])
      parts.joined.push({ deal, loser: theirs, winner: held })
    }
    return rows.length > mine.size ? parts : void 0
  },
  async giveBack(write, { winner, loser }, { moved, joined: joined2 }) {
    const { storage, tenant } = write.caller
    const table3 = storage.table('deal_contact')
    for (const deal of moved)
      await write.send(`update ${table3} set contact_id = ? ${ONE}`, [loser, tenant, deal, winner])
    for (const part2 of joined2) {
      const live2 = await write.run(`update ${table3} set role = ?, is_primary = ? ${ONE}`, [
        ...part2.winner,
        tenant,
        part2.deal,
        winner,
      ])
      if (live2 === 0) continue
      const insert = `insert into ${table3} (tenant_id, deal_id, contact_id, role, is_primary) values (?, ?, ?, ?, ?)`
      await write.send(insert, [tenant, part2.deal, loser, ...part2.loser])
    }
  },
}
var ONE = 'where tenant_id = ? and deal_id = ? and contact_id = ?'

// packages/core/src/contacts/api.ts
var contactsApi = (caller) => ({
  ...recordApi(caller, 'contacts'),
  ...mergeApi(caller, 'contacts', contactEvidence, { sides: [dealParts] }),
})

// packages/core/src/contacts/definition.ts
init_definition()
init_field()

// packages/core/src/contacts/rules.ts
init_errors()
init_names()
function contactRules(change) {
  const { after, given } = change
  if (given.has('name') && !given.has('firstName') && !given.has('lastName')) {
    const { firstName = null, lastName = null } = splitName(String(after.name))
    Object.assign(after, { firstName, lastName })
  }
  spreadShorthand(change, 'email', 'emails')
  spreadShorthand(change, 'phone', 'phones')
  after.email = primaryOf(after.emails)
  after.phone = primaryOf(after.phones)
  const name = [after.firstName, after.lastName].filter(Boolean).join(' ')
  after.name = name || after.email || after.phone
  if (!after.name) throw invalid('lastName', 'required', 'Give a first or last name, an email or a phone number.')
}
function spreadShorthand({ after, given, caller, write }, kind, list3) {
  if (!given.has(kind)) return
  if (write.actor.field('contacts', list3) !== 'update') throw notWritable(kind, list3)
  after[list3] = withPrimary(after[list3], after[kind], kind, caller.engine.normalise, given.has(list3))
}
function withPrimary(values, value, kind, normalise, add = false) {
  const list3 = values ?? []
  const primary = Math.max(
    0,
    list3.findIndex((one) => one.primary),
  )
  if (value === null)
    return add
      ? [...list3]
      : asPrimary(
          list3.filter((_, index) => index !== primary),
          0,
        )
  const wanted = normalise(kind, value) ?? value
  const known3 = list3.findIndex((one) => (normalise(kind, one.value) ?? one.value) === wanted)
  if (known3 >= 0)
    return asPrimary(
      list3.map((one, index) => (index === known3 ? { ...one, value } : one)),
      known3,
    )
  if (add || list3.length === 0) return asPrimary([{ value }, ...list3], 0)
  return asPrimary(
    list3.map((one, index) => (index === primary ? { ...one, value } : one)),
    primary,
  )
}
var asPrimary = (values, at) =>
  values.map(({ value, label }, index) => ({ value, ...(label && { label }), primary: index === at }))
var primaryOf = (values) => {
  const list3 = values ?? []
  return (list3.find((one) => one.primary) ?? list3[0])?.value ?? null
}
var notWritable = (kind, list3) =>
  new CrmError('FORBIDDEN', `You may not change ${kind}.`, {
    field: kind,
    rule: 'field-not-writable',
    remedy: `Leave ${kind} out, or ask an administrator for a role that may change ${list3}.`,
  })

// packages/core/src/contacts/definition.ts
var contactFields = {
  firstName: field.text({ max: 120, aliases: ['given name', 'forename'] }),
  lastName: field.text({ max: 120, aliases: ['family name', 'surname'] }),
  /** First and last name; the first email where there is neither. Writing it is a shorthand: it is split into the two. */
  name: defaulted(field.text({ folded: true, max: 240 })),
  /**
   * The primary one of `emails`. Writing it is a shorthand: it replaces the primary address and leaves the others; one
   * that is already listed becomes the primary one; null removes the primary one.
   */
  email: field.email(),
  /** The primary one of `phones`, with the same shorthand. */
  phone: field.phone(),
  /** Up to 20, each with label; exactly one is primary. */
  emails: field.emails(),
  phones: field.phones(),
  addresses: field.addresses(),
  company: field.link('companies'),
  title: field.text({ label: 'Job title' }),
  source: field.text({ max: 60 }),
  /** What the person agreed to, when and where. A `false` in it survives a merge. */
  consent: field.json(),
  lastActivityAt: server(field.instant()),
  nextActivityAt: server(field.instant()),
}
var contacts = defineRecord({
  type: 'contacts',
  table: 'contact',
  fields: contactFields,
  title: 'name',
  searched: ['name', 'email', 'phone'],
  duplicateBy: ['emails'],
  keys: { emails: 'email', phones: 'phone' },
  madeFrom: {
    name: ['firstName', 'lastName', 'emails', 'phones'],
    email: ['emails'],
    phone: ['phones'],
    emails: ['email'],
    phones: ['phone'],
  },
  concerns: ['company'],
  rules: contactRules,
  sideTables: [
    ['deal_contact', 'contact_id'],
    ['merge', 'winner_id'],
    ['merged', 'record_id'],
  ],
})

// packages/core/src/deals/contact-roles.ts
init_errors()
init_ids()
init_text()
init_checks()
init_engine()
init_find()
init_idempotency()
init_query()
init_update()
init_visibility()
init_sql()

// packages/core/src/deals/intervals.ts
init_errors()
init_caller()
init_engine()
init_find()
init_query()
init_visibility()
async function writeInterval({ before, after, caller, write }) {
  if (before && before.stage === after.stage) return
  const { storage, tenant } = caller
  const table3 = storage.table('stage_interval')
  const at = after.stageEnteredAt.getTime()
  if (before) {
    const leave = `update ${table3} set left_at = ? where tenant_id = ? and deal_id = ? and left_at is null`
    await write.send(leave, [at, tenant, after.id])
  }
  const amount = after.amount
  const enter = `insert into ${table3} (tenant_id, deal_id, seq, pipeline_id, stage_id, entered_at, entered_by, left_at, amount, amount_currency) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
  await write.send(enter, [
    tenant,
    after.id,
    after.version,
    after.pipeline,
    after.stage,
    at,
    authorOf(caller, write.actor),
    null,
    amount?.amount ?? null,
    amount?.currency ?? null,
  ])
}
async function lastOpenStage({ caller, all }, deal) {
  const { storage, tenant } = caller
  const [row] = await all(
    `select i.stage_id from ${storage.table('stage_interval')} i join ${storage.table('stage')} s on s.tenant_id = i.tenant_id and s.id = i.stage_id
     where i.tenant_id = ? and i.deal_id = ? and s.class = 'open' order by i.seq desc limit 1`,
    [tenant, deal],
  )
  return row && String(row[0])
}
async function stageHistory(caller, id) {
  const query = await queryContext(caller)
  const { storage, tenant } = caller
  if (!(await findInScope(query, { all: storage.read }, 'deals', id, 'read'))) throw notFound('deals')
  const table3 = tableOf(query.engine, 'deals')
  const told = ['stage', 'stageEnteredAt', 'closedAt']
  if (!told.every((name) => isVisible(query.actor, table3, name))) throw hiddenPart('stages')
  const rows = await storage.read(
    `select i.stage_id, s.name, s.class, i.pipeline_id, i.entered_at, i.entered_by, i.left_at, i.amount, i.amount_currency
     from ${storage.table('stage_interval')} i join ${storage.table('stage')} s on s.tenant_id = i.tenant_id and s.id = i.stage_id
     where i.tenant_id = ? and i.deal_id = ? order by i.seq`,
    [tenant, id],
  )
  const withAmount = isVisible(query.actor, table3, 'amount')
  return rows.map((row) => ({
    stage: String(row[0]),
    stageName: String(row[1]),
    class: row[2],
    pipeline: String(row[3]),
    enteredAt: new Date(Number(row[4])),
    enteredBy: row[5],
    leftAt: row[6] == null ? null : new Date(Number(row[6])),
    ...(withAmount && { amount: row[7] == null ? null : { amount: Number(row[7]), currency: String(row[8]) } }),
  }))
}
var hiddenPart = (part2) =>
  new CrmError('FORBIDDEN', `You may not see the ${part2} of deals.`, {
    field: part2,
    rule: 'field-not-readable',
    remedy: 'Ask an administrator for a role that may read it.',
  })

// packages/core/src/deals/contact-roles.ts
init_pipeline_input()
var MAX_CONTACTS = 100
async function dealContacts(caller, id) {
  const query = await queryContext(caller)
  const reader = { all: caller.storage.read }
  if (!isVisible(query.actor, tableOf(query.engine, 'deals'), 'contacts')) throw hiddenPart('contacts')
  if (!(await findInScope(query, reader, 'deals', id, 'read'))) throw notFound('deals')
  return readContacts(query, reader, id)
}
async function readContacts(query, reader, deal) {
  const table3 = tableOf(query.engine, 'contacts')
  const named2 = isVisible(query.actor, table3, 'name')
  const select = sql`select d.contact_id, c.name, d.role, d.is_primary from ${raw(query.engine.storage.table('deal_contact'))} d
    join ${raw(table3.name)} c on c.tenant_id = d.tenant_id and c.id = d.contact_id
    where d.tenant_id = ${query.tenant} and d.deal_id = ${deal} and ${readableRows(query, table3, 'c')} order by d.is_primary desc, c.name_fold, c.id`
  return (await reader.all(select.text, select.params)).map(([contact, name, role, primary]) => ({
    contact: String(contact),
    ...(named2 && { name: String(name) }),
    role,
    primary: Boolean(primary),
  }))
}
async function setDealContacts(caller, id, contacts2, options = {}) {
  checkKeys(options, ['ifVersion', 'idempotencyKey'], 'options')
  const wanted = cleanContacts(contacts2)
  return runVerb(caller, 'deals.setContacts', [id, contacts2, options.ifVersion], options, async (write) => {
    const table3 = tableOf(caller.engine, 'deals')
    const deal = await requireForWrite(write, 'deals', id, 'update')
    checkFieldAccess(write, table3, { contacts: contacts2 })
    if (options.ifVersion !== void 0) await refuseIfChanged(write, table3, deal, options.ifVersion, ['contacts'])
    await setContactsIn(write, deal, wanted)
    return readContacts(writeQuery(write), write, id)
  })
}
function cleanContacts(contacts2) {
  if (!Array.isArray(contacts2) || contacts2.length > MAX_CONTACTS) {
    throw invalid('contacts', 'wrong-type', `Give a list of at most ${MAX_CONTACTS} contacts.`)
  }
  const clean = contacts2.map((one, index) => cleanContact(one, `contacts.${index}`))
  const twice = clean.findIndex(({ contact }, index) => clean.findIndex((other) => other.contact === contact) < index)
  if (twice >= 0) throw invalid(`contacts.${twice}.contact`, 'duplicate', 'Give each contact once.')
  const second = clean.filter(({ primary }) => primary)[1]
  if (second) throw invalid(`contacts.${clean.indexOf(second)}.primary`, 'duplicate', 'Mark one contact as primary.')
  return clean
}
function cleanContact(input, path) {
  checkKeys(input, ['contact', 'role', 'primary'], path)
  const { contact, role = null, primary = false } = input
  if (!isId(contact))
    throw invalid(`${path}.contact`, 'invalid-id', 'Give the id of a contact, as the SDK returned it.')
  const text = typeof role === 'string' ? cleanText(role) : role
  const fine = text === null || (typeof text === 'string' && text.length <= 120 && !hasForbiddenCharacters(text))
  if (!fine) throw invalid(`${path}.role`, 'invalid-text', 'Give at most 120 characters of text.')
  return { contact, role: text || null, primary: cleanFlag(primary, `${path}.primary`) }
}
async function setContactsIn(write, deal, wanted) {
  const { caller } = write
  const query = writeQuery(write)
  await requireReadable2(
    write,
    query,
    wanted.map(({ contact }) => contact),
  )
  const before = (await readContacts(query, write, deal.id)).map(({ contact, role, primary }) => ({
    contact,
    role,
    primary,
  }))
  const unseenPrimary = await hasUnseenPrimary(
    write,
    deal.id,
    before.map(({ contact }) => contact),
  )
  const marked = wanted.some(({ primary }) => primary)
  const after = wanted.map(({ contact, role = null, primary = false }, index) => ({
    contact,
    role,
    primary: primary || (!marked && !unseenPrimary && index === 0),
  }))
  const key = (one) => one.contact
  const sorted = (list3) => JSON.stringify([...list3].sort((a, b) => (key(a) < key(b) ? -1 : 1)))
  if (sorted(before) === sorted(after)) return deal
  await replaceContacts(write, deal.id, before.map(key), after)
  const involved = [...new Set([...before, ...after].map(key))]
  const about = involved.map((id) => ({ type: 'contacts', id }))
  const changes = { contacts: [before, after] }
  return saveChange(
    write,
    tableOf(caller.engine, 'deals'),
    deal,
    { ...deal },
    /* @__PURE__ */ new Set(),
    'deal.contacts_changed',
    {
      changes,
      about,
    },
  )
}
async function requireReadable2(write, query, ids) {
  if (ids.length === 0) return
  const table3 = tableOf(query.engine, 'contacts')
  const select = sql`select r.id from ${raw(table3.name)} r where ${readableRows(query, table3, 'r')} and ${inList(raw('r.id'), ids)}`
  const found = new Set((await write.all(select.text, select.params)).map(([id]) => id))
  const missing = ids.findIndex((id) => !found.has(id))
  if (missing < 0) return
  throw invalid(
    `contacts.${missing}.contact`,
    'missing-target',
    'Give the id of one of your contacts; this one does not exist, is deleted, or is out of your reach.',
  )
}
async function hasUnseenPrimary({ caller, all }, deal, seen) {
  const { storage, tenant } = caller
  const rows = await all(
    `select contact_id from ${storage.table('deal_contact')} where tenant_id = ? and deal_id = ? and is_primary = 1`,
    [tenant, deal],
  )
  return rows.some(([contact]) => !seen.includes(String(contact)))
}
async function replaceContacts(write, deal, seen, contacts2) {
  const { storage, tenant } = write.caller
  const table3 = storage.table('deal_contact')
  if (contacts2.some(({ primary }) => primary)) {
    await write.send(`update ${table3} set is_primary = 0 where tenant_id = ? and deal_id = ? and is_primary = 1`, [
      tenant,
      deal,
    ])
  }
  const gone = [.../* @__PURE__ */ new Set([...seen, ...contacts2.map(({ contact }) => contact)])]
  const remove = sql`delete from ${raw(table3)} where tenant_id = ${tenant} and deal_id = ${deal} and ${inList(raw('contact_id'), gone)}`
  await write.send(remove.text, remove.params)
  if (contacts2.length === 0) return
  const rows = contacts2.map(() => '(?, ?, ?, ?, ?)').join(', ')
  const values = contacts2.flatMap(({ contact, role, primary }) => [tenant, deal, contact, role, primary ? 1 : 0])
  await write.send(`insert into ${table3} (tenant_id, deal_id, contact_id, role, is_primary) values ${rows}`, values)
}

// packages/core/src/deals/lines.ts
init_errors()
init_money()
init_checks()
init_create()
init_engine()
init_find()
init_idempotency()
init_query()
init_update()
init_visibility()

// packages/core/src/deals/line-input.ts
init_errors()
init_money()
init_text()
init_decimal_text()
init_pipeline_input()
var KEYS3 = ['product', 'name', 'quantity', 'unitPrice', 'discountPercent', 'taxPercent']
var MAX_LINES = 500
var QUANTITY = { places: 6, max: 1e12, zero: false }
var DISCOUNT = { places: 4, max: 100, zero: true }
var TAX = { places: 4, max: 1e3, zero: true }
function cleanLines(lines) {
  if (!Array.isArray(lines) || lines.length > MAX_LINES) {
    throw invalid('lines', 'wrong-type', `Give a list of at most ${MAX_LINES} lines.`)
  }
  return lines.map((line2, index) => cleanLine(line2, `lines.${index}`))
}
function cleanLine(line2, path) {
  checkKeys(line2, KEYS3, path)
  const { product, name, unitPrice, quantity = 1, discountPercent = 0, taxPercent = 0 } = line2
  if (product == null && name === void 0) throw invalid(`${path}.product`, 'required', 'Give a product, or a name.')
  if (unitPrice !== void 0 && !isMoney(unitPrice)) {
    throw invalid(
      `${path}.unitPrice`,
      'invalid-money',
      "Give { amount, currency } in whole minor units, or use money('12.50', 'EUR').",
    )
  }
  return {
    path,
    product: product == null ? void 0 : cleanLineText(product, `${path}.product`),
    name: name === void 0 ? void 0 : cleanLineText(name, `${path}.name`),
    unitPrice,
    quantity: cleanDecimal(quantity, QUANTITY, `${path}.quantity`),
    discountPercent: cleanDecimal(discountPercent, DISCOUNT, `${path}.discountPercent`),
    taxPercent: cleanDecimal(taxPercent, TAX, `${path}.taxPercent`),
  }
}
function cleanLineText(value, path) {
  const text = typeof value === 'string' ? cleanText(value) : ''
  if (text !== '' && text.length <= 255 && !hasForbiddenCharacters(text)) return text
  throw invalid(path, 'invalid-text', 'Give 1 to 255 characters of text.')
}

// packages/core/src/deals/line-prices.ts
init_errors()
init_ids()
init_text()
init_checks()
init_engine()
init_query()
init_visibility()
init_sql()

// packages/core/src/deals/line-totals.ts
init_decimal()
init_errors()
function lineTotals(line2, path) {
  const quantity = decimalOf(line2.quantity)
  const discount = decimalOf(line2.discountPercent)
  const tax = decimalOf(line2.taxPercent)
  const hundred = 100n * 10n ** BigInt(discount.scale)
  const undiscounted = BigInt(line2.unitPrice) * quantity.units
  const net = divideRounded(undiscounted * (hundred - discount.units), 10n ** BigInt(quantity.scale) * hundred)
  return {
    net: safe2(net, path),
    tax: safe2(divideRounded(net * tax.units, 100n * 10n ** BigInt(tax.scale)), path),
  }
}
var sumOf = (amounts, path) =>
  safe2(
    amounts.reduce((sum, amount) => sum + BigInt(amount), 0n),
    path,
  )
var decimalOf = (text) => parseDecimal(text)
function safe2(amount, path) {
  const value = Number(amount)
  if (Number.isSafeInteger(value)) return value
  throw invalid(path, 'too-large', 'Keep totals under 9,007,199,254,740,991 minor units.')
}

// packages/core/src/deals/line-prices.ts
async function priceLines(write, drafts, pricing) {
  const products2 = await findProducts(write, drafts)
  const chosen = drafts.map((draft2) => productOf(draft2, products2, pricing))
  const bookPrices = await readBookPrices(write, chosen, pricing)
  return drafts.map((draft2, index) => {
    const product = chosen[index]
    const price = draft2.unitPrice ?? priceOf(write, draft2, product, bookPrices, pricing)
    if (price.currency !== pricing.currency) throw mixedCurrencies(draft2, pricing.currency)
    const line2 = {
      product: product?.id ?? null,
      name: draft2.name ?? String(product?.name),
      quantity: draft2.quantity,
      unitPrice: price.amount,
      discountPercent: draft2.discountPercent,
      taxPercent: draft2.taxPercent,
    }
    return { ...line2, ...lineTotals(line2, draft2.path) }
  })
}
var mixedCurrencies = ({ path }, currency) =>
  invalid(
    `${path}.unitPrice`,
    'mixed-currencies',
    `Give every price in ${currency}, or pass { currency } to change that of the deal.`,
  )
async function findProducts(write, drafts) {
  const wanted = [...new Set(drafts.flatMap(({ product }) => product ?? []))]
  if (wanted.length === 0) return []
  const query = writeQuery(write)
  const table3 = tableOf(query.engine, 'products')
  const matches2 = or(
    inList(raw('r.id'), wanted.filter(isId)),
    inList(raw('r.name_fold'), wanted.filter((one) => !isId(one)).map(foldText)),
  )
  const select = sql`select ${raw(table3.selectList)} from ${raw(table3.name)} r where ${and(readableRows(query, table3, 'r'), matches2)} order by r.id`
  return (await write.all(select.text, select.params)).map((row) => table3.read(row))
}
function productOf({ product, path }, products2, { kept }) {
  if (product === void 0) return void 0
  const name = foldText(product)
  const found = products2.filter((one) => one.id === product || foldText(String(one.name)) === name)
  const sold = found.filter((one) => one.active || kept.has(one.id))
  if (sold.length === 1) return sold[0]
  if (sold.length > 1)
    throw invalid(`${path}.product`, 'ambiguous-product', 'Several products have this name: give the id.')
  if (found.length > 0) throw invalid(`${path}.product`, 'inactive-product', 'Give a product that is active.')
  throw invalid(
    `${path}.product`,
    'missing-target',
    'Give the id or name of a product; this one does not exist, is deleted, or is out of your reach.',
  )
}
async function readBookPrices(write, products2, { book, currency }) {
  const ids = [...new Set(products2.flatMap((product) => product?.id ?? []))]
  if (book === void 0 || ids.length === 0) return /* @__PURE__ */ new Map()
  const { storage, tenant } = write.caller
  const select = sql`select product_id, amount from ${raw(storage.table('price'))} where tenant_id = ${tenant} and book = ${book} and currency = ${currency} and ${inList(raw('product_id'), ids)}`
  return new Map(
    (await write.all(select.text, select.params)).map(([product, amount]) => [String(product), Number(amount)]),
  )
}
function priceOf(write, { path }, product, prices, { book, currency }) {
  const field2 = `${path}.unitPrice`
  if (!product) throw invalid(field2, 'required', 'Give the price of a line without a product.')
  const visible = isVisible(write.actor, tableOf(write.caller.engine, 'products'), 'price')
  const listed = product.price
  const found = book === void 0 ? (listed?.currency === currency ? listed.amount : void 0) : prices.get(product.id)
  if (visible && found !== void 0) return { amount: found, currency }
  const where = book === void 0 ? '' : ` in the price book ${book}`
  throw invalid(field2, 'no-price', `Give it: the product has no price in ${currency}${where} that you can see.`)
}

// packages/core/src/deals/lines-stored.ts
init_ids()
var COLUMNS2 = ['id', 'product_id', 'name', 'quantity', 'unit_price', 'discount_percent', 'tax_percent', 'net', 'tax']
async function hasLines({ caller, all }, deal) {
  const { storage, tenant } = caller
  const rows = await all(`select 1 from ${storage.table('deal_line')} where tenant_id = ? and deal_id = ? limit 1`, [
    tenant,
    deal,
  ])
  return rows.length > 0
}
async function readLines(reader, { storage, tenant }, deal, currency) {
  const select = `select ${COLUMNS2.join(', ')} from ${storage.table('deal_line')} where tenant_id = ? and deal_id = ? order by position`
  if (currency === void 0) return []
  return (await reader.all(select, [tenant, deal])).map((row) => {
    const money3 = (amount) => ({ amount: Number(amount), currency })
    return {
      id: String(row[0]),
      product: row[1],
      name: String(row[2]),
      quantity: String(row[3]),
      unitPrice: money3(row[4]),
      discountPercent: String(row[5]),
      taxPercent: String(row[6]),
      net: money3(row[7]),
      tax: money3(row[8]),
      gross: money3(Number(row[7]) + Number(row[8])),
    }
  })
}
async function replaceLines(write, deal, lines) {
  const { storage, tenant } = write.caller
  const table3 = storage.table('deal_line')
  await write.send(`delete from ${table3} where tenant_id = ? and deal_id = ?`, [tenant, deal])
  if (lines.length === 0) return
  const row = `(${Array.from({ length: COLUMNS2.length + 3 }, () => '?').join(', ')})`
  const values = lines.flatMap((line2, position) => [
    tenant,
    deal,
    position,
    newId(),
    line2.product,
    line2.name,
    line2.quantity,
    line2.unitPrice,
    line2.discountPercent,
    line2.taxPercent,
    line2.net,
    line2.tax,
  ])
  const columns2 = ['tenant_id', 'deal_id', 'position', ...COLUMNS2].join(', ')
  await write.send(`insert into ${table3} (${columns2}) values ${lines.map(() => row).join(', ')}`, values)
}
function totalsOf(items) {
  const currency = items[0]?.net.currency
  if (currency === void 0) return { items, net: null, tax: null, gross: null }
  const total = (of2) => ({
    amount: sumOf(
      items.map((line2) => line2[of2].amount),
      'lines',
    ),
    currency,
  })
  return { items, net: total('net'), tax: total('tax'), gross: total('gross') }
}

// packages/core/src/deals/lines.ts
init_pipeline_input()
async function dealLines(caller, id) {
  const query = await queryContext(caller)
  const reader = { all: caller.storage.read }
  if (!isVisible(query.actor, tableOf(query.engine, 'deals'), 'lines')) throw hiddenPart('lines')
  const deal = await findInScope(query, reader, 'deals', id, 'read')
  if (!deal) throw notFound('deals')
  return totalsOf(await readLines(reader, caller, id, currencyOf(deal)))
}
async function setDealLines(caller, id, lines, options = {}) {
  checkKeys(options, ['book', 'currency', 'ifVersion', 'idempotencyKey'], 'options')
  const drafts = cleanLines(lines)
  const { currency, ifVersion } = options
  if (currency !== void 0 && !isCurrency(currency)) {
    throw invalid('currency', 'invalid-currency', 'Use an ISO 4217 code in upper case, such as EUR or USD.')
  }
  const book = options.book === void 0 ? void 0 : cleanName(options.book, 'book')
  return runVerb(caller, 'deals.setLines', [id, lines, book, currency, ifVersion], options, async (write) => {
    const deal = await requireForWrite(write, 'deals', id, 'update')
    checkFieldAccess(write, tableOf(caller.engine, 'deals'), { lines, amount: null })
    if (ifVersion !== void 0)
      await refuseIfChanged(write, tableOf(caller.engine, 'deals'), deal, ifVersion, ['lines', 'amount'])
    const saved = await saveLines(write, deal, drafts, {
      book,
      currency: currency ?? currencyFor(caller, deal, drafts),
    })
    const items = await readLines(write, caller, id, currencyOf(saved))
    return { deal: shown(write, 'deals', saved), ...totalsOf(items) }
  })
}
var currencyOf = (deal) => deal.amount?.currency
var currencyFor = ({ engine }, deal, drafts) =>
  currencyOf(deal) ?? drafts.find((draft2) => draft2.unitPrice)?.unitPrice?.currency ?? engine.settings.currency
async function saveLines(write, deal, drafts, { book, currency }) {
  const { caller } = write
  const before = await readLines(write, caller, deal.id, currencyOf(deal))
  const kept = new Set(before.flatMap(({ product }) => product ?? []))
  const priced = await priceLines(write, drafts, { currency, book, kept })
  sumOf(
    priced.map(({ net, tax }) => net + tax),
    'lines',
  )
  const told = priced.map((line2) => ({ ...line2, unitPrice: { amount: line2.unitPrice, currency } }))
  const same = JSON.stringify(before.map(logged)) === JSON.stringify(told.map(logged))
  if (same) return deal
  await replaceLines(write, deal.id, priced)
  const amount =
    priced.length > 0
      ? {
          amount: sumOf(
            priced.map(({ net }) => net),
            'lines',
          ),
          currency,
        }
      : deal.amount
  const changes = { lines: [before.map(logged), told.map(logged)] }
  const after = { ...deal, amount }
  return saveChange(
    write,
    tableOf(caller.engine, 'deals'),
    deal,
    after,
    /* @__PURE__ */ new Set(),
    'deal.lines_changed',
    { changes },
  )
}
var logged = ({ product, name, quantity, unitPrice, discountPercent, taxPercent }) => ({
  product,
  name,
  quantity,
  unitPrice,
  discountPercent,
  taxPercent,
})

// packages/core/src/deals/move.ts
init_errors()
init_bulk()
init_create()
init_idempotency()
init_update()
init_pipeline_input()
var DETAILS = ['pipeline', 'probability', 'lostReason', 'lostNote']
var OPTIONS = ['ifVersion', 'idempotencyKey']
async function moveDeal(caller, id, stage, options = {}) {
  checkKeys(options, [...DETAILS, ...OPTIONS], 'options')
  if (typeof stage !== 'string') throw invalid('stage', 'wrong-type', 'Give the name or id of a stage.')
  const { ifVersion, idempotencyKey, ...details } = options
  return changeStage(caller, 'deals.moveTo', id, { ...details, stage }, void 0, { ifVersion, idempotencyKey })
}
async function winDeal(caller, id, options = {}) {
  checkKeys(options, OPTIONS, 'options')
  return changeStage(caller, 'deals.win', id, {}, { enter: 'won' }, options)
}
async function loseDeal(caller, id, loss, options = {}) {
  checkKeys(options, OPTIONS, 'options')
  checkKeys(loss, ['reason', 'note'], 'loss')
  if (loss.reason === void 0) throw invalid('lostReason', 'required', 'Say why the deal was lost.')
  const patch = { lostReason: loss.reason, lostNote: loss.note ?? null }
  return changeStage(caller, 'deals.lose', id, patch, { enter: 'lost' }, options)
}
async function reopenDeal(caller, id, options = {}) {
  checkKeys(options, ['stage', ...OPTIONS], 'options')
  const { stage, ...rest } = options
  if (stage !== void 0 && typeof stage !== 'string')
    throw invalid('stage', 'wrong-type', 'Give the name or id of a stage.')
  return changeStage(caller, 'deals.reopen', id, {}, { reopen: true, stage }, rest)
}
async function changeStage(caller, verb, id, patch, to, options) {
  const values = await validatePatch(caller, 'deals', patch)
  return runVerb(caller, verb, [id, patch, to, options.ifVersion], options, (write) =>
    changeStageIn(write, id, values, to, options.ifVersion),
  )
}
async function changeStageIn(write, id, values, to, ifVersion) {
  const moved = await updateIn(write, 'deals', id, to ? { ...values, stage: to } : { ...values }, ifVersion)
  return shown(write, 'deals', moved)
}
async function moveDeals(caller, ids, stage, options = {}) {
  checkKeys(options, [...DETAILS, 'idempotencyKey'], 'options')
  if (!Array.isArray(ids)) throw invalid('ids', 'wrong-type', 'Give a list of ids.')
  if (typeof stage !== 'string') throw invalid('stage', 'wrong-type', 'Give the name or id of a stage.')
  const { idempotencyKey, ...details } = options
  const items = ids.map((id) => ({ id, ...details, stage }))
  return runBulk(caller, 'deals.moveMany', 'deals', items, { idempotencyKey }, async (write, { id, ...patch }) => {
    const values = await validatePatch(caller, 'deals', patch)
    return changeStageIn(write, id, values, void 0)
  })
}

// packages/core/src/deals/pipelines.ts
init_actor()
init_errors()
init_text()
init_caller()
init_engine()
init_idempotency()
init_query()
init_write()
init_find_stage()
init_pipeline_book()
init_pipeline_input()

// packages/core/src/deals/store-pipelines.ts
init_errors()
init_append_event()
init_pipeline_book()
var PIPELINE_COLUMNS = ['tenant_id', 'id', 'name', 'position', 'is_default', 'forward_only', 'archived_at']
var STAGE_COLUMNS = [
  'tenant_id',
  'id',
  'pipeline_id',
  'name',
  'position',
  'probability',
  'class',
  'forecast_category',
  'rotten_after_days',
  'required_fields',
]
async function storePlanned(write, book) {
  if (book.origin !== 'planned') return true
  for (const [index, pipeline] of book.pipelines.entries()) {
    if (await storePipeline(write, pipeline)) continue
    if (index > 0) throw raced()
    forgetPipelines(write.caller, write)
    return false
  }
  keepUnsettled(write, bookOf(book.pipelines, 'read'))
  return true
}
async function storedPipelines(write) {
  if (!(await storePlanned(write, await pipelinesIn(write))) && (await pipelinesIn(write)).origin === 'planned')
    throw raced()
  return pipelinesIn(write)
}
var raced = () =>
  new CrmError('CONFLICT', 'The pipelines were made by somebody else at the same moment.', {
    field: 'pipeline',
    rule: 'changed-meanwhile',
    remedy: 'Repeat the call.',
  })
async function storePipeline(write, pipeline) {
  const { storage, tenant } = write.caller
  const inserted = await write.run(storage.dialect.insertOrIgnore(storage.table('pipeline'), PIPELINE_COLUMNS), [
    tenant,
    pipeline.id,
    pipeline.name,
    pipeline.position,
    pipeline.isDefault ? 1 : 0,
    pipeline.forwardOnly ? 1 : 0,
    pipeline.archivedAt?.getTime() ?? null,
  ])
  if (inserted === 0) return false
  for (const stage of pipeline.stages) await storeStage(write, stage)
  const stages = pipeline.stages.map(({ name, class: stageClass, probability }) => ({
    name,
    class: stageClass,
    probability,
  }))
  await logPipeline(write, pipeline, 'created', {
    name: [null, pipeline.name],
    forwardOnly: [null, pipeline.forwardOnly],
    isDefault: [null, pipeline.isDefault],
    stages: [null, stages],
  })
  return true
}
async function storeStage(write, stage) {
  const { storage, tenant } = write.caller
  const marks = STAGE_COLUMNS.map(() => '?').join(', ')
  await write.send(`insert into ${storage.table('stage')} (${STAGE_COLUMNS.join(', ')}) values (${marks})`, [
    tenant,
    stage.id,
    stage.pipeline,
    stage.name,
    stage.position,
    stage.probability,
    stage.class,
    stage.forecastCategory,
    stage.rottenAfterDays,
    JSON.stringify(stage.requiredFields),
  ])
}
var logPipeline = (write, pipeline, verb, changes) =>
  appendEvent(write, { name: `pipeline.${verb}`, recordType: 'pipelines', recordId: pipeline.id, changes })

// packages/core/src/deals/pipelines.ts
var MAX_PIPELINES = 100
async function listPipelines(caller, options = {}) {
  checkKeys(options, ['archived'], 'options')
  const query = await queryContext(caller)
  requireAny(query.actor, 'deals', 'read')
  const stored = await readBook({ all: caller.storage.read }, caller)
  const book = stored.pipelines.length > 0 ? stored : await transact(caller, storedPipelines)
  return book.pipelines.filter((pipeline) => options.archived || pipeline.archivedAt === null)
}
var changePipelines = (caller, verb, input, options, work2) =>
  runVerb(caller, `pipelines.${verb}`, input, options, async (write) => {
    requireAny(write.actor, 'settings', 'update')
    await storedPipelines(write)
    return work2(write, await readBook(write, caller))
  }).finally(() => forgetPipelines(caller))
async function createPipeline(caller, input, options) {
  const draft2 = cleanPipeline(input, tableOf(caller.engine, 'deals'))
  return changePipelines(caller, 'create', input, options, async (write, book) => {
    if (book.pipelines.length >= MAX_PIPELINES)
      throw invalid('pipelines', 'too-many', `Keep at most ${MAX_PIPELINES} pipelines.`)
    requireFreeName(book, draft2.name)
    const pipeline = planPipeline(draft2, 1 + Math.max(...book.pipelines.map(({ position }) => position)), false)
    if (!(await storePipeline(write, pipeline))) throw raced()
    return pipeline
  })
}
var updatePipeline = (caller, wanted, patch, options) =>
  changePipelines(caller, 'update', [wanted, patch], options, async (write, book) => {
    checkKeys(patch, ['name', 'forwardOnly', 'isDefault'], 'patch')
    const before = findPipeline(book, wanted)
    const after = { ...before, ...cleanPatch(patch, before) }
    if (foldText(after.name) !== foldText(before.name)) requireFreeName(book, after.name)
    return savePipeline(write, book, before, after)
  })
function cleanPatch({ name, forwardOnly, isDefault }, before) {
  if (isDefault !== void 0 && isDefault !== true) {
    throw invalid('isDefault', 'invalid-option', 'Make another pipeline the default one instead.')
  }
  if (isDefault && before.archivedAt !== null)
    throw invalid('isDefault', 'archived', 'Take it out of the archive first.')
  return {
    ...(name !== void 0 && { name: cleanName(name, 'name') }),
    ...(forwardOnly !== void 0 && { forwardOnly: cleanFlag(forwardOnly, 'forwardOnly') }),
    ...(isDefault && { isDefault }),
  }
}
var archivePipeline = (caller, wanted, archived = true, options) =>
  changePipelines(caller, 'archive', [wanted, archived], options, async (write, book) => {
    const before = findPipeline(book, wanted)
    if (cleanFlag(archived, 'archived') === (before.archivedAt !== null)) return before
    if (archived && before.id === defaultPipeline(book).id) {
      throw new CrmError('VALIDATION', 'The default pipeline cannot be archived.', {
        field: 'pipeline',
        rule: 'is-default',
        remedy: 'Make another pipeline the default one first.',
      })
    }
    return savePipeline(write, book, before, { ...before, archivedAt: archived ? nowOf(caller) : null })
  })
async function savePipeline(write, book, before, after) {
  const { storage, tenant } = write.caller
  const names2 = ['name', 'forwardOnly', 'isDefault', 'archivedAt']
  const changed = names2.filter((name) => before[name] !== after[name])
  if (changed.length === 0) return before
  const table3 = storage.table('pipeline')
  const others = changed.includes('isDefault') ? book.pipelines.filter((one) => one.isDefault) : []
  for (const other of others) {
    await write.send(`update ${table3} set is_default = 0 where tenant_id = ? and id = ?`, [tenant, other.id])
    await logPipeline(write, other, 'updated', { isDefault: [true, false] })
  }
  const values = [after.name, after.forwardOnly ? 1 : 0, after.isDefault ? 1 : 0, after.archivedAt?.getTime() ?? null]
  const update = `update ${table3} set name = ?, forward_only = ?, is_default = ?, archived_at = ? where tenant_id = ? and id = ?`
  await write.send(update, [...values, tenant, after.id])
  const changes = Object.fromEntries(changed.map((name) => [name, [before[name], after[name]]]))
  await logPipeline(write, after, 'updated', changes)
  return after
}
function requireFreeName(book, name) {
  const taken = book.pipelines.some((pipeline) => foldText(pipeline.name) === foldText(name))
  if (taken)
    throw new CrmError('DUPLICATE', `There is a pipeline ${name}.`, {
      field: 'name',
      rule: 'duplicate',
      remedy: 'Give another name.',
    })
}

// packages/core/src/deals/quotas.ts
init_actor()
init_errors()
init_money()
init_zones()
init_append_event()
init_idempotency()
init_query()
init_sql()
init_pipeline_input()
var MAX_QUOTAS = 1e3
var COLUMNS4 = ['tenant_id', 'grantee_kind', 'grantee_id', 'month', 'amount', 'currency']
async function setQuotas(caller, quotas, options) {
  if (!Array.isArray(quotas) || quotas.length > MAX_QUOTAS)
    throw invalid('quotas', 'wrong-type', `Give a list of at most ${MAX_QUOTAS} quotas.`)
  for (const [index, quota] of quotas.entries()) checkQuota(quota, `quotas.${index}`)
  return runVerb(caller, 'quotas.set', quotas, options, async (write) => {
    requireAny(write.actor, 'settings', 'update')
    await requireGrantees(write, quotas, 'user')
    await requireGrantees(write, quotas, 'team')
    for (const quota of quotas) await saveQuota(write, quota)
  })
}
function checkQuota(quota, path) {
  checkKeys(quota, ['user', 'team', 'month', 'amount'], path)
  const { user, team, month, amount } = quota
  if ((typeof user === 'string') === (typeof team === 'string'))
    throw invalid(path, 'invalid-grantee', "Give either { user: 'id' } or { team: 'id' }.")
  requireMonth(month, `${path}.month`)
  if (amount === null) return
  if (!isMoney(amount) || amount.amount < 0)
    throw invalid(
      `${path}.amount`,
      'invalid-money',
      'Give { amount, currency } in whole minor units, not negative; null removes the quota.',
    )
}
var requireMonth = (month, path) => {
  if (typeof month === 'string' && isCalendarDate(`${month}-01`)) return `${month}-01`
  throw invalid(path, 'invalid-month', 'Give a month as YYYY-MM.')
}
async function requireGrantees(write, quotas, kind) {
  const { storage, tenant } = write.caller
  const ids = [...new Set(quotas.flatMap((quota) => quota[kind] ?? []))]
  if (ids.length === 0) return
  const select = sql`select id from ${raw(storage.table(kind))} where tenant_id = ${tenant} and ${inList(raw('id'), ids)}`
  const found = new Set((await write.all(select.text, select.params)).map(([id]) => id))
  const missing = quotas.findIndex((quota) => quota[kind] !== void 0 && !found.has(quota[kind]))
  if (missing >= 0)
    throw invalid(`quotas.${missing}.${kind}`, `unknown-${kind}`, `Give the id of a ${kind}; call users.sync first.`)
}
async function saveQuota(write, quota) {
  const { storage, tenant } = write.caller
  const table3 = storage.table('quota')
  const kind = quota.user === void 0 ? 'team' : 'user'
  const key = [tenant, kind, quota.user ?? quota.team, `${quota.month}-01`]
  const same = 'tenant_id = ? and grantee_kind = ? and grantee_id = ? and month = ?'
  const [row] = await write.all(`select amount, currency from ${table3} where ${same}`, key)
  const before = row ? { amount: Number(row[0]), currency: String(row[1]) } : null
  const { amount } = quota
  if (before?.amount === amount?.amount && before?.currency === amount?.currency) return
  if (amount)
    await write.send(storage.dialect.upsert(table3, COLUMNS4, COLUMNS4.slice(0, 4)), [
      ...key,
      amount.amount,
      amount.currency,
    ])
  else await write.send(`delete from ${table3} where ${same}`, key)
  await appendEvent(write, {
    name: 'quota.set',
    recordType: 'quotas',
    recordId: `${kind}:${key[2]}`,
    changes: { [quota.month]: [before, amount] },
  })
}
async function listQuotas(caller, query = {}) {
  checkKeys(query, ['user', 'team', 'since', 'until'], 'query')
  const { actor } = await queryContext(caller)
  const { storage, tenant } = caller
  const of2 = (kind, ids) => sql`grantee_kind = ${kind} and ${inList(raw('grantee_id'), ids)}`
  const inReach = () => {
    if (actor.scope('settings', 'read').kind !== 'none') return and()
    const scope = requireAny(actor, 'reports', 'read')
    if (scope.kind === 'owners')
      return or(of2('user', [...scope.owners]), scope.shared ? of2('team', actor.teams) : FALSE)
    return scope.kind === 'all' ? and() : FALSE
  }
  const where = and(
    sql`tenant_id = ${tenant}`,
    inReach(),
    query.user === void 0 ? and() : of2('user', [String(query.user)]),
    query.team === void 0 ? and() : of2('team', [String(query.team)]),
    query.since === void 0 ? and() : sql`month >= ${requireMonth(query.since, 'since')}`,
    query.until === void 0 ? and() : sql`month <= ${requireMonth(query.until, 'until')}`,
  )
  const select = sql`select grantee_kind, grantee_id, month, amount, currency from ${raw(storage.table('quota'))} where ${where} order by month, grantee_kind, grantee_id limit 10000`
  return (await storage.read(select.text, select.params)).map(([kind, id, month, amount, currency]) => ({
    ...(kind === 'user' ? { user: String(id) } : { team: String(id) }),
    month: String(month).slice(0, 7),
    amount: { amount: Number(amount), currency: String(currency) },
  }))
}

// packages/core/src/deals/rates.ts
init_actor()
init_errors()
init_money()
init_zones()
init_append_event()
init_idempotency()
init_query()
init_sql()
init_decimal_text()
init_pipeline_input()
var MAX_RATES = 1e3
var COLUMNS5 = ['tenant_id', 'from_currency', 'to_currency', 'day', 'rate']
var LIMITS = { places: 18, max: 1e12, zero: false }
async function setRates(caller, rates, options) {
  if (!Array.isArray(rates) || rates.length > MAX_RATES)
    throw invalid('rates', 'wrong-type', `Give a list of at most ${MAX_RATES} rates.`)
  const wanted = rates.map((rate, index) => cleanRate(rate, `rates.${index}`))
  return runVerb(caller, 'rates.set', rates, options, async (write) => {
    requireAny(write.actor, 'settings', 'update')
    const counts = { created: 0, updated: 0, unchanged: 0 }
    for (const [pair, ofPair] of groupByPair(wanted)) {
      const changes = await saveRates(write, ofPair, counts)
      if (Object.keys(changes).length > 0)
        await appendEvent(write, { name: 'rates.set', recordType: 'rates', recordId: pair, changes })
    }
    return counts
  })
}
function cleanRate(input, path) {
  checkKeys(input, ['from', 'to', 'day', 'rate'], path)
  for (const name of ['from', 'to']) {
    if (!isCurrency(input[name]))
      throw invalid(`${path}.${name}`, 'invalid-currency', 'Use an ISO 4217 code in upper case, such as EUR or USD.')
  }
  if (input.from === input.to) throw invalid(`${path}.to`, 'same-currency', 'Give two different currencies.')
  if (!isCalendarDate(input.day)) throw invalid(`${path}.day`, 'invalid-date', 'Give a calendar date as YYYY-MM-DD.')
  return { ...input, rate: cleanDecimal(input.rate, LIMITS, `${path}.rate`) }
}
function groupByPair(rates) {
  const pairs = /* @__PURE__ */ new Map()
  for (const rate of rates) {
    const pair = `${rate.from}/${rate.to}`
    pairs.set(pair, [...(pairs.get(pair) ?? []).filter(({ day }) => day !== rate.day), rate])
  }
  return pairs
}
async function saveRates(write, rates, counts) {
  const { storage, tenant } = write.caller
  const table3 = storage.table('exchange_rate')
  const [{ from, to }] = rates
  const days = inList(
    raw('day'),
    rates.map(({ day }) => day),
  )
  const select = sql`select day, rate from ${raw(table3)} where tenant_id = ${tenant} and from_currency = ${from} and to_currency = ${to} and ${days}`
  const stored = new Map(
    (await write.all(select.text, select.params)).map(([day, rate]) => [String(day), String(rate)]),
  )
  const changes = {}
  for (const { day, rate } of rates) {
    const before = stored.get(day)
    counts[before === void 0 ? 'created' : before === rate ? 'unchanged' : 'updated']++
    if (before === rate) continue
    await write.send(storage.dialect.upsert(table3, COLUMNS5, COLUMNS5.slice(0, 4)), [tenant, from, to, day, rate])
    changes[day] = [before ?? null, rate]
  }
  return changes
}
async function listRates(caller, query = {}) {
  checkKeys(query, ['from', 'to', 'since', 'until'], 'query')
  const { actor } = await queryContext(caller)
  requireAny(actor, 'deals', 'read')
  const { storage, tenant } = caller
  const given = (column, operator, value) =>
    value === void 0 ? and() : sql`${raw(`${column} ${operator}`)} ${String(value)}`
  const where = and(
    sql`tenant_id = ${tenant}`,
    given('from_currency', '=', query.from),
    given('to_currency', '=', query.to),
    given('day', '>=', query.since),
    given('day', '<=', query.until),
  )
  const select = sql`select from_currency, to_currency, day, rate from ${raw(storage.table('exchange_rate'))} where ${where} order by day desc, from_currency, to_currency limit 10000`
  return (await storage.read(select.text, select.params)).map(([from, to, day, rate]) => ({
    from: String(from),
    to: String(to),
    day: String(day),
    rate: String(rate),
  }))
}

// packages/core/src/deals/stages.ts
init_errors()
init_ids()
init_text()
init_engine()
init_find_stage()
init_pipeline_input()
async function addStage(caller, wanted, input, options) {
  const draft2 = cleanStage(input, tableOf(caller.engine, 'deals'), 'stage')
  return changePipelines(caller, 'addStage', [wanted, input], options, async (write, book) => {
    const pipeline = findPipeline(book, wanted)
    requireFreeName2(pipeline, draft2.name)
    const lastOpen = pipeline.stages.findLastIndex((stage2) => stage2.class === 'open')
    const at = draft2.class === 'open' ? lastOpen + 1 : pipeline.stages.length
    const stage = { ...draft2, id: newId(), pipeline: pipeline.id, position: at }
    const stages = await renumber(write, pipeline.stages.toSpliced(at, 0, stage), stage)
    await storeStage(write, stage)
    await logPipeline(write, pipeline, 'stage_added', { stages: [namesIn(pipeline.stages), namesIn(stages)] })
    return { ...pipeline, stages }
  })
}
var updateStage = (caller, wanted, patch, options) =>
  changePipelines(caller, 'updateStage', [wanted, patch], options, async (write, book) => {
    if (typeof patch === 'object' && patch !== null && 'class' in patch) {
      throw invalid('class', 'class-fixed', 'Add another stage instead: the class of a stage never changes.')
    }
    const before = findStage(book, wanted, defaultPipeline(book))
    const { id, pipeline, position, ...was } = before
    checkKeys(
      patch,
      Object.keys(was).filter((key) => key !== 'class'),
      'patch',
    )
    const after = {
      id,
      pipeline,
      position,
      ...cleanStage({ ...was, ...withoutUndefined(patch) }, tableOf(caller.engine, 'deals'), 'stage'),
    }
    if (foldText(after.name) !== foldText(before.name)) requireFreeName2(pipelineOf(book, before), after.name)
    return saveStage(write, before, after)
  })
async function saveStage(write, before, after) {
  const names2 = Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
  if (names2.length === 0) return before
  const { storage, tenant } = write.caller
  const update = `update ${storage.table('stage')} set name = ?, probability = ?, forecast_category = ?, rotten_after_days = ?, required_fields = ? where tenant_id = ? and id = ?`
  const values = [
    after.name,
    after.probability,
    after.forecastCategory,
    after.rottenAfterDays,
    JSON.stringify(after.requiredFields),
  ]
  await write.send(update, [...values, tenant, after.id])
  const changes = Object.fromEntries(names2.map((name) => [`${before.name}.${name}`, [before[name], after[name]]]))
  await logPipeline(write, { id: after.pipeline }, 'stage_updated', changes)
  return after
}
var reorderStages = (caller, wanted, order, options) =>
  changePipelines(caller, 'reorder', [wanted, order], options, async (write, book) => {
    const pipeline = findPipeline(book, wanted)
    if (!Array.isArray(order)) throw invalid('stages', 'wrong-type', 'Give a list of stages.')
    const named2 = order.map((one) => findStage(book, String(one), pipeline, pipeline))
    if (new Set(named2).size !== pipeline.stages.length || named2.length !== pipeline.stages.length) {
      throw invalid('stages', 'incomplete', `Name each stage once: ${namesOf2(pipeline.stages)}.`)
    }
    const stages = await renumber(write, named2)
    await logPipeline(write, pipeline, 'reordered', { stages: [namesIn(pipeline.stages), namesIn(stages)] })
    return { ...pipeline, stages }
  })
async function renumber(write, stages, unstored) {
  const { storage, tenant } = write.caller
  const update = `update ${storage.table('stage')} set position = ? where tenant_id = ? and id = ?`
  for (const [position, stage] of stages.entries()) {
    if (stage !== unstored && stage.position !== position) await write.run(update, [position, tenant, stage.id])
  }
  return stages.map((stage, position) => ({ ...stage, position }))
}
var namesIn = (stages) => stages.map(({ name }) => name)
function requireFreeName2({ name: pipeline, stages }, name) {
  if (!stages.some((stage) => foldText(stage.name) === foldText(name))) return
  throw new CrmError('DUPLICATE', `${pipeline} has a stage ${name}.`, {
    field: 'name',
    rule: 'duplicate',
    remedy: 'Give another name.',
  })
}

// packages/core/src/deals/api.ts
var dealsApi = (caller) => ({
  ...recordApi(caller, 'deals'),
  moveTo: (id, stage, options) => moveDeal(caller, id, stage, options),
  moveMany: (ids, stage, options) => moveDeals(caller, ids, stage, options),
  win: (id, options) => winDeal(caller, id, options),
  lose: (id, loss, options) => loseDeal(caller, id, loss, options),
  reopen: (id, options) => reopenDeal(caller, id, options),
  stageHistory: (id) => stageHistory(caller, id),
  lines: (id) => dealLines(caller, id),
  setLines: (id, lines, options) => setDealLines(caller, id, lines, options),
  contacts: (id) => dealContacts(caller, id),
  setContacts: (id, contacts2, options) => setDealContacts(caller, id, contacts2, options),
})
var pipelinesApi = (caller) => ({
  list: (options) => listPipelines(caller, options),
  create: (pipeline, options) => createPipeline(caller, pipeline, options),
  update: (pipeline, patch, options) => updatePipeline(caller, pipeline, patch, options),
  addStage: (pipeline, stage, options) => addStage(caller, pipeline, stage, options),
  updateStage: (stage, patch, options) => updateStage(caller, stage, patch, options),
  reorder: (pipeline, stages, options) => reorderStages(caller, pipeline, stages, options),
  archive: (pipeline, archived, options) => archivePipeline(caller, pipeline, archived, options),
})
var ratesApi = (caller) => ({
  set: (rates, options) => setRates(caller, rates, options),
  list: (query) => listRates(caller, query),
})
var quotasApi = (caller) => ({
  set: (quotas, options) => setQuotas(caller, quotas, options),
  list: (query) => listQuotas(caller, query),
})

// packages/core/src/deals/definition.ts
init_definition()
init_field()

// packages/core/src/deals/filters.ts
init_errors()
init_ids()
init_engine()
init_filter()
init_query()
init_visibility()
init_sql()
var DAY2 = 864e5
function rottenFilter(value, query, alias) {
  const deals3 = tableOf(query.engine, 'deals')
  if (!isVisible(query.actor, deals3, 'stage') || !isVisible(query.actor, deals3, 'stageEnteredAt'))
    throw unknownField('where.rotten')
  if (typeof value !== 'boolean') throw invalid('where.rotten', 'wrong-type', 'Give true or false.')
  const stages = raw(query.engine.storage.table('stage'))
  const deal = (column) => raw(`${alias}.${column}`)
  const rotten = sql`${deal('status')} = 'open' and exists (select 1 from ${stages} st where st.tenant_id = ${query.tenant} and st.id = ${deal('stage')}
    and st.rotten_after_days is not null and ${deal('stage_entered_at')} < ${query.now.getTime()} - st.rotten_after_days * ${raw(String(DAY2))})`
  return value ? rotten : not(rotten)
}
function contactFilter(value, query, alias) {
  if (!isVisible(query.actor, tableOf(query.engine, 'deals'), 'contacts')) throw unknownField('where.contact')
  if (typeof value === 'string' && !isId(value))
    throw invalid('where.contact', 'invalid-id', 'Give the id of a contact.')
  const contacts2 = tableOf(query.engine, 'contacts')
  const where = typeof value === 'string' ? { id: value } : value
  const visible = and(
    readableRows(query, contacts2, 'dc'),
    compileWhere(query, contacts2, where, 'dc', 'where.contact'),
  )
  const roles = raw(query.engine.storage.table('deal_contact'))
  return sql`${raw(`${alias}.id`)} in (select dr.deal_id from ${roles} dr join ${raw(contacts2.name)} dc on dc.tenant_id = dr.tenant_id and dc.id = dr.contact_id
    where dr.tenant_id = ${query.tenant} and ${visible})`
}

// packages/core/src/deals/definition.ts
init_pipeline_types()

// packages/core/src/deals/rules.ts
init_errors()
init_text()

// packages/core/src/deals/closing.ts
init_zones()
init_rate_on()
function storeRate(change) {
  const { before, after, caller } = change
  const { currency: reporting, timeZone } = caller.engine.settings
  const currency = currencyOf2(after.amount)
  if (before && before.closedAt === after.closedAt && currencyOf2(before.amount) === currency) return void 0
  after.closedRate = null
  after.closedRateCurrency = null
  if (after.closedAt === null || currency === void 0 || currency === reporting) return void 0
  const day = zonedDate(after.closedAt, timeZone)
  return rateOn(change.write, caller, { from: currency, to: reporting, day }).then((rate) => {
    if (rate === void 0) return
    after.closedRate = rate
    after.closedRateCurrency = reporting
  })
}
var currencyOf2 = (amount) => amount?.currency

// packages/core/src/deals/enter-stage.ts
init_errors()
init_caller()
init_engine()
init_visibility()
function enterStage(change, { stage }) {
  const { before, after, given } = change
  const at = momentOf(change)
  const overridden = given.has('probability') && after.probability !== null
  if (overridden && stage.class !== 'open' && after.probability !== stage.probability) throw fixedProbability()
  after.status = stage.class
  after.stageEnteredAt = at
  if (!overridden) after.probability = stage.probability
  if (stage.class === 'open') after.closedAt = null
  else if (before?.status !== stage.class) after.closedAt = at
  if (before?.status === 'lost' && stage.class !== 'lost') clearLost(change)
  checkRequired(change, stage)
}
var fixedProbability = () =>
  invalid('probability', 'fixed-when-closed', 'Leave it out: a closed deal has the probability of its stage.')
function momentOf({ before, caller }) {
  const at = nowOf(caller)
  const entered = before?.stageEnteredAt
  if (!entered || at >= entered) return at
  if (!caller.past) return entered
  throw invalid(
    'history.at',
    'out-of-order',
    `Write the moves of a deal in the order they happened: it came to its stage at ${entered.toISOString()}.`,
  )
}
function clearLost({ after, given }) {
  for (const name of ['lostReason', 'lostNote']) if (!given.has(name)) after[name] = null
}
function checkRequired({ after, write }, stage) {
  if (stage.requiredFields.length === 0) return
  const table3 = tableOf(write.caller.engine, 'deals')
  if (stage.requiredFields.some((name) => !isVisible(write.actor, table3, name))) {
    throw new CrmError('FORBIDDEN', `You may not move deals to ${stage.name}.`, {
      field: 'stage',
      rule: 'requires-hidden-field',
      remedy: 'Ask a colleague who sees all fields that this stage requires.',
    })
  }
  const problems = stage.requiredFields
    .filter((name) => isEmpty5(fieldValue(after, name)))
    .map((field2) => ({ field: field2, rule: 'required', remedy: `Give a value: ${stage.name} requires it.` }))
  if (problems.length > 0) {
    const names2 = problems.map(({ field: field2 }) => field2).join(', ')
    throw new CrmError('VALIDATION', `To enter ${stage.name} the deal needs: ${names2}.`, problems)
  }
}
var fieldValue = (record, name) =>
  name.startsWith('custom.') ? record.custom[name.slice('custom.'.length)] : record[name]
var isEmpty5 = (value) => value === null || value === void 0 || (Array.isArray(value) && value.length === 0)

// packages/core/src/deals/place.ts
init_errors()
init_find_stage()
init_pipeline_book()
async function findPlace(change, wanted) {
  const { before, write } = change
  const reopening = isDestination(wanted.stage) && 'reopen' in wanted.stage ? wanted.stage : void 0
  if (reopening && before?.status === 'open') throw notClosed()
  const leftFrom = before && before.status !== 'open' ? await lastOpenStageIfNeeded(change, reopening) : void 0
  const goal = reopening ? { ...wanted, stage: reopening.stage ?? leftFrom ?? reopening } : wanted
  const place = await lookUp(write, (book) => locate(book, change, goal))
  const { pipeline, stage, from } = place
  if (reopening && stage.class !== 'open') throw notOpen(pipeline)
  if (pipeline.archivedAt !== null && from?.pipeline !== pipeline.id) {
    const inUse = place.book.pipelines.filter((one) => one.archivedAt === null)
    throw invalid('pipeline', 'archived', `Use a pipeline that is not archived: ${namesOf2(inUse)}.`)
  }
  if (from && from.id !== stage.id) checkOrder(place, leftFrom)
  return place
}
var isDestination = (stage) => typeof stage === 'object' && stage !== null
var notClosed = () =>
  new CrmError('INVALID_TRANSITION', 'The deal is open.', {
    field: 'stage',
    rule: 'not-closed',
    remedy: 'Reopen only deals that are won or lost; use moveTo for open ones.',
  })
var notOpen = ({ stages }) =>
  new CrmError('INVALID_TRANSITION', 'A deal is reopened into an open stage.', {
    field: 'stage',
    rule: 'not-open',
    remedy: `Use one of: ${namesOf2(stages.filter((one) => one.class === 'open'))}.`,
  })
async function lastOpenStageIfNeeded({ before, write }, reopening) {
  if (reopening) return lastOpenStage(write, before?.id)
  const forwardOnly = await lookUp(write, (book) => pipelineOf(book, stageById(book, before?.stage)).forwardOnly)
  return forwardOnly ? lastOpenStage(write, before?.id) : void 0
}
function locate(book, { before }, wanted) {
  const from = before && stageById(book, before.stage)
  const home = from ? pipelineOf(book, from) : defaultPipeline(book)
  const within2 = typeof wanted.pipeline === 'string' ? findPipeline(book, wanted.pipeline) : void 0
  const stage = stageIn(book, within2 ?? home, wanted.stage, { from, home, within: within2 })
  return { book, pipeline: pipelineOf(book, stage), stage, from }
}
function stageIn(book, pipeline, wanted, { from, home, within: within2 }) {
  if (typeof wanted === 'string') return findStage(book, wanted, home, within2)
  if (isDestination(wanted)) {
    if ('reopen' in wanted) return firstOf(pipeline, 'open')
    return from?.class === wanted.enter ? from : firstOf(pipeline, wanted.enter)
  }
  return from?.pipeline === pipeline.id ? from : firstOf(pipeline, from?.class ?? 'open')
}
function stageById(book, id) {
  const stage = book.stages.get(id)
  if (stage) return stage
  throw new CrmError('CONFLICT', 'The stages were changed at the same moment.', {
    field: 'stage',
    rule: 'changed-meanwhile',
    remedy: 'Repeat the call.',
  })
}
function checkOrder({ book, pipeline, stage, from }, leftFrom) {
  if (!from || !pipeline.forwardOnly || from.pipeline !== pipeline.id || stage.class !== 'open') return
  const open = pipeline.stages.filter((one) => one.class === 'open')
  const origin = from.class === 'open' ? from : leftFrom === void 0 ? void 0 : book.stages.get(leftFrom)
  const first = origin?.pipeline === pipeline.id ? origin.position + (from.class === 'open' ? 1 : 0) : 0
  if (stage.position >= first) return
  const allowed = [
    ...open.filter((one) => one.position >= first),
    ...pipeline.stages.filter((one) => one.class !== 'open'),
  ]
  throw new CrmError('INVALID_TRANSITION', `Deals of ${pipeline.name} only move forward.`, {
    field: 'stage',
    rule: 'forward-only',
    remedy: `From ${from.name} it can go to: ${namesOf2(allowed.filter((one) => one.id !== from.id))}.`,
  })
}

// packages/core/src/deals/rules.ts
async function dealRules(change) {
  const { before, given } = change
  if (before && given.has('amount')) await refuseAmountBesideLines(change)
  if (!before || given.has('stage') || given.has('pipeline')) await placeDeal(change)
  checkProbability(change)
  checkLostFields(change)
  const rate = storeRate(change)
  if (rate) await rate
}
async function placeDeal(change) {
  const { before, after, given, write } = change
  const asked = (name) => (given.has(name) ? (after[name] ?? void 0) : void 0)
  const wanted = { pipeline: asked('pipeline'), stage: asked('stage') }
  for (let attempt3 = 0; attempt3 < 2; attempt3++) {
    const place = await findPlace(change, wanted)
    after.pipeline = place.pipeline.id
    after.stage = place.stage.id
    if (before?.stage === place.stage.id) return
    enterStage(change, place)
    if (await storePlanned(write, place.book)) return
  }
  throw raced()
}
function checkProbability({ before, after, given }) {
  if (!before || !given.has('probability') || after.status === 'open' || after.status !== before.status) return
  if (after.probability !== before.probability) throw fixedProbability()
}
function checkLostFields({ before, after, given }) {
  if (after.status !== 'lost') {
    const told = ['lostReason', 'lostNote'].find((name) => given.has(name) && after[name] !== null)
    if (told) throw invalid(told, 'only-when-lost', 'Give it together with a lost stage, or leave it out.')
    after.lostReason = null
    after.lostNote = null
    return
  }
  if (before?.status === 'lost' && !given.has('lostReason') && !given.has('lostNote')) return
  if (after.lostReason === null) throw invalid('lostReason', 'required', 'Say why the deal was lost.')
  if (after.lostNote === null && foldText(after.lostReason) === 'other') {
    throw invalid('lostNote', 'required', "Describe the reason, since it is 'other'.")
  }
}
async function refuseAmountBesideLines({ before, after, write }) {
  const was = before?.amount
  const is = after.amount
  if (was?.amount === is?.amount && was?.currency === is?.currency) return
  if (!before || !(await hasLines(write, before.id))) return
  if (write.actor.field('deals', 'lines') === 'none') {
    throw new CrmError('FORBIDDEN', 'You may not change amount.', {
      field: 'amount',
      rule: 'field-not-writable',
      remedy: 'Leave amount out, or ask an administrator for a role that may change it.',
    })
  }
  throw invalid('amount', 'follows-lines', 'Change the lines with setLines instead: the amount is their net total.')
}

// packages/core/src/deals/definition.ts
var dealFields = {
  title: field.text({
    required: true,
    folded: true,
    aliases: ['deal name', 'deal title', 'opportunity', 'opportunity name', 'name'],
  }),
  /** What it is worth. Follows the lines when there are any: their net total. */
  amount: field.money({ aliases: ['value', 'deal value'] }),
  /** Id; on input also a name. Default: the default pipeline, or that of the stage. */
  pipeline: defaulted(field.link('pipelines')),
  /** Id; on input also a name. Default: the first open stage. */
  stage: defaulted(field.link('stages', { aliases: ['deal stage', 'sales stage'] })),
  /** The class of its stage. */
  status: stamped(field.select(STAGE_CLASSES)),
  /** Percent. The stage's, taken over on entry, unless another one is given. */
  probability: defaulted(field.integer({ min: 0, max: 100 })),
  expectedCloseDate: field.date({ aliases: ['close date', 'expected close'] }),
  /** When it was won or lost; null while it is open. */
  closedAt: server(field.instant()),
  /** Exchange rate of the close date, as decimal text: units of `closedRateCurrency` for one of the amount's currency. */
  closedRate: server(field.text()),
  /** The reporting currency when the deal was closed. */
  closedRateCurrency: server(field.text()),
  /** Since when it is in its stage. */
  stageEnteredAt: stamped(field.instant()),
  company: field.link('companies', { aliases: ['account', 'organisation', 'account name'] }),
  /** The lead it came from. */
  lead: server(field.link('leads')),
  source: field.text({ max: 60, aliases: ['lead source'] }),
  lostReason: field.text({ max: 120, aliases: ['loss reason'] }),
  lostNote: field.text({ max: 4e3 }),
  lastActivityAt: server(field.instant()),
  nextActivityAt: server(field.instant()),
}
var deals2 = defineRecord({
  type: 'deals',
  table: 'deal',
  fields: dealFields,
  title: 'title',
  searched: ['title'],
  parts: ['lines', 'contacts'],
  madeFrom: {
    pipeline: ['stage'],
    status: ['stage'],
    probability: ['stage'],
    stageEnteredAt: ['stage'],
    closedAt: ['stage'],
    lostReason: ['stage'],
    lostNote: ['stage'],
    lines: ['amount'],
    closedRate: ['amount', 'closedAt'],
    closedRateCurrency: ['amount', 'closedAt'],
  },
  filters: { rotten: rottenFilter, contact: contactFilter },
  concerns: ['company', 'lead'],
  rules: dealRules,
  laysGround: true,
  afterWrite: writeInterval,
  eventName: stageEvent,
  sideTables: [
    ['stage_interval', 'deal_id'],
    ['deal_line', 'deal_id'],
    ['deal_contact', 'deal_id'],
  ],
  open: "status = 'open'",
})
function stageEvent({ before, after }) {
  if (!before || before.stage === after.stage) return void 0
  if (before.status === after.status) return 'deal.stage_changed'
  return after.status === 'open' ? 'deal.reopened' : `deal.${String(after.status)}`
}

// packages/core/src/events/audit.ts
init_actor()
init_dates()
init_errors()
init_periods()
init_query()
init_sql()
var KEYS4 = ['where', 'limit', 'after']
var FILTERS = ['actor', 'name', 'recordType', 'recordId', 'at']
var COLUMNS6 = { actor: 'e.actor', name: 'e.name', recordType: 'e.record_type', recordId: 'e.record_id' }
async function auditLog(caller, request = {}) {
  const query = await queryContext(caller)
  if (query.actor.scope('audit', 'read').kind !== 'all') throw forbidden('audit', 'read')
  if (typeof request !== 'object' || request === null)
    throw invalid('request', 'wrong-type', "Give an object such as { where: { actor: 'u7' } }.")
  refuseUnknown(request, KEYS4, '')
  const { where = {} } = request
  if (typeof where !== 'object' || where === null)
    throw invalid('where', 'invalid-filter', "Give an object such as { actor: 'u7' }.")
  refuseUnknown(where, FILTERS, 'where.')
  const conditions = conditionsOf(query, where)
  return eventPage({
    limit: request.limit,
    after: request.after,
    fingerprint: `audit ${JSON.stringify(where)}`,
    read: async (after, count2) => {
      const select = logSql(query, conditions, after, count2)
      return (await caller.storage.read(select.text, select.params)).map((row) => readEvent(query.engine, row))
    },
    show: (events) => events.flatMap((event) => entryOf(query, event) ?? []),
  })
}
function logSql({ engine, tenant }, conditions, after, count2) {
  const before = after ? sql`(e.at, e.id) < (${after.at}, ${after.id})` : and()
  const from = sql`${raw(`select ${EVENT_COLUMNS} from ${engine.storage.table('event')} e`)} where ${and(sql`e.tenant_id = ${tenant}`, conditions, before)}`
  return sql`${from} order by e.at desc, e.id desc limit ${count2}`
}
function conditionsOf(query, where) {
  const conditions = []
  for (const [name, column] of Object.entries(COLUMNS6)) {
    const value = where[name]
    if (value === void 0) continue
    if (value === null && name === 'actor') conditions.push(sql`${raw(column)} is null`)
    else if (typeof value === 'string' && value.length <= 255) conditions.push(sql`${raw(column)} = ${value}`)
    else throw invalid(`where.${name}`, 'wrong-type', 'Compare with at most 255 characters of text.')
  }
  if (where.at !== void 0) conditions.push(timeSql(query, where.at))
  return and(...conditions)
}
function timeSql({ engine, actor, now }, at) {
  const isInterval = typeof at === 'object' && at !== null && ('gte' in at || 'lt' in at)
  if (!isInterval) {
    const { weekStartsOn, fiscalYearStart } = engine.settings
    const { from, to } = resolvePeriod(at, {
      now,
      zone: actor.zone,
      weekStartsOn,
      fiscalYearStart,
      field: 'where.at',
    })
    return sql`e.at >= ${from.getTime()} and e.at < ${to.getTime()}`
  }
  refuseUnknown(at, ['gte', 'lt'], 'where.at.')
  const { gte, lt } = at
  return and(
    gte === void 0 ? and() : sql`e.at >= ${instantOf2(gte, 'where.at.gte')}`,
    lt === void 0 ? and() : sql`e.at < ${instantOf2(lt, 'where.at.lt')}`,
  )
}
function instantOf2(value, path) {
  const time = readInstant(value)
  if (time === void 0) throw invalid(path, 'wrong-type', 'Compare with a Date or ISO 8601 text with a zone.')
  return time
}
function refuseUnknown(given, known3, path) {
  const unknown2 = Object.keys(given).find((key) => !known3.includes(key))
  if (unknown2 !== void 0) throw invalid(`${path}${unknown2}`, 'unknown-key', `Use only: ${known3.join(', ')}.`)
}

// packages/core/src/exchange/api.ts
var exchangeApi = (caller, type) => ({
  import: async (source, options) =>
    (await Promise.resolve().then(() => (init_run(), run_exports))).importCsv(caller, type, source, options),
  previewImport: async (source, options) =>
    (await Promise.resolve().then(() => (init_preview(), preview_exports))).previewImport(
      caller,
      type,
      source,
      options,
    ),
  async *export(options) {
    yield* (await Promise.resolve().then(() => (init_export(), export_exports))).exportCsv(caller, type, options)
  },
})

// packages/core/src/scoped-client.ts
init_errors()

// packages/core/src/leads/api.ts
init_definition2()

// packages/core/src/leads/duplicates.ts
init_text()
init_duplicates()
init_engine()
init_visibility()
init_sql()
function leadEvidence(query, draft2) {
  const normal = (kind, value) => (typeof value === 'string' ? query.engine.normalise(kind, value) : null)
  const email = normal('email', draft2.email)
  const phone = normal('phone', draft2.phone)
  const names2 = namesOf3(draft2)
  const company = typeof draft2.company === 'string' ? [foldText(draft2.company)] : []
  const seesNames = isVisible(query.actor, tableOf(query.engine, 'leads'), 'name')
  const namesake = (other) => seesNames && sameText(names2, other.name)
  return [
    {
      reason: 'same-email',
      field: 'email',
      weight: 0.9,
      find: email === null ? void 0 : sql`r.email_key = ${email}`,
      agrees: (other) => email !== null && normal('email', other.email) === email,
    },
    {
      reason: 'same-phone',
      field: 'phone',
      weight: 0.5,
      find: phone === null ? void 0 : sql`r.phone_key = ${phone}`,
      agrees: (other) => phone !== null && normal('phone', other.phone) === phone,
    },
    {
      reason: 'same-name',
      field: 'name',
      weight: 0.4,
      find: names2.length > 0 ? inList(raw('r.name_fold'), names2) : void 0,
      agrees: namesake,
    },
    {
      reason: 'same-company',
      field: 'company',
      weight: 0.4,
      agrees: (other) => sameText(company, other.company) && namesake(other),
    },
  ]
}
function namesOf3({ name, firstName, lastName }) {
  const full = [firstName, lastName].filter(Boolean).join(' ')
  return [...new Set([name, full].filter((one) => typeof one === 'string' && one !== '').map(foldText))]
}

// packages/core/src/leads/merge.ts
init_errors()
function refuseConvertedLosers(_, losers) {
  if (losers.every((lead) => lead.convertedAt === null)) return
  throw invalid(
    'loserIds',
    'converted-lead',
    'Make the converted lead the winner; of two converted ones merge their contacts instead.',
  )
}

// packages/core/src/leads/api.ts
var leadsApi = (caller) => ({
  ...recordApi(caller, 'leads'),
  ...mergeApi(caller, 'leads', leadEvidence, { refuse: refuseConvertedLosers }),
  convert: async (id, input, options) =>
    (await Promise.resolve().then(() => (init_convert(), convert_exports))).convertLead(caller, id, input, options),
  previewConvert: async (id, input) =>
    (await Promise.resolve().then(() => (init_convert_preview(), convert_preview_exports))).previewConversion(
      caller,
      id,
      input,
    ),
  convertMany: async (items, options) =>
    (await Promise.resolve().then(() => (init_convert(), convert_exports))).convertLeads(caller, items, options),
  statuses: () => processOf(caller.engine).statuses.map((status) => ({ ...status, next: [...status.next] })),
  sources: () => [...processOf(caller.engine).sources],
})

// packages/core/src/scoped-client.ts
init_definition2()

// packages/core/src/notes/list.ts
init_actor()
init_cursor()
init_errors()
init_find()
init_list()
init_query()
init_sql()
async function listNotes(caller, record, request = {}) {
  const query = await queryContext(caller)
  const { type, id } = checkRef(query, record)
  if (!(await findInScope(query, { all: caller.storage.read }, type, id, 'read'))) throw notFound(type)
  requireAny(query.actor, 'notes', 'read')
  const limit = limitOf(request.limit)
  const fingerprint = `notes ${type} ${id}`
  const place = request.after == null ? void 0 : placeOf2(decodeCursor(request.after, fingerprint))
  const after = place ? sql` and (n.pinned, n.created_at, n.id) < (${place[0]}, ${place[1]}, ${place[2]})` : raw('')
  const from = sql`${raw(`select ${NOTE_COLUMNS} from ${caller.storage.table('note')} n`)} where n.tenant_id = ${query.tenant} and n.record_id = ${id} and n.deleted_at is null`
  const select = sql`${from}${after} order by n.pinned desc, n.created_at desc, n.id desc limit ${limit + 1}`
  const notes2 = (await caller.storage.read(select.text, select.params)).map(readNote)
  const items = notes2.slice(0, limit)
  const last = notes2.length > limit ? items.at(-1) : void 0
  return {
    items,
    nextCursor: last ? encodeCursor([last.pinned ? 1 : 0, last.createdAt.getTime(), last.id], fingerprint) : null,
  }
}
function placeOf2([pinned, at, id]) {
  if (typeof pinned === 'number' && typeof at === 'number' && typeof id === 'string') return [pinned, at, id]
  throw invalid('after', 'invalid-cursor', 'Pass the nextCursor of the page before, with the same record.')
}

// packages/core/src/notes/api.ts
var notesApi = (caller) => ({
  add: (record, body, options) => addNote(caller, record, body, options),
  list: (record, query) => listNotes(caller, record, query),
  update: (id, patch, options) => updateNote(caller, id, patch, options),
  pin: (id, pinned = true, options) => updateNote(caller, id, { pinned }, options),
  delete: (id, options) => deleteNote(caller, id, options),
})

// packages/core/src/products/prices.ts
init_errors()
init_money()
init_text()
init_checks()
init_engine()
init_find()
init_idempotency()
init_query()
init_update()
init_visibility()
var COLUMNS9 = ['tenant_id', 'book', 'product_id', 'currency', 'amount']
async function setPrice(caller, id, input, options) {
  refuseUnknown2(input, 'price')
  const book = cleanBook(input?.book)
  if (!isMoney(input.price) || input.price.amount < 0) {
    throw invalid('price', 'invalid-money', 'Give { amount, currency } in whole minor units, not negative.')
  }
  const { amount, currency } = input.price
  return runVerb(caller, 'products.setPrice', [id, input], options, (write) =>
    changePrice(write, id, { book, currency, amount }),
  )
}
async function removePrice(caller, id, from, options) {
  refuseUnknown2(from, 'currency')
  const book = cleanBook(from?.book)
  if (!isCurrency(from.currency))
    throw invalid('currency', 'invalid-currency', 'Use an ISO 4217 code in upper case, such as EUR or USD.')
  const { currency } = from
  return runVerb(caller, 'products.removePrice', [id, from], options, (write) =>
    changePrice(write, id, { book, currency, amount: null }),
  )
}
function refuseUnknown2(input, beside) {
  const unknown2 = Object.keys(input ?? {}).find((key) => key !== 'book' && key !== beside)
  if (unknown2 !== void 0) throw invalid(unknown2, 'unknown-key', `Use only: book, ${beside}.`)
}
function cleanBook(value) {
  const book = typeof value === 'string' ? cleanText(value) : ''
  if (book !== '' && book.length <= 120 && !hasForbiddenCharacters(book)) return book
  throw invalid('book', 'invalid-text', 'Give the name of the book in 1 to 120 characters.')
}
async function changePrice(write, id, { book, currency, amount }) {
  const { caller } = write
  const table3 = tableOf(caller.engine, 'products')
  const product = await requireForWrite(write, 'products', id, 'update')
  checkFieldAccess(write, table3, { price: null, prices: null })
  const before = await readPrices(write, caller, id)
  const old = before.find((one) => one.book === book && one.price.currency === currency)
  if ((old?.price.amount ?? null) === amount) return before
  const { storage, tenant } = caller
  const name = storage.table('price')
  if (amount === null) {
    await write.send(`delete from ${name} where tenant_id = ? and book = ? and product_id = ? and currency = ?`, [
      tenant,
      book,
      id,
      currency,
    ])
  } else {
    await write.send(storage.dialect.upsert(name, COLUMNS9, COLUMNS9.slice(0, 4)), [tenant, book, id, currency, amount])
  }
  const now = amount === null ? null : { book, price: { amount, currency } }
  await saveChange(write, table3, product, { ...product }, /* @__PURE__ */ new Set(), 'product.price_set', {
    changes: { prices: [old ?? null, now] },
  })
  return readPrices(write, caller, id)
}
async function productPrices(caller, id) {
  const query = await queryContext(caller)
  const reader = { all: caller.storage.read }
  if (!isVisible(query.actor, tableOf(query.engine, 'products'), 'prices')) {
    throw new CrmError('FORBIDDEN', 'You may not see the prices of products.', {
      field: 'price',
      rule: 'field-not-readable',
      remedy: 'Ask an administrator for a role that may read it.',
    })
  }
  if (!(await findInScope(query, reader, 'products', id, 'read'))) throw notFound('products')
  return readPrices(reader, caller, id)
}
async function readPrices({ all }, { storage, tenant }, product) {
  const select = `select book, amount, currency from ${storage.table('price')} where tenant_id = ? and product_id = ? order by book, currency`
  return (await all(select, [tenant, product])).map(([book, amount, currency]) => ({
    book: String(book),
    price: { amount: Number(amount), currency: String(currency) },
  }))
}

// packages/core/src/products/api.ts
var productsApi = (caller) => ({
  ...recordApi(caller, 'products'),
  setPrice: (id, price, options) => setPrice(caller, id, price, options),
  removePrice: (id, from, options) => removePrice(caller, id, from, options),
  prices: (id) => productPrices(caller, id),
})

// packages/core/src/products/definition.ts
init_definition()
init_field()
var productFields = {
  name: field.text({ required: true, folded: true }),
  sku: { ...field.text({ max: 120 }), label: 'SKU', unique: true },
  description: field.text({ max: 2e4 }),
  /** List price of one unit. */
  price: field.money(),
  /** Whether it can be put on new lines. */
  active: defaulted(field.boolean(), true),
}
var products = defineRecord({
  type: 'products',
  table: 'product',
  fields: productFields,
  title: 'name',
  searched: ['name', 'sku'],
  duplicateBy: ['sku'],
  parts: ['prices'],
  madeFrom: { prices: ['price'] },
  sideTables: [['price', 'product_id']],
  mentionedIn: [['deal_line', 'product_id']],
})

// packages/core/src/records/tags.ts
init_errors()
init_text()
init_sql()
init_append_event()
init_engine()
init_idempotency()
init_query()
init_visibility()
var tagsApi = (caller) => ({
  list: (type) => listTags(caller, type),
  rename: (type, from, to, options) => replaceTags(caller, 'renamed', type, [from], to, options),
  merge: (type, from, to, options) => replaceTags(caller, 'merged', type, from, to, options),
})
var MOST_TAGS = 1e3
var BATCH4 = 500
async function listTags(caller, type) {
  const query = await queryContext(caller)
  const table3 = taggedTable(caller.engine, type)
  if (!isVisible(query.actor, table3, 'tags') || query.actor.scope(type, 'read').kind === 'none') return []
  const keys = raw(caller.storage.table('record_key'))
  const counting = sql`select k.value, count(*), max(r.id) from ${keys} k join ${raw(table3.name)} r on r.tenant_id = k.tenant_id and r.id = k.record_id
    where k.tenant_id = ${query.tenant} and k.record_type = ${type} and k.kind = 'tag' and ${readableRows(query, table3, 'r')}
    group by k.value order by count(*) desc, k.value limit ${MOST_TAGS}`
  const counts = await caller.storage.read(counting.text, counting.params)
  if (counts.length === 0) return []
  const samples = [...new Set(counts.map((row) => String(row[2])))]
  const reading = sql`select r.tags from ${raw(table3.name)} r where ${and(sql`r.tenant_id = ${query.tenant}`, inList(raw('r.id'), samples))} order by r.id`
  const spelled = /* @__PURE__ */ new Map()
  for (const [tags] of await caller.storage.read(reading.text, reading.params)) {
    for (const tag of JSON.parse(String(tags ?? '[]'))) spelled.set(foldText(tag), tag)
  }
  const found = counts.map(([value, count2]) => ({
    tag: spelled.get(String(value)) ?? String(value),
    count: Number(count2),
  }))
  return found.sort((a, b) => (foldText(a.tag) < foldText(b.tag) ? -1 : 1))
}
function taggedTable(engine, type) {
  if (engine.tables.has(type)) return tableOf(engine, type)
  throw invalid('type', 'invalid-type', `Use one of: ${[...engine.tables.keys()].join(', ')}.`)
}
function replaceTags(caller, verb, type, from, to, options) {
  return runVerb(caller, `tags.${verb}`, [type, from, to], options, async (write) => {
    requireSettings(write)
    const table3 = taggedTable(caller.engine, type)
    if (!Array.isArray(from) || from.length === 0) throw invalid('from', 'required', 'Give at least one tag.')
    const { tags } = caller.engine.validator(type).patch({ tags: [to] })
    const target = tags[0]
    const sources = new Set(from.map((tag, index) => foldedTag(tag, `from.${index}`)))
    let records = 0
    for (const source of sources) records += await retag(write, table3, source, sources, target)
    for (const source of sources) await renameKeys(write, table3, source, foldText(target))
    if (records > 0) {
      await appendEvent(write, {
        name: `tag.${verb}`,
        recordType: 'tags',
        recordId: type,
        changes: { tag: [verb === 'renamed' ? from[0] : from, target], records: [null, records] },
      })
    }
    return { records }
  })
}
function foldedTag(tag, path) {
  const folded = typeof tag === 'string' ? foldText(tag) : ''
  if (folded === '') throw invalid(path, 'required', 'Give a tag as text.')
  return folded
}
function requireSettings({ actor }) {
  if (actor.scope('settings', 'update').kind === 'all') return
  throw new CrmError('FORBIDDEN', 'You may not change tags for everybody.', {
    field: 'settings',
    rule: 'update-not-granted',
    remedy: "Call it as an administrator, or through crm.asSystem({ reason: '\u2026' }).",
  })
}
async function retag(write, table3, source, sources, target) {
  const { storage, tenant } = write.caller
  const page = `select r.id, r.tags from ${storage.table('record_key')} k join ${table3.name} r on r.tenant_id = k.tenant_id and r.id = k.record_id
    where k.tenant_id = ? and k.record_type = ? and k.kind = 'tag' and k.value = ? and k.record_id > ? order by k.record_id limit ${BATCH4}`
  let records = 0
  for (let last = ''; ; ) {
    const rows = await write.all(page, [tenant, table3.type, source, last])
    for (const [tags, ids] of groupedByTags(rows))
      records += await saveTags(write, table3, tags, retagged(tags, sources, target), ids)
    if (rows.length < BATCH4) return records
    last = String(rows.at(-1)?.[0])
  }
}
async function renameKeys(write, table3, source, target) {
  if (source === target) return
  const { storage, tenant } = write.caller
  const keys = storage.table('record_key')
  const whole3 = `tenant_id = ? and record_type = ? and kind = 'tag' and value = ?`
  const having = `select record_id from ${keys} where ${whole3}`
  const drop = `delete from ${keys} where ${whole3} and record_id in (select h.record_id from (${having}) h)`
  await write.send(drop, [tenant, table3.type, source, tenant, table3.type, target])
  await write.send(`update ${keys} set value = ? where ${whole3}`, [target, tenant, table3.type, source])
}
function groupedByTags(rows) {
  const groups = /* @__PURE__ */ new Map()
  for (const [id, tags] of rows) {
    const same = groups.get(String(tags))
    if (same) same.push(String(id))
    else groups.set(String(tags), [String(id)])
  }
  return groups
}
function retagged(tags, sources, target) {
  const folded = foldText(target)
  const isMeant = (tag) => sources.has(foldText(tag)) || foldText(tag) === folded
  const renamed2 = JSON.parse(tags).map((tag) => (isMeant(tag) ? target : tag))
  return JSON.stringify([...new Set(renamed2)])
}
async function saveTags(write, table3, before, after, ids) {
  if (before === after) return 0
  const update = sql`update ${raw(table3.name)} set tags = ${after}, version = version + 1 where tenant_id = ${write.caller.tenant} and ${inList(raw('id'), ids)}`
  return write.run(update.text, update.params)
}

// packages/core/src/scoped-client.ts
init_write()

// packages/core/src/reports/api.ts
var figures = () => Promise.resolve().then(() => (init_figures(), figures_exports))
var reportsApi = (caller) => ({
  agentActivity: async (request) => (await figures()).agentActivity(caller, request),
  dashboard: async (request) => (await figures()).dashboard(caller, request),
  forecast: async (request) => (await figures()).forecast(caller, request),
  leadConversion: async (request) => (await figures()).leadConversion(caller, request),
  leadSources: async (request) => (await figures()).leadSources(caller, request),
  pipelineAsOf: async (request) => (await figures()).pipelineAsOf(caller, request),
  pipelineMovement: async (request) => (await figures()).pipelineMovement(caller, request),
  salesCycle: async (request) => (await figures()).salesCycle(caller, request),
  salesFunnel: async (request) => (await figures()).salesFunnel(caller, request),
  salesPerformance: async (request) => (await figures()).salesPerformance(caller, request),
  velocity: async (request) => (await figures()).velocity(caller, request),
  winRate: async (request) => (await figures()).winRate(caller, request),
})

// packages/core/src/scoped-client.ts
init_joined()
init_port()

// packages/core/src/tasks/api.ts
init_create()
init_idempotency()
init_update()
var tasksApi = (caller) => ({
  ...recordApi(caller, 'tasks'),
  complete: (id, options) =>
    runVerb(caller, 'tasks.complete', id, options, async (write) => {
      const task = await updateIn(write, 'tasks', id, { status: 'done' })
      return shown(write, 'tasks', task)
    }),
})

// packages/core/src/tasks/definition.ts
init_definition()
init_field()

// packages/core/src/tasks/next-activity.ts
init_zones()
init_engine()
async function planRelated({ before, after, caller, write }) {
  const { engine, tenant } = caller
  const tasks2 = tableOf(engine, 'tasks')
  const plans = [planOf(before), planOf(after)]
  if (plans[0] === void 0 && plans[1] === void 0) return
  for (const { link, type, id } of concernedBy(tasks2, [before, after], plans[0] === plans[1])) {
    const select = `select min(t.due_at) as instant, min(t.due_date) as day from ${tasks2.name} t where t.tenant_id = ? and t.${link} = ? and t.deleted_at is null and ${tasks2.definition.open}`
    const [row] = await write.all(select, [tenant, id])
    const [instant2, day] = row ?? []
    const times2 = [
      ...(instant2 == null ? [] : [Number(instant2)]),
      ...(day == null ? [] : [startOfDay(String(day), engine.settings.timeZone).getTime()]),
    ]
    const next = times2.length === 0 ? null : Math.min(...times2)
    await write.send(`update ${tableOf(engine, type).name} set next_activity_at = ? where tenant_id = ? and id = ?`, [
      next,
      tenant,
      id,
    ])
  }
}
function planOf(task) {
  if (!task || task.deletedAt !== null || (task.status !== 'open' && task.status !== 'in-progress')) return void 0
  if (task.dueDate === null && task.dueAt === null) return void 0
  return String(task.dueDate ?? task.dueAt.getTime())
}

// packages/core/src/tasks/rules.ts
init_errors()
init_caller()
function taskRules({ before, after, caller }) {
  if (after.dueDate !== null && after.dueAt !== null) {
    throw invalid(
      'dueAt',
      'two-due-times',
      'Give either a day (dueDate) or an instant (dueAt), and null for the other.',
    )
  }
  if (after.status !== 'done') after.doneAt = null
  else if (before?.status !== 'done') after.doneAt = nowOf(caller)
}

// packages/core/src/tasks/definition.ts
var taskFields = {
  title: field.text({ required: true, folded: true }),
  kind: defaulted(field.select(['todo', 'call', 'email', 'meeting', 'follow-up']), 'todo'),
  description: field.text({ max: 2e4 }),
  /** Due on this calendar day, wherever the owner is. Not together with `dueAt`. */
  dueDate: field.date(),
  /** Due at this instant. */
  dueAt: field.instant(),
  priority: defaulted(field.select(['low', 'normal', 'high']), 'normal'),
  status: defaulted(field.select(['open', 'in-progress', 'done', 'cancelled']), 'open'),
  doneAt: server(field.instant()),
  lead: field.link('leads'),
  contact: field.link('contacts'),
  company: field.link('companies'),
  deal: field.link('deals'),
}
var tasks = defineRecord({
  type: 'tasks',
  table: 'task',
  fields: taskFields,
  title: 'title',
  searched: ['title'],
  madeFrom: { doneAt: ['status'] },
  concerns: ['lead', 'contact', 'company', 'deal'],
  open: "status in ('open', 'in-progress')",
  rules: taskRules,
  afterWrite: planRelated,
  afterRemove: planRelated,
  eventName: ({ before, after }) => (before?.status !== 'done' && after.status === 'done' ? 'task.done' : void 0),
})

// packages/core/src/users/deactivate.ts
init_actor()
init_errors()
init_checks()
init_find()
init_idempotency()
init_query()
init_open_records()
init_users()
function deactivateUser(caller, id, options = {}) {
  const { handOverTo, ...verb } = options ?? {}
  return runVerb(caller, 'users.deactivate', [id, handOverTo], verb, async (write) => {
    requireAdministration(write)
    const [before] = typeof id === 'string' ? await readUsers(write, caller, [id]) : []
    if (!before) throw notFound('users')
    if (handOverTo === id) throw invalid('handOverTo', 'same-user', 'Name another user, or leave it out.')
    if (handOverTo !== void 0) await requireActiveUser(write, 'handOverTo', handOverTo)
    const user = { ...before, active: false }
    if (before.active) await saveUser(write, user, { active: [true, false] }, true)
    const handedOver = handOverTo === void 0 ? {} : await handOver(write, id, handOverTo)
    const left = (await openRecordsOf(write, [id])).get(id) ?? {}
    return { user, handedOver, left }
  }).finally(() => caller.engine.directory.forget(caller.tenant))
}
async function getUser(caller, id) {
  const query = await queryContext(caller)
  requireAny(query.actor, 'users', 'read')
  const [user] = typeof id === 'string' ? await readUsers({ all: caller.storage.read }, caller, [id]) : []
  if (!user) throw notFound('users')
  return user
}

// packages/core/src/users/teams.ts
init_actor()
init_errors()
init_text()
init_append_event()
init_query()
init_write()
init_users()
var MAX_TEAMS = 5e3
async function syncTeams(caller, teams) {
  if (!Array.isArray(teams) || teams.length > MAX_TEAMS)
    throw invalid('teams', 'too-many', `Give a list of at most ${MAX_TEAMS} teams.`)
  const wanted = teams.map((team, index) => cleanTeam(team, `teams.${index}`))
  refuseRepeated(wanted, 'teams')
  return transact(caller, async (write) => {
    requireAdministration(write)
    const known3 = new Map((await readTeams(write, caller)).map((team) => [team.id, team]))
    checkTree(new Map([...known3, ...wanted.map((team) => [team.id, team])]))
    const counts = { created: 0, updated: 0, unchanged: 0 }
    for (const team of parentsFirst(wanted)) {
      const before = known3.get(team.id)
      if (before && before.name === team.name && before.parent === team.parent) counts.unchanged++
      else {
        await saveTeam(write, team, before)
        counts[before ? 'updated' : 'created']++
      }
    }
    return counts
  }).finally(() => caller.engine.directory.forget(caller.tenant))
}
async function listTeams(caller) {
  const query = await queryContext(caller)
  requireAny(query.actor, 'users', 'read')
  return readTeams({ all: caller.storage.read }, caller)
}
function cleanTeam(input, path) {
  if (typeof input !== 'object' || input === null) throw invalid(path, 'wrong-type', 'Give { id, name, parent }.')
  const { id, name, parent = null, ...rest } = input
  const unknown2 = Object.keys(rest)[0]
  if (unknown2 !== void 0) throw invalid(`${path}.${unknown2}`, 'unknown-key', 'Use only: id, name, parent.')
  for (const [field2, text] of [
    ['id', id],
    ['name', name],
    ['parent', parent ?? id],
  ]) {
    if (typeof text !== 'string' || text.trim() === '' || text.length > 255 || hasForbiddenCharacters(text)) {
      throw invalid(`${path}.${field2}`, 'invalid-text', 'Give 1 to 255 characters of text.')
    }
  }
  return { id, name, parent }
}
async function readTeams(reader, { storage, tenant }) {
  const rows = await reader.all(
    `select id, name, parent_id from ${storage.table('team')} where tenant_id = ? order by name, id`,
    [tenant],
  )
  return rows.map(([id, name, parent]) => ({ id: String(id), name: String(name), parent }))
}
function checkTree(teams) {
  for (const team of teams.values()) {
    const seen = /* @__PURE__ */ new Set([team.id])
    for (let above = team.parent; above !== null; above = teams.get(above)?.parent ?? null) {
      if (!teams.has(above))
        throw invalid('teams', 'unknown-team', `Give the parent ${above} as well, or leave parent out.`)
      if (seen.has(above)) throw invalid('teams', 'circular', `Team ${team.id} cannot be above itself.`)
      seen.add(above)
    }
  }
}
function parentsFirst(teams) {
  const byId = new Map(teams.map((team) => [team.id, team]))
  const ordered = /* @__PURE__ */ new Set()
  const visit = (team) => {
    const parent = team.parent === null ? void 0 : byId.get(team.parent)
    if (parent) visit(parent)
    ordered.add(team)
  }
  teams.forEach(visit)
  return [...ordered]
}
async function saveTeam(write, team, before) {
  const { storage, tenant } = write.caller
  const table3 = storage.table('team')
  if (before)
    await write.send(`update ${table3} set name = ?, parent_id = ? where tenant_id = ? and id = ?`, [
      team.name,
      team.parent,
      tenant,
      team.id,
    ])
  else
    await write.send(`insert into ${table3} (tenant_id, id, name, parent_id) values (?, ?, ?, ?)`, [
      tenant,
      team.id,
      team.name,
      team.parent,
    ])
  const changes = { name: [before?.name ?? null, team.name], parent: [before?.parent ?? null, team.parent] }
  await appendEvent(write, {
    name: before ? 'team.updated' : 'team.created',
    recordType: 'teams',
    recordId: team.id,
    changes,
  })
}

// packages/core/src/users/api.ts
init_users()
var usersApi = (caller) => ({
  sync: (users) => syncUsers(caller, users),
  syncTeams: (teams) => syncTeams(caller, teams),
  list: (options) => listUsers(caller, options),
  listTeams: () => listTeams(caller),
  get: (id) => getUser(caller, id),
  deactivate: (id, options) => deactivateUser(caller, id, options),
})

// packages/core/src/scoped-client.ts
var DEFINITIONS = [leads, contacts, companies, deals2, products, activities, tasks]
var callers = /* @__PURE__ */ new WeakMap()
function scopedClient(caller) {
  const rooms = {}
  const room = (name, make) => (rooms[name] ??= make())
  const client = {
    get leads() {
      return room('leads', () => ({ ...leadsApi(caller), ...exchangeApi(caller, 'leads') }))
    },
    get contacts() {
      return room('contacts', () => ({ ...contactsApi(caller), ...exchangeApi(caller, 'contacts') }))
    },
    get companies() {
      return room('companies', () => ({ ...companiesApi(caller), ...exchangeApi(caller, 'companies') }))
    },
    get deals() {
      return room('deals', () => ({ ...dealsApi(caller), ...exchangeApi(caller, 'deals') }))
    },
    get pipelines() {
      return room('pipelines', () => pipelinesApi(caller))
    },
    get rates() {
      return room('rates', () => ratesApi(caller))
    },
    get quotas() {
      return room('quotas', () => quotasApi(caller))
    },
    get products() {
      return room('products', () => productsApi(caller))
    },
    get activities() {
      return room('activities', () => recordApi(caller, 'activities'))
    },
    get tasks() {
      return room('tasks', () => tasksApi(caller))
    },
    get notes() {
      return room('notes', () => notesApi(caller))
    },
    get tags() {
      return room('tags', () => tagsApi(caller))
    },
    get reports() {
      return room('reports', () => reportsApi(caller))
    },
    get users() {
      return room('users', () => usersApi(caller))
    },
    timeline: (record, options) => recordTimeline(caller, record, options),
    audit: (query) => auditLog(caller, query),
    can: (type, action, record) => can(caller, type, action, record),
    transaction: async (work2) => {
      if (typeof work2 !== 'function')
        throw invalid('transaction', 'wrong-type', 'Give a function that gets the client of the transaction.')
      return transactOnce(caller, async (write) => work2(scopedClient(write.inside())))
    },
    within(transaction) {
      if (typeof transaction !== 'object' || transaction === null) {
        throw invalid('within', 'not-a-transaction', 'Pass the transaction that is open in your own code.')
      }
      const { engine } = caller
      const ours = callers.get(transaction)
      if (ours?.pendingEvents)
        return scopedClient({
          ...engine.callerOn(caller, scopedTo(ours.storage, caller.tenant)),
          pendingEvents: ours.pendingEvents,
        })
      const storage = scopedTo(engine.storage, caller.tenant)
      return scopedClient(engine.callerOn(caller, joinedStorage(storage, storage.join(transaction), transaction)))
    },
  }
  callers.set(client, caller)
  return client
}

// packages/core/src/create-crm.ts
init_port()
function createCrm(options) {
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
  const hooks = options.hooks ?? {}
  const subscribers = namedSubscribers(options.subscribers ?? {}, hooks)
  const sweep = createSweep()
  const engine = createEngine({
    storage,
    clock,
    settings,
    roles,
    definitions: DEFINITIONS.map((definition) =>
      definition.type === 'leads' ? defineLeads(options.leads) : definition,
    ),
    fields: options.fields ?? {},
    hooks,
    assignment: options.assignment ?? {},
    announce: notices.announce,
    announceLater: held.hold,
    client: (caller2) => scopedClient(caller2),
  })
  declarePipelines(engine, options.pipelines)
  const caller = (tenant, parts) => {
    const scoped = scopedTo(storage, tenant)
    return { engine, tenant, storage: scoped, actor: () => parts.actorOn(scoped), ...parts }
  }
  const systemCaller = (tenant, reason, past) => {
    const actor = systemActor(tenant, reason, settings.timeZone)
    return caller(tenant, { actorOn: () => actor, past })
  }
  const clientOf = (tenant, reason) => scopedClient(systemCaller(tenant, reason))
  return {
    as(identity) {
      const { user, tenant = 'default' } = identity ?? {}
      checkName2('user', user)
      checkName2('tenant', tenant)
      return scopedClient(caller(tenant, { actorOn: (on) => engine.directory.actor(tenant, user, on) }))
    },
    asSystem(identity) {
      const { tenant = 'default', reason, history } = identity ?? {}
      checkName2('tenant', tenant)
      checkName2('reason', reason)
      if (history !== void 0) checkHistory(history)
      return scopedClient(systemCaller(tenant, reason, history && { at: history.at, by: history.by ?? null }))
    },
    migrate: () => migrate(storage, clock.now()),
    migrations: { plan: () => planMigrations(storage), sql: () => migrationStatements(storage) },
    on: notices.on,
    tick: (round) => runTick({ engine, subscribers, releaseNotices: held.release, sweep, clientOf }, round),
    events: {
      failed: (query) => failedDeliveries(engine, query),
      retry: (eventId, subscriber) => retryDelivery(engine, eventId, subscriber),
    },
    capture: createCapture(options.capture, engine, systemCaller),
    close: () => storage.close(),
  }
}
function checkName2(field2, value) {
  if (typeof value === 'string' && value.length > 0 && value.length <= 255 && !hasForbiddenCharacters(value)) return
  throw invalid(field2, 'required', `Give ${field2} as text of 1 to 255 characters.`)
}
function checkStorage(storage) {
  const { table: table3, transaction } = Object(storage)
  if (typeof table3 === 'function' && typeof transaction === 'function') return
  throw invalid('storage', 'required', "Say where records live, e.g. { storage: sqlite({ file: 'crm.db' }) }.")
}
function checkHistory(history) {
  const { at, by = null } = Object(history)
  if (!(at instanceof Date) || Number.isNaN(at.getTime())) {
    throw invalid('history.at', 'invalid-instant', 'Give the past moment as a Date.')
  }
  if (by !== null) checkName2('history.by', by)
}
function checkSettings(given = {}) {
  const settings = {
    currency: 'USD',
    country: void 0,
    timeZone: 'UTC',
    fiscalYearStart: 1,
    weekStartsOn: 1,
    ...given,
  }
  if (!isCurrency(settings.currency))
    throw invalid('settings.currency', 'invalid-currency', 'Use an ISO 4217 code such as EUR.')
  if (!isTimeZone(settings.timeZone))
    throw invalid('settings.timeZone', 'invalid-zone', 'Use an IANA zone such as Europe/Berlin.')
  if (!Number.isInteger(settings.fiscalYearStart) || settings.fiscalYearStart < 1 || settings.fiscalYearStart > 12) {
    throw invalid('settings.fiscalYearStart', 'out-of-range', 'Give a month from 1 to 12.')
  }
  return settings
}
var warn = (error, event) =>
  process.emitWarning(`A listener of ${event.name} threw: ${error instanceof Error ? error.message : String(error)}`)

// bench/src/world.ts
import Database from 'better-sqlite3'

var USERS = 100
var SOURCES = ['website', 'social', 'referral', 'email', 'phone', 'event', 'partner', 'advertising', 'import', 'other']
var START = Date.UTC(2024, 0, 1)
var SPAN = 730 * 864e5
var idAt = (at, number2) => {
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${number2.toString(16).padStart(12, '0')}`
}

// bench/src/import.ts
var SOURCES2 = ['website', 'referral', 'event', 'partner']
async function* csvOf(count2) {
  yield 'Name,Email,Company,Source,Score,Campaign\n'
  let text = ''
  for (let i = 0; i < count2; i++) {
    text += `Person ${i.toString(36)},p${i}@example${i % 900}.com,Company ${i % 5e3},${SOURCES2[i % 4]},${i % 101},spring
`
    if (text.length < 65536) continue
    yield text
    text = ''
  }
  if (text) yield text
}

// packages/adapters/src/postgres/names.ts
var SCHEMA = /^[A-Za-z_][A-Za-z0-9_$]{0,62}$/
function namesIn2(schema = 'crm', prefix = '') {
  if (typeof schema !== 'string' || !SCHEMA.test(schema)) {
    throw invalid('schema', 'invalid-schema', 'Use letters, digits, _ and $, starting with a letter or _; up to 63.')
  }
  checkPrefix(prefix)
  return { schema, table: (name) => `"${schema}"."${prefix}${name}"` }
}
var names = {
  /** An index lies in the schema of its table, so it is named without. */
  index: (qualified) => qualified.slice(qualified.indexOf('.') + 1),
}

// packages/adapters/src/postgres/pool.ts
import { createRequire } from 'node:module'

// packages/adapters/src/postgres/errors.ts
var RULES = [
  [/^23505$/, 'unique', 'Use another value, or update the record that has it.'],
  [/^23503$/, 'foreign-key', 'Link only to records that exist in this tenant.'],
  [/^(40001|40P01)$/, 'conflict', 'Two transactions wanted the same rows; run this one again.'],
  [/^55P03$/, 'busy', 'Another transaction holds the row; try again, or end that transaction.'],
  [/^(57014)$/, 'timeout', 'The statement took longer than is allowed; narrow the query, or raise statementTimeout.'],
  [/^53300$/, 'busy', 'The server has no connection left; use a smaller pool in each process, or a pooler.'],
  [
    /^(57P0[1-5]|08...|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/,
    'connection',
    'The server closed the connection or cannot be reached; check host and port, and try again.',
  ],
  [/^28...$/, 'credentials', 'Check user and password of the connection string.'],
  [/^3D000$/, 'missing-database', 'Create the database, or correct its name in the connection string.'],
  [/^3F000$/, 'missing-schema', 'Run `await crm.migrate()`, or correct `schema`.'],
  [/^42P01$/, 'missing-table', 'Run `await crm.migrate()` first, and check `schema` and `tablePrefix`.'],
  [
    /^42501$/,
    'not-permitted',
    'Grant the role usage of the schema and select, insert, update and delete on its tables; to migrate, let the owner do it.',
  ],
  [/^25006$/, 'read-only', 'This server takes no writes; connect to the primary, and give a replica as `readPool`.'],
  [/^(53100|58030)$/, 'full', "The server's disk is full; free some space and try again."],
  [/^(22021|22P05)$/, 'encoding', 'Use a database with the encoding UTF8.'],
  [/^(XX001|XX002)$/, 'corrupt', 'The database is damaged; restore it from a backup.'],
]
var LOST2 = /Connection terminated|not queryable|Client was closed|Client has encountered|socket|timeout expired/i
function toCrmError(error) {
  if (isCrmError(error)) return error
  const { code, message = '' } = error ?? {}
  const known3 = typeof code === 'string' ? RULES.find(([match]) => match.test(code)) : void 0
  if (known3) return storageError(known3[1], known3[2], error)
  if (LOST2.test(message)) return storageError('connection', 'The connection was lost; try again.', error)
  return storageError('failed', 'See `cause` for what PostgreSQL said.', error)
}
var storageError = (rule, remedy, cause) =>
  new CrmError('STORAGE', `The database refused a statement (${rule}).`, { field: 'storage', rule, remedy }, cause)
var isStalePlan = (error) => {
  const { code, message = '' } = error ?? {}
  return code === '26000' || code === '42P05' || (code === '0A000' && /cached plan/.test(message))
}

// packages/adapters/src/postgres/pool.ts
var BROKEN = /* @__PURE__ */ new Set(['connection', 'timeout', 'corrupt', 'failed'])
function lend(source, patience, own2) {
  let pool2
  const open = () => {
    pool2 ??= source()
    return pool2
  }
  async function borrow() {
    let late = false
    const borrowing = open().connect()
    const timer = waitFor(patience)
    try {
      return await Promise.race([borrowing, timer.over])
    } catch (error) {
      late = true
      throw toCrmError(error)
    } finally {
      timer.stop()
      if (late)
        borrowing.then(
          (client) => client.release?.(),
          () => {},
        )
    }
  }
  return {
    async use(work2) {
      const client = await borrow()
      const ignore = () => {}
      client.on?.('error', ignore)
      let broken = false
      try {
        return await work2(client)
      } catch (error) {
        broken = isCrmError(error, 'STORAGE') && BROKEN.has(error.rule ?? '')
        throw error
      } finally {
        client.off?.('error', ignore)
        client.release?.(broken)
      }
    },
    async close() {
      if (own2) await pool2?.end()
    },
  }
}
function waitFor(patience) {
  let timer
  const over = new Promise((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          storageError(
            'busy',
            `No connection became free within ${patience} ms; make the pool larger, or use fewer at once: inside a transaction use its client (\`tx\`, \`me.within(trx)\`).`,
          ),
        ),
      patience,
    )
  })
  over.catch(() => {})
  return { over, stop: () => clearTimeout(timer) }
}
function ownPool(options) {
  const { Pool: Pool2 } = loadDriver()
  const pool2 = new Pool2(options)
  pool2.on?.('error', () => {})
  return pool2
}
function loadDriver() {
  try {
    return createRequire(import.meta.url)('pg')
  } catch (cause) {
    const problem = { field: 'storage', rule: 'missing-driver', remedy: 'Install it: npm i pg' }
    throw new CrmError('STORAGE', 'The driver pg could not be loaded.', problem, cause)
  }
}

// packages/adapters/src/postgres/prepared.ts
import { createHash } from 'node:crypto'

// packages/adapters/src/postgres/values.ts
var BOOL = 16
var NUMBERS = /* @__PURE__ */ new Set([20, 21, 23, 26, 700, 701, 1700])
function readerOf2(type) {
  if (NUMBERS.has(type)) return Number
  return type === BOOL ? (text) => (text === 't' ? 1 : 0) : void 0
}
var toWire = (value) =>
  value === null || typeof value === 'string'
    ? value
    : value instanceof Uint8Array
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : String(value)
var texts = /* @__PURE__ */ new Map()
var KEPT4 = 5e3
function numbered(text) {
  const known3 = texts.get(text)
  if (known3 !== void 0) return known3
  let at = 0
  const made = text.replace(/\?/g, () => `$${++at}`)
  if (texts.size >= KEPT4) texts.delete(texts.keys().next().value)
  texts.set(text, made)
  return made
}

// packages/adapters/src/postgres/prepared.ts
var KEPT5 = 500
var connections = /* @__PURE__ */ new WeakMap()
function preparedOn(wire) {
  const known3 = connections.get(wire)
  if (known3) return known3
  const plans = /* @__PURE__ */ new Map()
  let out = []
  const made = {
    named(text) {
      const plan = plans.get(text)
      if (plan) return plan
      const fresh = newPlan(nameOf3(text))
      if (plans.size >= KEPT5) {
        const [oldest, { name }] = plans.entries().next().value
        plans.delete(oldest)
        out.push(name)
      }
      plans.set(text, fresh)
      return fresh
    },
    pushedOut() {
      const names2 = out
      out = []
      return names2
    },
  }
  connections.set(wire, made)
  return made
}
var forgetPrepared = (wire) => connections.delete(wire)
var hashes = /* @__PURE__ */ new Map()
function nameOf3(text) {
  const known3 = hashes.get(text)
  if (known3) return known3
  const name = `rapport_${createHash('sha1').update(text).digest('base64url')}`
  if (hashes.size >= 10 * KEPT5) hashes.clear()
  hashes.set(text, name)
  return name
}
var unnamedPlan = () => newPlan('')
function newPlan(name) {
  let readers = []
  let positions = []
  return {
    name,
    ready: false,
    sent: false,
    describe(fields) {
      readers = []
      positions = []
      fields.forEach(({ dataTypeID }, index) => {
        const reader = readerOf2(dataTypeID)
        if (!reader) return
        readers.push(reader)
        positions.push(index)
      })
    },
    read(row) {
      const read = row
      for (let i = 0; i < positions.length; i++) {
        const at = positions[i]
        const text = row[at]
        if (text != null) read[at] = readers[i](text)
      }
      return read
    },
  }
}

// packages/adapters/src/postgres/batch.ts
var Batch = class {
  constructor(statements, named2) {
    this.statements = statements
    this.named = named2
    this.callback = () => {}
    this.done = new Promise((resolve, reject) => {
      this.callback = (error, outcomes) => (error ? reject(error) : resolve(outcomes))
    })
  }
  statements
  named
  done
  /** Set anew by the client where it watches the time. */
  callback
  outcomes = []
  current = { rows: [], changed: 0 }
  at = 0
  plans = []
  submit(wire) {
    const known3 = preparedOn(wire)
    wire.stream.cork?.()
    try {
      for (const name of known3.pushedOut()) wire.close({ type: 'S', name })
      for (const { text, params } of this.statements) {
        const plan = this.named ? known3.named(text) : unnamedPlan()
        this.plans.push(plan)
        if (!plan.ready && !plan.sent) {
          if (this.named) wire.close({ type: 'S', name: plan.name })
          wire.parse({ name: plan.name, text, types: [] })
          wire.describe({ type: 'S', name: plan.name })
          plan.sent = this.named
        }
        wire.bind({ portal: '', statement: plan.name, values: params.map(toWire) })
        wire.execute({ portal: '', rows: 0 })
      }
      wire.sync()
    } finally {
      wire.stream.uncork?.()
    }
    return null
  }
  handleRowDescription({ fields }) {
    this.plans[this.at]?.describe(fields)
  }
  handleDataRow({ fields }) {
    this.current.rows.push(this.plans[this.at].read(fields))
  }
  handleCommandComplete({ text }) {
    const plan = this.plans[this.at]
    if (this.named) plan.ready = true
    this.current.changed = Number(/\d+$/.exec(text)?.[0] ?? 0)
    this.next()
  }
  handleEmptyQuery() {
    this.next()
  }
  next() {
    this.outcomes.push(this.current)
    this.current = { rows: [], changed: 0 }
    this.at++
  }
  handleError(error) {
    for (const plan of this.plans) plan.sent = false
    this.callback(error)
  }
  handleReadyForQuery() {
    for (const plan of this.plans) plan.sent = false
    this.callback(null, this.outcomes)
  }
  handlePortalSuspended() {}
  handleCopyInResponse() {}
  handleCopyData() {}
}

// packages/adapters/src/postgres/driver.ts
var hasWire = (client) => {
  const { connection, pipeline } = client
  return !pipeline && typeof connection?.parse === 'function' && typeof connection.bind === 'function'
}

// packages/adapters/src/postgres/connection.ts
async function execute(client, statements, manner) {
  const outcomes = hasWire(client) ? await inOneTrip(client, statements, manner) : await oneByOne(client, statements)
  statements.forEach(({ check: check2 }, index) => check2?.(outcomes[index].changed))
  return outcomes
}
async function inOneTrip(client, statements, manner) {
  const batch = new Batch(statements, manner.named)
  client.query(batch)
  try {
    return await batch.done
  } catch (error) {
    if (isStalePlan(error)) {
      forgetPrepared(client.connection)
      if (error.code !== '0A000') manner.named = false
    }
    throw toCrmError(error)
  }
}
async function oneByOne(client, statements) {
  const running = statements.map(async ({ text, params }) => {
    const types = { getTypeParser: (type) => readerOf2(type) ?? String }
    return client.query({ text, values: [...params], rowMode: 'array', types })
  })
  const settled = await Promise.allSettled(running)
  const failed = settled.find((one) => one.status === 'rejected')
  if (failed) throw toCrmError(failed.reason)
  return settled.map(({ value }) => ({
    rows: value.rows,
    changed: value.rowCount ?? 0,
  }))
}

// packages/adapters/src/postgres/dialect.ts
var TYPES3 = {
  id: 'text collate "C"',
  key: 'text collate "C"',
  text: 'text collate "C"',
  integer: 'bigint',
  real: 'double precision',
  instant: 'bigint',
  date: 'text collate "C"',
  boolean: 'smallint',
  json: 'jsonb',
}
var list2 = (columns2) => columns2.join(', ')
var placeholders = (columns2) => columns2.map(() => '?').join(', ')
var LIKE_WILDCARDS = /[\\%_]/g
var jsonPath = (path) => raw(`'{${path.slice(2).split('.').join(',')}}'`)
var postgresDialect = (fenced) => ({
  name: 'postgres',
  lockRows: ' for update skip locked',
  forUpdate: ' for no key update of r',
  /** Advisory locks of the transaction: shared by all who hold values, alone for who holds the whole space. */
  guard(tenant, space, values) {
    const whole3 = `${tenant}
${space}`
    if (values === 'all') return [sql`select pg_advisory_xact_lock(hashtextextended(${whole3}, 0))`]
    return [
      sql`select pg_advisory_xact_lock_shared(hashtextextended(${whole3}, 0))`,
      ...values.map(
        (value) =>
          sql`select pg_advisory_xact_lock(hashtextextended(${`${whole3}
${value}`}, 1))`,
      ),
    ]
  },
  createTable(table3, qualify2) {
    const lines = [
      ...table3.columns.map((column) => `${column.name} ${TYPES3[column.type]}${column.notNull ? ' not null' : ''}`),
      `primary key (${list2(table3.primaryKey)})`,
      ...(table3.foreignKeys ?? []).map(
        (key) => `foreign key (${list2(key.columns)}) references ${qualify2(key.references)} (${list2(key.to)})`,
      ),
    ]
    const create = `create table ${qualify2(table3.name)} (
  ${lines.join(',\n  ')}
)`
    const indexes = (table3.indexes ?? []).map((index) => this.createIndex(table3.name, index, qualify2))
    return [create, ...indexes, ...(fenced ? fenceOf(table3, qualify2) : [])]
  },
  createIndex(table3, index, qualify2) {
    const where = index.where ? ` where ${index.where}` : ''
    const name = names.index(qualify2(index.name))
    return `create ${index.unique ? 'unique ' : ''}index ${name} on ${qualify2(table3)} (${list2(index.columns)})${where}`
  },
  tableExists: (name) => sql`select 1 where to_regclass(${name}) is not null`,
  json(column, path, as) {
    const value = sql`${column} #> ${jsonPath(path)}`
    if (as === 'text') return sql`(${column} #>> ${jsonPath(path)})`
    return sql`(case jsonb_typeof(${value}) when 'number' then (${value})::double precision when 'boolean' then (${value})::boolean::int end)`
  },
  jsonHas: (column, value) => sql`(${column})::jsonb @> to_jsonb(${value}::text)`,
  /** Upper and lower case of a to z are the same, as in SQLite's `like`. */
  contains(column, needle, at) {
    const escaped = needle.toLowerCase().replace(LIKE_WILDCARDS, '\\$&')
    const pattern = at === 'start' ? `${escaped}%` : at === 'end' ? `%${escaped}` : `%${escaped}%`
    return sql`lower(${column}) like lower(${pattern})`
  },
  insertOrIgnore: (table3, columns2) =>
    `insert into ${table3} (${list2(columns2)}) values (${placeholders(columns2)}) on conflict do nothing`,
  upsert(table3, columns2, key) {
    const updates = columns2.filter((column) => !key.includes(column)).map((column) => `${column} = excluded.${column}`)
    return `insert into ${table3} (${list2(columns2)}) values (${placeholders(columns2)}) on conflict (${list2(key)}) do update set ${list2(updates)}`
  },
})
var NAMED = "nullif(current_setting('rapport.tenant', true), '')"
var EVERY2 = "current_setting('rapport.every_tenant', true) = 'on'"
function fenceOf({ name, columns: columns2 }, qualify2) {
  if (!columns2.some((column) => column.name === 'tenant_id')) return []
  const table3 = qualify2(name)
  return [
    `alter table ${table3} enable row level security`,
    `alter table ${table3} force row level security`,
    `create policy tenant on ${table3} using (tenant_id = ${NAMED} or ${EVERY2}) with check (tenant_id = ${NAMED})`,
  ]
}

// packages/adapters/src/postgres/session.ts
function sessionOn2(client, manner, guard2, first = []) {
  let waiting = [...first]
  let begun2 = false
  async function flush(...last) {
    const statements = [...waiting, ...last]
    waiting = []
    if (statements.length === 0) return []
    begun2 = true
    return execute(client, statements, manner)
  }
  const session = {
    async all(text, params) {
      guard2()
      return (await flush({ text: numbered(text), params })).at(-1)?.rows
    },
    async run(text, params) {
      guard2()
      return (await flush({ text: numbered(text), params })).at(-1)?.changed
    },
    send(text, params, check2) {
      guard2()
      waiting.push({ text: numbered(text), params, check: check2 })
      if (waiting.length >= MOST_WAITING) return flush().then(() => {})
    },
    async flush(...last) {
      await flush(...last)
    },
    forget() {
      waiting = []
    },
    get begun() {
      return begun2
    },
  }
  return session
}
var MOST_WAITING = 500

// packages/adapters/src/postgres/storage.ts
var BEGIN = { text: 'begin', params: [] }
var COMMIT = { text: 'commit', params: [] }
var ROLLBACK = { text: 'rollback', params: [] }
var ONE_INSTALLER = "select pg_advisory_xact_lock(hashtextextended('rapport migrate', 0))"
var asStatement = ({ text, params }) => ({ text: numbered(text), params })
var setting = (name, value) => ({ text: `set_config('${name}', ?, true)`, params: [value] })
var selectOf = (settings) => ({
  text: `select ${settings.map(({ text }, index) => `${text} as s${index}`).join(', ')}`,
  params: settings.flatMap(({ params }) => params),
})
function fenceFor(tenant) {
  return tenant === EVERY_TENANT
    ? [setting('rapport.tenant', ''), setting('rapport.every_tenant', 'on')]
    : [setting('rapport.tenant', tenant), setting('rapport.every_tenant', '')]
}
function poolStorage(parts) {
  const { pool: pool2, names: names2 } = parts
  const manner = { named: true }
  const dialect = postgresDialect(parts.fenced)
  let closed = false
  const guard2 = () => {
    if (closed) throw closedError()
  }
  const limits = [
    ...(parts.statementTimeout > 0 ? [setting('statement_timeout', String(parts.statementTimeout))] : []),
    ...(parts.lockTimeout > 0 ? [setting('lock_timeout', String(parts.lockTimeout))] : []),
  ]
  function transact2(opening, work2) {
    guard2()
    return pool2.use(async (client) => {
      const session = sessionOn2(client, manner, guard2, opening)
      try {
        const result = await work2(session)
        await session.flush(COMMIT)
        return result
      } catch (error) {
        if (session.begun) await execute(client, [ROLLBACK], manner)
        throw error
      }
    })
  }
  function build(tenant) {
    const fence = parts.fenced && tenant !== void 0 ? fenceFor(tenant) : []
    const settings = (some) => (some.length > 0 ? [asStatement(selectOf(some))] : [])
    const opening = [BEGIN, ...settings([...limits, ...fence])]
    const beforeRead = settings([...limits.filter(({ text }) => text.includes('statement_timeout')), ...fence])
    return {
      dialect,
      setUp: [`create schema if not exists "${names2.schema}"`],
      table: names2.table,
      joined: false,
      ...(fence.length > 0 && { fence: selectOf(fence) }),
      ...(parts.fenced && { scoped: build }),
      async read(text, params) {
        guard2()
        const statement = { text: numbered(text), params }
        return pool2.use(async (client) => {
          if (beforeRead.length === 0) return (await execute(client, [statement], manner))[0]?.rows ?? []
          const outcomes = await execute(client, [BEGIN, ...beforeRead, statement, COMMIT], manner)
          return outcomes.at(-2)?.rows ?? []
        })
      },
      transaction: (work2) => transact2(opening, work2),
      exclusively: (work2) =>
        transact2([BEGIN], async (session) => {
          await session.run(ONE_INSTALLER, [])
          return work2(session)
        }),
      join(hostTransaction) {
        guard2()
        return joinHost(hostTransaction, manner, guard2)
      },
      async close() {
        if (closed) return
        closed = true
        await pool2.close()
      },
    }
  }
  return build(void 0)
}
function joinHost(host, manner, guard2) {
  if (isKysely(host) && host.isTransaction) return numberedSession(sessionOn(plain(host), guard2, toCrmError))
  const client = host
  if (typeof client?.query !== 'function' || client.totalCount !== void 0 || isKysely(host)) {
    throw invalid(
      'within',
      'not-a-transaction',
      'Pass the client of pg on which you ran BEGIN (not the pool), or the transaction of your Kysely instance.',
    )
  }
  return sessionOn2(client, manner, guard2)
}
var numberedSession = (session) => ({
  all: (text, params) => session.all(numbered(text), params),
  run: (text, params) => session.run(numbered(text), params),
  send: (text, params, check2) => session.send(numbered(text), params, check2),
})

// packages/adapters/src/postgres/index.ts
function postgres(options) {
  const { pool: pool2, url, max = 10, patience = 5e3 } = Object(options)
  const source = sourceOf(pool2, url, max)
  return poolStorage({
    pool: lend(source, patience, pool2 === void 0),
    names: namesIn2(options.schema, options.tablePrefix),
    statementTimeout: milliseconds('statementTimeout', options.statementTimeout, 0),
    lockTimeout: milliseconds('lockTimeout', options.lockTimeout, 5e3),
    fenced: options.rls === 'enforce',
  })
}
function sourceOf(pool2, url, max) {
  if (typeof pool2?.connect === 'function') return () => pool2
  if (typeof url === 'string' && /^postgres(ql)?:\/\//.test(url)) return () => ownPool({ connectionString: url, max })
  throw invalid(
    'storage',
    'not-a-database',
    "Give { pool } with a Pool of pg, or { url: 'postgres://user:password@host/database' }.",
  )
}
function milliseconds(field2, value, otherwise) {
  if (value === void 0) return otherwise
  if (Number.isInteger(value) && value >= 0) return value
  throw invalid(field2, 'out-of-range', 'Give whole milliseconds; 0 for no limit.')
}

// bench/src/postgres/world.ts
import { Pool } from 'pg'

var TEAM = 10
var worlds = 0
async function createPostgresWorld(url, leads2) {
  const schema = `bench_${process.pid}_${worlds++}`
  const pool2 = new Pool({ connectionString: url, max: 10 })
  const crm = createCrm({ storage: postgres({ pool: pool2, schema }) })
  await crm.migrate()
  const system = crm.asSystem({ reason: 'bench' })
  const teams = Array.from({ length: USERS / TEAM }, (_, team) => ({ id: `t${team}`, name: `Team ${team}` }))
  await system.users.syncTeams(teams)
  const users = Array.from({ length: USERS }, (_, user) => ({
    id: `u${user}`,
    name: `User ${user}`,
    roles: ['sales'],
    teams: [`t${Math.floor(user / TEAM)}`],
  }))
  await system.users.sync([...users, { id: 'admin', name: 'Admin', roles: ['admin'] }])
  await fillLeads(pool2, schema, leads2)
  await pool2.query(`vacuum analyze`)
  return {
    crm,
    pool: pool2,
    schema,
    async close() {
      await crm.close()
      await pool2.query(`drop schema "${schema}" cascade`)
      await pool2.end()
    },
  }
}
var ID2 =
  "substr(lpad(to_hex(at), 12, '0'), 1, 8) || '-' || substr(lpad(to_hex(at), 12, '0'), 9) || '-7000-8000-' || lpad(to_hex(i), 12, '0')"
var series = (
  count2,
  salt = 1,
) => `(select i, ${START} + floor(i::numeric / ${count2} * ${SPAN})::bigint as at, ((i + ${salt})::bigint * 2654435761) % 4294967296 as hash
    from generate_series(0, ${count2 - 1}) i) s`
async function fillLeads(pool2, schema, count2) {
  const sources = `array[${SOURCES.map((source) => `'${source}'`).join(', ')}]`
  const status = "(array['new', 'contacted', 'qualified', 'converted', 'lost'])[(hash >> 8) % 5 + 1]"
  await pool2.query(
    `insert into "${schema}".lead (tenant_id, id, name, name_fold, email, email_key, company, company_fold, source, status, score, owner, created_at, created_by, updated_at, updated_by, version, converted_at)
     select 'default', ${ID2}, 'Person ' || i || ' ' || hash, 'person ' || i || ' ' || hash, 'p' || i || '@example' || hash % 900 || '.com', 'p' || i || '@example' || hash % 900 || '.com',
       'Company ' || hash % 5000, 'company ' || hash % 5000, (${sources})[(hash >> 16) % 10 + 1], ${status}, hash % 101, 'u' || hash % ${USERS}, at, 'u' || hash % ${USERS}, at, 'u' || hash % ${USERS}, 1,
       case when ${status} = 'converted' then at + 86400000 end
     from ${series(count2)} order by i`,
  )
}

// bench/src/postgres/import.ts
var BATCH5 = 500
var LEAD =
  'tenant_id, id, name, name_fold, email, email_key, company, company_fold, source, status, score, campaign, created_at, updated_at, version'
var EVENT = 'tenant_id, id, at, name, record_type, record_id, record_version, reason, changes, silent, pending'
async function benchPostgresImport(url, count2, rounds) {
  const seconds = { raw: [], rapport: [] }
  for (let round = 0; round < rounds; round++) {
    seconds.raw.push(await timed(url, count2, byHand))
    seconds.rapport.push(await timed(url, count2, byRapport))
  }
  const perSecond = (values) => count2 / median(values)
  const [raw2, rapport] = [perSecond(seconds.raw), perSecond(seconds.rapport)]
  return {
    work: `PostgreSQL: import ${count2} leads from CSV, rows/s`,
    raw: raw2.toFixed(0),
    rapport: rapport.toFixed(0),
    ratio: rapport / raw2,
    limit: 0.4,
    atLeast: true,
  }
}
async function timed(url, count2, work2) {
  const world = await createPostgresWorld(url, 1)
  const start2 = performance.now()
  await work2(world, count2)
  const seconds = (performance.now() - start2) / 1e3
  await world.close()
  return seconds
}
async function byRapport({ crm }, count2) {
  const result = await crm.asSystem({ reason: 'bench' }).leads.import(csvOf(count2))
  if (result.created !== count2) throw new Error(`created ${result.created} of ${count2}`)
}
async function byHand({ pool: pool2, schema }, count2) {
  const client = await pool2.connect()
  const many = (table3, columns2, rows) => {
    let at = 0
    const marks = rows.map((row) => `(${row.map(() => `$${++at}`).join(', ')})`).join(', ')
    const text = `insert into "${schema}".${table3} (${columns2}) values ${marks}`
    return client.query({ name: `${table3}_${rows.length}`, text, values: rows.flat() })
  }
  let leads2 = []
  let events = []
  const flush = async () => {
    if (leads2.length === 0) return
    await client.query('begin')
    const keys = leads2.map((lead) => lead[5])
    const { rows } = await client.query({
      name: 'known',
      text: `select email_key from "${schema}".lead where tenant_id = $1 and email_key = any($2) and deleted_at is null`,
      values: ['default', keys],
    })
    if (rows.length > 0) throw new Error('The bench imports nothing twice')
    await many('lead', LEAD, leads2)
    await many('event', EVENT, events)
    await client.query('commit')
    leads2 = []
    events = []
  }
  let rest = ''
  let number2 = 0
  for await (const piece of csvOf(count2)) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop()
    for (const line2 of number2 === 0 ? lines.slice(1) : lines) {
      const [name = '', email = '', company = '', source, score, campaign] = line2.split(',')
      const key = email.toLowerCase()
      const now = Date.now()
      const id = idAt(now, number2++)
      const changes = {
        name: [null, name],
        email: [null, email],
        company: [null, company],
        source: [null, source],
        status: [null, 'new'],
        score: [null, Number(score)],
        campaign: [null, campaign],
      }
      leads2.push([
        ...['default', id, name, name.toLowerCase(), email, key, company, company.toLowerCase(), source, 'new'],
        ...[Number(score), campaign, now, now, 1],
      ])
      events.push([
        ...['default', idAt(now, number2 + 5e7), now, 'lead.created', 'leads', id, 1, 'bench'],
        ...[JSON.stringify(changes), 0, 1],
      ])
      if (leads2.length === BATCH5) await flush()
    }
  }
  await flush()
  client.release()
}

// bench/src/postgres/try.ts
console.log(table([await benchPostgresImport(process.env.RAPPORT_POSTGRES_URL, Number(process.argv[2] ?? 2e4), 2)]))
