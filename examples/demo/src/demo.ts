import { isCrmError } from '@rapport/core'
import { type DemoOptions, HELP, readArgs, UsageError } from './args'
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
    if (!options.quiet) sayWhatNext(screen, options)
    return 0
  } catch (error) {
    if (!(error instanceof UsageError) && !isCrmError(error)) throw error
    screen.print(
      '',
      `  ${screen.paint.red(error.message)}`,
      ...remedies(error),
      `  npm run demo -- --help shows what there is.`,
    )
    return 1
  }
}

const remedies = (error: Error) => (isCrmError(error) ? error.problems.map(({ remedy }) => `  ${remedy}`) : [])

function sayWhatNext({ print, paint }: Screen, { file, data, today }: DemoOptions) {
  const again = `npm run demo -- --keep --file ${file}${data === undefined ? ` --today ${today}` : ` --data ${data}`}`
  const other =
    data === undefined
      ? ['npm run demo -- --data <folder>', "a real company: the files of Maven's CRM Sales Opportunities"]
      : ['npm run demo', 'an invented company with 25 users and 10,000 leads']
  print('', `  ${paint.bold('Next')}`)
  for (const [what, why] of [
    [again, `the figures again; ${file} is an ordinary SQLite database`],
    other,
    ['docs/getting-started.md', 'the same in your own product, from an empty folder'],
  ]) {
    print(`    ${paint.cyan(what as string)}`, `        ${why}`)
  }
  print()
}
