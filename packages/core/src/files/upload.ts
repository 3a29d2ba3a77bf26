import { requireAny } from '../access/actor'
import { invalid } from '../kernel/errors'
import type { Caller } from '../records/caller'
import { createIn, shown, validateCreate } from '../records/create'
import type { RecordRef } from '../records/event'
import { runVerb, type VerbOptions } from '../records/idempotency'
import type { AnyRecord } from '../records/types'
import { arrive } from './arrive'
import type { FileContent } from './content'
import { files } from './definition'
import { fileName } from './names'

export interface UploadInput {
  content: FileContent
  /** Media type, as the browser says. Checked against the content. */
  type?: string | undefined
  /** The record the file is about: the same as naming it by `lead`, `contact`, `company` or `deal`. */
  about?: RecordRef | undefined
  [fact: string]: unknown
}

/** Takes a file in: the bytes into the store first, then the record, in one transaction. */
export async function uploadFile(caller: Caller, input: UploadInput, options?: VerbOptions): Promise<AnyRecord> {
  const { content, type, about, ...given } = checkInput(input)
  const facts = { ...given, ...linkTo(about) }
  const values = await validateCreate(caller, 'files', facts)
  requireAny(await caller.actor(), 'files', 'create')
  const name = fileName(values.name as string)
  return arrive(caller, { name, declared: type, content }, ({ type, size, sha256, become }) =>
    runVerb(caller, 'files.upload', [facts, sha256], options, async (write) => {
      const file = await createIn(write, 'files', { ...values, type, size, sha256, contentVersion: 1 })
      await become(write, file.id, 1)
      return shown(write, 'files', file)
    }),
  )
}

function checkInput(input: UploadInput): UploadInput {
  if (typeof input !== 'object' || input === null)
    throw invalid('input', 'wrong-type', 'Give an object such as { name, content, deal }.')
  if (input.content == null) throw invalid('content', 'required', 'Give text, bytes, a Blob, or a stream of bytes.')
  return { ...input, type: checkType(input.type) }
}

export function checkType(type: unknown): string | undefined {
  if (type === undefined || typeof type === 'string') return type
  throw invalid('type', 'wrong-type', 'Give a media type such as application/pdf, or leave it out.')
}

function linkTo(about: RecordRef | undefined): Record<string, string> {
  if (about === undefined) return {}
  const link = files.concerns?.find((name) => files.fields[name]?.to === about?.type)
  if (link) return { [link]: about.id }
  throw invalid('about.type', 'invalid-type', 'A file is about one of: leads, contacts, companies, deals.')
}
