import type { Clock } from '../kernel/clock'
import { invalid, isCrmError } from '../kernel/errors'
import type { Round } from './job'
import type { TickResult } from './tick'

export interface WorkerOptions {
  /**
   * Milliseconds to sleep at most, whatever falls due: so soon the worker sees what other processes have written.
   * 100 to 3,600,000; default 5,000.
   */
  pollEvery?: number
  /** Told when a round failed. The worker goes on, later each time. Default: a process warning. */
  onError?: (error: unknown) => void
}

/** Does the background work of a long-running process, of all tenants. */
export interface Worker {
  /** Begins, and keeps the process alive until it is stopped. Running already, it stays as it is. */
  start(): void
  /** Resolves once what it has in hand is finished; what it has not begun is left for others. */
  stop(): Promise<void>
}

export interface WorkerParts {
  clock: Clock
  tick(stopping: Round['stopping']): Promise<TickResult>
  /** Calls back after each write of this process. Gives the way out. */
  onWrite(wake: () => void): () => void
}

/** Nothing could be done although something is due: another worker has it. */
const SHORTEST_SLEEP = 25
const FIRST_BACK_OFF = 500
const LONGEST_BACK_OFF = 60_000

export function createWorker(parts: WorkerParts, { pollEvery = 5000, onError = warn }: WorkerOptions = {}): Worker {
  if (!Number.isInteger(pollEvery) || pollEvery < 100 || pollEvery > 3_600_000)
    throw invalid('pollEvery', 'out-of-range', 'Give whole milliseconds from 100 to 3,600,000.')
  let running: Promise<void> | undefined
  let stopping = false
  let written = false
  let interrupt = () => {}

  const wake = () => {
    written = true
    interrupt()
  }

  /** Until the time is over, this process writes, or the worker is stopped; after a failure no write counts. */
  async function sleep(milliseconds: number, deaf: boolean) {
    if (stopping) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, written && !deaf ? 0 : milliseconds)
      interrupt = () => {
        if (deaf && !stopping) return
        clearTimeout(timer)
        resolve()
      }
    })
    interrupt = () => {}
  }

  async function run() {
    const end = parts.onWrite(wake)
    let failures = 0
    while (!stopping) {
      written = false
      try {
        const result = await parts.tick(() => stopping)
        failures = 0
        await sleep(didSomething(result) ? 0 : pauseBefore(result.next), false)
      } catch (error) {
        if (isCrmError(error, 'CLOSED')) break
        report(onError, error)
        await sleep(Math.min(FIRST_BACK_OFF * 2 ** failures++, LONGEST_BACK_OFF) * (1 - Math.random() / 2), true)
      }
    }
    end()
    running = undefined
  }

  const pauseBefore = (next: Date | undefined) => {
    const left = next ? next.getTime() - parts.clock.now().getTime() : pollEvery
    return Math.min(Math.max(left, SHORTEST_SLEEP), pollEvery)
  }

  return {
    start() {
      stopping = false
      running ??= run()
    },
    async stop() {
      stopping = true
      interrupt()
      await running
    },
  }
}

const didSomething = ({ dispatched, delivered, failed, dead, work }: TickResult) =>
  dispatched + delivered + failed + dead > 0 || Object.keys(work).length > 0

function report(onError: (error: unknown) => void, error: unknown) {
  try {
    onError(error)
  } catch {
    // The host's own report of a failure failed; the work goes on all the same.
  }
}

const warn = (error: unknown) =>
  process.emitWarning(`Background work failed: ${error instanceof Error ? error.message : String(error)}`)
