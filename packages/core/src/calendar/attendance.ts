import type { Change } from '../records/definition'
import type { AnyRecord } from '../records/types'

const timeOf = (value: unknown) => (value as Date | null)?.getTime() ?? null

/** Attendees' rows know when the meeting is, so that a user's meetings are found by that. */
export async function followMeeting(change: Change): Promise<void> {
  const { before, after, caller, write } = change
  await keepTurn(change)
  const [first, last] = [timeOf(after.firstAt), timeOf(after.lastAt)]
  if (!before || (timeOf(before.firstAt) === first && timeOf(before.lastAt) === last)) return
  const update = `update ${caller.storage.table('meeting_attendee')} set first_at = ?, last_at = ? where tenant_id = ? and meeting_id = ?`
  await write.send(update, [first, last, caller.tenant, after.id])
}

/** What recurs and is planned waits for its next time to begin. */
export async function keepTurn({ before, after, caller, write }: Change): Promise<void> {
  const turn = turnOf(after)
  if (turnOf(before) === turn) return
  const update = `update ${caller.storage.table('meeting')} set turn_at = ? where tenant_id = ? and id = ?`
  await write.send(update, [turn, caller.tenant, after.id])
}

function turnOf(meeting: AnyRecord | undefined): number | null {
  const waits = meeting && meeting.recurrence !== null && meeting.status === 'planned' && meeting.deletedAt === null
  return waits ? timeOf(meeting.nextAt) : null
}
