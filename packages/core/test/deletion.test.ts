import { expect, test } from 'vitest'
import { definitionOf, minimal, newCrm, room, textField, types } from './support/crm'
import { refusalOf } from './support/outcome'

const SECRET = 'Secret words'

test.each(types)('%s: deleting hides, restoring brings back, purging leaves nothing of it', async (type) => {
  const { system, storage } = await newCrm()
  const api = room(system, type)
  const record = await api.create({ ...minimal(type, 1), [textField(type)]: SECRET, tags: ['Confidential'] })
  await system.notes.add({ type, id: record.id }, `${SECRET} in a note`)
  await api.delete(record.id)
  expect(await refusalOf(() => api.get(record.id))).toBe('NOT_FOUND id not-found')
  expect(await refusalOf(() => api.delete(record.id))).toBe('NOT_FOUND id not-found')
  expect((await api.list({ count: 'exact' })).count).toBe(0)
  const deleted = await api.list({ deleted: true })
  expect(deleted.items.map(({ id }: { id: string }) => id)).toEqual([record.id])

  const restored = await api.restore(record.id)
  expect({ ...restored, updatedAt: 0, version: 0 }).toEqual({ ...record, updatedAt: 0, version: 0 })
  expect((await api.list({ where: { tags: 'Confidential' } })).items).toHaveLength(1)

  await api.delete(record.id)
  await api.purge(record.id)
  expect(await refusalOf(() => api.restore(record.id))).toBe('NOT_FOUND id not-found')
  for (const table of ['event', definitionOf(type).table, 'note', 'record_key', 'share']) {
    const rows = JSON.stringify(await storage.read(`select * from ${storage.table(table)}`, []))
    for (const trace of [SECRET, 'Confidential']) expect(rows, table).not.toContain(trace)
  }
})

test('purging empties every link to the record, and leaves the records that had it', async () => {
  const { system } = await newCrm()
  for (const target of types) {
    const { id } = await room(system, target).create(minimal(target, 50))
    const linked: { type: (typeof types)[number]; id: string; name: string }[] = []
    for (const type of types) {
      for (const [name, of] of Object.entries(definitionOf(type).fields)) {
        if (of.kind !== 'link' || of.to !== target || of.mode === 'server') continue
        const made = await room(system, type).create({ ...minimal(type, 60), [name]: id })
        linked.push({ type, name, id: made.id })
      }
    }
    await room(system, target).delete(id)
    await room(system, target).purge(id)
    for (const { type, id, name } of linked) {
      expect((await room(system, type).get(id))[name], `${type}.${name}`).toBeNull()
    }
  }
})
