import { newId } from '../kernel/ids'
import type { Caller } from '../records/caller'
import type { WriteSession } from '../records/write'
import type { Session } from '../storage/port'

/** One step of a task. */
export interface ChecklistItem {
  id: string
  text: string
  done: boolean
  /** When it was ticked off, and by whom; null while it is to be done, and `doneBy` where the system did it. */
  doneAt: Date | null
  doneBy: string | null
}

const tableName = ({ storage }: Pick<Caller, 'storage'>) => storage.table('checklist_item')

/** The steps of a task, in their order. */
export async function readChecklist(
  reader: Pick<Session, 'all'>,
  caller: Pick<Caller, 'storage' | 'tenant'>,
  task: string,
): Promise<ChecklistItem[]> {
  const select = `select id, text, done_at, done_by from ${tableName(caller)} where tenant_id = ? and task_id = ? order by position, id`
  return (await reader.all(select, [caller.tenant, task])).map(([id, text, doneAt, doneBy]) => ({
    id: String(id),
    text: String(text),
    done: doneAt !== null,
    doneAt: doneAt === null ? null : new Date(Number(doneAt)),
    doneBy: doneBy as string | null,
  }))
}

/** Stores the steps from that place on, which are new. One statement, or none. */
export async function addSteps(
  write: WriteSession,
  task: string,
  steps: readonly Pick<ChecklistItem, 'id' | 'text'>[],
  from = 0,
) {
  const { caller, send } = write
  const added = steps.slice(from)
  if (added.length === 0) return
  const rows = added.map(() => '(?, ?, ?, ?, ?)').join(', ')
  const values = added.flatMap(({ id, text }, index) => [caller.tenant, id, task, from + index, text])
  await send(`insert into ${tableName(caller)} (tenant_id, id, task_id, position, text) values ${rows}`, values)
}

/** The same steps for another task, all of them to be done. */
export async function copyChecklist(write: WriteSession, from: string, to: string) {
  const steps = await readChecklist(write, write.caller, from)
  await addSteps(
    write,
    to,
    steps.map(({ text }) => ({ id: newId(), text })),
  )
}

export async function storeTick({ caller, send }: WriteSession, { id, doneAt, doneBy }: ChecklistItem) {
  const update = `update ${tableName(caller)} set done_at = ?, done_by = ? where tenant_id = ? and id = ?`
  await send(update, [doneAt?.getTime() ?? null, doneBy, caller.tenant, id])
}

/** Gives the steps the places they have here. One statement, or none. */
export async function moveSteps({ caller, send }: WriteSession, steps: readonly ChecklistItem[]) {
  if (steps.length === 0) return
  const places = steps.map((_, place) => `when ? then ${place}`).join(' ')
  const marks = steps.map(() => '?').join(', ')
  const ids = steps.map(({ id }) => id)
  await send(
    `update ${tableName(caller)} set position = case id ${places} end where tenant_id = ? and id in (${marks})`,
    [...ids, caller.tenant, ...ids],
  )
}

export async function removeStep({ caller, send }: WriteSession, { id }: ChecklistItem) {
  await send(`delete from ${tableName(caller)} where tenant_id = ? and id = ?`, [caller.tenant, id])
}
