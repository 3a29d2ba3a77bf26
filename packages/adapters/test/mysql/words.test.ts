import { mysql } from '@rapport/adapters/mysql'
import { createCrm } from '@rapport/core'
import { expect, test } from 'vitest'
import { QUOTED_WORDS, quoted } from '../../src/mysql/words'
import { RESERVED } from './reserved-words'

/** Names of columns as the data definition has them: a line each, indented. No server is asked. */
const columns = createCrm({ storage: mysql({ url: 'mysql://nobody@localhost/none' }) })
  .migrations.sql()
  .filter((statement) => /^create table/.test(statement))
  .flatMap((statement) => [...statement.matchAll(/^ {2}`?(\w+)`? (?!key|index|\()/gm)].map(([, name]) => String(name)))
  .filter((name) => !['primary', 'foreign', 'unique', 'key', 'index', 'constraint'].includes(name))

test('every column with a reserved name is one that the adapter writes in quotes', () => {
  expect(columns).toContain('search_text')
  const clashing = columns.filter((name) => RESERVED.has(name))
  expect([...new Set(clashing)].sort()).toEqual([...QUOTED_WORDS].sort())
})

test('only bare names are quoted', () => {
  expect(quoted("select r.lead, lead from t where x = 'lead' and `lead` = 1 and position = ?")).toBe(
    "select r.lead, `lead` from t where x = 'lead' and `lead` = 1 and `position` = ?",
  )
})
