import type { Change } from '../records/definition'

/** Attendees' rows know when the meeting is, so that a user's meetings are found by that. */
export async function followMeeting({ before, after, caller, write }: Change): Promise<void> {
  const timeOf = (value: unknown) => (value as Date | null)?.getTime() ?? null
  const [first, last] = [timeOf(after.firstAt), timeOf(after.lastAt)]
  if (!before || (timeOf(before.firstAt) === first && timeOf(before.lastAt) === last)) return
  const update = `update ${caller.storage.table('meeting_attendee')} set first_at = ?, last_at = ? where tenant_id = ? and meeting_id = ?`
  await write.send(update, [first, last, caller.tenant, after.id])
}
