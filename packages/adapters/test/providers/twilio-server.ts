import type { ProviderAnswer, ReceivedSms } from '@rapport/core/testing'
import { type HttpAnswer, httpProvider, type ProviderRequest } from './http-provider'

export const ACCOUNT = 'AC00000000000000000000000000000001'
export const API_KEY = { sid: 'SK00000000000000000000000000000002', secret: 'twilio+secret/0123456789' }

/** An error as Twilio words it. */
export const twilioError = (status: number, code: number, message: string): HttpAnswer => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
})

const ANSWERS: Record<Exclude<ProviderAnswer, 'take' | 'silent'>, HttpAnswer> = {
  away: { status: 503, body: '<html>Service Unavailable</html>' },
  refuse: twilioError(400, 21612, 'The To phone number cannot be reached from this From number.'),
  'wrong-key': twilioError(401, 20003, `Authenticate: ${API_KEY.secret}`),
}

/** The parameters of CreateMessage (twilio/twilio-oai, twilio_api_v2010.json) that we use. */
const PARAMETERS = new Set(['To', 'From', 'MessagingServiceSid', 'Body', 'StatusCallback'])

/** Twilio on this machine. */
export async function twilioServer() {
  const taken: ReceivedSms[] = []
  let next: ProviderAnswer | HttpAnswer = 'take'
  const server = await httpProvider((request) => {
    const wrong = problemOf(request)
    if (wrong) return twilioError(400, 20001, wrong)
    if (next === 'silent') return undefined
    if (typeof next === 'object') return next
    if (next !== 'take') return ANSWERS[next]
    const form = new URLSearchParams(request.body)
    taken.push({ to: form.get('To') ?? '', text: form.get('Body') ?? '' })
    const sid = `SM${String(taken.length).padStart(32, '0')}`
    return { status: 201, body: { sid, status: 'queued', error_code: null, error_message: null, num_segments: '1' } }
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
  if (method !== 'POST' || path !== `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`) return 'not found'
  if (headers['content-type'] !== 'application/x-www-form-urlencoded') return 'content type'
  const [scheme, encoded = ''] = (headers.authorization ?? '').split(' ')
  if (scheme !== 'Basic' || Buffer.from(encoded, 'base64').toString() !== `${API_KEY.sid}:${API_KEY.secret}`)
    return 'authenticate'
  const form = new URLSearchParams(body)
  const names = [...form.keys()]
  if (new Set(names).size !== names.length || names.some((name) => !PARAMETERS.has(name))) return `parameters ${names}`
  if (form.has('From') === form.has('MessagingServiceSid')) return 'one sender'
  return form.get('To') && form.get('Body') ? undefined : 'To and Body are required'
}
