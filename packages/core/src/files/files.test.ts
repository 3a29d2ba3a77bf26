import { createHash } from 'node:crypto'
import { createCrm, isCrmError } from '@rapport/core'
import { expect, test } from 'vitest'
import { type Client, withPeople } from '../../test/support/crm'
import { newStorage } from '../../test/support/databases'
import { errorOf, refusalOf } from '../../test/support/outcome'

const textOf = async (client: Client, id: string, options?: object) =>
  new Response((await client.files.download(id, options)).content).text()

test('an uploaded file has its facts, its content, and is found by the record it is about', async () => {
  const { ada } = await withPeople()
  const deal = await ada.deals.create({ title: 'Engine' })
  const content = 'Dear Ada,\n'.repeat(100_000)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const facts = {
    name: 'Ängebot 7.txt',
    category: 'quote',
    type: 'text/plain',
    size: 1_000_000,
    sha256,
    contentVersion: 1,
  }
  const file = await ada.files.upload({
    name: 'Ängebot 7.txt',
    category: 'quote',
    content,
    about: { type: 'deals', id: deal.id },
  })
  expect(file).toMatchObject({ ...facts, deal: deal.id, owner: 'ada', version: 1 })
  expect((await ada.files.list({ where: { deal: deal.id } })).items).toEqual([file])
  expect((await ada.files.list({ where: { deal: deal.id, category: 'invoice' } })).items).toEqual([])
  expect((await ada.search('angebot', { types: ['files'] })).map(({ id }) => id)).toEqual([file.id])
  const download = await ada.files.download(file.id)
  expect(download).toMatchObject({
    name: 'Ängebot 7.txt',
    type: 'text/plain',
    size: 1_000_000,
    sha256,
    version: 1,
    status: 200,
  })
  expect(await new Response(download.content).text()).toBe(content)
})

test.each<[string, () => never]>([
  ['bytes', () => Buffer.from('hello') as never],
  ['an ArrayBuffer', () => new TextEncoder().encode('hello').buffer as never],
  ['a Blob', () => new Blob(['hel', 'lo']) as never],
  ['a web stream', () => new Blob(['hello']).stream() as never],
  ['the body of a request', () => new Request('http://x', { method: 'POST', body: 'hello' }).body as never],
  [
    'a generator of texts and bytes',
    () =>
      (async function* () {
        yield 'he'
        yield new Uint8Array(0)
        yield Buffer.from('llo')
      })() as never,
  ],
])('content comes as %s', async (_, content) => {
  const { ada } = await withPeople()
  const { id } = await ada.files.upload({ name: 'hello', content: content() })
  expect(await textOf(ada, id)).toBe('hello')
})

test('what is no content is refused', async () => {
  const { ada } = await withPeople()
  for (const content of [
    undefined,
    null,
    5,
    {},
    [1],
    (async function* () {
      yield 5
    })(),
  ])
    expect(await refusalOf(() => ada.files.upload({ name: 'x', content: content as never }))).toMatch(
      /^VALIDATION content (required|wrong-type)/,
    )
  expect(await refusalOf(() => ada.files.upload(null as never))).toBe('VALIDATION input wrong-type')
  expect(
    await refusalOf(() => ada.files.upload({ name: 'x', content: 'x', about: { type: 'users', id: 'ada' } as never })),
  ).toBe('VALIDATION about.type invalid-type')
})

test('a part of the content is a range', async () => {
  const { ada } = await withPeople()
  const { id } = await ada.files.upload({ name: 'x.txt', content: '0123456789' })
  expect(await textOf(ada, id, { range: { start: 2, end: 5 } })).toBe('234')
  expect(await textOf(ada, id, { range: { start: 7 } })).toBe('789')
  expect(await textOf(ada, id, { range: { start: 7, end: 99 } })).toBe('789')
  const { status, headers } = await ada.files.download(id, { range: { start: 2, end: 5 } })
  expect([status, headers['content-range'], headers['content-length']]).toEqual([206, 'bytes 2-4/10', '3'])
  for (const range of [{ start: 10 }, { start: 5, end: 5 }, { start: -1 }, { start: 0.5 }, { start: 'x' as never }])
    expect(await refusalOf(() => ada.files.download(id, { range }))).toBe('VALIDATION range out-of-range')
})

test('headers say that it is to be saved and that nothing in it may run, whatever the name is', async () => {
  const { ada } = await withPeople()
  const { id } = await ada.files.upload({ name: 'Über "uns"; x=%41.txt', content: 'x' })
  const { headers } = await ada.files.download(id)
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  })
  expect(headers['content-disposition']).toBe(
    `attachment; filename="_ber uns; x=_41.txt"; filename*=UTF-8''%C3%9Cber%20uns%3B%20x%3D%2541.txt`,
  )
  // What a browser is given, it takes.
  expect(new Response('', { headers }).headers.get('content-type')).toBe('text/plain')
})

test.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\fakepath\\Vertrag.txt', 'Vertrag.txt'],
  ['..', 'file'],
  ['a\r\nSet-Cookie: x.txt', 'a Set-Cookie x.txt'],
  ['.htaccess', 'htaccess'],
  ['gnp.\u202Etxt', 'gnp.txt'],
  ['con.txt', '_con.txt'],
  ['Größe – 日本 🚀.txt', 'Größe – 日本 🚀.txt'],
  ['x.txt/', 'x.txt'],
  ['<b>?.txt', 'b.txt'],
])('the name %j is kept as %j', async (given, kept) => {
  const { ada } = await withPeople()
  const file = await ada.files.upload({ name: given, content: 'x' })
  expect(file.name).toBe(kept)
  expect((await ada.files.update(file.id, { name: 'other.txt' })).name).toBe('other.txt')
  expect((await ada.files.update(file.id, { name: given })).name).toBe(kept)
})

test('a file cannot be renamed to what it is not', async () => {
  const { ada } = await withPeople()
  const { id } = await ada.files.upload({ name: 'x.txt', content: 'x' })
  expect(await refusalOf(() => ada.files.update(id, { name: 'x.exe' }))).toBe('VALIDATION name type-mismatch')
  for (const name of ['x', 'x.csv', 'x.unknown']) expect((await ada.files.update(id, { name })).name).toBe(name)
})

test('the record it is about tells of it, to those who may read it', async () => {
  const { ada, root, cyd } = await withPeople()
  const contact = await ada.contacts.create({ lastName: 'Byron' })
  const { id } = await ada.files.upload({ name: 'x.txt', content: 'x', contact: contact.id })
  await ada.files.addVersion(id, { content: 'y' })
  await ada.files.delete(id)
  await ada.files.restore(id)
  const names = async (client: Client) => (await client.contacts.timeline(contact.id)).items.map(({ name }) => name)
  expect(await names(root)).toEqual([
    'file.restored',
    'file.deleted',
    'file.version_added',
    'file.created',
    'contact.created',
  ])
  expect(await refusalOf(() => names(cyd))).toBe('NOT_FOUND id not-found')
})

test('the host has categories and types of its own', async () => {
  const storage = await newStorage()
  const { ada } = await withPeople({
    storage,
    files: { store: memory(), categories: ['datasheet'], types: { also: ['image/svg+xml'] } },
  })
  const file = await ada.files.upload({
    name: 'x.svg',
    category: 'datasheet',
    content: '<svg xmlns="http://www.w3.org/2000/svg"/>',
  })
  expect(file).toMatchObject({ category: 'datasheet', type: 'image/svg+xml' })
  expect(await refusalOf(() => ada.files.update(file.id, { category: 'menu' }))).toBe(
    'VALIDATION category invalid-option',
  )
  const only = await withPeople({ files: { store: memory(), types: { only: ['application/pdf'] } } })
  expect(await refusalOf(() => only.ada.files.upload({ name: 'x', content: 'x' }))).toBe(
    'VALIDATION content type-not-allowed',
  )
  expect((await only.ada.files.upload({ name: 'x.pdf', content: '%PDF-1.7\n' })).type).toBe('application/pdf')
})

/** A store of the host’s own, in a few lines. */
function memory() {
  const kept = new Map<string, Uint8Array[]>()
  return {
    async write({ id }: { id: string }, content: AsyncIterable<Uint8Array>) {
      const pieces: Uint8Array[] = []
      for await (const piece of content) pieces.push(Buffer.from(piece))
      kept.set(id, pieces)
    },
    async read({ id }: { id: string }) {
      return (async function* () {
        yield* kept.get(id) ?? []
      })()
    },
    async remove({ id }: { id: string }) {
      kept.delete(id)
    },
  }
}

test('options that make no sense are refused at once', async () => {
  const storage = await newStorage()
  const store = memory()
  for (const [files, refusal] of [
    [{}, 'files.store required'],
    [{ store, maxSize: 0 }, 'files.maxSize out-of-range'],
    [{ store, categories: [''] }, 'files.categories wrong-type'],
    [{ store, types: { also: ['*/*'] } }, 'files.types invalid-type'],
  ])
    expect(await refusalOf(() => createCrm({ storage, files: files as never }))).toBe(`VALIDATION ${refusal}`)
  for (const secrets of [['short'], 'x'.repeat(40), [5]])
    expect(await refusalOf(() => createCrm({ storage, secrets: secrets as never }))).toBe(
      'VALIDATION secrets weak-secret',
    )
})

test('without a store, facts are there and content is not', async () => {
  const storage = await newStorage()
  const { ada } = await withPeople({ storage, files: undefined as never })
  expect((await ada.files.list()).items).toEqual([])
  const error = await errorOf(() => ada.files.upload({ name: 'x', content: 'x' }))
  expect([error.code, error.field, error.rule]).toEqual(['VALIDATION', 'files', 'no-store'])
})

test('bytes that are gone, or fewer than they were, are an error and no empty file', async () => {
  const store = memory()
  const { ada } = await withPeople({ files: store })
  const { id } = await ada.files.upload({ name: 'x', content: 'hello' })
  store.read = async () =>
    (async function* () {
      yield Buffer.from('hell')
    })()
  const error = await textOf(ada, id).catch((thrown) => thrown)
  expect(isCrmError(error, 'STORAGE')).toBe(true)
})

test('inside a transaction no content passes, and what was uploaded before is linked', async () => {
  const { ada } = await withPeople()
  const file = await ada.files.upload({ name: 'x', content: 'x' })
  const refusals = await ada.transaction(async (tx) => {
    const deal = await tx.deals.create({ title: 'Engine' })
    await tx.files.update(file.id, { deal: deal.id })
    return [
      await refusalOf(() => tx.files.upload({ name: 'y', content: 'y' })),
      await refusalOf(() => tx.files.addVersion(file.id, { content: 'y' })),
      await refusalOf(() => tx.files.download(file.id)),
    ]
  })
  expect(new Set(refusals)).toEqual(new Set(['VALIDATION content inside-transaction']))
  expect((await ada.files.get(file.id)).deal).not.toBeNull()
})

test('files of a converted lead are those of the contact and the deal', async () => {
  const { ada } = await withPeople()
  const lead = await ada.leads.create({ name: 'Ada', company: 'Engines' })
  const { id } = await ada.files.upload({ name: 'x', content: 'x', lead: lead.id })
  const { contact, deal } = await ada.leads.convert(lead.id, { deal: { create: { title: 'Engine' } } })
  expect(await ada.files.get(id)).toMatchObject({ lead: lead.id, contact: contact?.id, deal: deal?.id })
})
