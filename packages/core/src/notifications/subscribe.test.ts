import { createCrm, type InboxChange, systemClock } from '@rapport/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { addPeople, type Client, withPeople } from '../../test/support/crm'
import { newPlace } from '../../test/support/databases'

test('a subscription tells of the inbox as it is, then of what comes and of what is read, until it ends', async () => {
  const { mia, bob, ada, crm } = await withPeople({ clock: systemClock })
  await mia.tasks.create({ title: 'Old', owner: 'bob' })
  await crm.tick()
  const heard: InboxChange[] = []
  const end = bob.notifications.subscribe((change) => void heard.push(change))
  const others = ada.notifications.subscribe(() => heard.push({ unread: -1, notifications: [] }))
  onTestFinished(others)
  await vi.waitFor(() => expect(heard).toHaveLength(2))
  expect(heard.find(({ unread }) => unread === 1)?.notifications.map(({ title }) => title)).toEqual(['Old'])
  const worker = crm.worker({ pollEvery: 3_600_000 })
  worker.start()
  await mia.leads.create({ name: 'New', source: 'website', owner: 'bob' })
  await vi.waitFor(() => expect(heard).toHaveLength(3))
  expect(heard[2]).toMatchObject({ unread: 2, notifications: [{ title: 'New' }] })
  await bob.notifications.markRead(heard[2]?.notifications[0]?.id as string)
  await vi.waitFor(() => expect(heard).toHaveLength(4))
  expect(heard[3]).toEqual({ unread: 1, notifications: [] })
  end()
  await bob.notifications.markAllRead()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(heard).toHaveLength(4)
  await worker.stop()
})

test('what another process does is told within seconds', async () => {
  const place = await newPlace()
  const [here, there] = [createCrm({ storage: place.open() }), createCrm({ storage: place.open() })]
  onTestFinished(async () => {
    await Promise.all([here.close(), there.close()])
    await place.giveBack()
  })
  await here.migrate()
  await addPeople(here.asSystem({ reason: 'test' }) as Client)
  const heard: InboxChange[] = []
  const end = here.as({ user: 'bob' }).notifications.subscribe((change) => void heard.push(change))
  onTestFinished(end)
  await vi.waitFor(() => expect(heard).toHaveLength(1))
  await there.as({ user: 'mia' }).leads.create({ name: 'New', source: 'website', owner: 'bob' })
  await there.tick()
  await vi.waitFor(() => expect(heard).toHaveLength(2), { timeout: 8000 })
  expect(heard[1]).toMatchObject({ unread: 1, notifications: [{ title: 'New' }] })
}, 20_000)

test('a listener that throws is told of the next change all the same', async () => {
  const { mia, bob, crm } = await withPeople()
  let calls = 0
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const end = bob.notifications.subscribe(() => {
    calls++
    throw new Error('no socket')
  })
  await vi.waitFor(() => expect(calls).toBe(1))
  await mia.leads.create({ name: 'New', source: 'website', owner: 'bob' })
  await crm.tick()
  await vi.waitFor(() => expect(calls).toBe(2))
  end()
  expect(warned).toHaveBeenCalledTimes(2)
  warned.mockRestore()
})
