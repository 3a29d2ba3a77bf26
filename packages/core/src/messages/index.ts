/** What messages are handed over by: the ports, what adapters for them need to know, and what a text message costs. */
export { CrmError, invalid, isCrmError } from '../kernel/errors'
export {
  type DeliveryDetails,
  type DeliveryOutcome,
  type DeliveryRule,
  deliveryError,
  deliveryOutcome,
} from './delivery'
export type * from './ports'
export { addressOf, type ReadyEmail, readyEmail, readySms } from './ready'
export { type SmsSegments, smsSegments } from './segments'
