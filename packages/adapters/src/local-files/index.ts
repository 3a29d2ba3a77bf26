import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { FileStore } from '@rapport/core'
import { invalid } from '@rapport/core/storage'
import { missingBytes, pathOf } from '../shared/file-keys'

export interface LocalFilesOptions {
  /** Made when it is missing. All processes of one CRM must see the same. */
  folder: string
}

/**
 * Files in a folder of this machine, `folder/tenant/id` each. A file appears under its name once it is written to the
 * end and flushed to the disk.
 *
 * @example
 * createCrm({ storage, files: localFiles({ folder: '/var/lib/crm/files' }) })
 */
export function localFiles({ folder }: LocalFilesOptions): FileStore {
  if (typeof folder !== 'string' || folder === '') throw invalid('folder', 'required', 'Give the path of a folder.')
  const root = resolve(folder)
  const unfinished = (path: string) => `${path}.part`

  return {
    async write(key, content) {
      const path = join(root, pathOf(key))
      await mkdir(dirname(path), { recursive: true })
      const handle = await open(unfinished(path), 'wx')
      try {
        try {
          await writeFile(handle, content)
          await handle.sync()
        } finally {
          await handle.close()
        }
        await rename(unfinished(path), path)
      } catch (error) {
        await rm(unfinished(path), { force: true })
        throw error
      }
    },
    async read(key, range) {
      const path = join(root, pathOf(key))
      await stat(path).catch((error) => {
        throw error.code === 'ENOENT' ? missingBytes(error) : error
      })
      return createReadStream(path, range && { start: range.start, end: range.end - 1 })
    },
    async remove(key) {
      const path = join(root, pathOf(key))
      await Promise.all([rm(path, { force: true }), rm(unfinished(path), { force: true })])
    },
  }
}
