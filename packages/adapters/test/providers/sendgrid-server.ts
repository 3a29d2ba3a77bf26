import type { ProviderAnswer, ReceivedEmail } from '@rapport/core/testing'
import { z } from 'zod'
import { type HttpAnswer, httpProvider, type ProviderRequest } from './http-provider'

/** `PostMailSend` of SendGrid's OpenAPI description (twilio/sendgrid-oai, tsg_mail_v3.json), as far as we use it, and the rules of its errors page. */
const person = z.strictObject({ email: z.email(), name: z.string().optional() })
const notEmpty = z.string().min(1)
const OWN_HEADERS =
  /^(x-sg-id|x-sg-eid|received|dkim-signature|content-type|content-transfer-encoding|to|from|subject|reply-to|cc|bcc)$/i
const ORDER = ['text/plain', 'text/html']

export const mailSend = z
  .strictObject({
    personalizations: z
      .array(
        z.strictObject({
          to: z.array(person).min(1),
          cc: z.array(person).min(1).optional(),
          bcc: z.array(person).min(1).optional(),
        }),
      )
      .min(1)
      .max(1000),
    from: person,
    reply_to: person.optional(),
    subject: notEmpty,
    content: z.array(z.strictObject({ type: notEmpty, value: notEmpty })).min(1),
    attachments: z
      .array(
        z.strictObject({
          content: z.base64().min(1),
          type: notEmpty.regex(/^[^;\r\n]+$/),
          filename: notEmpty,
          disposition: z.enum(['inline', 'attachment']).optional(),
          content_id: z.string().optional(),
        }),
      )
      .optional(),
    headers: z
      .record(
        z.string().refine((name) => !OWN_HEADERS.test(name)),
        z.string(),
      )
      .optional(),
    custom_args: z.record(z.string(), z.string()).optional(),
    batch_id: z.string().optional(),
  })
  .refine(({ content }) => {
    const places = content.map(({ type }) => (ORDER.includes(type) ? ORDER.indexOf(type) : ORDER.length))
    return places.every((place, index) => index === 0 || place >= (places[index - 1] as number))
  }, 'text/plain first, then text/html, then the rest')
  .refine(({ personalizations }) => {
    const all = personalizations.flatMap(({ to, cc = [], bcc = [] }) =>
      [...to, ...cc, ...bcc].map(({ email }) => email),
    )
    return new Set(all).size === all.length
  }, 'each address once')

type Mail = z.infer<typeof mailSend>

export const API_KEY = 'SG.aBcDeFgHiJkLmNoPqRsTuV.0123456789-secret'

const ANSWERS: Record<Exclude<ProviderAnswer, 'take' | 'silent'>, HttpAnswer> = {
  away: { status: 503, body: { errors: [{ message: 'service not available', field: null }] } },
  refuse: { status: 400, body: { errors: [{ message: 'Bad Request', field: null, help: null }] } },
  // It should never, but what if it repeats the key.
  'wrong-key': { status: 401, body: { errors: [{ message: `invalid key ${API_KEY}`, field: null }] } },
}

/** SendGrid on this machine: checks each request against what is published, answers as told. */
export async function sendgridServer() {
  const taken: Mail[] = []
  let next: ProviderAnswer | HttpAnswer = 'take'
  const server = await httpProvider((request) => {
    const wrong = problemOf(request)
    if (wrong) return { status: 400, body: { errors: [{ message: wrong, field: null }] } }
    if (next === 'silent') return undefined
    if (typeof next === 'object') return next
    if (next !== 'take') return ANSWERS[next]
    taken.push(JSON.parse(request.body))
    return { status: 202, headers: { 'x-message-id': `sg-${taken.length}` }, body: '' }
  })
  return {
    ...server,
    taken,
    answer(what: ProviderAnswer | HttpAnswer) {
      next = what
    },
  }
}

function problemOf({ method, path, headers, body }: ProviderRequest): string | undefined {
  if (method !== 'POST' || path !== '/v3/mail/send') return 'not found'
  if (headers.authorization !== `Bearer ${API_KEY}`) return 'authorization required'
  if (headers['content-type'] !== 'application/json') return 'content type'
  return mailSend.safeParse(JSON.parse(body)).error?.message
}

/** The email as those get it whom SendGrid sends it to. */
export function receivedBySendgrid(mail: Mail): ReceivedEmail {
  const [{ to, cc = [], bcc = [] }] = mail.personalizations as [Mail['personalizations'][number]]
  const of = ({ email, name }: z.infer<typeof person>) => (name ? { address: email, name } : { address: email })
  const invitation = mail.content.find(({ type }) => type.startsWith('text/calendar'))
  return {
    id: mail.custom_args?.rapport_id ?? '',
    from: of(mail.from),
    to: to.map(of),
    recipients: [...to, ...cc, ...bcc].map(({ email }) => email),
    replyTo: mail.reply_to?.email,
    subject: mail.subject,
    text: mail.content.find(({ type }) => type === 'text/plain')?.value ?? '',
    html: mail.content.find(({ type }) => type === 'text/html')?.value,
    headers: Object.fromEntries(Object.entries(mail.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
    attachments: (mail.attachments ?? []).map(({ filename, type, content, content_id }) => ({
      name: filename,
      type,
      content: Buffer.from(content, 'base64'),
      cid: content_id,
    })),
    calendar: invitation && {
      method: /method=(\w+)/.exec(invitation.type)?.[1] ?? '',
      content: invitation.value,
    },
  }
}
