import { field, type RecordType, type SearchHit } from '@rapport/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Client, newCrm, room, runs } from './support/crm'

/** What a record says, by field, as the oracle knows it: letters of a few words, so that needles hit. */
type Said = Record<string, string>
interface Stored {
  type: RecordType
  id: string
  owner: string
  shared: boolean
  deleted: boolean
  said: Said
}

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  leads: ['name', 'email', 'company', 'custom.code'],
  contacts: ['name', 'emails'],
  companies: ['name', 'domain'],
  deals: ['title'],
}
const TYPES = Object.keys(FIELDS) as RecordType[]

const word = fc.constantFrom('Ann', 'ánna', 'Bo', 'nan', 'Öbo', '%', '_', 'a"b', "o'n", '🚀', 'NaN-an', '12', 'no')
const words = fc.array(word, { minLength: 1, maxLength: 3 }).map((some) => some.join(' '))
const simple = fc.stringMatching(/^[abno]{1,5}$/)
const change = fc.record({
  at: fc.nat({ max: 40 }),
  does: fc.constantFrom('update', 'update', 'delete', 'restore', 'share', 'assign'),
  text: words,
})
const scenario = fc.record({
  records: fc.array(
    fc.record({
      type: fc.constantFrom(...TYPES),
      owner: fc.constantFrom('me', 'mate', 'zed'),
      words,
      simple,
      more: words,
    }),
    { minLength: 5, maxLength: 14 },
  ),
  changes: fc.array(change, { maxLength: 10 }),
  needles: fc.array(fc.oneof(words, simple, fc.constantFrom('a', 'nn', 'an', 'example', '.ex', 'on', 'bo ')), {
    minLength: 8,
    maxLength: 8,
  }),
  role: fc.constantFrom('own', 'team', 'all', 'blind'),
})

/** Without accents, in lower case, single blanks: by other means than the code under test. */
const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/\s/)
    .filter((part) => part !== '')
    .join(' ')

const RANKS = ['exact', 'prefix', 'word', 'part']
function rank(value: string, needle: string): number {
  if (!value.includes(needle)) return 4
  if (value === needle) return 0
  if (value.startsWith(needle)) return 1
  const pieces = value.split(needle).slice(0, -1)
  const befores = pieces.map((_, at) => pieces.slice(0, at + 1).join(needle)).filter((before) => before !== '')
  return befores.some((before) => !/[\p{L}\p{N}]$/u.test(before)) || overlapping(value, needle) ? 2 : 3
}
/** Occurrences that overlap, which `split` passes over. */
const overlapping = (value: string, needle: string) =>
  [...Array(value.length).keys()].some(
    (at) => at > 0 && value.startsWith(needle, at) && !/[\p{L}\p{N}\uDC00-\uDFFF]/u.test(value[at - 1] as string),
  ) ||
  [...Array(value.length).keys()].some(
    (at) => at > 1 && value.startsWith(needle, at) && /[\uDC00-\uDFFF]/.test(value[at - 1] as string),
  )

test('search and list find what the oracle finds, for whom it finds it', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ records, changes, needles, role }) => {
      const read = { create: 'all', update: 'all', delete: 'all', assign: 'all', share: 'all' } as const
      const hidden = { email: 'none', 'custom.code': 'none', emails: 'none', domain: 'none' } as const
      const { crm, system, clock } = await newCrm({
        keep: true,
        fields: { leads: { code: field.text({ searched: true }) } },
        roles: {
          own: { '*': { ...read, read: 'own' } },
          team: { '*': { ...read, read: 'team' } },
          all: { '*': { ...read, read: 'all' } },
          blind: { '*': { ...read, read: 'all', fields: hidden } },
        },
      })
      await system.users.syncTeams([
        { id: 'us', name: 'Us' },
        { id: 'them', name: 'Them' },
      ])
      await system.users.sync([
        { id: 'me', name: 'Me', roles: [role], teams: ['us'] },
        { id: 'mate', name: 'Mate', teams: ['us'] },
        { id: 'zed', name: 'Zed', teams: ['them'] },
      ])
      const me = crm.as({ user: 'me' }) as Client
      const stored: Stored[] = []
      for (const [at, { type, owner, words, simple, more }] of records.entries()) {
        clock.advance(1000)
        const made = inputOf(type, words, `${simple}${at}`, more)
        const { id } = await room(system, type).create({ ...made.input, owner })
        stored.push({ type, id, owner, shared: false, deleted: false, said: made.said })
      }
      for (const { at, does, text } of changes) {
        const one = stored[at % stored.length] as Stored
        const api = room(system, one.type)
        const title = one.type === 'deals' ? 'title' : one.type === 'contacts' ? 'lastName' : 'name'
        if (does === 'restore') {
          if (one.deleted) await api.restore(one.id)
          one.deleted = false
        } else if (one.deleted) continue
        else if (does === 'delete') {
          await api.delete(one.id)
          one.deleted = true
        } else if (does === 'share') {
          await api.share(one.id, { with: { user: 'me' }, level: 'read' })
          one.shared = true
        } else if (does === 'assign') {
          one.owner = one.owner === 'zed' ? 'me' : 'zed'
          await api.assign(one.id, { user: one.owner })
        } else {
          await api.update(one.id, { [title]: text })
          one.said[title === 'lastName' ? 'name' : title] = text
        }
      }

      for (const text of needles) {
        const needle = plain(text)
        const expected = stored
          .map((one, order) => ({ one, order, best: best(one, needle, role) }))
          .filter(({ one, best }) => best && !one.deleted && sees(role, one))
        expected.sort((a, b) => (a.best as Best).rank - (b.best as Best).rank || b.order - a.order)
        const hits = await me.search(text, { limit: 50 })
        expect(hits.map(short), text).toEqual(
          expected.map(({ one, best }) => `${one.type} ${one.id} ${best?.name} ${RANKS[best?.rank as number]}`),
        )
        for (const type of TYPES) {
          const { items, count } = await room(me, type).list({ search: text, count: 'exact', limit: 200 })
          const ids = expected.filter(({ one }) => one.type === type).map(({ one }) => one.id)
          expect(items.map(({ id }: { id: string }) => id).sort(), `${type} ${text}`).toEqual(ids.sort())
          expect(count).toBe(ids.length)
        }
      }
      await crm.close()
    }),
    runs(6),
  )
})

const short = ({ type, id, matched, closeness }: SearchHit) => `${type} ${id} ${matched} ${closeness}`

function inputOf(type: RecordType, words: string, simple: string, more: string): { input: object; said: Said } {
  const email = `${simple}@ann.example`
  if (type === 'leads')
    return {
      input: { name: words, email, company: more, custom: { code: simple } },
      said: { name: words, email, company: more, 'custom.code': simple },
    }
  if (type === 'contacts') return { input: { lastName: words, emails: [email] }, said: { name: words, emails: email } }
  if (type === 'companies') {
    const domain = `${simple}.example`
    return { input: { name: words, domain }, said: { name: words, domain } }
  }
  return { input: { title: words }, said: { title: words } }
}

interface Best {
  name: string
  rank: number
}

function best({ type, said }: Stored, needle: string, role: string): Best | undefined {
  let found: Best | undefined
  for (const name of FIELDS[type] as readonly string[]) {
    // The name of a contact is made of its emails too, where it has no other.
    const hidden =
      ['email', 'custom.code', 'emails', 'domain'].includes(name) || (type === 'contacts' && name === 'name')
    if (role === 'blind' && hidden) continue
    const at = rank(plain(said[name] ?? ''), needle)
    if (needle !== '' && at < (found?.rank ?? 4)) found = { name, rank: at }
  }
  return found
}

const sees = (role: string, { owner, shared }: Stored) =>
  role === 'all' || role === 'blind' || owner === 'me' || (role === 'team' && (owner === 'mate' || shared))
