import { startOfDay } from '../kernel/zones'
import { concernedBy } from '../records/concerned'
import type { Change } from '../records/definition'
import { tableOf } from '../records/engine'
import type { AnyRecord } from '../records/types'

/**
 * The records a task is about know when the next open task falls due: `nextActivityAt`, empty when nobody is following
 * up. A due day counts from its start in the tenant's zone. An overdue task counts too, with its past date.
 * Two statements for each record concerned, none when neither due time nor openness nor links changed.
 */
export async function planRelated({ before, after, caller, write }: Change): Promise<void> {
  const { engine, tenant } = caller
  const tasks = tableOf(engine, 'tasks')
  const plans = [planOf(before), planOf(after)]
  if (plans[0] === undefined && plans[1] === undefined) return
  for (const { link, type, id } of concernedBy(tasks, [before, after], plans[0] === plans[1])) {
    const select = `select min(t.due_at) as instant, min(t.due_date) as day from ${tasks.name} t where t.tenant_id = ? and t.${link} = ? and t.deleted_at is null and ${tasks.definition.open}`
    const [row] = await write.all(select, [tenant, id])
    const [instant, day] = row ?? []
    const times = [
      ...(instant == null ? [] : [Number(instant)]),
      ...(day == null ? [] : [startOfDay(String(day), engine.settings.timeZone).getTime()]),
    ]
    const next = times.length === 0 ? null : Math.min(...times)
    await write.send(`update ${tableOf(engine, type).name} set next_activity_at = ? where tenant_id = ? and id = ?`, [
      next,
      tenant,
      id,
    ])
  }
}

/** When the task calls for somebody; undefined when it does not. */
function planOf(task: AnyRecord | undefined): string | undefined {
  if (!task || task.deletedAt !== null || (task.status !== 'open' && task.status !== 'in-progress')) return undefined
  if (task.dueDate === null && task.dueAt === null) return undefined
  return String(task.dueDate ?? (task.dueAt as Date).getTime())
}
