import { compare, type Line, race } from './measure'
import { createWorld } from './world'

/** Moving a deal to another stage: its row, the interval it leaves, the one it enters, the event. */
export async function benchMove(rounds: number): Promise<Line[]> {
  const world = await createWorld(100)
  const { crm, raw } = world
  const me = crm.as({ user: 'u7' })
  const deals: string[] = []
  for (let i = 0; i < 200; i++)
    deals.push((await me.deals.create({ title: `Deal ${i}`, amount: { amount: 100_000 + i, currency: 'USD' } })).id)
  const stages = raw.prepare("select id, probability from crm_stage where class = 'open' order by position").all() as {
    id: string
    probability: number
  }[]
  const byHand = moveByHand(world, stages)
  let turn = 0
  const results = await race(
    [
      { name: 'raw', run: () => byHand(deals[turn++ % 200] as string, Math.floor(turn / 200)) },
      {
        name: 'rapport',
        run: () =>
          me.deals.moveTo(
            deals[turn++ % 200] as string,
            (stages[Math.floor(turn / 200) % stages.length] as { id: string }).id,
          ),
      },
    ],
    rounds,
    200,
  )
  await world.close()
  return [compare('move a deal (stage interval, event, one transaction)', results, 2)]
}

function moveByHand(
  { raw }: Awaited<ReturnType<typeof createWorld>>,
  stages: readonly { id: string; probability: number }[],
) {
  const begin = raw.prepare('begin immediate')
  const commit = raw.prepare('commit')
  const read = raw.prepare(
    "select * from crm_deal where tenant_id = 'default' and id = ? and owner = ? and deleted_at is null",
  )
  const update = raw.prepare(
    "update crm_deal set stage = ?, probability = ?, stage_entered_at = ?, updated_at = ?, updated_by = ?, version = ? where tenant_id = 'default' and id = ? and version = ?",
  )
  const leave = raw.prepare(
    "update crm_stage_interval set left_at = ? where tenant_id = 'default' and deal_id = ? and left_at is null",
  )
  const enter = raw.prepare(
    "insert into crm_stage_interval (tenant_id, deal_id, seq, pipeline_id, stage_id, entered_at, entered_by, amount, amount_currency) values ('default', ?, ?, ?, ?, ?, ?, ?, ?)",
  )
  const event = raw.prepare(
    "insert into crm_event (tenant_id, id, at, name, record_type, record_id, record_version, actor, changes, silent, pending) values ('default', ?, ?, 'deal.stage_changed', 'deals', ?, ?, ?, ?, 0, 1)",
  )
  let number = 0
  return (id: string, turn: number) => {
    begin.run()
    const deal = read.get(id, 'u7') as {
      stage: string
      pipeline: string
      version: number
      amount: number
      amount_currency: string
      probability: number
    }
    const next = stages[(stages.findIndex((stage) => stage.id === deal.stage) + 1 + (turn % 1)) % stages.length] as {
      id: string
      probability: number
    }
    const now = Date.now()
    const version = deal.version + 1
    update.run(next.id, next.probability, now, now, 'u7', version, id, deal.version)
    leave.run(now, id)
    enter.run(id, version, deal.pipeline, next.id, now, 'u7', deal.amount, deal.amount_currency)
    const changes = {
      stage: [deal.stage, next.id],
      probability: [deal.probability, next.probability],
      stageEnteredAt: [null, new Date(now)],
    }
    event.run(`bench-${number++}-${id.slice(0, 8)}`, now, id, version, 'u7', JSON.stringify(changes))
    commit.run()
  }
}
