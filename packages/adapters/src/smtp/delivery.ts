import type { Readable } from 'node:stream'
import type { SentInfo, TransporterLike } from './transporter'

interface WatchedMail {
  data: { rapportDelivery?: Delivery }
  message: { createReadStream(options?: object): Readable }
}

/** How long a transporter may take to give an email up that it was told to give up. */
const GRACE = 200

/** One attempt to hand one email over, and whether the server has been given any of it. */
export class Delivery {
  /** The email as it goes to the server, for each connection tried; nodemailer reads it once the server listens. */
  readonly #contents: Readable[] = []
  #watched = false
  #gaveUp = false
  readonly #patience: number
  readonly #signal: AbortSignal | undefined

  constructor(patience: number, signal?: AbortSignal) {
    this.#patience = patience
    this.#signal = signal
  }

  /** Certainly not taken: the server has had none of it, and will not get it from an attempt that still goes on. */
  get certainlyNot(): boolean {
    return this.#watched && !this.#gaveUp && !this.#contents.some((content) => content.readableDidRead)
  }

  async of(transporter: TransporterLike, mail: object): Promise<SentInfo> {
    const limit = AbortSignal.timeout(this.#patience)
    const signal = this.#signal ? AbortSignal.any([this.#signal, limit]) : limit
    let timer: NodeJS.Timeout | undefined
    const over = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        timer = setTimeout(() => {
          this.#gaveUp = true
          reject(Object.assign(new Error('No answer in time.'), { code: 'ETIMEDOUT' }))
        }, GRACE)
      })
    })
    try {
      return await Promise.race([transporter.sendMail({ ...mail, signal, rapportDelivery: this }), over])
    } finally {
      clearTimeout(timer)
    }
  }

  watch(message: WatchedMail['message']) {
    this.#watched = true
    const create = message.createReadStream.bind(message)
    message.createReadStream = (options) => {
      const content = create(options)
      this.#contents.push(content)
      return content
    }
  }
}

/** A plugin of nodemailer that tells a delivery of ours about its email. */
export function watched(mail: unknown, done: () => void) {
  const { data, message } = mail as WatchedMail
  data.rapportDelivery?.watch(message)
  done()
}
