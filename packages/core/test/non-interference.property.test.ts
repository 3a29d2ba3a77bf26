import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Call, reads, type Subject } from './support/calls'
import { definitionOf, room, runs, textField, types } from './support/crm'
import { outcomeOf } from './support/outcome'
import { everyQuery, listQuery } from './support/queries'
import { everyReport, runReport } from './support/reports'
import { buildWorld, comparable, isUnseen, type Plan, plan, type World } from './support/worlds'

const request = fc.oneof(
  ...types.map((type) => fc.record({ type: fc.constant(type), query: listQuery(definitionOf(type)) })),
)

test('no read differs when an unseen record or a hidden field differs', async () => {
  await fc.assert(
    fc.asyncProperty(plan, fc.array(request, { minLength: 30, maxLength: 30 }), async (plan, requests) => {
      const worlds = await bothWorlds(plan)
      for (const { type, query } of requests) {
        await expectSame(worlds, `${type}.list`, async ({ me }) => {
          const first = await room(me, type).list(query as never)
          const second = first.nextCursor
            ? await room(me, type).list({ ...query, after: first.nextCursor } as never)
            : null
          return [first, second]
        })
      }
      for (const type of new Set(plan.records.map(({ type }) => type))) {
        for (const query of everyQuery(definitionOf(type))) {
          await expectSame(worlds, `${type}.list ${JSON.stringify(query)}`, ({ me }) =>
            room(me, type).list(query as never),
          )
        }
      }
      for (const text of ['ann', 'zo', 'e', 'o%o', 'sample', 'example', '301'])
        await expectSame(worlds, `search ${text}`, ({ me }) => me.search(text, { types: [...types], limit: 50 }))
      await expectSame(worlds, 'notifications', ({ me }) => me.notifications.list())
      await expectSame(worlds, 'unread notifications', ({ me }) => me.notifications.unreadCount())
      const stretch = { from: '2026-01-01T00:00:00Z', to: '2026-12-31T00:00:00Z', users: ['me', 'mate', 'zed'] }
      await expectSame(worlds, 'calendar.range', ({ me }) => me.calendar.range(stretch))
      for (const [place, { type }] of plan.records.entries()) {
        const links = Object.entries(definitionOf(type).fields).filter(([, { kind }]) => kind === 'link')
        await expectSame(worlds, `${type}.get`, ({ me, ids }) =>
          room(me, type).get(ids[place] as string, { include: ['owner', ...links.map(([name]) => name)] }),
        )
        await expectSame(worlds, `${type}.can`, ({ me, ids }) => me.can(type, 'read', ids[place] as string))
        await expectSame(worlds, `timeline of ${type}`, ({ me, ids }) =>
          me.timeline({ type, id: ids[place] as string }, { limit: 5 }),
        )
        if (type === 'files')
          for (const read of ['files.versions', 'files.download'])
            await expectSame(worlds, read, async ({ me, ids }) =>
              (reads[read] as Call)(me.files, { id: ids[place] } as Subject),
            )
        await expectSame(worlds, `notes of ${type}`, ({ me, ids }) => me.notes.list({ type, id: ids[place] as string }))
      }
      for (const view of ['myDay', 'overdue', 'upcoming'] as const)
        for (const user of ['me', 'mate', 'zed'])
          await expectSame(worlds, `tasks.${view} of ${user}`, ({ me }) => me.tasks[view]({ user, limit: 3 }))
      await expectSame(worlds, 'tasks.unassigned', ({ me }) => me.tasks.unassigned({ limit: 3 }))
      for (const type of types) {
        await expectSame(worlds, `${type}.each`, async ({ me }) => {
          const all: unknown[] = []
          for await (const one of room(me, type).each()) all.push(one)
          return all
        })
      }
      await Promise.all(worlds.map((world) => world.close()))
    }),
    runs(3),
  )
})

test('no report, export or tag list differs when an unseen record or a hidden field differs', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (plan) => {
      const worlds = await bothWorlds(plan)
      for (const { name, request } of everyReport(worlds[0].me)) {
        await expectSame(worlds, `${name} ${JSON.stringify(request)}`, ({ me }) => runReport(me, name, request))
      }
      for (const type of types) {
        await expectSame(worlds, `tags of ${type}`, ({ me }) => me.tags.list(type))
        const { export: written } = room(worlds[0].me, type) as { export?: unknown }
        if (written) await expectSame(worlds, `${type}.export`, ({ me }) => exported(room(me, type) as never))
      }
      await Promise.all(worlds.map((world) => world.close()))
    }),
    runs(4),
  )
})

test('no write answers differently when an unseen record or a hidden field differs', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (plan) => {
      const worlds = await bothWorlds(plan)
      for (const [place, planned] of plan.records.entries()) {
        const { type } = planned
        const text = textField(type)
        const at = (world: World) => world.ids[place] as string
        await expectSame(worlds, `${type}.update`, (world) =>
          room(world.me, type).update(at(world), { [text]: 'Changed' }),
        )
        await expectSame(worlds, `${type}.update behind`, (world) =>
          room(world.me, type).update(at(world), { [text]: 'Again' }, { ifVersion: 1 }),
        )
        await expectSame(worlds, `${type}.share`, (world) =>
          room(world.me, type).share(at(world), { with: { user: 'zed' }, level: 'read' }),
        )
        for (const [name, field] of Object.entries(definitionOf(type).fields)) {
          if (field.kind !== 'link' || !types.includes(field.to as never)) continue
          const target = plan.records.findIndex((one) => one.type === field.to && isUnseen(plan, one))
          if (target < 0) continue
          await expectSame(worlds, `${type}.update link`, (world) =>
            room(world.me, type).update(at(world), { [name]: world.ids[target] }),
          )
        }
        await expectSame(worlds, `${type}.delete`, (world) => room(world.me, type).delete(at(world)))
        await expectSame(worlds, `${type}.restore`, (world) => room(world.me, type).restore(at(world)))
      }
      await Promise.all(worlds.map((world) => world.close()))
    }),
    runs(5),
  )
})

const bothWorlds = async (plan: Plan) => [await buildWorld(plan, false), await buildWorld(plan, true)] as const

async function expectSame(worlds: readonly [World, World], what: string, ask: (world: World) => Promise<unknown>) {
  const [first, second] = await Promise.all(
    worlds.map(async (world) => comparable(world, await outcomeOf(() => ask(world)))),
  )
  expect(second, what).toBe(first)
}

async function exported(api: { export(): AsyncIterable<string> }): Promise<string> {
  let all = ''
  for await (const piece of api.export()) all += piece
  return all
}
