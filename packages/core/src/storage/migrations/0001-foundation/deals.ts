import type { TableSpec } from '../../dialect'
import { columns, recordColumns, tenantTable } from '../../schema'
import { listIndexes, listsOfLive, onlyLive } from './lists'

/** What reports add up, in the index itself: `deleted_at` too, or SQLite goes to the row for it. */
const openFigures = [
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
const closedFigures = [
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
const closedOnly = 'closed_at is not null and deleted_at is null'

/** Deals and what belongs to them. */
export const deals: TableSpec[] = [
  tenantTable('deal', {
    columns: recordColumns(
      'title text!',
      'title_fold line!',
      'amount integer',
      'amount_currency code',
      'pipeline id!',
      'stage id!',
      'status code!',
      'probability integer!',
      'expected_close_date date',
      'closed_at instant',
      'closed_rate word',
      'closed_rate_currency code',
      'stage_entered_at instant!',
      'company id',
      'lead id',
      'source word',
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
      'amount_currency code',
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
