import { createCrm } from '@rapport/core'
import { describe, expect, test } from 'vitest'
import { DATABASES, type EmptyDatabase, titled } from './support/empty-databases'
import { postgresSchema, sqliteSchema } from './support/schema-dump'

/** What is in `packages/core/schema` is what a database says of itself after `migrate`. `npm run schema` writes it anew. */
const DUMPS: Record<string, (database: EmptyDatabase) => Promise<string>> = {
  sqlite: ({ apply }) => sqliteSchema(apply),
  postgres: ({ apply, options }) => postgresSchema(apply, (options as { schema: string }).schema),
}

for (const database of DATABASES) {
  const dumpOf = DUMPS[database.name]
  describe.skipIf(database.skipped || !dumpOf)(titled(database), () => {
    test('the schema is the one that is written down', async () => {
      const empty = await database.empty({ rls: 'enforce' })
      await createCrm({ storage: await empty.open() }).migrate()
      await expect(await dumpOf?.(empty)).toMatchFileSnapshot(`../schema/${database.name}.sql`)
    })
  })
}
