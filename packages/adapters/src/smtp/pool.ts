import { deliveryError, invalid } from '@rapport/core/messages'
import { watched } from './delivery'
import type { TransporterLike } from './transporter'

export interface Server {
  options: Readonly<Record<string, unknown>>
  /** Kept out of errors. */
  secrets: readonly string[]
}

/** The server that a url names. The url holds a password, so it is never repeated. */
export function serverOf(url: unknown, max: number, timeout: number): Server {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^smtps?:$/.test(parsed.protocol) || !parsed.hostname) {
    throw invalid('url', 'invalid-url', 'Give a url such as smtp://user:password@mail.acme.example:587.')
  }
  if (!Number.isInteger(max) || max < 1) throw invalid('max', 'out-of-range', 'Give a whole number, 1 or more.')
  const local = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(parsed.hostname)
  const [user, password] = [plain(parsed.username), plain(parsed.password)]
  return {
    options: {
      pool: true,
      url,
      maxConnections: max,
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      // Else a password goes out in the clear to whoever hides that the server knows TLS.
      requireTLS: password !== '' && !local,
    },
    secrets: [parsed.password, password, base64(password), base64(`\0${user}\0${password}`)].filter(Boolean),
  }
}

const base64 = (text: string) => (text ? Buffer.from(text).toString('base64') : '')

function plain(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}

export async function openPool({ options }: Server): Promise<TransporterLike> {
  const { createTransport } = await loadNodemailer()
  const transporter = createTransport(options)
  transporter.use('stream', watched)
  return transporter
}

async function loadNodemailer() {
  try {
    return await import('nodemailer')
  } catch {
    throw deliveryError('missing-driver', { remedy: 'Install it: npm i nodemailer' })
  }
}
