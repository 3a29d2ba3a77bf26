import { type Crm, field, type ImportResult } from '@rapport/core'

/** What the CRM of the data set needs to be: its own pipeline, three custom fields, dollars. */
export const MAVEN = {
  settings: { currency: 'USD', country: 'US', timeZone: 'UTC' },
  fields: {
    deals: { product: field.text() },
    companies: { founded: field.integer() },
    products: { series: field.text() },
  },
  pipelines: [
    {
      name: 'Maven',
      stages: [
        { name: 'Prospecting', probability: 10 },
        { name: 'Engaging', probability: 50 },
        { name: 'Won', class: 'won' },
        { name: 'Lost', class: 'lost' },
      ],
    },
  ],
} as const

export type MavenCrm = Crm<typeof MAVEN.fields>
/** The CRM as it is written to on one day. */
export type MavenClient = ReturnType<MavenCrm['asSystem']>

/** The day the files were written. Deals without an engage date count from it, since nothing else is known of them. */
export const SNAPSHOT = '2017-12-31'

/** Nothing of the data set may be left out. */
export function requireAll({ errors: [first], failed }: ImportResult) {
  if (first)
    throw new Error(`${failed} rows were refused. Line ${first.line}, ${first.column ?? first.field}: ${first.remedy}`)
}
