/** Reading mail and what providers tell of it: pure functions, without a CRM and without a database. */
export type { MailAddress } from '../messages/ports'
export { type AutoReply, isAutoReply } from '../messages/reading/auto-reply'
export { type Bounce, type BouncedRecipient, readBounce } from '../messages/reading/bounce'
export type { BounceReason } from '../messages/reading/bounce-reason'
export { type Mail, type MailPart, type ReadMailOptions, readMail } from '../messages/reading/mail'
export { type Reply, replyText } from '../messages/reading/reply'
export {
  isOneClick,
  readUnsubscribe,
  type Unsubscribe,
  type UnsubscribeHeaders,
  unsubscribeHeaders,
} from '../messages/reading/unsubscribe'
export type { MachineKind } from '../messages/tracking/machine-agents'
export { type FetchVerdict, judgeOpen, type MailFetch } from '../messages/tracking/open-verdict'
export type { MailEvent } from '../messages/webhooks/mail-event'
export { verifySendgridWebhook } from '../messages/webhooks/sendgrid'
export { sendgridEvents } from '../messages/webhooks/sendgrid-events'
export { sesEvents } from '../messages/webhooks/ses-events'
export type { RequestHeaders, VerifyOptions, WebhookRequest } from '../messages/webhooks/signatures'
export {
  signWebhook,
  verifyWebhook,
  type WebhookHeaders,
  type WebhookSecret,
  type WebhookToSign,
} from '../messages/webhooks/standard'
export { type TwilioSecret, verifyTwilioWebhook } from '../messages/webhooks/twilio'
