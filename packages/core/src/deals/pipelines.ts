import { requireAny } from '../access/actor'
import { CrmError, invalid } from '../kernel/errors'
import { foldText } from '../kernel/text'
import { type Caller, nowOf } from '../records/caller'
import { tableOf } from '../records/engine'
import type { Changes } from '../records/event'
import { runVerb, type VerbOptions } from '../records/idempotency'
import { queryContext } from '../records/query'
import { transact, type WriteSession } from '../records/write'
import { defaultPipeline, findPipeline } from './find-stage'
import { forgetPipelines, type PipelineBook, planPipeline, readBook } from './pipeline-book'
import { checkKeys, cleanFlag, cleanName, cleanPipeline } from './pipeline-input'
import type { Pipeline, PipelineInput } from './pipeline-types'
import { logPipeline, raced, storedPipelines, storePipeline } from './store-pipelines'

export interface PipelinePatch {
  name?: string
  forwardOnly?: boolean
  /** True makes it the one for deals that name none. */
  isDefault?: true
}

const MAX_PIPELINES = 100

/**
 * The tenant's pipelines with their stages, in order. Makes the declared ones for a tenant that has none yet.
 * Needs `read` on `deals`.
 */
export async function listPipelines(caller: Caller, options: { archived?: boolean } = {}): Promise<Pipeline[]> {
  checkKeys(options, ['archived'], 'options')
  const query = await queryContext(caller)
  requireAny(query.actor, 'deals', 'read')
  const stored = await readBook({ all: caller.storage.read }, caller)
  const book = stored.pipelines.length > 0 ? stored : await transact(caller, storedPipelines)
  return book.pipelines.filter((pipeline) => options.archived || pipeline.archivedAt === null)
}

/** A verb on pipelines: with permission, on what is stored, and forgotten by memory afterwards. */
export const changePipelines = <T>(
  caller: Caller,
  verb: string,
  input: unknown,
  options: VerbOptions | undefined,
  work: (write: WriteSession, book: PipelineBook) => Promise<T>,
): Promise<T> =>
  runVerb(caller, `pipelines.${verb}`, input, options, async (write) => {
    requireAny(write.actor, 'settings', 'update')
    await storedPipelines(write)
    return work(write, await readBook(write, caller))
  }).finally(() => forgetPipelines(caller))

/**
 * Adds a pipeline, after the others. Needs `update` on `settings`.
 *
 * @example
 * await admin.pipelines.create({ name: 'Partners', stages: [{ name: 'Talks', probability: 20 }, { name: 'Signed', class: 'won' }, { name: 'Off', class: 'lost' }] })
 */
export async function createPipeline(caller: Caller, input: PipelineInput, options?: VerbOptions): Promise<Pipeline> {
  const draft = cleanPipeline(input, tableOf(caller.engine, 'deals'))
  return changePipelines(caller, 'create', input, options, async (write, book) => {
    if (book.pipelines.length >= MAX_PIPELINES)
      throw invalid('pipelines', 'too-many', `Keep at most ${MAX_PIPELINES} pipelines.`)
    requireFreeName(book, draft.name)
    const pipeline = planPipeline(draft, 1 + Math.max(...book.pipelines.map(({ position }) => position)), false)
    if (!(await storePipeline(write, pipeline))) throw raced()
    return pipeline
  })
}

/** Renames a pipeline, makes it the default, or changes whether its deals only move forward. */
export const updatePipeline = (
  caller: Caller,
  wanted: string,
  patch: PipelinePatch,
  options?: VerbOptions,
): Promise<Pipeline> =>
  changePipelines(caller, 'update', [wanted, patch], options, async (write, book) => {
    checkKeys(patch, ['name', 'forwardOnly', 'isDefault'], 'patch')
    const before = findPipeline(book, wanted)
    const after = { ...before, ...cleanPatch(patch, before) }
    if (foldText(after.name) !== foldText(before.name)) requireFreeName(book, after.name)
    return savePipeline(write, book, before, after)
  })

function cleanPatch({ name, forwardOnly, isDefault }: PipelinePatch, before: Pipeline): Partial<Pipeline> {
  if (isDefault !== undefined && isDefault !== true) {
    throw invalid('isDefault', 'invalid-option', 'Make another pipeline the default one instead.')
  }
  if (isDefault && before.archivedAt !== null)
    throw invalid('isDefault', 'archived', 'Take it out of the archive first.')
  return {
    ...(name !== undefined && { name: cleanName(name, 'name') }),
    ...(forwardOnly !== undefined && { forwardOnly: cleanFlag(forwardOnly, 'forwardOnly') }),
    ...(isDefault && { isDefault }),
  }
}

/** An archived pipeline keeps its deals and takes no new ones. `false` takes it out of the archive. */
export const archivePipeline = (
  caller: Caller,
  wanted: string,
  archived = true,
  options?: VerbOptions,
): Promise<Pipeline> =>
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

async function savePipeline(
  write: WriteSession,
  book: PipelineBook,
  before: Pipeline,
  after: Pipeline,
): Promise<Pipeline> {
  const { storage, tenant } = write.caller
  const names = ['name', 'forwardOnly', 'isDefault', 'archivedAt'] as const
  const changed = names.filter((name) => before[name] !== after[name])
  if (changed.length === 0) return before
  const table = storage.table('pipeline')
  const others = changed.includes('isDefault') ? book.pipelines.filter((one) => one.isDefault) : []
  for (const other of others) {
    await write.send(`update ${table} set is_default = 0 where tenant_id = ? and id = ?`, [tenant, other.id])
    await logPipeline(write, other, 'updated', { isDefault: [true, false] })
  }
  const values = [after.name, after.forwardOnly ? 1 : 0, after.isDefault ? 1 : 0, after.archivedAt?.getTime() ?? null]
  const update = `update ${table} set name = ?, forward_only = ?, is_default = ?, archived_at = ? where tenant_id = ? and id = ?`
  await write.send(update, [...values, tenant, after.id])
  const changes: Changes = Object.fromEntries(changed.map((name) => [name, [before[name], after[name]]]))
  await logPipeline(write, after, 'updated', changes)
  return after
}

function requireFreeName(book: PipelineBook, name: string) {
  const taken = book.pipelines.some((pipeline) => foldText(pipeline.name) === foldText(name))
  if (taken)
    throw new CrmError('DUPLICATE', `There is a pipeline ${name}.`, {
      field: 'name',
      rule: 'duplicate',
      remedy: 'Give another name.',
    })
}
