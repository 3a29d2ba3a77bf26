import { table } from '../measure'
import { benchPostgresImport } from './import'

console.log(
  table([await benchPostgresImport(process.env.RAPPORT_POSTGRES_URL as string, Number(process.argv[2] ?? 20000), 2)]),
)
