import type { NewCompany } from '../companies/definition'
import type { NewContact } from '../contacts/definition'
import type { NewDeal } from '../deals/definition'
import { invalid } from '../kernel/errors'
import { isId } from '../kernel/ids'

/** What a lead becomes: a new record (with values beside or instead of the lead's), an existing one, or nothing. */
export type ConvertTarget<New> = 'create' | 'none' | { create: Partial<New> } | { link: string }

export interface ConvertInput {
  /** Default `create`. */
  contact?: ConvertTarget<NewContact>
  /** Default: that of a contact that is linked; else `create` when the lead names a company, `none` when it does not. */
  company?: ConvertTarget<NewCompany>
  /** Default `none`. A deal without a title is called after the company, or the lead. */
  deal?: ConvertTarget<NewDeal>
  /**
   * What to do where a record to be created seems to exist already, among those the caller may see: `error` refuses and
   * names the candidates, `link` takes the best one, `create` makes another. Default `error`.
   */
  onDuplicate?: 'error' | 'link' | 'create'
  /** Whether the lead's activities and tasks also appear with the contact and the deal. Default true. */
  activities?: boolean
}

export type TargetName = 'contact' | 'company' | 'deal'

export type CleanTarget =
  | { readonly kind: 'create'; readonly given: Readonly<Record<string, unknown>> }
  | { readonly kind: 'link'; readonly id: string }
  | { readonly kind: 'none' }

export interface CleanInput {
  readonly contact: CleanTarget | undefined
  readonly company: CleanTarget | undefined
  readonly deal: CleanTarget | undefined
  readonly onDuplicate: 'error' | 'link' | 'create'
  readonly activities: boolean
}

const KEYS = ['contact', 'company', 'deal', 'onDuplicate', 'activities']

/** Checks the shape of the input, before any SQL. The values of new records are checked with their own definitions. */
export function cleanConvertInput(input: ConvertInput = {}): CleanInput {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw invalid('input', 'wrong-type', "Give an object such as { deal: { create: { title: 'Engine' } } }.")
  const stranger = Object.keys(input).find((key) => !KEYS.includes(key))
  if (stranger !== undefined) throw invalid(stranger, 'unknown-key', `Use only: ${KEYS.join(', ')}.`)
  const { onDuplicate = 'error', activities = true } = input
  if (!['error', 'link', 'create'].includes(onDuplicate))
    throw invalid('onDuplicate', 'invalid-option', "Use 'error', 'link' or 'create'.")
  if (typeof activities !== 'boolean') throw invalid('activities', 'wrong-type', 'Give true or false.')
  return {
    contact: cleanTarget('contact', input.contact),
    company: cleanTarget('company', input.company),
    deal: cleanTarget('deal', input.deal),
    onDuplicate,
    activities,
  }
}

function cleanTarget(name: TargetName, target: unknown): CleanTarget | undefined {
  if (target === undefined) return undefined
  if (target === 'none') return { kind: 'none' }
  if (target === 'create') return { kind: 'create', given: {} }
  if (isObject(target) && Object.keys(target).length === 1) {
    if ('create' in target && isObject(target.create))
      return { kind: 'create', given: target.create as Record<string, unknown> }
    if ('link' in target && isId(target.link)) return { kind: 'link', id: target.link }
    if ('link' in target)
      throw invalid(`${name}.link`, 'invalid-id', 'Give the id of a record, as the SDK returned it.')
  }
  throw invalid(name, 'invalid-target', "Use 'create', 'none', { create: { … } } or { link: id }.")
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
