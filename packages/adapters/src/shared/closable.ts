import type { SendOptions, SendReceipt } from '@rapport/core/messages'
import { closedError } from './closed'

interface Port<Message> {
  send(message: Message, options?: SendOptions): Promise<SendReceipt>
  close?(): Promise<void>
}

/** After `close` it takes nothing more; what was under way has come to its end by then. */
export function closable<Message>({ send, close }: Port<Message>): Required<Port<Message>> {
  const underWay = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined
  return {
    async send(message, options) {
      if (closed) throw closedError()
      const sent = send(message, options)
      underWay.add(sent)
      try {
        return await sent
      } finally {
        underWay.delete(sent)
      }
    },
    close() {
      closed ??= Promise.allSettled(underWay).then(close)
      return closed
    },
  }
}
