import type { Change } from '../records/definition'
import { defineRecord } from '../records/definition'
import { defaulted, field, server, stamped } from '../records/field'
import type { BaseInput, BaseRecord, CreateOf, PatchOf, ValuesOf } from '../records/types'
import type { LinkWhere, OrderBy, Where } from '../records/where'
import { contactFilter, rottenFilter } from './filters'
import { writeInterval } from './intervals'
import { STAGE_CLASSES } from './pipeline-types'
import { dealRules } from './rules'

export const dealFields = {
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
  lostNote: field.text({ max: 4000 }),
  lastActivityAt: server(field.instant()),
  nextActivityAt: server(field.instant()),
}

export const deals = defineRecord({
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

/** The event of a deal that went to another stage. */
function stageEvent({ before, after }: Change): string | undefined {
  if (!before || before.stage === after.stage) return undefined
  if (before.status === after.status) return 'deal.stage_changed'
  return after.status === 'open' ? 'deal.reopened' : `deal.${String(after.status)}`
}

/**
 * A sale in the making, or made.
 *
 * `probability` is in percent, `amount` in minor units; expected revenue is amount × probability ÷ 100.
 */
export interface Deal<Custom = Record<string, unknown>> extends BaseRecord<Custom>, ValuesOf<typeof dealFields> {}
export type NewDeal<Custom = Record<string, unknown>> = CreateOf<typeof dealFields> & BaseInput<Custom>
export type DealPatch<Custom = Record<string, unknown>> = PatchOf<typeof dealFields> & BaseInput<Custom>

/** A filter on deals. */
export type DealWhere<Custom = Record<string, unknown>> = Omit<
  Where<typeof dealFields, Custom>,
  'and' | 'or' | 'not'
> & {
  /** Open and for too long in its stage. */
  rotten?: boolean
  /** A contact of the deal: an id, or a filter. */
  contact?: LinkWhere
  and?: readonly DealWhere<Custom>[]
  or?: readonly DealWhere<Custom>[]
  not?: DealWhere<Custom>
}
export type DealOrder<Custom = Record<string, unknown>> = OrderBy<typeof dealFields, Custom>
