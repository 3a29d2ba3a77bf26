import type { TableSpec } from '../../dialect'
import { columns, recordColumns, tenantTable } from '../../schema'
import { listIndexes, listsOfLive } from '../0001-foundation/lists'

/** Facts about files; their bytes are in a store, which can be the last of these tables. */
export const files: TableSpec[] = [
  tenantTable('file', {
    columns: recordColumns(
      'name text!',
      'name_fold line!',
      'category word!',
      'type key!',
      'size integer!',
      'sha256 key!',
      'content_version integer!',
      'lead id',
      'contact id',
      'company id',
      'deal id',
      'search_text text',
    ),
    links: { lead: 'lead', contact: 'contact', company: 'company', deal: 'deal' },
    indexes: {
      ...listIndexes('name_fold'),
      lead: ['lead', 'created_at', 'id'],
      contact: ['contact', 'created_at', 'id'],
      company: ['company', 'created_at', 'id'],
      deal: ['deal', 'created_at', 'id'],
    },
    where: {
      ...listsOfLive,
      lead: 'lead is not null',
      contact: 'contact is not null',
      company: 'company is not null',
      deal: 'deal is not null',
    },
  }),
  // Without a file: what is being uploaded, or is left of an upload or of a purged file. Free from `free_at` on.
  tenantTable('file_version', {
    columns: columns(
      'id id!',
      'file_id id',
      'number integer',
      'type key',
      'size integer',
      'sha256 key',
      'created_at instant!',
      'created_by key',
      'free_at instant!',
    ),
    links: { file_id: 'file' },
    unique: { number: ['file_id', 'number'] },
    queues: { free: ['file_id', 'free_at', 'id'] },
    where: { number: 'file_id is not null', free: 'file_id is null' },
  }),
  tenantTable('file_chunk', {
    columns: columns('content_id id!', 'seq integer!', 'bytes bytes!'),
    key: ['content_id', 'seq'],
  }),
]
