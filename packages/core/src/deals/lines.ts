import { invalid } from '../kernel/errors'
import { isCurrency, type Money } from '../kernel/money'
import type { Caller } from '../records/caller'
import { checkFieldAccess } from '../records/checks'
import { shown } from '../records/create'
import { tableOf } from '../records/engine'
import { findInScope, notFound, requireForWrite } from '../records/find'
import { runVerb } from '../records/idempotency'
import { queryContext } from '../records/query'
import type { AnyRecord } from '../records/types'
import { refuseIfChanged, saveChange, type UpdateOptions } from '../records/update'
import { hiddenPart, isVisible } from '../records/visibility'
import type { WriteSession } from '../records/write'
import type { Deal } from './definition'
import { cleanLines, type LineDraft } from './line-input'
import { priceLines } from './line-prices'
import { sumOf } from './line-totals'
import type { DealLines, LineInput } from './line-types'
import { readLines, replaceLines, totalsOf } from './lines-stored'
import { checkKeys, cleanName } from './pipeline-input'

export interface LinesOptions extends UpdateOptions {
  /** Price book for lines without a unit price. Default: list prices. */
  book?: string
  /** Changes the deal's currency. Default: that of its amount, else of the first price given, else the tenant's. */
  currency?: string
}

/** Lines as they were saved, and the deal whose amount follows them. */
export interface SavedLines<D = Deal> extends DealLines {
  deal: D
}

/** The lines of a deal with their totals. FORBIDDEN for those who may not see amounts. */
export async function dealLines(caller: Caller, id: string): Promise<DealLines> {
  const query = await queryContext(caller)
  const reader = { all: caller.storage.read }
  if (!isVisible(query.actor, tableOf(query.engine, 'deals'), 'lines')) throw hiddenPart('deals', 'lines')
  const deal = await findInScope(query, reader, 'deals', id, 'read')
  if (!deal) throw notFound('deals')
  return totalsOf(await readLines(reader, caller, id, currencyOf(deal)))
}

/**
 * Puts these lines in the place of all others; the deal's amount becomes their net total. Without lines the amount
 * stays as it is and can be written again.
 *
 * @example
 * await me.deals.setLines(deal.id, [{ product: 'Engine', quantity: 2, discountPercent: 10, taxPercent: 19 }], { book: 'EU' })
 */
export async function setDealLines(
  caller: Caller,
  id: string,
  lines: readonly LineInput[],
  options: LinesOptions = {},
): Promise<SavedLines> {
  checkKeys(options, ['book', 'currency', 'ifVersion', 'idempotencyKey'], 'options')
  const drafts = cleanLines(lines)
  const { currency, ifVersion } = options
  if (currency !== undefined && !isCurrency(currency)) {
    throw invalid('currency', 'invalid-currency', 'Use an ISO 4217 code in upper case, such as EUR or USD.')
  }
  const book = options.book === undefined ? undefined : cleanName(options.book, 'book')
  return runVerb(caller, 'deals.setLines', [id, lines, book, currency, ifVersion], options, async (write) => {
    const deal = await requireForWrite(write, 'deals', id, 'update')
    checkFieldAccess(write, tableOf(caller.engine, 'deals'), { lines, amount: null })
    if (ifVersion !== undefined)
      await refuseIfChanged(write, tableOf(caller.engine, 'deals'), deal, ifVersion, ['lines', 'amount'])
    const saved = await saveLines(write, deal, drafts, {
      book,
      currency: currency ?? currencyFor(caller, deal, drafts),
    })
    const items = await readLines(write, caller, id, currencyOf(saved))
    return { deal: shown(write, 'deals', saved) as unknown as Deal, ...totalsOf(items) }
  })
}

const currencyOf = (deal: AnyRecord) => (deal.amount as Money | null)?.currency

const currencyFor = ({ engine }: Caller, deal: AnyRecord, drafts: readonly LineDraft[]): string =>
  currencyOf(deal) ?? drafts.find((draft) => draft.unitPrice)?.unitPrice?.currency ?? engine.settings.currency

async function saveLines(
  write: WriteSession,
  deal: AnyRecord,
  drafts: readonly LineDraft[],
  { book, currency }: { book: string | undefined; currency: string },
) {
  const { caller } = write
  const before = await readLines(write, caller, deal.id, currencyOf(deal))
  const kept = new Set(before.flatMap(({ product }) => product ?? []))
  const priced = await priceLines(write, drafts, { currency, book, kept })
  sumOf(
    priced.map(({ net, tax }) => net + tax),
    'lines',
  )
  const told = priced.map((line) => ({ ...line, unitPrice: { amount: line.unitPrice, currency } }))
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
  const changes = { lines: [before.map(logged), told.map(logged)] as const }
  const after = { ...deal, amount } as AnyRecord
  return saveChange(write, tableOf(caller.engine, 'deals'), deal, after, new Set(), 'deal.lines_changed', { changes })
}

/** What the event log keeps of a line. */
const logged = ({ product, name, quantity, unitPrice, discountPercent, taxPercent }: Loggable) => ({
  product,
  name,
  quantity,
  unitPrice,
  discountPercent,
  taxPercent,
})

type Loggable = Pick<
  DealLines['items'][number],
  'product' | 'name' | 'quantity' | 'unitPrice' | 'discountPercent' | 'taxPercent'
>
