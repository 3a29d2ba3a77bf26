import { addressOf, deliveryError, type EmailPort, invalid, type MailAddress, readyEmail } from '@rapport/core/messages'
import { closable } from '../shared/closable'
import { timeoutOf } from '../shared/said'
import { Delivery } from './delivery'
import { errorOf } from './errors'
import { mailOf } from './mail'
import { openPool, serverOf } from './pool'
import type { TransporterLike } from './transporter'

export interface SmtpOptions {
  /**
   * `smtp://user:password@mail.acme.example:587`, or `smtps://` for TLS from the start. With a password the connection
   * must become TLS, except on this machine. Further options of nodemailer go into the query.
   */
  url?: string
  /** Instead of a url: your transporter of nodemailer. It stays yours: `close` does not end it. */
  transporter?: TransporterLike
  /** The sender: an address, or an address with a name. */
  from: string | MailAddress
  /** Connections at most. Default 5. */
  max?: number
  /** Milliseconds that one email may take, waiting for a free connection included. Default 60,000. */
  timeout?: number
}

/**
 * Sends emails through an SMTP server, with nodemailer. Opens nothing before the first email; connections are kept for
 * the next and ended by `close`. `receipt.providerId` is the `Message-ID`, which is the same for each attempt.
 *
 * @example
 * createCrm({ storage, email: smtp({ url: process.env.SMTP_URL, from: 'crm@acme.example' }) })
 */
export function smtp(options: SmtpOptions): Required<EmailPort> {
  const { url, transporter, from, max = 5, timeout } = Object(options) as SmtpOptions
  const sender = addressOf('from', typeof from === 'string' ? { address: from } : from)
  const patience = timeoutOf(timeout, 60_000)
  const server = transporter ? undefined : serverOf(url, max, patience)
  if (transporter && typeof transporter.sendMail !== 'function') {
    throw invalid('transporter', 'not-a-transporter', 'Give what nodemailer.createTransport() returns.')
  }
  let opened: Promise<TransporterLike> | undefined

  function open(): Promise<TransporterLike> | TransporterLike {
    if (!server) return transporter as TransporterLike
    opened ??= openPool(server).catch((error) => {
      opened = undefined
      throw error
    })
    return opened
  }

  return closable({
    async send(email, { signal } = {}) {
      const ready = await readyEmail(email, sender)
      if (signal?.aborted) throw deliveryError('retry-later', { said: 'Given up before it was sent.' })
      const delivery = new Delivery(patience, signal)
      const secrets = server?.secrets ?? []
      try {
        const info = await delivery.of(await open(), mailOf(ready))
        const refused = (info.rejectedErrors ?? []).map((error) => ({
          address: String(error.recipient),
          error: errorOf(error, delivery, secrets),
        }))
        return {
          providerId: ready.messageId,
          messageId: ready.messageId,
          ...(refused.length > 0 ? { refused } : {}),
        }
      } catch (error) {
        throw errorOf(error, delivery, secrets)
      }
    },
    async close() {
      ;(await opened)?.close?.()
    },
  })
}
