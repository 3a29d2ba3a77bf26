import { CrmError, invalid } from '../kernel/errors'
import { newId } from '../kernel/ids'
import type { Caller } from '../records/caller'
import { authorOf, nowOf } from '../records/caller'
import type { WriteSession } from '../records/write'
import { type FileContent, incoming } from './content'
import { fileOptions } from './definition'
import { discard } from './discard'
import { isAllowed } from './media-types'
import type { CheckedFileOptions } from './options'
import { storeError, storeFor, streamFrom } from './outgoing'
import type { FileKey, FileStore } from './port'
import { HEAD, typeOf } from './sniff'

/** How long an upload may take, in milliseconds. An hour after that its bytes may be swept. */
const PATIENCE = 24 * 3_600_000
const GRACE = 3_600_000

/** What an upload says of itself. */
export interface Arriving {
  name: string
  /** Media type, as the uploader has it. */
  declared: string | undefined
  content: FileContent
}

/** Facts of content that has arrived. */
export interface Arrived {
  readonly type: string
  readonly size: number
  readonly sha256: string
  /** Makes it that version of a file, whose row is there: inside the transaction that makes or changes the file. */
  become(write: WriteSession, file: string, version: number): Promise<void>
}

/**
 * Puts content into the store and hands its facts on. A row marks it before the first byte: whatever ends this
 * half-way, the process too, what is left is found and swept. What `use` does not make a version of a file goes at once.
 */
export async function arrive<T>(caller: Caller, arriving: Arriving, use: (arrived: Arrived) => Promise<T>): Promise<T> {
  const { engine, tenant, storage } = caller
  const options = fileOptions(engine)
  const bytes = storeFor(caller)
  const key = { tenant, id: newId() }
  const start = engine.clock.now().getTime()
  const freeAt = start + PATIENCE + GRACE
  const row = storage.table('file_version')
  await storage.transaction(async (session) => {
    const insert = `insert into ${row} (tenant_id, id, created_at, free_at) values (?, ?, ?, ?)`
    await session.run(insert, [tenant, key.id, start, freeAt])
  })

  let kept = false
  const become: Arrived['become'] = async (write, file, version) => {
    const { type, size, sha256 } = await facts
    kept = true
    const now = nowOf(write.caller).getTime()
    const update = `update ${row} set file_id = ?, number = ?, type = ?, size = ?, sha256 = ?, created_at = ?, created_by = ?, free_at = ? where tenant_id = ? and id = ? and free_at = ?`
    const values = [file, version, type, size, sha256, now, authorOf(write.caller, write.actor), now]
    await write.send(update, [...values, tenant, key.id, freeAt], (changed) => {
      if (changed === 0) throw tooSlow()
    })
  }
  const refuseLate = () => {
    if (engine.clock.now().getTime() >= start + PATIENCE) throw tooSlow()
  }
  const facts = receive(bytes, options, key, arriving, refuseLate)
  try {
    return await use({ ...(await facts), become })
  } catch (error) {
    kept = false
    throw error
  } finally {
    // A failed commit may have taken effect: `discard` looks. What it cannot do now is left to the sweep.
    if (!kept) await discard(engine, key).catch(() => {})
  }
}

async function receive(
  bytes: FileStore,
  options: CheckedFileOptions,
  key: FileKey,
  { name, declared, content }: Arriving,
  refuseLate: () => void,
) {
  const source = incoming(content, options.maxSize, refuseLate)
  try {
    const type = await typeOf(await source.head(HEAD), name, declared)
    if (!isAllowed(type, options.types))
      throw invalid('content', 'type-not-allowed', `Files of type ${type} are not taken: see files.types of createCrm.`)
    await bytes.write(key, source.all()).catch((error) => {
      throw source.broken ? error : storeError(error)
    })
    const facts = { type, size: source.size, sha256: source.sha256() }
    await scan(bytes, options, key, { name, ...facts })
    return facts
  } finally {
    await source.close()
  }
}

async function scan(
  bytes: FileStore,
  { scan }: CheckedFileOptions,
  key: FileKey,
  facts: { name: string; type: string; size: number; sha256: string },
) {
  if (!scan) return
  const content = await streamFrom(bytes, key, facts.size)
  try {
    if ((await scan({ tenant: key.tenant, ...facts, content })) === true) return
  } finally {
    await content.cancel().catch(() => {})
  }
  throw invalid('content', 'refused-by-scan', 'The file was found to be harmful. Check where it is from.')
}

const tooSlow = () =>
  new CrmError('CONFLICT', 'The upload took longer than a day.', {
    field: 'content',
    rule: 'too-slow',
    remedy: 'Upload it again over a faster connection.',
  })
