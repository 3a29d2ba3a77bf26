import type { MavenFiles } from './maven-files'

type Cells = Readonly<Record<string, string>>
const DAY = 86_400_000
const whole = new Intl.NumberFormat('en')

/** The same figures without the SDK: plain arithmetic on the lines of the files. */
export function countFiles({ pipeline, teams }: MavenFiles) {
  const cells = pipeline.rows.map((row) => row.cells)
  const stage = (name: string) => cells.filter(({ deal_stage }) => deal_stage === name)
  const won = stage('Won')
  const lost = stage('Lost')
  const offices = new Map(teams.rows.map((row) => [row.cells.sales_agent, row.cells.regional_office]))
  const total = (rows: readonly Cells[]) =>
    whole.format(rows.reduce((sum, { close_value }) => sum + Number(close_value), 0))
  const by = (agent: string) => (row: Cells) => row.sales_agent === agent
  return {
    stage,
    winRate: won.length / (won.length + lost.length),
    wonValue: total(won),
    wonIn(quarter: string): string {
      const rows = won.filter(({ close_date = '' }) => quarterOf(close_date) === quarter)
      return `${whole.format(rows.length)}  ${total(rows)}`
    },
    wonBy: (office: string) => total(won.filter(({ sales_agent }) => offices.get(sales_agent as string) === office)),
    agent: (name: string) =>
      `${won.filter(by(name)).length} of ${[...won, ...lost].filter(by(name)).length}  ${total(won.filter(by(name)))}`,
    cycle: (name: string) =>
      stage(name).map(
        ({ engage_date, close_date }) => (Date.parse(close_date as string) - Date.parse(engage_date as string)) / DAY,
      ),
  }
}

const quarterOf = (day: string) => `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`

export const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? (sorted[Math.floor(middle)] as number) : mean(sorted.slice(middle - 1, middle + 1))
}
