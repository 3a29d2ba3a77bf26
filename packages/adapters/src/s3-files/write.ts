import type { CompletedPart, S3Client } from '@aws-sdk/client-s3'
import { inParts } from '../shared/parts'

type Sdk = typeof import('@aws-sdk/client-s3')

const PART = 8 * 1024 * 1024

/** What fits into one part is put at once; anything longer goes up part by part, and appears when all are there. */
export async function writeObject(
  { sdk, client }: { sdk: Sdk; client: S3Client },
  at: { Bucket: string; Key: string },
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  let upload: { Bucket: string; Key: string; UploadId: string | undefined } | undefined
  const parts: CompletedPart[] = []
  try {
    for await (const { bytes, last } of inParts(content, PART)) {
      if (last && !upload) {
        await client.send(new sdk.PutObjectCommand({ ...at, Body: bytes }))
        return
      }
      upload ??= { ...at, UploadId: (await client.send(new sdk.CreateMultipartUploadCommand(at))).UploadId }
      const PartNumber = parts.length + 1
      const { ETag } = await client.send(new sdk.UploadPartCommand({ ...upload, PartNumber, Body: bytes }))
      parts.push({ ETag, PartNumber })
    }
    if (upload)
      await client.send(new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }))
  } catch (error) {
    // What cannot be ended now is found by `remove`.
    if (upload) await client.send(new sdk.AbortMultipartUploadCommand(upload)).catch(() => {})
    throw error
  }
}
