import { databaseFiles } from '@rapport/adapters/database-files'
import { createCrm } from '@rapport/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs, withPeople } from '../../test/support/crm'
import { errorOf, refusalOf } from '../../test/support/outcome'

const NOWHERE = 'NOT_FOUND token not-found'
const secret = (letter: string) => letter.repeat(40)

async function withFile(options = {}) {
  const made = await withPeople(options)
  const file = await made.ada.files.upload({ name: 'x.txt', content: 'hello' })
  const open = async (token: string, options?: object) =>
    new Response((await made.crm.download(token, options)).content).text()
  return { ...made, file, open }
}

test('a link leads to the file, for whoever has it, until it expires', async () => {
  const { ada, clock, file, open } = await withFile()
  const { token, expiresAt } = await ada.files.link(file.id, { expiresIn: 60 })
  expect(expiresAt).toEqual(new Date(clock.now().getTime() + 60_000))
  expect(encodeURIComponent(token)).toBe(token)
  expect(await open(token)).toBe('hello')
  expect(await open(token, { range: { start: 1, end: 3 } })).toBe('el')
  clock.advance(59_999)
  expect(await open(token)).toBe('hello')
  clock.advance(1)
  expect(await refusalOf(() => open(token))).toBe(NOWHERE)
})

test('a link changed at any place, in any way, leads nowhere', async () => {
  const { ada, crm, file } = await withFile()
  const { token } = await ada.files.link(file.id)
  const place = fc.nat({ max: token.length - 1 })
  const letter = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \0ä')
  const changed = fc.oneof(
    fc.tuple(place, letter).map(([at, one]) => token.slice(0, at) + one + token.slice(at + 1)),
    fc.tuple(place, letter).map(([at, one]) => token.slice(0, at) + one + token.slice(at)),
    place.map((at) => token.slice(0, at) + token.slice(at + 1)),
    place.map((at) => token.slice(0, at)),
    fc.string(),
    fc.string().map((more) => token + more),
  )
  await fc.assert(
    fc.asyncProperty(changed, async (other) => {
      if (other !== token) expect(await refusalOf(() => crm.download(other))).toBe(NOWHERE)
    }),
    runs(2000),
  )
  // Each place with each other letter that a token can have, the last one too, of which two bits mean nothing.
  for (let at = 0; at < token.length; at++)
    for (const one of 'Aaz09-_.')
      if (token[at] !== one)
        expect(await refusalOf(() => crm.download(token.slice(0, at) + one + token.slice(at + 1)))).toBe(NOWHERE)
  for (const other of [undefined, null, 5, {}, '', '.', 'x'.repeat(10_000)])
    expect(await refusalOf(() => crm.download(other as never))).toBe(NOWHERE)
})

test('a link is of one tenant', async () => {
  const { ada, crm, file, open } = await withFile()
  const { token } = await ada.files.link(file.id)
  expect(await open(token, { tenant: 'default' })).toBe('hello')
  expect(await refusalOf(() => open(token, { tenant: 'other' }))).toBe(NOWHERE)
  const other = crm.asSystem({ tenant: 'other', reason: 'test' })
  expect(await refusalOf(() => other.files.link(file.id))).toBe('NOT_FOUND id not-found')
})

test('a link made out to a user is of use to that user, while the file is theirs to read', async () => {
  const { ada, file, open } = await withFile()
  const { token } = await ada.files.link(file.id, { user: 'cyd' })
  expect(await refusalOf(() => open(token))).toBe(NOWHERE)
  expect(await refusalOf(() => open(token, { user: 'ada' }))).toBe(NOWHERE)
  expect(await refusalOf(() => open(token, { user: 'cyd' }))).toBe(NOWHERE)
  await ada.files.share(file.id, { with: { user: 'cyd' }, level: 'read' })
  expect(await open(token, { user: 'cyd' })).toBe('hello')
  await ada.files.unshare(file.id, { user: 'cyd' })
  expect(await refusalOf(() => open(token, { user: 'cyd' }))).toBe(NOWHERE)
})

test('a link ends when the file is deleted, and is back when it is restored', async () => {
  const { ada, file, open } = await withFile()
  const { token } = await ada.files.link(file.id)
  await ada.files.delete(file.id)
  expect(await refusalOf(() => open(token))).toBe(NOWHERE)
  await ada.files.restore(file.id)
  expect(await open(token)).toBe('hello')
})

test('a link leads to the newest version, or to the one it names', async () => {
  const { ada, file, open } = await withFile()
  const [newest, first] = [await ada.files.link(file.id), await ada.files.link(file.id, { version: 1 })]
  await ada.files.addVersion(file.id, { content: 'newer' })
  expect([await open(newest.token), await open(first.token)]).toEqual(['newer', 'hello'])
  expect(await refusalOf(() => ada.files.link(file.id, { version: 3 }))).toBe('NOT_FOUND version not-found')
})

test('secrets are changed without breaking links: the first signs, all are known', async () => {
  const first = await withFile({ secrets: [secret('a')] })
  const old = (await first.ada.files.link(first.file.id)).token
  const withSecrets = (...secrets: string[]) =>
    createCrm({ storage: first.storage, clock: first.clock, files: databaseFiles(first.storage), secrets })
  const both = withSecrets(secret('b'), secret('a'))
  expect((await both.download(old)).name).toBe('x.txt')
  const { token } = await both.as({ user: 'ada' }).files.link(first.file.id)
  expect(await refusalOf(() => first.crm.download(token))).toBe(NOWHERE)
  const later = withSecrets(secret('b'))
  expect((await later.download(token)).name).toBe('x.txt')
  expect(await refusalOf(() => later.download(old))).toBe(NOWHERE)
})

test('a link needs a secret, sight of the file, and sense', async () => {
  const { ada, cyd, file } = await withFile()
  expect(await refusalOf(() => cyd.files.link(file.id))).toBe('NOT_FOUND id not-found')
  for (const expiresIn of [0, -1, 1.5, 366 * 86_400 + 1, Number.NaN, '60' as never])
    expect(await refusalOf(() => ada.files.link(file.id, { expiresIn }))).toBe('VALIDATION expiresIn out-of-range')
  expect(await refusalOf(() => ada.files.link(file.id, { nope: 1 } as never))).toBe('VALIDATION nope unknown-key')
  const bare = await withFile({ secrets: [] })
  const error = await errorOf(() => bare.ada.files.link(bare.file.id))
  expect([error.code, error.field, error.rule]).toEqual(['VALIDATION', 'secrets', 'no-secret'])
})
