import type { FileKey, FileStore } from '@rapport/core'
import { type Storage, scopedTo } from '@rapport/core/storage'
import { missingBytes } from '../shared/file-keys'
import { inParts } from '../shared/parts'

/** Bytes in a row. */
const CHUNK = 256 * 1024
/** Rows that one statement removes. */
const REMOVED_AT_ONCE = 64

/**
 * Files in the database itself, in rows of 256 kB: nothing else to back up and nothing else to run, on any database. For
 * many or large files a folder or a bucket is cheaper.
 *
 * @example
 * const storage = postgres({ pool })
 * createCrm({ storage, files: databaseFiles(storage) })
 */
export function databaseFiles(storage: Storage): FileStore {
  const table = storage.table('file_chunk')
  const inTenant = (tenant: string, sql: string, params: (string | number | Uint8Array)[]) =>
    scopedTo(storage, tenant).transaction(async (session) => session.run(sql, params))

  async function chunk({ tenant, id }: FileKey, seq: number): Promise<Uint8Array | undefined> {
    const select = `select bytes from ${table} where tenant_id = ? and content_id = ? and seq = ?`
    const [row] = await scopedTo(storage, tenant).read(select, [tenant, id, seq])
    return row?.[0] as Uint8Array | undefined
  }

  async function remove({ tenant, id }: FileKey) {
    const newest = `select max(seq) from ${table} where tenant_id = ? and content_id = ?`
    const [[last] = []] = await scopedTo(storage, tenant).read(newest, [tenant, id])
    if (last == null) return
    const some = `delete from ${table} where tenant_id = ? and content_id = ? and seq > ?`
    for (let left = Number(last); left >= 0; left -= REMOVED_AT_ONCE)
      await inTenant(tenant, some, [tenant, id, left - REMOVED_AT_ONCE])
  }

  return {
    async write(key, content) {
      const insert = `insert into ${table} (tenant_id, content_id, seq, bytes) values (?, ?, ?, ?)`
      let seq = 0
      try {
        for await (const { bytes } of inParts(content, CHUNK))
          await inTenant(key.tenant, insert, [key.tenant, key.id, seq++, bytes])
      } catch (error) {
        await remove(key)
        throw error
      }
    },
    async read(key, range = { start: 0, end: Number.POSITIVE_INFINITY }) {
      const first = Math.floor(range.start / CHUNK)
      const head = await chunk(key, first)
      if (!head) throw missingBytes()
      return (async function* () {
        let bytes: Uint8Array | undefined = head
        for (
          let seq = first;
          bytes && seq * CHUNK < range.end;
          bytes = bytes.length < CHUNK ? undefined : await chunk(key, ++seq)
        )
          yield bytes.subarray(Math.max(0, range.start - seq * CHUNK), Math.min(CHUNK, range.end - seq * CHUNK))
      })()
    },
    remove,
  }
}
