import type { Crm } from '@rapport/core'
import { type DemoOptions, UsageError } from './args'
import { type Built, buildCompany } from './build'
import { COMPANY_NAME } from './company'
import { printDashboard } from './dashboard'
import { createClock } from './demo-clock'
import { openDemoCrm } from './demo-crm'
import { INVENTED, prepareFile } from './demo-file'
import { asDay, count, speedOf } from './terminal/format'
import { createProgress } from './terminal/progress'
import { heading, type Screen, silenced } from './terminal/screen'
import { startOfWalk, walkLead } from './walk'
import { showWhatOthersSee } from './what-others-see'

export interface Stage {
  options: DemoOptions
  screen: Screen
  signal: AbortSignal
}

/** Builds an invented company, walks a lead through it and shows its dashboard. True when it was not interrupted. */
export async function runInvented({ options, screen, signal }: Stage): Promise<boolean> {
  const { file, keep, quiet } = options
  const today = new Date(`${options.today}T08:00:00Z`)
  const { replaced } = await prepareFile(options, INVENTED)
  const clock = createClock(today)
  const { crm, rows } = openDemoCrm(file, clock)
  try {
    const talk = quiet ? silenced(screen) : screen
    if (keep) {
      await showDashboard(crm, today, screen)
      return true
    }
    await crm.migrate()
    if (replaced) talk.print(`  ${file} was there from an earlier run and starts afresh (--keep only shows it).`)
    const started = performance.now()
    const built = await build(crm, options, today, talk, signal)
    const speed = speedOf(rows(), performance.now() - started)
    if (signal.aborted) {
      tellWhatIsThere(screen, options, built)
      return false
    }
    clock.set(startOfWalk(today))
    const walk = await walkLead(crm, built.company, clock, talk)
    clock.set(today)
    await showWhatOthersSee(crm, built.company, walk, talk)
    await showDashboard(crm, today, screen)
    screen.print('', `  ${speed}`)
    return true
  } finally {
    await crm.close()
  }
}

async function build(
  crm: Crm,
  { leads, seed }: DemoOptions,
  today: Date,
  screen: Screen,
  signal: AbortSignal,
): Promise<Built> {
  heading(screen, `Building ${COMPANY_NAME}`, 'Ctrl-C stops and keeps what is there')
  screen.print(`  25 users in 3 teams, ${count(leads)} leads over two years; seed ${seed}, today is ${asDay(today)}`)
  const progress = createProgress(screen)
  const built = await buildCompany(crm, {
    leads,
    seed,
    today,
    signal,
    onProgress: ({ leads: done, deals, won, at }) =>
      progress.show(done, leads, `${asDay(at)}  ${count(done)} leads, ${count(deals)} deals, ${count(won)} won`),
  })
  progress.end()
  screen.print(`  ${count(built.leads)} leads, ${count(built.deals)} deals, ${count(built.won)} of them won`)
  return built
}

/** Through the eyes of the head of sales: a manager of the top team, who sees the whole tree. */
async function showDashboard(crm: Crm, today: Date, screen: Screen) {
  const users = await crm.asSystem({ reason: 'demo' }).users.list()
  const head = users.find(({ roles, teams }) => roles.includes('manager') && teams.includes(INVENTED))
  if (!head)
    throw new UsageError(
      'There is nobody in this file yet: the demo that made it was stopped at once. Leave out --keep.',
    )
  await printDashboard(crm.as({ user: head.id }), today, screen, `The dashboard of ${head.name}, head of sales`)
}

function tellWhatIsThere(screen: Screen, { file, today }: DemoOptions, { leads, deals, won, at }: Built) {
  screen.print(
    '',
    `  Stopped. ${file} is closed and whole: the company as it was on ${asDay(at)}, with ${count(leads)} leads, ${count(deals)} deals, ${count(won)} won.`,
    `  See it:      npm run demo -- --keep --file ${file} --today ${at.toISOString().slice(0, 10)}`,
    `  Start again: npm run demo -- --file ${file} --today ${today}`,
  )
}
