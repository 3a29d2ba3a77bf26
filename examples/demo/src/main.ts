import { runDemo } from './demo'

/** The first Ctrl-C finishes the step in hand and closes the file; the second one does not wait. */
const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) process.exit(130)
    stop.abort()
  })
}

// `npm run demo | head` is no mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

process.exitCode = await runDemo(process.argv.slice(2), {
  output: process.stdout,
  env: process.env,
  signal: stop.signal,
})
