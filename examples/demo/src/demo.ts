import { isCrmError } from '@rapport/core'
import { HELP, readArgs, UsageError } from './args'
import { runInvented } from './invented'
import { runMaven } from './maven-demo'
import { createScreen, type Output, type Screen } from './terminal/screen'

export interface DemoHost {
  output: Output
  env: Record<string, string | undefined>
  signal: AbortSignal
}

/** Runs the demo as the command line says. Gives the exit code: 130 after Ctrl-C, as shells expect. */
export async function runDemo(args: readonly string[], { output, env, signal }: DemoHost): Promise<number> {
  const screen = createScreen(output, env)
  try {
    const options = readArgs(args)
    if (!options) {
      screen.print(HELP)
      return 0
    }
    const whole = await (options.data === undefined ? runInvented : runMaven)({ options, screen, signal })
    if (!whole) return 130
    if (!options.quiet) sayWhatNext(screen, options.file, options.data !== undefined)
    return 0
  } catch (error) {
    if (!(error instanceof UsageError) && !isCrmError(error)) throw error
    screen.print('', `  ${screen.paint.red(error.message)}`, ...remedies(error), `  npm run demo -- --help shows what there is.`)
    return 1
  }
}

const remedies = (error: Error) => (isCrmError(error) ? error.problems.map(({ remedy }) => `  ${remedy}`) : [])

function sayWhatNext({ print, paint }: Screen, file: string, real: boolean) {
  const other = real
    ? ['npm run demo', 'an invented company with 25 users and 10,000 leads']
    : ['npm run demo -- --data <folder>', "a real company's pipeline: the Maven CRM Sales Opportunities files"]
  const lines = [
    [`sqlite3 ${file} '.tables'`, 'look into the file: it is an ordinary SQLite database'],
    [other[0], other[1]],
    ['docs/getting-started.md', 'the same in your own product, from an empty folder'],
  ] as const
  print('', `  ${paint.bold('Next')}`, ...lines.map(([what, why]) => `    ${paint.cyan((what as string).padEnd(34))} ${why}`), '')
}
