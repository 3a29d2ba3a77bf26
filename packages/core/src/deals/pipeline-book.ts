import { isCrmError } from '../kernel/errors'
import { newId } from '../kernel/ids'
import type { Caller } from '../records/caller'
import type { Engine } from '../records/engine'
import type { WriteSession } from '../records/write'
import type { Session } from '../storage/port'
import { declaredPipelines } from './declared-pipelines'
import type { PipelineDraft } from './pipeline-input'
import type { Pipeline, Stage } from './pipeline-types'

/** All pipelines of a tenant, archived ones included, in order. */
export interface PipelineBook {
  readonly pipelines: readonly Pipeline[]
  /** Every stage by id. */
  readonly stages: ReadonlyMap<string, Stage>
  /** `cached` may be some seconds old; `planned` is not stored yet. */
  readonly origin: 'cached' | 'read' | 'planned'
}

/** For how long another process's change may go unnoticed here, in milliseconds. */
const STALE_AFTER = 5000
const TENANTS_KEPT = 10_000

interface Shelf {
  books: Map<string, { book: PipelineBook; until: number }>
  /** Counts local changes, so that a book read before one is not kept after it. */
  changes: number
}

const shelves = new WeakMap<Engine, Shelf>()
/** Books that only one transaction can see, by its list of events. */
const unsettled = new WeakMap<object, PipelineBook>()

function shelfOf(engine: Engine): Shelf {
  const known = shelves.get(engine)
  if (known) return known
  const shelf: Shelf = { books: new Map(), changes: 0 }
  shelves.set(engine, shelf)
  return shelf
}

/**
 * The tenant's pipelines as the open transaction sees them. From memory outside of joined transactions; a joined one
 * may hold changes that nobody else sees, and may yet be rolled back, so it reads for itself and leaves nothing in memory.
 */
export async function pipelinesIn(write: WriteSession): Promise<PipelineBook> {
  const { engine, tenant, storage } = write.caller
  const own = unsettled.get(write.events)
  if (own) return own
  const shelf = shelfOf(engine)
  const kept = storage.joined ? undefined : shelf.books.get(tenant)
  if (kept && kept.until > Date.now()) return kept.book
  const { changes } = shelf
  const started = Date.now()
  const book = await readBook(write, write.caller)
  if (book.pipelines.length === 0) return keepUnsettled(write, planBook(engine))
  if (storage.joined) return keepUnsettled(write, book)
  if (shelf.changes === changes) {
    if (shelf.books.size >= TENANTS_KEPT) shelf.books.delete(shelf.books.keys().next().value as string)
    shelf.books.set(tenant, { book: { ...book, origin: 'cached' }, until: started + STALE_AFTER })
  }
  return book
}

/** Looks something up; when memory does not have it or refuses it, looks again at what is stored now. */
export async function lookUp<T>(write: WriteSession, find: (book: PipelineBook) => T): Promise<T> {
  const book = await pipelinesIn(write)
  try {
    return find(book)
  } catch (error) {
    if (book.origin !== 'cached' || !isCrmError(error)) throw error
    forgetPipelines(write.caller)
    return find(await pipelinesIn(write))
  }
}

export function keepUnsettled(write: WriteSession, book: PipelineBook): PipelineBook {
  unsettled.set(write.events, book)
  return book
}

/** To be called after each change of pipelines, and when what one transaction saw proved wrong. */
export function forgetPipelines({ engine, tenant }: Pick<Caller, 'engine' | 'tenant'>, write?: WriteSession) {
  const shelf = shelfOf(engine)
  shelf.changes++
  shelf.books.delete(tenant)
  if (write) unsettled.delete(write.events)
}

const COLUMNS = [
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

/** Reads all pipelines with their stages in one statement. */
export async function readBook(
  reader: Pick<Session, 'all'>,
  { storage, tenant }: Pick<Caller, 'storage' | 'tenant'>,
): Promise<PipelineBook> {
  const rows = await reader.all(
    `select ${COLUMNS} from ${storage.table('pipeline')} p join ${storage.table('stage')} s on s.tenant_id = p.tenant_id and s.pipeline_id = p.id
     where p.tenant_id = ? order by p.position, p.id, s.position, s.id`,
    [tenant],
  )
  const pipelines = new Map<unknown, Pipeline>()
  for (const row of rows) {
    const pipeline = pipelines.get(row[0]) ?? readPipeline(row)
    pipelines.set(row[0], pipeline)
    pipeline.stages.push(readStage(row))
  }
  return bookOf([...pipelines.values()], 'read')
}

const readPipeline = (row: readonly unknown[]): Pipeline => ({
  id: String(row[0]),
  name: String(row[1]),
  position: Number(row[2]),
  isDefault: Boolean(row[3]),
  forwardOnly: Boolean(row[4]),
  archivedAt: row[5] == null ? null : new Date(Number(row[5])),
  stages: [],
})

const readStage = (row: readonly unknown[]): Stage => ({
  id: String(row[6]),
  pipeline: String(row[0]),
  name: String(row[7]),
  position: Number(row[8]),
  probability: Number(row[9]),
  class: row[10] as Stage['class'],
  forecastCategory: row[11] as Stage['forecastCategory'],
  rottenAfterDays: row[12] == null ? null : Number(row[12]),
  requiredFields: JSON.parse(String(row[13])),
})

export const bookOf = (pipelines: readonly Pipeline[], origin: PipelineBook['origin']): PipelineBook => ({
  pipelines,
  stages: new Map(pipelines.flatMap(({ stages }) => stages.map((stage) => [stage.id, stage]))),
  origin,
})

/** The declared pipelines as they will be stored for a tenant without any. */
const planBook = (engine: Engine): PipelineBook =>
  bookOf(
    declaredPipelines(engine).map((draft, position) => planPipeline(draft, position, position === 0)),
    'planned',
  )

/** A checked pipeline with ids. */
export function planPipeline(draft: PipelineDraft, position: number, isDefault: boolean): Pipeline {
  const id = newId()
  const stages = draft.stages.map((stage, index) => ({ ...stage, id: newId(), pipeline: id, position: index }))
  return { id, name: draft.name, position, isDefault, forwardOnly: draft.forwardOnly, archivedAt: null, stages }
}
