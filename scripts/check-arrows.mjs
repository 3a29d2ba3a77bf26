#!/usr/bin/env node
/**
 * Imports follow the arrows: kernel <- storage <- access <- records <- events <- domain rooms <- reports, exchange
 * <- http <- client (types only). Also: no circles between files (but for types of one room), big libraries only lazily, no driver in core,
 * adapters and examples only through public names. Tests may import what they like inside their package.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { circles } from './circles.mjs'
import { importsOf, resolveRelative, sourceFiles } from './imports.mjs'

const DOMAIN =
  'activities automation calendar companies contacts deals files leads messages notes notifications products reminders tasks users'
const LAYERS = [
  'kernel',
  'storage',
  'access',
  'records',
  'events',
  DOMAIN,
  'reports exchange mail',
  'http',
  'client',
  'testing',
]
const LAYER = new Map(LAYERS.flatMap((rooms, layer) => rooms.split(' ').map((room) => [room, layer])))
const CORE = 'packages/core/src/'

/** Verbs and facts that one domain room may use from another, beside its `definition`. */
const SHARED_BY_ROOMS = new Set([
  'companies/duplicates.ts', // converting a lead looks for the company and the contact that are there already
  'companies/website.ts',
  'contacts/duplicates.ts',
  'messages/delivery.ts', // whether what a provider did not take is worth another attempt
  'messages/ports.ts', // emails and text messages leave by the same doors, whoever sends them
  'notes/write.ts', // what a form's message says becomes a note on the lead
  'notifications/notify.ts', // what people are reminded of is told like any other news
  'tasks/to-come.ts', // the calendar shows tasks that a series will have
  'notifications/own-preferences.ts', // a user who moves to another zone gets the digest by its clocks
])

/** Too large to load with the SDK: `await import()` where they are first needed. */
const LAZY = ['zod', 'libphonenumber-js', 'csv-parse', 'rrule', 'ical.js', 'file-type', 'mailparser']
const SMALL = ['mitt', '@date-fns/tz', 'node:']

const root = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..')
const files = new Set(['packages', 'examples', 'bench'].flatMap((folder) => sourceFiles(root, folder)))
const problems = []
const isTest = (file) => /\.test(-d)?\.tsx?$|^packages\/[^/]+\/test\//.test(file)
const ownPackage = (file) => (file.startsWith('bench/') ? 'bench' : file.split('/').slice(0, 2).join('/'))
const room = (file) => file.slice(CORE.length).split('/').slice(0, -1)[0] ?? ''
const matches = (list, specifier) =>
  list.some(
    (name) => specifier === name || specifier.startsWith(name.endsWith('/') || name.endsWith(':') ? name : `${name}/`),
  )

function wrongArrow(from, to) {
  const [mine, theirs] = [room(from), room(to)]
  if (mine === '' || mine === theirs || mine === 'testing') return
  if (theirs === '') return 'a room does not import the wiring at the top'
  const [layer, target] = [LAYER.get(mine), LAYER.get(theirs)]
  if (layer === undefined || target === undefined)
    return `give "${layer === undefined ? mine : theirs}" its place in LAYERS`
  if (target < layer) return
  if (target > layer) return `${mine} stands before ${theirs}`
  if (LAYERS[layer] === DOMAIN && (to.endsWith('/definition.ts') || SHARED_BY_ROOMS.has(to.slice(CORE.length)))) return
  return `${mine} and ${theirs} are neighbours: use the definition, or a verb named in SHARED_BY_ROOMS`
}

function wrongPackage(file, { specifier, kind }) {
  if (kind === 'type') return
  if (file.startsWith(CORE)) {
    if (room(file) === 'testing' || matches(SMALL, specifier)) return
    if (matches(LAZY, specifier)) return // judged by who loads this file, in loadedTooEarly
    return 'core uses only its listed libraries, and no driver or provider'
  }
  if (file.startsWith('packages/adapters/')) {
    if (matches(['@rapport/core', 'node:'], specifier) || kind === 'dynamic') return
    return 'a driver is an optional peer: load it when the adapter is first used'
  }
}

function check(file, found) {
  const { specifier, kind } = found
  if (!specifier.startsWith('.')) return isTest(file) ? undefined : wrongPackage(file, found)
  const target = resolveRelative(root, file, specifier, files)
  if (!target) return specifier.endsWith('.json') ? undefined : 'there is no such file'
  if (ownPackage(target) !== ownPackage(file)) return 'another package is imported by its public name'
  if (isTest(file)) return
  if (isTest(target)) return 'a source does not import a test'
  const sees = room(file) === 'client' && room(target) !== 'client'
  if (file.startsWith(CORE) && sees) return kind === 'type' ? undefined : 'the client takes types only'
  if (file.startsWith(CORE)) return wrongArrow(file, target)
  const adapter = (path) => path.split('/')[3]
  if (file.startsWith('packages/adapters/src/') && ![adapter(file), 'shared'].includes(adapter(target)))
    return 'adapters know only themselves and what they share'
}

const graph = new Map()
const imports = new Map([...files].map((file) => [file, importsOf(root, file)]))
for (const [file, found] of imports) {
  for (const one of found) {
    const problem = check(file, one)
    if (problem) problems.push(`${file}:${one.line} imports '${one.specifier}': ${problem}`)
  }
  graph.set(
    file,
    targetsOf(
      file,
      found.filter((one) => !isTypeOfTheSameRoom(one)),
    ),
  )
}
for (const circle of circles(graph)) problems.push(`circle: ${circle.join(' -> ')}`)
problems.push(...loadedTooEarly())

/**
 * Types of one room may speak of each other: a definition's rules get the caller, who knows the engine, which holds the
 * definitions. Such imports are erased, so nothing loads in a circle. Across rooms they count.
 */
function isTypeOfTheSameRoom({ kind, specifier }) {
  return kind === 'type' && specifier.startsWith('./')
}

function targetsOf(file, found) {
  const relative = found.filter(({ specifier }) => specifier.startsWith('.'))
  return relative.map(({ specifier }) => resolveRelative(root, file, specifier, files)).filter(Boolean)
}

/** What `import '@rapport/core'` loads at once must not lead to a large library. */
function* loadedTooEarly() {
  const atOnce = new Set(
    [...files].filter((file) => file.startsWith(CORE) && /^(\w+\/)?index\.ts$/.test(file.slice(CORE.length))),
  )
  for (const file of atOnce) {
    const found = imports.get(file).filter(({ kind }) => kind === 'static')
    for (const target of targetsOf(file, found)) atOnce.add(target)
    for (const { specifier, line } of found)
      if (matches(LAZY, specifier))
        yield `${file}:${line} imports '${specifier}': load this file, or it, with await import()`
  }
}

for (const problem of problems) console.error(problem)
console.log(problems.length ? `${problems.length} imports against the arrows` : `${files.size} files follow the arrows`)
process.exitCode = problems.length ? 1 : 0
