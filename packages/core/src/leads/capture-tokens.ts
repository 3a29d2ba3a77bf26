import { CrmError, invalid } from '../kernel/errors'
import type { AssignmentRule } from '../records/assignment'
import type { RateLimit } from './rate-limit'
import type { LeadProcess, LeadSource } from './status'

/** One public form, known by its token. */
export interface CaptureToken {
  /** At least 16 characters. It is in the page for anybody to read: it says which form, and gives no other right. */
  token: string
  /** Where the leads go. Default `'default'`. */
  tenant?: string
  /** For the event log: `capture by <name>`. Default: the source. */
  name?: string
  /** Source of the leads. Default `website`. */
  source?: LeadSource
  /** Values each lead gets where the form gives none: `{ campaign: 'spring', tags: ['web'] }`. */
  defaults?: Record<string, unknown>
  /** Who gets the leads. Default: what `assignment.leads` says, else nobody. */
  assignment?: AssignmentRule
  /** Custom fields of leads that the form may fill. Default none. */
  customFields?: readonly string[]
}

export interface CaptureOptions {
  tokens: readonly CaptureToken[]
  /** For each token and `ip`. Default: 10 a minute. */
  rateLimit?: Partial<RateLimit>
  /** Name of the field people do not see and machines fill. Default `_gotcha`. */
  honeypot?: string
}

const MIN_LENGTH = 16
const MAX_LENGTH = 255

export function checkTokens(tokens: readonly CaptureToken[], process: LeadProcess): readonly CaptureToken[] {
  tokens.forEach(({ token, source }, index) => {
    const path = `capture.tokens.${index}`
    if (typeof token !== 'string' || token.length < MIN_LENGTH || token.length > MAX_LENGTH) {
      throw invalid(`${path}.token`, 'weak-token', `Use ${MIN_LENGTH} to ${MAX_LENGTH} random characters.`)
    }
    if (source !== undefined && !process.sources.includes(source)) {
      throw invalid(
        `${path}.source`,
        'invalid-option',
        `Use one of: ${process.sources.join(', ')}; or declare it in leads.sources.`,
      )
    }
  })
  if (new Set(tokens.map(({ token }) => token)).size < tokens.length)
    throw invalid('capture.tokens', 'repeated-token', 'Give each form a token of its own.')
  return tokens
}

/** Finds the form of a token. Every token is compared to its last byte, as a digest, so that the time tells nothing. */
export function tokenFinder(tokens: readonly CaptureToken[]): (given: unknown) => Promise<CaptureToken> {
  let digests: Promise<Uint8Array[]> | undefined
  return async (given) => {
    digests ??= Promise.all(tokens.map(({ token }) => digest(token)))
    const known = await digests
    const wanted = await digest(typeof given === 'string' && given.length <= MAX_LENGTH ? given : '')
    let found: CaptureToken | undefined
    known.forEach((one, index) => {
      if (sameBytes(one, wanted)) found = tokens[index]
    })
    if (found) return found
    throw new CrmError('FORBIDDEN', 'There is no form with this token.', {
      field: 'token',
      rule: 'unknown-token',
      remedy: 'Use a token listed in the capture option of createCrm.',
    })
  }
}

const digest = async (text: string) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length
  for (let index = 0; index < left.length; index++) difference |= (left[index] as number) ^ (right[index] ?? 0)
  return difference === 0
}
