import type { S3Client } from '@aws-sdk/client-s3'
import type { FileKey, FileStore } from '@rapport/core'
import { invalid } from '@rapport/core/storage'
import { missingBytes, pathOf } from '../shared/file-keys'
import { writeObject } from './write'

export interface S3FilesOptions {
  bucket: string
  /** Put before each key: `crm/`. Default none. */
  prefix?: string
  /** Yours, with its region, endpoint and credentials; you close it. Default: one made from the environment. */
  client?: S3Client
}

/**
 * Files in a bucket of S3 or of a service that speaks its language, as `prefix tenant/id`. Large ones go up in parts of
 * 8 MB, up to 80 GB in all. `@aws-sdk/client-s3` is loaded when it is first used.
 *
 * The credentials need GetObject, PutObject, DeleteObject, AbortMultipartUpload and ListBucketMultipartUploads.
 *
 * @example
 * createCrm({ storage, files: s3Files({ bucket: 'crm-files', client: new S3Client({ region: 'eu-central-1' }) }) })
 */
export function s3Files({ bucket, prefix = '', client: given }: S3FilesOptions): FileStore {
  if (typeof bucket !== 'string' || bucket === '') throw invalid('bucket', 'required', 'Give the name of a bucket.')
  let loading: ReturnType<typeof load> | undefined
  async function load() {
    const sdk = await import('@aws-sdk/client-s3')
    return { sdk, client: given ?? new sdk.S3Client({}) }
  }
  const s3 = () => {
    loading ??= load()
    return loading
  }
  const at = (key: FileKey) => ({ Bucket: bucket, Key: `${prefix}${pathOf(key)}` })

  return {
    write: async (key, content) => writeObject(await s3(), at(key), content),
    async read(key, range) {
      const { sdk, client } = await s3()
      const part = range && { Range: `bytes=${range.start}-${range.end - 1}` }
      const { Body } = await client.send(new sdk.GetObjectCommand({ ...at(key), ...part })).catch((error) => {
        throw error.name === 'NoSuchKey' ? missingBytes(error) : error
      })
      return Body as AsyncIterable<Uint8Array>
    },
    async remove(key) {
      const { sdk, client } = await s3()
      const { Bucket, Key } = at(key)
      const open = await client
        .send(new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: Key }))
        .catch((error) => refuseUnless(error.name === 'NotImplemented', error))
      for (const { UploadId } of open?.Uploads ?? [])
        await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
      await client.send(new sdk.DeleteObjectCommand({ Bucket, Key }))
    },
  }
}

/** Services that do not list unfinished uploads have rules of their own that end them. */
function refuseUnless(known: boolean, error: unknown): undefined {
  if (!known) throw error
}
