/** Stable error codes. Each maps to one HTTP status in {@link HTTP_STATUS}. */
export type CrmErrorCode =
  | 'VALIDATION'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'CONFLICT'
  | 'DUPLICATE'
  | 'INVALID_TRANSITION'
  | 'RATE_LIMITED'
  | 'CLOSED'
  | 'NOT_MIGRATED'
  | 'STORAGE'
  | 'DELIVERY'

export const HTTP_STATUS: Readonly<Record<CrmErrorCode, number>> = {
  VALIDATION: 422,
  NOT_FOUND: 404,
  FORBIDDEN: 403,
  CONFLICT: 409,
  DUPLICATE: 409,
  INVALID_TRANSITION: 409,
  RATE_LIMITED: 429,
  CLOSED: 503,
  NOT_MIGRATED: 503,
  STORAGE: 500,
  DELIVERY: 502,
}

/** One thing that is wrong: where, which rule, and what the caller can do about it. */
export interface Problem {
  /** Path of the offending input, e.g. `email`, `custom.tier`, `where.amount.gt`. */
  field: string
  /** Machine-readable rule, kebab-case: `required`, `unknown-key`, `too-long`, `invalid-email`, … */
  rule: string
  /** One sentence that says how to fix it. */
  remedy: string
  /** In a version conflict: the value the caller wanted, and the stored one (only when the caller may read it). */
  yours?: unknown
  theirs?: unknown
  /** In a duplicate: ids of the records it may be, best first. Only such as the caller may read. */
  candidates?: readonly string[]
  /** After a rate limit, or where a provider said so: whole seconds until the next try may succeed. */
  retryAfter?: number
}

/** What passes, by code and rule. */
const RETRYABLE = new Set([
  'STORAGE busy',
  'STORAGE conflict',
  'STORAGE connection',
  'STORAGE timeout',
  'DELIVERY retry-later',
  'DELIVERY rate-limited',
])

const BRAND = Symbol.for('rapport.CrmError')

/**
 * The one error family of the SDK. Recognise it with {@link isCrmError} (a brand, so it survives
 * two copies of the package), branch on `code`, show `problems`.
 *
 * @example
 * try { await me.leads.create(input) } catch (error) {
 *   if (isCrmError(error, 'VALIDATION')) form.showErrors(error.details)
 *   else throw error
 * }
 */
export class CrmError extends Error {
  readonly code: CrmErrorCode
  readonly status: number
  readonly problems: readonly Problem[]

  constructor(code: CrmErrorCode, message: string, problems: Problem | readonly Problem[] = [], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'CrmError'
    this.code = code
    this.status = HTTP_STATUS[code]
    this.problems = Array.isArray(problems) ? problems : [problems as Problem]
    Object.defineProperty(this, BRAND, { value: true })
  }

  /** Field of the first problem. */
  get field(): string | undefined {
    return this.problems[0]?.field
  }

  /** Rule of the first problem. */
  get rule(): string | undefined {
    return this.problems[0]?.rule
  }

  /** What to do about the first problem. */
  get remedy(): string | undefined {
    return this.problems[0]?.remedy
  }

  /**
   * Whether the same call may well succeed when it is repeated: the database was busy, undid the transaction because of
   * others, or was not reached; a provider of email or SMS did not take the message just now. After a lost connection the first call may have taken effect all the same; with an
   * `idempotencyKey` a repeat is safe either way.
   */
  get retryable(): boolean {
    return this.code === 'RATE_LIMITED' || RETRYABLE.has(`${this.code} ${this.rule}`)
  }

  /** Problems by field, for forms. */
  get details(): Record<string, Problem[]> {
    const byField: Record<string, Problem[]> = Object.create(null)
    for (const problem of this.problems) byField[problem.field] = [...(byField[problem.field] ?? []), problem]
    return byField
  }

  toJSON() {
    return { code: this.code, status: this.status, message: this.message, problems: this.problems }
  }
}

/** True for any CrmError, or for one of the given code. */
export function isCrmError(error: unknown, code?: CrmErrorCode): error is CrmError {
  const branded = typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[BRAND] === true
  return branded && (code === undefined || (error as CrmError).code === code)
}

/** A VALIDATION error about one field. */
export function invalid(field: string, rule: string, remedy: string): CrmError {
  return new CrmError('VALIDATION', `${field}: ${remedy}`, { field, rule, remedy })
}
