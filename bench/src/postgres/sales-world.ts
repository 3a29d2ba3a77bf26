import type { Pool } from 'pg'
import { CATEGORIES, CLASSES, DAY, KINDS, NAMES, PATHS, PIPELINE, PROBABILITIES, STAGES } from '../sales-world'
import { SOURCES, USERS } from '../world'
import { ID, type PostgresWorld, series } from './world'

const list = (values: readonly (string | number)[]) => `array[${values.map((value) => `'${value}'`).join(', ')}]`
const OWNER = `'u' || hash % ${USERS}`
const made = `at, ${OWNER}`

/** The same deals with their stage history, activities and tasks as on SQLite, each table in one statement. */
export async function fillSales({ pool, schema }: PostgresWorld, deals: number, activities: number) {
  await fillPipeline(pool, schema)
  await fillDeals(pool, schema, deals)
  await fillActivities(pool, schema, activities)
  const tables = ['stage', 'deal', 'stage_interval', 'activity', 'task'].map((name) => `"${schema}".${name}`)
  await pool.query(`vacuum analyze ${tables.join(', ')}`)
}

async function fillPipeline(pool: Pool, schema: string) {
  await pool.query(
    `insert into "${schema}".pipeline (tenant_id, id, name, position, is_default, forward_only) values ('default', '${PIPELINE}', 'Bench', 99, 0, 0)`,
  )
  const stages = STAGES.map(
    (id, i) =>
      `('default', '${id}', '${PIPELINE}', '${NAMES[i]}', ${i}, ${PROBABILITIES[i]}, '${CLASSES[i]}', '${CATEGORIES[i]}', '[]')`,
  )
  await pool.query(
    `insert into "${schema}".stage (tenant_id, id, pipeline_id, name, position, probability, class, forecast_category, required_fields) values ${stages.join(', ')}`,
  )
}

async function fillDeals(pool: Pool, schema: string, count: number) {
  const time = (step: string) =>
    `at + ${step} * (1 + (hash >> 4) % 40) * ${DAY} + case when ${step} > 0 then hash % 5000000 else 0 end`
  const stageAt = (step: string) => `substr(path, ${step} + 1, 1)::int`
  const of = (values: readonly (string | number)[], index: string) => `(${list(values)})[${index} + 1]`
  const paths = of(
    PATHS.map((path) => path.join('')),
    `(hash >> 8) % ${PATHS.length}`,
  )
  const drawn = `(select *, ${ID} as id, ${paths} as path from ${series(count)}) p`
  const ended = `(select *, ${stageAt('length(path) - 1')} as last, ${time('(length(path) - 1)')} as entered from ${drawn}) d`
  const close = `to_char(to_timestamp((at + ((hash >> 3) % 200) * ${DAY}) / 1000) at time zone 'UTC', 'YYYY-MM-DD')`
  await pool.query(
    `insert into "${schema}".deal (tenant_id, id, title, title_fold, amount, amount_currency, pipeline, stage, status, probability, expected_close_date,
       closed_at, stage_entered_at, source, owner, created_at, created_by, updated_at, updated_by, version)
     select 'default', id, 'Deal ' || i, 'deal ' || i, hash % 5000000, 'USD', '${PIPELINE}', ${of(STAGES, 'last')}, ${of(CLASSES, 'last')},
       ${of(PROBABILITIES, 'last')}::int, ${close}, case when last > 2 then entered end, entered, ${of(SOURCES, '(hash >> 16) % 10')}, ${OWNER}, ${made}, entered, ${OWNER}, 1
     from ${ended} order by i`,
  )
  await pool.query(
    `insert into "${schema}".stage_interval (tenant_id, deal_id, seq, pipeline_id, stage_id, entered_at, left_at)
     select 'default', id, seq, '${PIPELINE}', ${of(STAGES, stageAt('seq'))}, ${time('seq')}, case when seq < length(path) - 1 then ${time('(seq + 1)')} end
     from ${drawn} cross join generate_series(0, length(path) - 1) seq order by i, seq`,
  )
}

async function fillActivities(pool: Pool, schema: string, count: number) {
  const drawn = series(count, 7)
  await pool.query(
    `insert into "${schema}".activity (tenant_id, id, kind, subject, occurred_at, owner, created_at, created_by, updated_at, updated_by, version)
     select 'default', ${ID}, (${list(KINDS)})[(hash >> 8) % 4 + 1], 'Talk', at, ${OWNER}, ${made}, ${made}, 1 from ${drawn} order by i`,
  )
  const done = '(hash >> 12) % 3 > 0'
  await pool.query(
    `insert into "${schema}".task (tenant_id, id, title, title_fold, kind, due_at, priority, status, done_at, owner, created_at, created_by, updated_at, updated_by, version)
     select 'default', ${ID}, 'Call', 'call', 'call', at + ${3 * DAY}, 'normal', case when ${done} then 'done' else 'open' end,
       case when ${done} then at + ((hash >> 5) % 6) * ${DAY} end, ${OWNER}, ${made}, ${made}, 1
     from ${drawn} where i % 5 = 0 order by i`,
  )
}
