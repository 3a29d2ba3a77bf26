import type { Money, Report, ScopedClient } from '@rapport/core'
import { monthsAround } from './calendar'
import { sparkline, stackedBar } from './terminal/bars'
import { asDay, asMonth, cash, change, count, days, percent } from './terminal/format'
import { heading, type Screen } from './terminal/screen'
import { table } from './terminal/table'

const YEAR = { last: '12m' } as const

/** The dashboard of whoever asks: their records, their time zone, and the last twelve months unless it says otherwise. */
export async function printDashboard(me: ScopedClient, today: Date, screen: Screen, title: string) {
  heading(screen, title, `the 12 months to ${asDay(today)}`)
  await printKeyFigures(me, screen)
  await printFunnel(me, screen)
  await printForecast(me, today, screen)
  await printLeaderboard(me, screen)
  await printSources(me, screen)
  await printActivity(me, screen)
}

const minor = (sum: Money | null | undefined) => sum?.amount ?? 0
const most = (figures: readonly number[]) => Math.max(1, ...figures)

async function printKeyFigures({ reports, deals }: ScopedClient, { print, paint }: Screen) {
  const winRate = await reports.winRate({ period: YEAR, compare: 'previous' })
  const cycle = await reports.salesCycle({ period: YEAR })
  const velocity = await reports.velocity({ period: YEAR })
  const leads = await reports.leadConversion({ period: YEAR, compare: 'previous' })
  const byMonth = await reports.leadConversion({ period: YEAR, groupBy: 'month' })
  const rotten = await deals.list({ where: { rotten: true }, limit: 1, count: 'exact' })
  const figure = (name: string, value: string, remark = '') =>
    print(`  ${name.padEnd(18)} ${paint.bold(value.padStart(12))}${remark && paint.dim(`  ${remark}`)}`)
  const against = (report: Report<object, object>, name: string) => {
    const text = change((report.delta as Record<string, number | null> | undefined)?.[name])
    return text === '' ? '' : `${text} against the year before`
  }
  figure('Won', cash(winRate.totals.wonValue), against(winRate, 'wonValue'))
  figure(
    'Win rate',
    percent(winRate.totals.winRate, 1),
    `${count(winRate.totals.won)} won, ${count(winRate.totals.lost)} lost; by value ${percent(winRate.totals.winRateByValue, 1)}`,
  )
  figure('Sales cycle', days(cycle.totals.medianDays, 1), `median; mean ${days(cycle.totals.meanDays, 1)}`)
  figure('Velocity', cash(velocity.totals.velocity), `a day, from ${count(velocity.totals.openDeals)} open deals`)
  figure(
    'New leads',
    count(leads.totals.created),
    `${against(leads, 'created')}  ${sparkline(byMonth.rows.map(({ created }) => created))}`,
  )
  figure('Lead conversion', percent(leads.totals.cohortRate, 1), 'of these leads have been converted so far')
  figure('Rotten deals', count(Number(rotten.count ?? 0)), 'open, and too long in their stage')
  warnOfRates(winRate, { print, paint })
}

/** Money that could not be converted is named, never guessed. */
function warnOfRates({ missingRates }: Report<object, object>, { print, paint }: Pick<Screen, 'print' | 'paint'>) {
  for (const { from, to, day } of missingRates) print(paint.yellow(`  No rate from ${from} to ${to} on ${day}.`))
}

async function printFunnel({ reports }: ScopedClient, screen: Screen) {
  heading(screen, 'Sales funnel', 'deals that began in the period')
  const { rows } = await reports.salesFunnel({ period: YEAR })
  table(
    screen,
    [
      { title: 'Stage', text: ({ stageName }) => stageName },
      { title: 'Reached', align: 'right', text: ({ reached }) => count(reached) },
      { title: 'Go on', align: 'right', text: ({ conversion }) => percent(conversion) },
      { title: 'Lost here', align: 'right', text: ({ lost }) => count(lost) },
      { title: 'Median', align: 'right', text: ({ medianDays }) => days(medianDays, 1) },
    ],
    rows,
    { bar: ({ share }) => share ?? 0 },
  )
}

async function printForecast({ reports }: ScopedClient, today: Date, screen: Screen) {
  heading(screen, 'Forecast', 'won █, open × probability ▒')
  const months = monthsAround(today, 3, 4)
  const { rows } = await reports.forecast({ period: { from: months[0] as string, to: months.at(-1) as string } })
  const top = most(rows.map(({ forecast }) => minor(forecast)))
  table(
    screen,
    [
      { title: 'Month', text: ({ month }) => asMonth(month as string) },
      { title: 'Won', align: 'right', text: ({ won }) => cash(won) },
      { title: 'Weighted', align: 'right', text: ({ weighted }) => cash(weighted) },
      { title: 'Quota', align: 'right', text: ({ quota }) => cash(quota) },
      { title: 'Attained', align: 'right', text: ({ attainment }) => percent(attainment) },
    ],
    rows,
    { bar: ({ won, weighted }) => stackedBar(minor(won) / top, minor(weighted) / top, 24) },
  )
}

async function printLeaderboard({ reports }: ScopedClient, screen: Screen) {
  heading(screen, 'Leaderboard', 'by what they won')
  const { rows } = await reports.salesPerformance({ period: YEAR })
  const top = most(rows.map(({ wonValue }) => minor(wonValue)))
  table(
    screen,
    [
      {
        title: 'Rep',
        text: ({ rank, ownerName, owner }) => `${String(rank).padStart(2)} ${ownerName ?? owner ?? 'nobody'}`,
      },
      { title: 'Won', align: 'right', text: ({ wonValue }) => cash(wonValue) },
      { title: 'Deals', align: 'right', text: ({ won }) => count(won) },
      { title: 'Win rate', align: 'right', text: ({ winRate }) => percent(winRate) },
      { title: 'Cycle', align: 'right', text: ({ medianCycleDays }) => days(medianCycleDays) },
      { title: 'Open', align: 'right', text: ({ openValue }) => cash(openValue) },
    ],
    rows.slice(0, 8),
    { bar: ({ wonValue }) => minor(wonValue) / top },
  )
}

async function printSources({ reports }: ScopedClient, screen: Screen) {
  heading(screen, 'Lead sources', 'from first touch to revenue')
  const { rows } = await reports.leadSources({ period: YEAR })
  const ordered = [...rows].sort((one, other) => minor(other.wonValue) - minor(one.wonValue))
  const top = most(rows.map(({ wonValue }) => minor(wonValue)))
  table(
    screen,
    [
      { title: 'Source', text: ({ source }) => source ?? 'unknown' },
      { title: 'Leads', align: 'right', text: ({ leads }) => count(leads) },
      { title: 'Converted', align: 'right', text: ({ conversionRate }) => percent(conversionRate) },
      { title: 'Deals won', align: 'right', text: ({ won }) => count(won ?? 0) },
      { title: 'Won', align: 'right', text: ({ wonValue }) => cash(wonValue) },
    ],
    ordered,
    { bar: ({ wonValue }) => minor(wonValue) / top },
  )
}

async function printActivity({ reports }: ScopedClient, screen: Screen) {
  heading(screen, 'Activity', 'the last four weeks')
  const { rows } = await reports.agentActivity({ period: { last: '4w' }, groupBy: 'team' })
  table(
    screen,
    [
      { title: 'Team', text: ({ teamName, team }) => teamName ?? team ?? 'no team' },
      { title: 'Calls', align: 'right', text: ({ calls }) => count(calls ?? 0) },
      { title: 'Meetings', align: 'right', text: ({ meetings }) => count(meetings ?? 0) },
      { title: 'Emails', align: 'right', text: ({ emails }) => count(emails ?? 0) },
      { title: 'Tasks done', align: 'right', text: ({ tasksDone }) => count(tasksDone ?? 0) },
      { title: 'Overdue', align: 'right', text: ({ tasksOverdue }) => count(tasksOverdue ?? 0) },
      { title: 'New deals', align: 'right', text: ({ dealsCreated }) => count(dealsCreated ?? 0) },
    ],
    rows,
  )
}
