import type { Money } from '@rapport/core'
import { countFiles, mean, median } from './maven-count'
import type { MavenCrm } from './maven-crm'
import type { MavenFiles } from './maven-files'
import { days, percent } from './terminal/format'

/** A figure of the reports API, and the same counted in the files. */
export interface Figure {
  name: string
  reported: string
  counted: string
}

export interface FigureGroup {
  title: string
  figures: Figure[]
}

const EVER = { from: '2016-01-01', to: '2018-01-01' }
const whole = new Intl.NumberFormat('en')
const dollars = (sum: Money | null) => whole.format((sum?.amount ?? 0) / 100)

/** The figures of the data set, each from the reports API and beside it from the lines of the files. */
export async function mavenFigures(crm: MavenCrm, files: MavenFiles): Promise<FigureGroup[]> {
  const { reports } = crm.as({ user: 'sales.operations' })
  const counted = countFiles(files)

  const funnel = await reports.salesFunnel({ period: EVER, medians: false })
  const stages = [
    ...funnel.rows.map(({ stageName, current }) => [stageName, current] as const),
    ['Lost', funnel.totals.lost] as const,
  ]
  const won = await reports.winRate({ period: EVER })
  const quarters = await reports.winRate({ period: { from: '2017-01-01', to: '2018-01-01' }, groupBy: 'quarter' })
  const agents = await reports.salesPerformance({ period: EVER })
  const cycle = await reports.salesCycle({ period: EVER })

  return [
    {
      title: 'Deals by stage',
      figures: stages.map(([name, deals]) => ({
        name,
        reported: whole.format(deals),
        counted: whole.format(counted.stage(name).length),
      })),
    },
    {
      title: 'Won in all',
      figures: [
        { name: 'Value', reported: dollars(won.totals.wonValue), counted: counted.wonValue },
        { name: 'Win rate', reported: percent(won.totals.winRate, 2), counted: percent(counted.winRate, 2) },
      ],
    },
    {
      title: 'Won by quarter of closing',
      figures: quarters.rows.map(({ quarter = '', won, wonValue }) => ({
        name: quarter,
        reported: `${whole.format(won)}  ${dollars(wonValue)}`,
        counted: counted.wonIn(quarter),
      })),
    },
    { title: 'Won by office', figures: await byOffice(crm, counted) },
    {
      title: 'Best agents: won of closed, value',
      figures: agents.rows.slice(0, 5).map(({ ownerName, won, lost, wonValue }) => ({
        name: ownerName ?? '',
        reported: `${won} of ${won + lost}  ${dollars(wonValue)}`,
        counted: counted.agent(ownerName ?? ''),
      })),
    },
    {
      title: 'Sales cycle',
      figures: [
        { name: 'Won, mean', reported: days(cycle.totals.meanDays, 2), counted: days(mean(counted.cycle('Won')), 2) },
        { name: 'Won, median', reported: days(cycle.totals.medianDays), counted: days(median(counted.cycle('Won'))) },
        {
          name: 'Lost, mean',
          reported: days(cycle.totals.lostMeanDays, 2),
          counted: days(mean(counted.cycle('Lost')), 2),
        },
        {
          name: 'Lost, median',
          reported: days(cycle.totals.lostMedianDays),
          counted: days(median(counted.cycle('Lost'))),
        },
      ],
    },
  ]
}

/** An office has two managers with a team each: the filter takes the whole subtree. */
async function byOffice(crm: MavenCrm, counted: ReturnType<typeof countFiles>): Promise<Figure[]> {
  const { reports } = crm.as({ user: 'sales.operations' })
  const figures: Figure[] = []
  for (const office of ['West', 'Central', 'East']) {
    const { totals } = await reports.winRate({ period: EVER, where: { owner: { team: office.toLowerCase() } } })
    figures.push({ name: office, reported: dollars(totals.wonValue), counted: counted.wonBy(office) })
  }
  return figures
}
