import { defineRecord } from '../records/definition'
import { defaulted, type Field, field } from '../records/field'
import type { BaseInput, BaseRecord, CreateOf, PatchOf, ValuesOf } from '../records/types'

export const productFields = {
  name: field.text({ required: true, folded: true }),
  sku: { ...field.text({ max: 120 }), label: 'SKU', unique: true } as Field<string, string, 'optional'>,
  description: field.text({ max: 20_000 }),
  /** List price of one unit. */
  price: field.money(),
  /** Whether it can be put on new lines. */
  active: defaulted(field.boolean(), true),
}

export const products = defineRecord({
  type: 'products',
  table: 'product',
  fields: productFields,
  title: 'name',
  searched: ['name', 'sku'],
  duplicateBy: ['sku'],
  parts: ['prices'],
  madeFrom: { prices: ['price'] },
  sideTables: [['price', 'product_id']],
  mentionedIn: [['deal_line', 'product_id']],
})

export interface Product<Custom = Record<string, unknown>> extends BaseRecord<Custom>, ValuesOf<typeof productFields> {}
export type NewProduct<Custom = Record<string, unknown>> = CreateOf<typeof productFields> & BaseInput<Custom>
export type ProductPatch<Custom = Record<string, unknown>> = PatchOf<typeof productFields> & BaseInput<Custom>
