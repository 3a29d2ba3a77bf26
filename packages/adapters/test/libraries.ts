import type { Crm } from '@rapport/core'
import { expect } from 'vitest'

/** Work of a host in a transaction of its library: writes a note, ours inside, a second note. */
export type Transaction = (note: string, ours: (transaction: object) => Promise<unknown>) => Promise<unknown>

export interface Library {
  me: ReturnType<Crm['as']>
  transaction: Transaction
  /** As everybody else sees them. */
  leads(): Promise<unknown[]>
  notes(): Promise<unknown[]>
}

class Undo extends Error {}

/** Our rows and the host's go the same way, by commit and by rollback, whatever fails of ours in between. */
export async function expectJoined({ me, transaction, leads, notes }: Library) {
  await transaction('kept', async (host) => {
    await me.within(host).leads.create({ name: 'Kept', tags: ['VIP'] })
    await expect(me.within(host).leads.create({ name: '' })).rejects.toMatchObject({ code: 'VALIDATION' })
    await expect(
      me.within(host).transaction(async (tx) => {
        await tx.leads.create({ name: 'Gone' })
        await tx.tasks.create({ title: 'x', lead: '01890000-0000-7000-8000-000000000000' })
      }),
    ).rejects.toMatchObject({ code: 'VALIDATION' })
    expect((await me.within(host).leads.list()).items).toHaveLength(1)
    expect(await leads()).toEqual([])
  })
  const undone = transaction('gone', async (host) => {
    await me.within(host).leads.create({ name: 'Gone' })
    throw new Undo()
  })
  await expect(undone).rejects.toBeInstanceOf(Undo)
  await Promise.all(
    ['one', 'two'].map((note) =>
      transaction(note, (host) =>
        Promise.all(['a', 'b'].map((name) => me.within(host).leads.create({ name: `${note} ${name}` }))),
      ),
    ),
  )
  expect(new Set(await leads())).toEqual(new Set(['Kept', 'one a', 'one b', 'two a', 'two b']))
  expect((await notes()).sort()).toEqual(['after kept', 'after one', 'after two', 'kept', 'one', 'two'])
}
