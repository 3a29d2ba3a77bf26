import type { VerbOptions } from '../records/idempotency'

/** Somebody who can be invited: a user, a contact, or anybody by their address. */
export type AttendeeRef = { user: string } | { contact: string } | { email: string }

export type Invitee = (AttendeeRef | { email: string; name?: string }) & {
  /** Default `required`. */
  role?: 'required' | 'optional'
}

export type Answer = 'needs-action' | 'accepted' | 'declined' | 'tentative'

/** Somebody invited to a meeting. Of users and contacts, name and address are as they are now. */
export interface Attendee {
  id: string
  user: string | null
  contact: string | null
  name: string | null
  email: string | null
  role: 'required' | 'optional'
  answer: Answer
  answeredAt: Date | null
  comment: string | null
}

export interface AnswerOptions extends VerbOptions {
  comment?: string | null
  /** For whom, if not for oneself. Needs `update` on the meeting. */
  attendee?: AttendeeRef
}
