import { isCrmError, type RecordType } from '@rapport/core'
import { scopedTo } from '@rapport/core/storage'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Client, definitionOf, listedIds, minimal, newCrm, room, runs, textField, types } from './support/crm'
import { type Company, company, may, owner, type Shared, share } from './support/people'

interface Placed {
  type: RecordType
  id: string
  owner: string | null
  shares: readonly Shared[]
  invited: readonly string[]
}

const record = fc.record({
  type: fc.constantFrom(...types),
  owner,
  shares: fc.array(share, { maxLength: 2 }),
  invited: fc.subarray(['u0', 'u1', 'u2', 'u3'], { maxLength: 2 }),
  elsewhere: fc.constantFrom(false, false, true),
})

const scenario = fc.record({ company: company(types), records: fc.array(record, { minLength: 5, maxLength: 25 }) })

/** `'ok'`, or the code of the refusal. */
const answer = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error) => {
      if (isCrmError(error)) return error.code
      throw error
    },
  )

test('list, count, get, update and delete reach exactly what the access rule says, for every type of record', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ company, records }) => {
      const { crm, storage } = await newCrm({ roles: company.roles, keep: true })
      const everybody = company.users.map((user) => ({ ...user, active: true }))
      const [here, there] = await Promise.all(
        ['here', 'there'].map(async (tenant) => {
          const system = crm.asSystem({ tenant, reason: 'test' }) as Client
          await system.users.syncTeams(company.teams)
          await system.users.sync(everybody)
          return system
        }),
      )
      const placed: Placed[] = []
      for (const [seed, { type, owner, shares, invited: asked, elsewhere }] of records.entries()) {
        const invited = type === 'meetings' ? asked : []
        const system = (elsewhere ? there : here) as Client
        const { id } = await room(system, type).create({ ...minimal(type, seed), owner })
        for (const { kind, grantee, level } of shares) {
          await room(system, type).share(id, { with: kind === 'user' ? { user: grantee } : { team: grantee }, level })
        }
        if (invited.length > 0)
          await system.meetings.invite(
            id,
            invited.map((user) => ({ user })),
          )
        // A later share with the same grantee replaces an earlier one.
        const last = new Map(shares.map((one) => [`${one.kind} ${one.grantee}`, one]))
        if (!elsewhere) placed.push({ type, id, owner, shares: [...last.values()], invited })
      }
      await (here as Client).users.sync(company.users)
      // Past the API, which gives nothing to a user who has left.
      const putBack = async ({ type, id, owner }: Placed) => {
        const table = storage.table(definitionOf(type).table)
        await scopedTo(storage, 'here').transaction(async (session) =>
          session.run(`update ${table} set owner = ? where tenant_id = ? and id = ?`, [owner, 'here', id]),
        )
      }

      for (const { id: user } of company.users) {
        const me = crm.as({ tenant: 'here', user }) as Client
        for (const type of types) {
          const mine = placed.filter((one) => one.type === type)
          const readable = mine.filter((one) => may(company, user, 'read', type, one)).map(({ id }) => id)
          const allowed = await me.can(type, 'read')
          if (!allowed) {
            expect(readable).toEqual([])
            expect(await answer(room(me, type).list())).toBe('FORBIDDEN')
          } else {
            expect((await listedIds(room(me, type))).sort()).toEqual(readable)
            expect((await room(me, type).list({ count: 'exact' })).count).toBe(readable.length)
          }
          for (const one of mine) await checkRecord({ company, me, system: here as Client, user, one, putBack })
        }
      }
      await crm.close()
    }),
    runs(12),
  )
})

interface Checking {
  company: Company
  me: Client
  system: Client
  user: string
  one: Placed
  putBack(one: Placed): Promise<void>
}

async function checkRecord({ company, me, system, user, one, putBack }: Checking) {
  const { type, id } = one
  const api = room(me, type)
  const allowed = (action: 'read' | 'update' | 'delete' | 'assign') => may(company, user, action, type, one)
  const refused = allowed('read') ? 'FORBIDDEN' : 'NOT_FOUND'
  for (const action of ['read', 'update', 'delete', 'assign'] as const) {
    expect(await me.can(type, action, id), `${user} may ${action}`).toBe(allowed(action))
  }
  expect(await answer(api.get(id)), `${user} gets`).toBe(allowed('read') ? 'ok' : 'NOT_FOUND')
  expect(await answer(api.update(id, { [textField(type)]: `by ${user}` })), `${user} updates`).toBe(
    allowed('update') ? 'ok' : refused,
  )
  // Nobody may hand over by naming another field as well.
  for (const owner of ['u0', 'u1', 'u2', 'u3']) {
    const handOver = await answer(api.update(id, { [textField(type)]: `to ${owner}`, owner }))
    if (one.owner !== owner && !allowed('assign')) expect(['FORBIDDEN', 'NOT_FOUND']).toContain(handOver)
    if (handOver === 'ok') await putBack(one)
  }
  expect(await answer(api.delete(id)), `${user} deletes`).toBe(allowed('delete') ? 'ok' : refused)
  if (allowed('delete')) await room(system, type).restore(id)
}
