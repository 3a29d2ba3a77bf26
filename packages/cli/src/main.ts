#!/usr/bin/env node
import { run } from './run'

// `rapport sql | head` closes the pipe before everything is printed.
process.stdout.on('error', () => process.exit())

process.exitCode = await run(process.argv.slice(2), process.env, {
  print: (text) => void process.stdout.write(`${text}\n`),
  complain: (text) => void process.stderr.write(`${text}\n`),
})
// A connection that is still being made would keep the process for minutes.
setTimeout(() => process.exit(), 1000).unref()
