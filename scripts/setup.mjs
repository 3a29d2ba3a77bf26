#!/usr/bin/env node
/**
 * Makes a bare clone ready: checks Node, installs what pnpm-lock.yaml names, proves that SQLite loads.
 * Plain Node without dependencies, so that it runs before anything is there. A later run only compares a stamp.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PNPM = 'pnpm@12.21.0'
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stamp = join(root, 'node_modules', '.rapport-setup')
const say = (line) => console.log(`setup: ${line}`)

export async function setup() {
  checkNode()
  const wanted = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  const why = existsSync(stamp) ? 'dependencies or Node changed since the last run' : 'first run'
  say(`${why}, installing packages: usually under a minute`)
  const start = Date.now()
  await pnpm('install', '--frozen-lockfile')
  if (!sqliteLoads()) {
    say('SQLite does not load in this Node, compiling it again: one to two minutes')
    await pnpm('rebuild', '--recursive', 'better-sqlite3')
    if (!sqliteLoads()) fail('SQLite (better-sqlite3) is installed but does not load in this Node.')
  }
  writeFileSync(stamp, wanted)
  say(`ready after ${Math.round((Date.now() - start) / 1000)} s; the next run skips this`)
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(
    `Rapport needs Node 20.19 or later, this is ${process.versions.node}. Install a current one from https://nodejs.org.`,
  )
}

/** Changes when another install is needed: what is locked, what may build, and for which Node it was compiled. */
function fingerprint() {
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)))
  return hash.update(`${process.versions.modules} ${process.platform} ${process.arch}`).digest('hex')
}

function sqliteLoads() {
  const probe = "new (require('better-sqlite3'))(':memory:').close()"
  return spawnSync(process.execPath, ['-e', probe], { cwd: join(root, 'packages/adapters') }).status === 0
}

/** Runs pnpm quietly, with a sign of life; its output is shown only when it fails. */
function pnpm(...args) {
  const child = spawn('npx', ['--yes', PNPM, ...args], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal) && process.exit(130))
  let output = ''
  let compiling = false
  const listen = (chunk) => {
    output += chunk
    if (compiling || !output.includes('better-sqlite3') || !/gyp info spawn/.test(output)) return
    compiling = true
    say('no ready-made SQLite for this machine, compiling it: one to two minutes, once')
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  const start = Date.now()
  const alive = setInterval(() => say(`still working, ${Math.round((Date.now() - start) / 1000)} s`), 20_000)
  return new Promise((resolve) => {
    child.on('error', (error) =>
      fail(`npx could not be started (${error.message}). It comes with npm: is npm installed?`),
    )
    child.on('close', (code) => {
      clearInterval(alive)
      process.removeAllListeners('SIGINT')
      process.removeAllListeners('SIGTERM')
      if (code === 0) resolve()
      else fail(`pnpm ${args[0]} failed.`, output)
    })
  })
}

function environment() {
  const env = { ...process.env, CI: 'true' } // never ask: there is nobody at the keyboard of a pipe
  const prefix = dirname(dirname(process.execPath))
  if (!env.npm_config_nodedir && existsSync(join(prefix, 'include/node/node.h'))) env.npm_config_nodedir = prefix
  return env
}

function fail(what, output) {
  console.error(`setup: ${what}`)
  if (output) {
    const log = join(mkdtempSync(join(tmpdir(), 'rapport-')), 'setup.log')
    writeFileSync(log, output)
    console.error(output.trimEnd().split('\n').slice(-25).join('\n'))
    console.error(`\nsetup: ${adviceFor(output)}\nsetup: all that was said is in ${log}`)
  }
  process.exit(1)
}

function adviceFor(output) {
  if (/gyp ERR|prebuild-install/.test(output))
    return `SQLite could not be compiled. It needs a C++ compiler and Python 3, then run the command again:
  Debian, Ubuntu   sudo apt install build-essential python3
  macOS            xcode-select --install
  Windows          Visual Studio Build Tools with "Desktop development with C++"`
  if (/ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ERR_SOCKET|CERT/.test(output))
    return 'the package registry was not reached. When "npm ping" works again, run the command again.'
  if (/ERR_PNPM_OUTDATED_LOCKFILE/.test(output))
    return `a package.json changed without pnpm-lock.yaml: run "npx ${PNPM} install" and keep the lockfile.`
  return 'delete the node_modules folders and run the command again.'
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await setup()
