import { newId } from '../kernel/ids'
import type { Caller } from '../records/caller'
import type { WriteSession } from '../records/write'
import type { Session, SqlValue } from '../storage/port'
import { sumOf } from './line-totals'
import type { DealLine, DealLines } from './line-types'

/** A line ready to be stored, in minor units of the deal's currency. */
export interface PricedLine {
  product: string | null
  name: string
  quantity: string
  unitPrice: number
  discountPercent: string
  taxPercent: string
  net: number
  tax: number
}

const COLUMNS = [
  'id',
  'product_id',
  'name',
  'quantity',
  'unit_price',
  'discount_percent',
  'tax_percent',
  'net',
  'tax',
] as const

export async function hasLines({ caller, all }: WriteSession, deal: string): Promise<boolean> {
  const { storage, tenant } = caller
  const rows = await all(`select 1 from ${storage.table('deal_line')} where tenant_id = ? and deal_id = ? limit 1`, [
    tenant,
    deal,
  ])
  return rows.length > 0
}

/** The lines of a deal, in order, in the currency of its amount. */
export async function readLines(
  reader: Pick<Session, 'all'>,
  { storage, tenant }: Pick<Caller, 'storage' | 'tenant'>,
  deal: string,
  currency: string | undefined,
): Promise<DealLine[]> {
  const select = `select ${COLUMNS.join(', ')} from ${storage.table('deal_line')} where tenant_id = ? and deal_id = ? order by position`
  if (currency === undefined) return []
  return (await reader.all(select, [tenant, deal])).map((row) => {
    const money = (amount: unknown) => ({ amount: Number(amount), currency })
    return {
      id: String(row[0]),
      product: row[1] as string | null,
      name: String(row[2]),
      quantity: String(row[3]),
      unitPrice: money(row[4]),
      discountPercent: String(row[5]),
      taxPercent: String(row[6]),
      net: money(row[7]),
      tax: money(row[8]),
      gross: money(Number(row[7]) + Number(row[8])),
    }
  })
}

/** Puts these lines in the place of all others. Two statements. */
export async function replaceLines(write: WriteSession, deal: string, lines: readonly PricedLine[]) {
  const { storage, tenant } = write.caller
  const table = storage.table('deal_line')
  await write.send(`delete from ${table} where tenant_id = ? and deal_id = ?`, [tenant, deal])
  if (lines.length === 0) return
  const row = `(${Array.from({ length: COLUMNS.length + 3 }, () => '?').join(', ')})`
  const values = lines.flatMap((line, position): SqlValue[] => [
    tenant,
    deal,
    position,
    newId(),
    line.product,
    line.name,
    line.quantity,
    line.unitPrice,
    line.discountPercent,
    line.taxPercent,
    line.net,
    line.tax,
  ])
  const columns = ['tenant_id', 'deal_id', 'position', ...COLUMNS].join(', ')
  await write.send(`insert into ${table} (${columns}) values ${lines.map(() => row).join(', ')}`, values)
}

export function totalsOf(items: DealLine[]): DealLines {
  const currency = items[0]?.net.currency
  if (currency === undefined) return { items, net: null, tax: null, gross: null }
  const total = (of: 'net' | 'tax' | 'gross') => ({
    amount: sumOf(
      items.map((line) => line[of].amount),
      'lines',
    ),
    currency,
  })
  return { items, net: total('net'), tax: total('tax'), gross: total('gross') }
}
