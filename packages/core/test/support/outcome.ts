import { type CrmError, isCrmError } from '@rapport/core'
import { expect } from 'vitest'

/** The error a call ends with; fails the test when it does not, or when the error is not one of ours. */
export async function errorOf(work: () => unknown): Promise<CrmError> {
  try {
    const value = await work()
    throw new Error(`expected an error, got ${JSON.stringify(value)}`)
  } catch (error) {
    if (!isCrmError(error)) throw error
    return error
  }
}

/** `'CODE field rule'` of the error a call ends with. */
export async function refusalOf(work: () => unknown): Promise<string> {
  const { code, field, rule } = await errorOf(work)
  return [code, field, rule].join(' ')
}

/** The error says which field, which rule and what to do, in our words. */
export function expectHelpful(error: CrmError) {
  for (const { field, rule, remedy } of error.problems) {
    expect(field).toBeTruthy()
    expect(rule).toMatch(/^[a-z][a-z0-9-]+$/)
    expect(remedy).toMatch(/^[\s\S]{8,}[.)}]$/)
  }
  expect(error.problems.length).toBeGreaterThan(0)
  expect(error.message).not.toMatch(/SQLITE|sqlite3|constraint|syntax error|undefined is not|Cannot read/i)
}

/** Either a value or a CrmError as JSON; anything else thrown fails the test. */
export async function outcomeOf(work: () => unknown): Promise<unknown> {
  try {
    return { value: await work() }
  } catch (error) {
    if (!isCrmError(error)) throw error
    return { error: error.toJSON() }
  }
}
