import type Database from 'better-sqlite3'
import { idAt, SOURCES, SPAN, START, USERS } from './world'

export const DAY = 86_400_000
export const PIPELINE = idAt(START, 1)
export const STAGES = [0, 1, 2, 3, 4].map((position) => idAt(START, 10 + position))
export const PROBABILITIES = [10, 40, 70, 100, 0]
export const CLASSES = ['open', 'open', 'open', 'won', 'lost'] as const
export const CATEGORIES = ['pipeline', 'best-case', 'commit', 'closed', 'omitted']
export const NAMES = ['Qualification', 'Proposal Sent', 'Negotiation', 'Closed Won', 'Closed Lost']
export const KINDS = ['call', 'meeting', 'note', 'email']
/** The stages that deals went through, by position. */
export const PATHS: readonly (readonly number[])[] = [
  [0],
  [0, 1],
  [0, 1, 2],
  [0, 1, 2, 3],
  [0, 1, 4],
  [0, 2, 3],
  [0, 4],
  [1, 2, 3],
]

/** Deals with their stage history, and activities and tasks, over the same two years and users as the leads. */
export function fillSales(raw: Database.Database, deals: number, activities: number) {
  raw.transaction(() => {
    fillPipeline(raw)
    fillDeals(raw, deals)
    fillActivities(raw, activities)
  })()
}

function fillPipeline(raw: Database.Database) {
  const insert = raw.prepare(
    `insert into crm_stage (tenant_id, id, pipeline_id, name, position, probability, class, forecast_category, required_fields)
     values ('default', ?, ?, ?, ?, ?, ?, ?, '[]')`,
  )
  raw
    .prepare(
      `insert into crm_pipeline (tenant_id, id, name, position, is_default, forward_only) values ('default', ?, 'Bench', 99, 0, 0)`,
    )
    .run(PIPELINE)
  for (const [i, id] of STAGES.entries())
    insert.run(id, PIPELINE, NAMES[i], i, PROBABILITIES[i], CLASSES[i], CATEGORIES[i])
}

function fillDeals(raw: Database.Database, count: number) {
  const deal = raw.prepare(
    `insert into crm_deal (tenant_id, id, title, title_fold, amount, amount_currency, pipeline, stage, status, probability, expected_close_date,
       closed_at, stage_entered_at, source, owner, created_at, created_by, updated_at, updated_by, version)
     values ('default', ?, ?, ?, ?, 'USD', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
  )
  const interval = raw.prepare(
    `insert into crm_stage_interval (tenant_id, deal_id, seq, pipeline_id, stage_id, entered_at, left_at) values ('default', ?, ?, ?, ?, ?, ?)`,
  )
  for (let i = 0; i < count; i++) {
    const at = START + Math.floor((i / count) * SPAN)
    const hash = Math.imul(i + 1, 2654435761) >>> 0
    const id = idAt(at, i)
    const path = PATHS[(hash >>> 8) % PATHS.length] as readonly number[]
    const times = path.map((_, step) => at + step * (1 + ((hash >>> 4) % 40)) * DAY + (step && hash % 5_000_000))
    const last = path.at(-1) as number
    const status = CLASSES[last] as string
    const entered = times.at(-1) as number
    const owner = `u${hash % USERS}`
    const close = new Date(at + ((hash >>> 3) % 200) * DAY).toISOString().slice(0, 10)
    const source = SOURCES[(hash >>> 16) % 10]
    deal.run(
      id,
      `Deal ${i}`,
      `deal ${i}`,
      hash % 5_000_000,
      PIPELINE,
      STAGES[last],
      status,
      PROBABILITIES[last],
      close,
      status === 'open' ? null : entered,
      entered,
      source,
      owner,
      at,
      owner,
      entered,
      owner,
    )
    path.forEach((stage, seq) => {
      interval.run(id, seq, PIPELINE, STAGES[stage], times[seq], times[seq + 1] ?? null)
    })
  }
}

function fillActivities(raw: Database.Database, count: number) {
  const activity = raw.prepare(
    `insert into crm_activity (tenant_id, id, kind, subject, occurred_at, owner, created_at, created_by, updated_at, updated_by, version)
     values ('default', ?, ?, 'Talk', ?, ?, ?, ?, ?, ?, 1)`,
  )
  const task = raw.prepare(
    `insert into crm_task (tenant_id, id, title, title_fold, kind, due_at, priority, status, done_at, owner, created_at, created_by, updated_at, updated_by, version)
     values ('default', ?, 'Call', 'call', 'call', ?, 'normal', ?, ?, ?, ?, ?, ?, ?, 1)`,
  )
  for (let i = 0; i < count; i++) {
    const at = START + Math.floor((i / count) * SPAN)
    const hash = Math.imul(i + 7, 2654435761) >>> 0
    const owner = `u${hash % USERS}`
    activity.run(idAt(at, i), KINDS[(hash >>> 8) % 4], at, owner, at, owner, at, owner)
    if (i % 5 > 0) continue
    const done = (hash >>> 12) % 3 > 0
    task.run(
      idAt(at, i),
      at + 3 * DAY,
      done ? 'done' : 'open',
      done ? at + ((hash >>> 5) % 6) * DAY : null,
      owner,
      at,
      owner,
      at,
      owner,
    )
  }
}
