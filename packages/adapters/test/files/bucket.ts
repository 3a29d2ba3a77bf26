import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
// @ts-expect-error It has no types.
import S3rver from 's3rver'
import { bucketClient } from './bucket-client'

const BUCKET = 'crm'

/**
 * A bucket on s3rver, in a folder. It keeps the parts of unfinished uploads but can neither list nor end them, so the
 * two calls that do are answered here, on its folder.
 */
export async function newBucket() {
  const directory = mkdtempSync(join(tmpdir(), 'rapport-s3-'))
  const s3rver = new S3rver({ directory, silent: true, configureBuckets: [{ name: BUCKET }] })
  await s3rver.configureBuckets()
  const answer = s3rver.callback()
  const uploads = join(directory, BUCKET, '._S3rver_uploads')
  const unfinished = () => (existsSync(uploads) ? readdirSync(uploads) : [])

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://s3')
    const upload = url.searchParams.get('uploadId')
    if (request.method === 'GET' && url.searchParams.has('uploads')) return list(response, url)
    if (request.method !== 'DELETE' || !upload) return answer(request, response)
    rmSync(join(uploads, upload), { recursive: true, force: true })
    response.writeHead(204).end()
  })

  /** An upload knows its key from a file beside its parts. */
  function list(response: ServerResponse, url: URL) {
    const prefix = url.searchParams.get('prefix') ?? ''
    const found = unfinished().flatMap((id) => {
      const key = readFileSync(join(uploads, id, 'key'), 'utf8')
      return key.startsWith(prefix) ? [`<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`] : []
    })
    response.writeHead(200, { 'content-type': 'application/xml' })
    response.end(`<?xml version="1.0"?><ListMultipartUploadsResult>${found.join('')}</ListMultipartUploadsResult>`)
  }

  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${port}`
  const client = bucketClient(endpoint)
  return {
    endpoint,
    client,
    bucket: BUCKET,
    unfinished,
    objects: () =>
      (readdirSync(join(directory, BUCKET), { recursive: true }) as string[]).filter((name) =>
        name.endsWith('._S3rver_object'),
      ),
    async close() {
      client.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
