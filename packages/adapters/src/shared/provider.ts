import { type DeliveryRule, deliveryError, invalid, type SendOptions } from '@rapport/core/messages'
import { saidBy } from './said'

/** What we know of a provider that is reached over HTTP. */
export interface Provider {
  url: URL
  headers: Readonly<Record<string, string>>
  timeout: number
  /** Kept out of errors. */
  secrets: readonly string[]
}

export interface Answer {
  status: number
  headers: Headers
  text: string
}

/** Nothing has gone out where the connection was not made. */
const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|.*_CERT.*|.*SIGNED.*)$/

/** The provider's address: keys go over TLS, or stay on this machine. */
export function providerUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const local = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(parsed?.hostname ?? '')
  if (parsed?.protocol === 'https:' || (local && parsed?.protocol === 'http:')) return parsed
  throw invalid('url', 'invalid-url', 'Give an address that begins with https://.')
}

/** The provider's answer. What cannot be asked, or gives no answer in time, is a DELIVERY error. */
export async function post(provider: Provider, body: string, { signal }: SendOptions = {}): Promise<Answer> {
  if (signal?.aborted) throw deliveryError('retry-later', { said: 'Given up before it was sent.' })
  const limit = AbortSignal.timeout(provider.timeout)
  try {
    const response = await fetch(provider.url, {
      method: 'POST',
      headers: provider.headers,
      body,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  } catch (error) {
    const { code, name, message } = rootOf(error)
    throw deliveryError(NOT_CONNECTED.test(String(code)) ? 'retry-later' : 'timed-out', {
      said: saidBy(`${name}: ${message}`, provider.secrets),
    })
  }
}

function rootOf(error: unknown): Error & { code?: unknown } {
  const { cause } = error as Error
  return cause instanceof Error ? rootOf(cause) : (error as Error)
}

/** What a status means where the provider gives no better reason. Behind a gateway that gave up, it may have been taken. */
export function ruleOfStatus(status: number): DeliveryRule {
  if (status === 401) return 'credentials'
  if (status === 403) return 'not-permitted'
  if (status === 413) return 'too-large'
  if (status === 429) return 'rate-limited'
  if (status === 502 || status === 504) return 'timed-out'
  return status >= 500 || status === 408 ? 'retry-later' : 'refused'
}

/** Seconds after which the provider wants to be asked again. */
export function retryAfterOf(headers: Headers): number | undefined {
  const after = headers.get('retry-after')
  const reset = headers.get('x-ratelimit-reset')
  const seconds = after
    ? /^\d+$/.test(after)
      ? Number(after)
      : (Date.parse(after) - Date.now()) / 1000
    : reset
      ? Number(reset) - Date.now() / 1000
      : Number.NaN
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : undefined
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
