import { sqlite } from '@rapport/adapters/sqlite'
import { createCrm } from '@rapport/core'
import { countRows } from './counted-storage'
import { createClock } from './demo-clock'
import { prepareFile, REAL } from './demo-file'
import type { Stage } from './invented'
import { loadMaven } from './maven'
import { MAVEN, type MavenCrm, SNAPSHOT } from './maven-crm'
import { mavenFigures } from './maven-figures'
import { type MavenFiles, readMavenFiles } from './maven-files'
import { asDay, count, speedOf } from './terminal/format'
import { createProgress } from './terminal/progress'
import { heading, padEnd, padStart, type Screen, silenced } from './terminal/screen'

/** Loads the Maven data set as it happened and prints its figures. True when it was not interrupted. */
export async function runMaven({ options, screen, signal }: Stage): Promise<boolean> {
  const { file, keep, quiet, data = '' } = options
  const talk = quiet ? silenced(screen) : screen
  const files = readMavenFiles(data)
  const { replaced } = await prepareFile(options, REAL)
  const { storage, rows } = countRows(sqlite({ file }))
  const crm: MavenCrm = createCrm({ storage, clock: createClock(new Date(`${SNAPSHOT}T18:00:00Z`)), ...MAVEN })
  try {
    await crm.migrate()
    if (keep) {
      await printFigures(crm, files, screen)
      return true
    }
    heading(talk, 'Loading the Maven pipeline', 'Ctrl-C stops and keeps what is there')
    if (replaced) talk.print(`  ${file} was there from an earlier run and starts afresh (--keep only shows it).`)
    talk.print(
      `  ${count(files.pipeline.rows.length)} opportunities, day by day as they began and closed, through the CSV importer`,
    )
    const started = performance.now()
    const progress = createProgress(talk)
    const { deals, day } = await loadMaven(crm, data, {
      signal,
      onProgress: (state) =>
        progress.show(state.deals, state.total, `${asDay(new Date(state.day))}  ${count(state.deals)} deals`),
    })
    progress.end()
    if (signal.aborted) {
      screen.print(
        '',
        `  Stopped. ${file} is closed and whole: the pipeline as it was on ${asDay(new Date(day))}, with ${count(deals)} deals.`,
        `  Start again: npm run demo -- --data ${data} --file ${file}`,
      )
      return false
    }
    const speed = speedOf(rows(), performance.now() - started)
    await printFigures(crm, files, screen)
    screen.print('', `  ${speed}`)
    return true
  } finally {
    await crm.close()
  }
}

async function printFigures(crm: MavenCrm, files: MavenFiles, screen: Screen) {
  const { print, paint } = screen
  heading(screen, 'Its figures', 'the reports API, and the files counted by hand')
  const groups = await mavenFigures(crm, files)
  for (const { title, figures } of groups) {
    print(
      `  ${padEnd(paint.bold(title), 36)} ${paint.dim(padStart('reports API', 20))} ${paint.dim(padStart('files', 20))}`,
    )
    for (const { name, reported, counted } of figures) {
      const mark = reported === counted ? paint.green('✓') : paint.red('✗')
      print(`    ${padEnd(name, 34)} ${padStart(reported, 20)} ${padStart(counted, 20)}  ${mark}`)
    }
  }
  const all = groups.flatMap(({ figures }) => figures)
  const equal = all.filter(({ reported, counted }) => reported === counted).length
  print('', `  ${equal} of ${all.length} figures are equal.`)
}
