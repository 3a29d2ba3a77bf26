import { type RecordApi, recordApi } from '../records/api'
import type { Caller } from '../records/caller'
import type { OrderBy, Where } from '../records/where'
import type { Meeting, MeetingPatch, meetingFields, NewMeeting } from './definition'

/** Meetings: appointments with people, once or recurring. */
export interface MeetingsApi<Custom = Record<string, unknown>>
  extends RecordApi<
    Meeting<Custom>,
    NewMeeting<Custom>,
    MeetingPatch<Custom>,
    Where<typeof meetingFields, Custom>,
    OrderBy<typeof meetingFields, Custom>
  > {}

export const meetingsApi = (caller: Caller): MeetingsApi => recordApi(caller, 'meetings')
