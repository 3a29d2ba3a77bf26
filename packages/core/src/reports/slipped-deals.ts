import { zonedDate } from '../kernel/zones'
import { FROM_REPLICA } from '../storage/port'
import { and, inList, raw, sql } from '../storage/sql'
import type { ReportContext } from './context'
import { exactSum, readExactSum } from './exact-sum'
import { atToday } from './open-deals'
import { addParts, NO_MONEY, type Parts } from './parts'

const AT_ONCE = 500

/**
 * Deals open at both ends of the period whose expected close date was later at its end than at its beginning, by the
 * event log. Undefined for those who may not see that date.
 */
export async function slippedDeals(
  ctx: ReportContext,
): Promise<{ deals: number; value: Parts | undefined } | undefined> {
  if (!ctx.sees('deals', 'expectedCloseDate')) return undefined
  const put = await putOff(ctx)
  let deals = 0
  let value: Parts = NO_MONEY
  for (let at = 0; at < put.length; at += AT_ONCE) {
    for (const row of await openAtBothEnds(ctx, put.slice(at, at + AT_ONCE))) {
      deals += Number(row[1])
      if (row[0] != null)
        value = addParts(
          value,
          atToday(
            ctx,
            String(row[0]),
            readExactSum(row, 2),
            zonedDate(ctx.period.to, ctx.query.engine.settings.timeZone),
          ),
        )
    }
  }
  return { deals, value: ctx.sees('deals', 'amount') ? value : undefined }
}

/** Ids of the deals whose date was put off. */
async function putOff({ caller, period }: ReportContext): Promise<string[]> {
  const { storage, tenant } = caller
  const changed = storage.dialect.json(raw('changes'), '$.expectedCloseDate', 'text')
  const { text, params } = sql`select record_id, changes from ${raw(storage.table('event'))}
     where tenant_id = ${tenant} and at >= ${period.from.getTime()} and at < ${period.to.getTime()} and record_type = 'deals' and ${changed} is not null order by at, id`
  const rows = await storage.read(text, params)
  const dates = new Map<string, { first: string | null; last: string | null }>()
  for (const [id, changes] of rows) {
    const change = (JSON.parse(String(changes)) as Record<string, [string | null, string | null]>).expectedCloseDate
    if (!change) continue
    const known = dates.get(String(id))
    dates.set(String(id), { first: known ? known.first : change[0], last: change[1] })
  }
  return [...dates].filter(([, { first, last }]) => first !== null && last !== null && last > first).map(([id]) => id)
}

function openAtBothEnds(ctx: ReportContext, ids: readonly string[]) {
  const { caller, period, book, pipelines } = ctx
  const stays = caller.storage.table('stage_interval')
  const open = [...book.stages.values()].filter(
    (stage) => stage.class === 'open' && (!pipelines || pipelines.includes(stage.pipeline)),
  )
  const at = (alias: string, time: number) =>
    sql`${raw(alias)}.entered_at < ${time} and (${raw(alias)}.left_at is null or ${raw(alias)}.left_at >= ${time}) and ${inList(
      raw(`${alias}.stage_id`),
      open.map(({ id }) => id),
    )}`
  const where = and(
    inList(raw('r.id'), ids),
    at('b', period.from.getTime()),
    at('e', period.to.getTime()),
    ctx.rowsAnywhere('deals'),
  )
  const from = raw(
    `${ctx.table('deals').name} r join ${stays} b on b.tenant_id = r.tenant_id and b.deal_id = r.id join ${stays} e on e.tenant_id = r.tenant_id and e.deal_id = r.id`,
  )
  const statement = sql`select e.amount_currency, count(*), ${exactSum(raw('e.amount'))} from ${from} where ${where} group by e.amount_currency`
  return caller.storage.read(statement.text, statement.params, FROM_REPLICA)
}
