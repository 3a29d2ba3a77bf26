import type { Job } from '../events/job'
import { eachDue } from '../events/waiting'
import { systemCaller } from '../records/caller'
import { type Engine, tableOf } from '../records/engine'
import { planConcerned } from '../records/next-step'
import { planNextTime } from '../records/reminder-plan'
import { transact } from '../records/write'
import { raw } from '../storage/sql'
import { nextFrom } from './course'

/** Moves `nextAt` of what recurs on as soon as that time begins: so that the reminders of the next one are planned in time. */
export const moveOnJob = (engine: Engine): Job => ({
  name: 'meetings',
  run(round) {
    const rows = raw(`${engine.storage.table('meeting')} q where q.turn_at is not null`)
    return eachDue(engine, { rows, id: 'id', due: 'turn_at' }, round, ({ tenant, id }) => moveOn(engine, tenant, id))
  },
})

/**
 * What follows from the time that passes is no change of the meeting: no event, no new version. Whoever claims the row
 * plans what depends on it, in one transaction.
 */
const moveOn = (engine: Engine, tenant: string, id: string): Promise<boolean> =>
  transact(systemCaller(engine, tenant, 'meetings'), async (write) => {
    const table = tableOf(engine, 'meetings')
    const now = engine.clock.now().getTime()
    const select = `select ${table.selectList} from ${table.name} r where r.tenant_id = ? and r.id = ? and r.turn_at <= ?`
    const [row] = await write.all(select + (engine.storage.dialect.lockRows ?? ''), [tenant, id, now])
    if (!row) return false
    const before = table.read(row)
    const after = { ...before, nextAt: await nextFrom(before, new Date(now + 1), engine.settings.timeZone) }
    const next = after.nextAt?.getTime() ?? null
    const update = `update ${table.name} set next_at = ?, turn_at = ? where tenant_id = ? and id = ?`
    await write.send(update, [next, next, tenant, id])
    await planConcerned({ before, after, given: new Set(), caller: write.caller, write }, table)
    await planNextTime(write, table, after)
    return true
  })
