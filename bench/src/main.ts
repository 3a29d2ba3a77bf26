import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { benchFiles, fileMemory } from './files'
import { benchImport, benchImportMemory, importMemory } from './import'
import { holds, type Line, table } from './measure'
import { benchMove } from './move'
import { benchRecords } from './records'

/** `npm run bench` measures everything and writes bench/RESULTS.md; `-- --quick` does small sizes and writes nothing. */
const [mode, size] = process.argv.slice(2)
if (mode === '--import-memory') await importMemory(Number(size))
else if (mode === '--file-memory') await fileMemory(size as string)
else if (mode === '--search') console.log(table(await (await import('./search')).benchSearch(Number(size), 5)))
else if (mode === '--calendar')
  console.log(table(await (await import('./calendar')).benchCalendar(Number(size), Number(size) / 5, 9)))
else if (mode === '--postgres')
  console.log(table(await (await import('./postgres/bench')).benchPostgres(size === '--quick')))
else await main(mode === '--quick')

async function main(quick: boolean) {
  const rounds = quick ? 15 : 25
  const lines: Line[] = []
  const add = (title: string, more: Line[]) => {
    lines.push(...more)
    console.log(`\n${title}\n${table(more)}`)
  }
  add('Records', await benchRecords(quick ? [20_000] : [10_000, 100_000, 1_000_000], rounds))
  add('Deals', await benchMove(rounds))
  const { benchReminders } = await import('./reminders')
  add('Reminders', await benchReminders(quick ? 2000 : 10_000, quick ? 5 : 9))
  add('Import', await benchImport(quick ? 30_000 : 100_000, 3))
  if (!quick) add('Import, memory', benchImportMemory([100_000, 1_000_000]))
  if (!quick) add('Files, memory', benchFiles())
  const { benchWorkingDay } = await import('./working-day')
  add('Working day', await benchWorkingDay(quick ? 200_000 : 1_000_000, rounds))
  const { benchDashboard } = await import('./dashboard')
  add('Dashboard', await benchDashboard(quick ? 100_000 : 1_000_000, quick ? 5 : 7))
  const { benchSearch } = await import('./search')
  add('Search', await benchSearch(quick ? 50_000 : 1_000_000, quick ? 5 : 9))
  const { benchCalendar } = await import('./calendar')
  add('Calendar', await benchCalendar(quick ? 50_000 : 1_000_000, quick ? 10_000 : 200_000, quick ? 9 : 15))
  const { benchPostgres } = await import('./postgres/bench')
  add('PostgreSQL', await benchPostgres(quick))
  const broken = lines.filter((line) => !holds(line))
  console.log(`\n${lines.length - broken.length} of ${lines.length} promises hold`)
  // A noisy machine blurs a quick run: half over the promise is more than noise.
  const far = broken.filter(({ ratio, limit, atLeast }) => (atLeast ? ratio * 1.5 < limit : ratio > limit * 1.5))
  if (far.length > 0) process.exitCode = 1
  if (!quick) writeFileSync('bench/RESULTS.md', report(lines))
}

function report(lines: readonly Line[]): string {
  return `# Measured

Against SQL by hand through better-sqlite3 on the same file with the same settings, and through \`pg\` with named statements on the
same server; medians of interleaved rounds, so that
a noisy moment hits both. Ratios carry over to other machines, times do not. Made by \`npm run bench\` on Node
${process.version}, ${cpus().length} cores.

${table(lines)}
`
}
