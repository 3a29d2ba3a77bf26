import type { Field, Fields } from '../records/field'

/**
 * Valid values for the writable fields of a record type, the same for the same seed: what a test needs to create
 * records of a type it knows nothing about. Links, users, tags and custom fields are left to the caller.
 *
 * @param seed Any whole number; different seeds give different text, so that nothing is a duplicate.
 * @param only Fill just these modes; by default all that a caller may write.
 *
 * @example
 * for (const { type, fields } of DEFINITIONS) await me[type].create(sampleValues(fields, 1))
 */
export function sampleValues(
  fields: Fields,
  seed: number,
  only: readonly string[] = ['required', 'defaulted', 'optional'],
) {
  const values: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    if (!only.includes(field.mode)) continue
    const value = sampleValue(field, name, seed)
    if (value !== undefined) values[name] = value
  }
  return values
}

/** A valid value of a field, or undefined for kinds that point at other rows. */
export function sampleValue(field: Field, name: string, seed: number): unknown {
  const text = `${name} ${seed}`
  switch (field.kind) {
    case 'text':
      return field.normalised === 'domain' ? `sample-${seed}.example` : text.slice(0, field.max ?? 255)
    case 'email':
      return `${name.toLowerCase()}.${seed}@sample.example`
    case 'phone':
      return phone(seed)
    case 'url':
      return `https://${name.toLowerCase()}-${seed}.sample.example/`
    case 'number':
    case 'integer':
      return within(field, seed)
    case 'money':
      return { amount: 1000 + seed, currency: 'EUR' }
    case 'date':
      return new Date(Date.UTC(2026, 0, 1 + (seed % 365))).toISOString().slice(0, 10)
    case 'instant':
      return new Date(Date.UTC(2026, 0, 1 + (seed % 365), seed % 24))
    case 'boolean':
      return seed % 2 === 0
    case 'select':
      return field.options?.[0]
    case 'multiselect':
      return field.options?.slice(0, 1)
    case 'emails':
      return [{ value: `${name}.${seed}@sample.example`, label: 'work', primary: true }]
    case 'phones':
      return [{ value: phone(seed), label: 'work', primary: true }]
    case 'addresses':
      return [{ city: text }]
    case 'reminders':
      return [{ before: `PT${1 + (seed % 60)}M` }]
    case 'json':
      return name === 'participants' ? { others: [{ name: text }] } : { city: text }
    default:
      return undefined
  }
}

const phone = (seed: number) => `+4930${String(10_000_000 + seed).slice(-8)}`

const within = ({ min = 0, max = 1000 }: Field, seed: number) => min + (seed % (Math.min(max, min + 1000) - min + 1))
