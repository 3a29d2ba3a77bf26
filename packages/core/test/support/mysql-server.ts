import { createConnection } from 'mysql2/promise'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** What the names of this run's databases begin with; gone when the run is over. */
    mysqlPrefix: string
  }
}

/** The databases of this run, on the server that `RAPPORT_MYSQL_URL` names. */
export default async function setUp(project: TestProject) {
  const prefix = `rapport_${process.pid}_`
  project.provide('mysqlPrefix', prefix)
  return async () => {
    const connection = await createConnection(process.env.RAPPORT_MYSQL_URL as string)
    const [rows] = await connection.query('select schema_name as name from information_schema.schemata')
    for (const { name } of rows as { name: string }[])
      if (name.startsWith(prefix)) await connection.query(`drop database ${name}`)
    await connection.end()
  }
}
