import { defineRecord, type RecordDefinition } from '../records/definition'
import { type Engine, tableOf } from '../records/engine'
import { defaulted, field, stamped } from '../records/field'
import type { BaseInput, BaseRecord, PatchOf, ValuesOf } from '../records/types'
import { type CheckedFileOptions, checkFileOptions, type FileCategory, type FileOptions } from './options'
import type { FileStore } from './port'

const { categories } = checkFileOptions()

/** A document: facts about it, of which the content is the newest version. */
export const fileFields = {
  /** As it is shown and offered for download. Paths, control characters and what file systems refuse are taken out. */
  name: field.text({ required: true, folded: true }),
  category: defaulted(field.select<FileCategory, object>(categories), 'other'),
  /** Media type, as the content says. */
  type: stamped(field.text()),
  /** In bytes. */
  size: stamped(field.integer()),
  /** Of the content, in hexadecimal. */
  sha256: stamped(field.text()),
  /** Number of the newest version of the content: 1 at first. (`version` counts all changes of the record.) */
  contentVersion: stamped(field.integer()),
  lead: field.link('leads'),
  contact: field.link('contacts'),
  company: field.link('companies'),
  deal: field.link('deals'),
}

const LINKS = ['lead', 'contact', 'company', 'deal'] as const
const OF_CONTENT = ['type', 'size', 'sha256', 'contentVersion'] as const

interface Signing {
  /** The first signs links, all of them are known. */
  readonly secrets: readonly string[]
}

interface FileDefinition extends RecordDefinition {
  readonly options: CheckedFileOptions & Signing
}

/** The file of a CRM: with the host's own categories, its store and its limits. */
export function defineFiles(given?: FileStore | FileOptions, secrets: readonly string[] = []): FileDefinition {
  const options = { ...checkFileOptions(given), secrets }
  const definition = defineRecord({
    type: 'files',
    table: 'file',
    fields: { ...fileFields, category: { ...fileFields.category, options: options.categories } },
    title: 'name',
    searched: ['name'],
    // Facts of the content tell of it, and it comes under its name: hidden are all of these with any of them.
    parts: ['content'],
    madeFrom: {
      content: ['name', ...OF_CONTENT],
      ...Object.fromEntries(OF_CONTENT.map((name) => [name, ['content']])),
    },
    concerns: LINKS,
    seenWith: LINKS,
    rules: async (change) => (await import('./rules')).fileRules(change),
    // Without its file, a version is free to be swept.
    mentionedIn: [['file_version', 'file_id']],
  })
  return { ...definition, options }
}

export const files = defineFiles()

export const fileOptions = (engine: Engine): FileDefinition['options'] =>
  (tableOf(engine, 'files').definition as FileDefinition).options

export interface FileRecord<Custom = Record<string, unknown>> extends BaseRecord<Custom>, ValuesOf<typeof fileFields> {}
export type FilePatch<Custom = Record<string, unknown>> = PatchOf<typeof fileFields> & BaseInput<Custom>
