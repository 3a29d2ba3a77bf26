import { declaredPipelines } from '../deals/declared-pipelines'
import { findPipeline } from '../deals/find-stage'
import { bookOf, type PipelineBook, planPipeline, readBook } from '../deals/pipeline-book'
import type { Pipeline } from '../deals/pipeline-types'
import { invalid } from '../kernel/errors'
import type { Caller } from '../records/caller'
import type { ReportContext } from './context'

/** The tenant's pipelines; the declared ones where there has been no deal yet. */
export async function loadPipelines(caller: Caller): Promise<PipelineBook> {
  const book = await readBook({ all: caller.storage.read }, caller)
  if (book.pipelines.length > 0) return book
  const planned = declaredPipelines(caller.engine).map((draft, index) => planPipeline(draft, index, index === 0))
  return bookOf(planned, 'planned')
}

export function pickPipelines(book: PipelineBook, wanted: unknown): string[] {
  if (typeof wanted !== 'string') throw invalid('pipeline', 'wrong-type', 'Give the id or name of a pipeline.')
  return [findPipeline(book, wanted).id]
}

export const pipelinesOf = ({ book, pipelines }: ReportContext): readonly Pipeline[] =>
  pipelines ? book.pipelines.filter(({ id }) => pipelines.includes(id)) : book.pipelines
