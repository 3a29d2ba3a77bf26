import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { domainToASCII } from 'node:url'
import type { ProviderAnswer, ReceivedEmail } from '@rapport/core/testing'
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export const USER = 'crm'
export const PASSWORD = 'p@ss:word/0123456789'

export interface TakenMail {
  recipients: string[]
  source: string
  secure: boolean
}

/** What the server says to a recipient or to a message: nothing is yes. */
export type Refusal = { code: number; reply: string } | 'silent' | 'drop' | undefined

export interface Behaviour {
  connect?(): Refusal
  mailFrom?(address: string): Refusal
  rcptTo?(address: string): Refusal
  data?(): Refusal
}

type Callback = (error?: Error | null) => void

/** A mail server on this machine, with the certificate that smtp-server brings. */
export async function smtpServer(options: SMTPServerOptions = {}) {
  const taken: TakenMail[] = []
  const sockets = new Set<{ destroy(): void }>()
  let behaviour: Behaviour = {}
  let wrongKey = false
  let connections = 0
  let open = 0

  const answer = (refusal: Refusal, done: Callback) => {
    if (refusal === 'silent') return
    if (refusal === 'drop') return sockets.forEach((socket) => void socket.destroy())
    done(refusal && Object.assign(new Error(refusal.reply), { responseCode: refusal.code }))
  }

  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    ...options,
    onConnect(_, done) {
      connections++
      open++
      answer(behaviour.connect?.(), done)
    },
    onClose() {
      open--
    },
    onAuth({ username, password }, _, done) {
      const right = username === USER && password === PASSWORD && !wrongKey
      // It should never, but what if it repeats the password.
      done(right ? null : new Error(`5.7.8 Bad credentials: ${password}`), right ? { user: USER } : undefined)
    },
    onMailFrom: ({ address }, _, done) => answer(behaviour.mailFrom?.(address), done),
    onRcptTo: ({ address }, _, done) => answer(behaviour.rcptTo?.(address), done),
    async onData(stream, session, done) {
      const source = await text(stream)
      const refusal = behaviour.data?.()
      if (!refusal) {
        const recipients = session.envelope.rcptTo.map(({ address }) => address)
        taken.push({ recipients, source, secure: session.secure })
      }
      answer(refusal, done)
    },
  })
  server.on('error', () => {})
  server.server.on('connection', (socket: { destroy(): void }) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo

  return {
    port,
    taken,
    get connections() {
      return connections
    },
    get open() {
      return open
    },
    behave(next: Behaviour) {
      behaviour = next
    },
    /** As the contract words it. */
    answer(next: ProviderAnswer) {
      wrongKey = next === 'wrong-key'
      behaviour = {
        away: { data: () => ({ code: 451, reply: '4.3.0 Try again later' }) },
        refuse: { data: () => ({ code: 554, reply: '5.7.1 We do not want that' }) },
        silent: { data: () => 'silent' as const },
        take: {},
        'wrong-key': {},
      }[next]
    },
    url: (query = '', scheme = 'smtp') =>
      `${scheme}://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}?tls.rejectUnauthorized=false${query}`,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(resolve))
    },
  }
}

const people = (field: AddressObject | AddressObject[] | undefined) =>
  [field ?? []].flat().flatMap(({ value }) =>
    value.map(({ address = '', name }) => {
      const [local, domain = ''] = address.split('@')
      return { address: `${local}@${domainToASCII(domain)}`, ...(name ? { name } : {}) }
    }),
  )

/** The email as a mail program reads it. */
export async function receivedBySmtp({ recipients, source }: TakenMail): Promise<ReceivedEmail> {
  const mail: ParsedMail = await simpleParser(source, { skipImageLinks: true })
  const calendar = mail.attachments.find(({ contentType }) => contentType === 'text/calendar')
  const messageId = mail.messageId ?? ''
  return {
    id: messageId.slice(1, messageId.indexOf('@')),
    from: people(mail.from)[0] ?? { address: '' },
    to: people(mail.to),
    recipients,
    replyTo: people(mail.replyTo)[0]?.address,
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || undefined,
    headers: Object.fromEntries(
      mail.headerLines.map(({ key, line }) => [key, line.slice(line.indexOf(':') + 1).trim()]),
    ),
    attachments: mail.attachments
      .filter((one) => one !== calendar)
      .map(({ filename = '', contentType, content, cid }) => ({ name: filename, type: contentType, content, cid })),
    calendar: calendar && {
      method: /text\/calendar;[^\n]*method=(\w+)/i.exec(source)?.[1] ?? '',
      content: calendar.content.toString(),
    },
  }
}
