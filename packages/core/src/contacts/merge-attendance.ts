import type { MergeSide } from '../records/merge/side'
import type { SqlValue } from '../storage/port'

interface Attendance {
  /** Ids of the loser's invitations, which are the winner's now. */
  moved: string[]
  /** Those to meetings that the winner is invited to as well: the rows as they were. */
  dropped: SqlValue[][]
}

const COLUMNS = 'id, meeting_id, name, role, answer, answered_at, comment, first_at, last_at'

/** Meetings of the loser are meetings of the winner; where both are invited, the winner is. */
export const attendance: MergeSide = {
  name: 'meetings',
  async move(write, { winner, loser }) {
    const { storage, tenant } = write.caller
    const table = storage.table('meeting_attendee')
    const select = `select ${COLUMNS}, contact_id from ${table} where tenant_id = ? and contact_id in (?, ?)`
    const rows = await write.all(select, [tenant, winner, loser])
    const mine = new Set(rows.filter((row) => row.at(-1) === winner).map((row) => row[1]))
    const theirs = rows.filter((row) => row.at(-1) === loser).map((row) => row.slice(0, -1) as SqlValue[])
    const done: Attendance = { moved: [], dropped: theirs.filter((row) => mine.has(row[1])) }
    for (const row of theirs) {
      const id = String(row[0])
      if (mine.has(row[1])) await write.send(`delete from ${table} where tenant_id = ? and id = ?`, [tenant, id])
      else {
        await write.send(`update ${table} set contact_id = ? where tenant_id = ? and id = ?`, [winner, tenant, id])
        done.moved.push(id)
      }
    }
    return theirs.length > 0 ? done : undefined
  },
  async giveBack(write, { winner, loser }, { moved, dropped }: Attendance) {
    const { storage, tenant } = write.caller
    const table = storage.table('meeting_attendee')
    for (const id of moved) {
      const update = `update ${table} set contact_id = ? where tenant_id = ? and id = ? and contact_id = ?`
      await write.send(update, [loser, tenant, id, winner])
    }
    for (const row of dropped) {
      // The meeting may be gone since, or the contact invited anew.
      const [still] = await write.all(
        `select count(*) from ${storage.table('meeting')} m where m.tenant_id = ? and m.id = ? and not exists (select 1 from ${table} a where a.tenant_id = m.tenant_id and a.meeting_id = m.id and a.contact_id = ?)`,
        [tenant, row[1] as SqlValue, loser],
      )
      if (Number(still?.[0]) === 0) continue
      const insert = `insert into ${table} (tenant_id, contact_id, ${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
      await write.send(insert, [tenant, loser, ...row])
    }
  },
}
