import type { MergeSide } from '../records/merge/side'

interface Parts {
  /** Deals the winner took part in through the loser alone. */
  moved: string[]
  /** Deals both took part in: the loser's part, and the winner's before. */
  joined: { deal: string; loser: Part; winner: Part }[]
}

type Part = [role: string | null, primary: number]

/** Deals of the loser are deals of the winner; where both take part, the winner does, with the weightier role. */
export const dealParts: MergeSide = {
  name: 'deals',
  async move(write, { winner, loser }) {
    const { storage, tenant } = write.caller
    const table = storage.table('deal_contact')
    const select = `select deal_id, contact_id, role, is_primary from ${table} where tenant_id = ? and contact_id in (?, ?)`
    const rows = await write.all(select, [tenant, winner, loser])
    const partsOf = (contact: string) =>
      new Map(
        rows
          .filter((row) => row[1] === contact)
          .map(([deal, , role, primary]) => [String(deal), [role, Number(primary)] as Part]),
      )
    const mine = partsOf(winner)
    const parts: Parts = { moved: [], joined: [] }
    for (const [deal, theirs] of partsOf(loser)) {
      const held = mine.get(deal)
      if (!held) {
        await write.send(`update ${table} set contact_id = ? ${ONE}`, [winner, tenant, deal, loser])
        parts.moved.push(deal)
        continue
      }
      await write.send(`delete from ${table} ${ONE}`, [tenant, deal, loser])
      await write.send(`update ${table} set role = ?, is_primary = ? ${ONE}`, [
        held[0] ?? theirs[0],
        Math.max(held[1], theirs[1]),
        tenant,
        deal,
        winner,
      ])
      parts.joined.push({ deal, loser: theirs, winner: held })
    }
    return rows.length > mine.size ? parts : undefined
  },
  async giveBack(write, { winner, loser }, { moved, joined }: Parts) {
    const { storage, tenant } = write.caller
    const table = storage.table('deal_contact')
    for (const deal of moved)
      await write.send(`update ${table} set contact_id = ? ${ONE}`, [loser, tenant, deal, winner])
    for (const part of joined) {
      const live = await write.run(`update ${table} set role = ?, is_primary = ? ${ONE}`, [
        ...part.winner,
        tenant,
        part.deal,
        winner,
      ])
      if (live === 0) continue
      const insert = `insert into ${table} (tenant_id, deal_id, contact_id, role, is_primary) values (?, ?, ?, ?, ?)`
      await write.send(insert, [tenant, part.deal, loser, ...part.loser])
    }
  },
}

const ONE = 'where tenant_id = ? and deal_id = ? and contact_id = ?'
