import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { pglite } from '@rapport/adapters/pglite'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/storage/migrate'

declare module 'vitest' {
  interface ProvidedContext {
    /** The files of a PGlite with our tables, in the schemas `ready0` and so on. */
    pgliteImage: string
  }
}

/** So many places a test file finds made. */
export const READY = 2

/** A database that is made once: loading it takes a tenth of making it, and each test file has one. */
export default async function setUp(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-pglite-'))
  const db = await PGlite.create({ extensions: { pg_trgm } })
  for (let made = 0; made < READY; made++) await migrate(pglite({ db, schema: `ready${made}` }), new Date(0))
  const image = join(folder, 'image.tar')
  writeFileSync(image, Buffer.from(await (await db.dumpDataDir('none')).arrayBuffer()))
  await db.close()
  project.provide('pgliteImage', image)
  return () => rmSync(folder, { recursive: true })
}
