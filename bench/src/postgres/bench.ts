import type { Line } from '../measure'
import { benchPostgresDashboard } from './dashboard'
import { benchPostgresImport } from './import'
import { benchPostgresRecords } from './records'

/** PostgreSQL against SQL by hand through `pg`, where `RAPPORT_POSTGRES_URL` names a server. */
export async function benchPostgres(quick: boolean): Promise<Line[]> {
  const url = process.env.RAPPORT_POSTGRES_URL
  if (!url) {
    console.log('PostgreSQL: skipped, set RAPPORT_POSTGRES_URL')
    return []
  }
  return [
    ...(await benchPostgresRecords(url, quick ? [20_000] : [10_000, 100_000, 1_000_000], quick ? 10 : 25)),
    ...(await benchPostgresDashboard(url, quick ? 50_000 : 1_000_000, quick ? 5 : 7)),
    await benchPostgresImport(url, quick ? 10_000 : 100_000, quick ? 2 : 3),
  ]
}
