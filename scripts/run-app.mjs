#!/usr/bin/env node
/**
 * Runs an application of the workspace against the built packages, as a user of the published ones would:
 * `node scripts/run-app.mjs examples/demo --help`. Sets up and builds first, where needed. The application runs in
 * this process, so arguments, Ctrl-C and the exit code are its own.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from './build.mjs'
import { setup } from './setup.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const [folder, ...args] = process.argv.slice(2)
await setup()
build({ declarations: false, applications: [folder] })
const main = join(root, folder, 'dist/main.js')
process.argv = [process.execPath, main, ...args]

// npm passes a SIGTERM to its shell only; when that is gone, so is whoever asked for this run.
const parent = process.ppid
setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGTERM'), 500).unref()

await import(pathToFileURL(main).href)
