import { inList, raw, sql } from '../../storage/sql'
import { tableOf } from '../engine'
import { followTimeline, sharedEvents, unfollowTimeline } from '../follow-timeline'
import { customLinks } from './custom-links'
import { links } from './links'
import { chunks, MAX_REMEMBERED, type MergeSide, TOO_MANY } from './side'

const notes: MergeSide = {
  name: 'notes',
  async move(write, { type, winner, loser }) {
    const { storage, tenant } = write.caller
    const table = storage.table('note')
    const where = 'where tenant_id = ? and record_type = ? and record_id = ?'
    const ids = (
      await write.all(`select id from ${table} ${where} limit ${MAX_REMEMBERED + 1}`, [tenant, type, loser])
    ).map(([id]) => String(id))
    if (ids.length === 0) return undefined
    await write.send(`update ${table} set record_id = ? ${where}`, [winner, tenant, type, loser])
    return ids.length > MAX_REMEMBERED ? TOO_MANY : ids
  },
  async giveBack(write, { winner, loser }, ids: string[]) {
    const { storage, tenant } = write.caller
    for (const some of chunks(ids)) {
      const update = sql`update ${raw(storage.table('note'))} set record_id = ${loser} where tenant_id = ${tenant} and record_id = ${winner} and ${inList(raw('id'), some)}`
      await write.send(update.text, update.params)
    }
  },
}

interface SharesMoved {
  added: [kind: string, grantee: string][]
  raised: [kind: string, grantee: string][]
}

/** Whoever could see the loser sees the winner, at the higher of both levels. */
const shares: MergeSide = {
  name: 'shares',
  async move(write, { type, winner, loser }) {
    const { storage, tenant } = write.caller
    const table = storage.table('share')
    const select = `select record_id, grantee_kind, grantee_id, level, created_at, created_by from ${table} where tenant_id = ? and record_type = ? and record_id in (?, ?)`
    const rows = await write.all(select, [tenant, type, winner, loser])
    const held = new Map(
      rows.filter(([id]) => id === winner).map(([, kind, grantee, level]) => [`${kind}\n${grantee}`, level]),
    )
    const moved: SharesMoved = { added: [], raised: [] }
    for (const [id, kind, grantee, level, at, by] of rows as [
      string,
      string,
      string,
      string,
      number,
      string | null,
    ][]) {
      if (id !== loser) continue
      const mine = held.get(`${kind}\n${grantee}`)
      if (mine === undefined) {
        const columns = 'tenant_id, record_type, record_id, grantee_kind, grantee_id, level, created_at, created_by'
        await write.send(`insert into ${table} (${columns}) values (?, ?, ?, ?, ?, ?, ?, ?)`, [
          tenant,
          type,
          winner,
          kind,
          grantee,
          level,
          at,
          by,
        ])
        moved.added.push([kind, grantee])
      } else if (mine === 'read' && level === 'edit') {
        await write.send(`update ${table} set level = 'edit' ${ONE_SHARE}`, [tenant, type, winner, kind, grantee])
        moved.raised.push([kind, grantee])
      }
    }
    return moved.added.length + moved.raised.length > 0 ? moved : undefined
  },
  async giveBack(write, { type, winner }, { added, raised }: SharesMoved) {
    const { storage, tenant } = write.caller
    const table = storage.table('share')
    for (const grantee of added)
      await write.send(`delete from ${table} ${ONE_SHARE}`, [tenant, type, winner, ...grantee])
    for (const grantee of raised)
      await write.send(`update ${table} set level = 'read' ${ONE_SHARE}`, [tenant, type, winner, ...grantee])
  },
}

const ONE_SHARE = 'where tenant_id = ? and record_type = ? and record_id = ? and grantee_kind = ? and grantee_id = ?'

/** The winner's timeline shows what happened to the loser. Remembered is only what was about both before. */
const timeline: MergeSide = {
  name: 'timeline',
  async move(write, { type, winner, loser }) {
    const both = await sharedEvents(write, loser, winner)
    await followTimeline(write, loser, { table: tableOf(write.caller.engine, type), id: winner })
    return both.length > MAX_REMEMBERED ? TOO_MANY : both
  },
  giveBack: (write, { winner, loser }, keep: string[]) => unfollowTimeline(write, loser, winner, keep),
}

/** What hangs on records of every type. */
export const COMMON_SIDES: readonly MergeSide[] = [links, customLinks, notes, shares, timeline]
