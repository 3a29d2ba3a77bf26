import type { WeeklyHours } from '../kernel/weekly-hours'
import { type RecordApi, recordApi } from '../records/api'
import type { Caller } from '../records/caller'
import type { VerbOptions } from '../records/idempotency'
import type { OrderBy, Where } from '../records/where'
import type { Answer, AnswerOptions, Attendee, AttendeeRef, Invitee } from './attendee-types'
import type { Booking } from './book'
import type { BusyTimes, FreeBusyQuery } from './busy'
import type { DayOff, DayOffInput } from './days-off'
import type { Meeting, MeetingPatch, meetingFields, NewMeeting } from './definition'
import type { HoldOptions, OccurrenceOptions } from './outcome'
import type { CalendarEntry, RangeQuery } from './range-types'
import type { Slot, SlotQuery } from './slots'

/** Meetings: appointments with people, once or recurring. Users who are invited may read a meeting, whoever owns it. */
export interface MeetingsApi<Custom = Record<string, unknown>>
  extends RecordApi<
    Meeting<Custom>,
    NewMeeting<Custom>,
    MeetingPatch<Custom>,
    Where<typeof meetingFields, Custom>,
    OrderBy<typeof meetingFields, Custom>
  > {
  /** Who is invited, the required ones first; without contacts that the caller may not see. */
  attendees(id: string): Promise<Attendee[]>
  /**
   * Invites users, contacts, or anybody by address, at most 200 to a meeting; of those invited already it changes the role.
   *
   * @example
   * await me.meetings.invite(meeting.id, [{ user: 'bob' }, { contact: ada.id, role: 'optional' }, { email: 'eve@example.com' }])
   */
  invite(id: string, invitees: readonly Invitee[], options?: VerbOptions): Promise<Attendee[]>
  uninvite(id: string, attendees: readonly AttendeeRef[], options?: VerbOptions): Promise<Attendee[]>
  /**
   * Answers an invitation: one's own, or with `attendee` that of somebody else, for those who may change the meeting.
   * FORBIDDEN for those who are not invited.
   *
   * @example
   * await me.meetings.answer(meeting.id, 'declined', { comment: 'On holiday' })
   */
  answer(id: string, answer: Answer, options?: AnswerOptions): Promise<Attendee[]>
  /** Calls it off, or with `occurrence` one time of a recurring meeting. */
  cancel(id: string, options?: OccurrenceOptions): Promise<Meeting<Custom>>
  /**
   * It took place: the status becomes `held`, and an activity of kind `meeting` is logged, once. With `occurrence` the
   * same for one time of a recurring meeting. INVALID_TRANSITION for one that was called off.
   */
  hold(id: string, options?: HoldOptions): Promise<Meeting<Custom>>
}

/** Whose time is taken, and when. */
export interface CalendarApi {
  /**
   * What is due and what takes place between two moments, recurring meetings with each of their times, in order, as far as
   * the caller may read it. Whole days are those of the caller's zone. At most 10,000 entries: VALIDATION beyond that.
   *
   * @example
   * const month = await me.calendar.range({ from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z', team: 'north' })
   */
  range(query: RangeQuery): Promise<CalendarEntry[]>
  /** When colleagues have no time, without saying why. Needs `read` on users. */
  freeBusy(query: FreeBusyQuery): Promise<BusyTimes[]>
  /**
   * Times at which all of the users work and have time. Needs `read` on users.
   *
   * @example
   * const slots = await me.calendar.slots({ users: ['ada', 'bob'], duration: 30, notice: 120, between: { from, to } })
   */
  slots(query: SlotQuery): Promise<Slot[]>
  /**
   * Takes a time and makes a meeting of it, owned by the first user. Whether it is still free is looked at once more: of
   * two who book the same, one gets CONFLICT. Needs what creating the meeting needs.
   *
   * @example
   * await me.calendar.book({ users: ['ada'], duration: 30, from: slot.from, meeting: { title: 'Demo', contact: contact.id } })
   */
  book(booking: Booking, options?: VerbOptions): Promise<Meeting>
  /** When a user works, by their own clock. */
  workingHours(user?: string): Promise<WeeklyHours>
  /** Gives a user hours of their own; null for those of the settings. One's own, or with `update` on users. */
  setWorkingHours(user: string, hours: WeeklyHours | null, options?: VerbOptions): Promise<void>
  /** Days off between two dates, both included: everybody's, and those of a user, by default the caller. */
  daysOff(whose: { user?: string; from: string; to: string }): Promise<DayOff[]>
  /**
   * Makes these the days off between two dates, both included. Everybody's with `update` on settings; a user's by
   * themselves, or with `update` on users.
   *
   * @example
   * await admin.calendar.setDaysOff({ from: '2026-01-01', to: '2026-12-31', days: [{ day: '2026-12-25', name: 'Christmas' }] })
   */
  setDaysOff(
    whose: { user?: string | null; from: string; to: string; days: readonly DayOffInput[] },
    options?: VerbOptions,
  ): Promise<void>
}

export const calendarApi = (caller: Caller): CalendarApi => ({
  range: async (query) => (await import('./range')).calendarRange(caller, query),
  freeBusy: async (query) => (await import('./busy')).freeBusy(caller, query),
  slots: async (query) => (await import('./slots')).bookableSlots(caller, query),
  book: async (booking, options) => (await import('./book')).bookSlot(caller, booking, options),
  workingHours: async (user) => (await import('./working-hours')).workingHours(caller, user),
  setWorkingHours: async (user, hours, options) =>
    (await import('./working-hours')).setWorkingHours(caller, user, hours, options),
  daysOff: async (whose) => (await import('./days-off')).daysOff(caller, whose),
  setDaysOff: async (whose, options) => (await import('./days-off')).setDaysOff(caller, whose, options),
})

export const meetingsApi = (caller: Caller): MeetingsApi => ({
  ...recordApi(caller, 'meetings'),
  attendees: async (id) => (await import('./attendees')).listAttendees(caller, id),
  invite: async (id, invitees, options) => (await import('./attendees')).inviteTo(caller, id, invitees, options),
  uninvite: async (id, attendees, options) =>
    (await import('./attendees')).uninviteFrom(caller, id, attendees, options),
  answer: async (id, answer, options) => (await import('./attendees')).answerInvitation(caller, id, answer, options),
  cancel: async (id, options) => (await import('./outcome')).cancelMeeting(caller, id, options) as Promise<never>,
  hold: async (id, options) => (await import('./outcome')).holdMeeting(caller, id, options) as Promise<never>,
})
