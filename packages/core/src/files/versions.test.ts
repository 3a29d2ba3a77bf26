import { expect, test } from 'vitest'
import { type Client, withPeople } from '../../test/support/crm'
import { refusalOf } from '../../test/support/outcome'

const textOf = async (client: Client, id: string, version?: number) =>
  new Response((await client.files.download(id, version === undefined ? {} : { version })).content).text()

test('a new version is the content from then on, and what was can still be had', async () => {
  const { ada, bob, clock } = await withPeople()
  const { id } = await ada.files.upload({ name: 'quote.txt', content: 'first' })
  clock.advance(1000)
  const file = await ada.files.addVersion(id, { name: 'quote.csv', content: 'a;b\nsecond;2\n' })
  expect(file).toMatchObject({ name: 'quote.csv', type: 'text/csv', size: 13, contentVersion: 2, version: 2 })
  expect([await textOf(bob, id), await textOf(bob, id, 2), await textOf(bob, id, 1)]).toEqual([
    'a;b\nsecond;2\n',
    'a;b\nsecond;2\n',
    'first',
  ])
  const { items, nextCursor } = await bob.files.versions(id)
  expect(items.map(({ version, type, size, createdBy }) => [version, type, size, createdBy])).toEqual([
    [2, 'text/csv', 13, 'ada'],
    [1, 'text/plain', 5, 'ada'],
  ])
  expect([items[0]?.createdAt, nextCursor]).toEqual([clock.now(), null])
  expect(items[0]?.sha256).toBe(file.sha256)
})

test('versions are paged through', async () => {
  const { ada } = await withPeople()
  const { id } = await ada.files.upload({ name: 'x', content: '1' })
  for (const content of ['2', '3', '4', '5']) await ada.files.addVersion(id, { content })
  const seen: number[] = []
  for (let after: string | null = null, page = 0; page === 0 || after; page++) {
    const { items, nextCursor }: Awaited<ReturnType<Client['files']['versions']>> = await ada.files.versions(id, {
      limit: 2,
      after,
    })
    seen.push(...items.map(({ version }) => version))
    after = nextCursor
  }
  expect(seen).toEqual([5, 4, 3, 2, 1])
})

test('two versions at once, or ten, get numbers of their own', async () => {
  const { ada, bob, root } = await withPeople()
  const { id } = await ada.files.upload({ name: 'x', content: 'first', owner: 'ada' })
  await ada.files.share(id, { with: { user: 'bob' }, level: 'edit' })
  const clients = [ada, root, ada, root, ada, root, ada, root, ada, root]
  const results = await Promise.all(
    clients.map((client, at) =>
      client.files.addVersion(id, { content: `by ${at}` }).then((file) => [at, file.contentVersion] as const),
    ),
  )
  expect(results.map(([, version]) => version).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  for (const [at, version] of results) expect(await textOf(bob, id, version)).toBe(`by ${at}`)
  expect((await bob.files.get(id)).contentVersion).toBe(11)
})

test('a version is refused by who may not change the file, before any of it is read', async () => {
  const { ada, bob, cyd } = await withPeople()
  const { id } = await ada.files.upload({ name: 'x', content: 'x' })
  let read = false
  async function* content() {
    read = true
    yield 'x'
  }
  expect(await refusalOf(() => bob.files.addVersion(id, { content: content() }))).toBe(
    'FORBIDDEN files update-not-granted',
  )
  expect(await refusalOf(() => cyd.files.addVersion(id, { content: content() }))).toBe('NOT_FOUND id not-found')
  expect(await refusalOf(() => ada.files.addVersion(id, { content: content(), nope: 1 } as never))).toBe(
    'VALIDATION nope unknown-key',
  )
  expect(read).toBe(false)
})

test('a version that passes the one it was made from conflicts when there is a newer one', async () => {
  const { ada } = await withPeople()
  const file = await ada.files.upload({ name: 'x', content: '1' })
  await ada.files.update(file.id, { category: 'quote' })
  await ada.files.addVersion(file.id, { content: '2' }, { ifVersion: file.version })
  expect(await refusalOf(() => ada.files.addVersion(file.id, { content: '3' }, { ifVersion: file.version }))).toBe(
    'CONFLICT contentVersion changed-meanwhile',
  )
  expect(await textOf(ada, file.id)).toBe('2')
})

test('a version keeps to the kind of its name', async () => {
  const { ada } = await withPeople()
  const { id } = await ada.files.upload({ name: 'x.txt', content: 'x' })
  const pdf = Buffer.from('%PDF-1.7\n')
  expect(await refusalOf(() => ada.files.addVersion(id, { content: pdf }))).toBe('VALIDATION content type-mismatch')
  expect(await ada.files.addVersion(id, { name: 'x.pdf', content: pdf })).toMatchObject({
    name: 'x.pdf',
    type: 'application/pdf',
  })
})

test('there are no other versions than there are', async () => {
  const { ada } = await withPeople()
  const { id } = await ada.files.upload({ name: 'x', content: 'x' })
  expect(await refusalOf(() => ada.files.download(id, { version: 2 }))).toBe('NOT_FOUND version not-found')
  for (const version of [0, -1, 1.5, '1' as never])
    expect(await refusalOf(() => ada.files.download(id, { version }))).toBe('VALIDATION version out-of-range')
})

test('a repeated upload with its key gives the first file, and keeps no second copy', async () => {
  const { ada, storage } = await withPeople()
  const upload = (content: string) => ada.files.upload({ name: 'x', content }, { idempotencyKey: 'once' })
  const first = await upload('hello')
  expect(await upload('hello')).toEqual(first)
  expect(await refusalOf(() => upload('other'))).toBe('CONFLICT idempotencyKey key-reused')
  expect(await storage.read(`select number from ${storage.table('file_version')}`, [])).toEqual([[1]])
  expect(await storage.read(`select seq from ${storage.table('file_chunk')}`, [])).toEqual([[0]])
})
