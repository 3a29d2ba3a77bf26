import { moveOnJob } from './calendar/move-on'
import type { Job, Round } from './events/job'
import { createSweep } from './events/sweep'
import { runTick, type TickOptions, type TickParts, type TickResult } from './events/tick'
import { fileOptions } from './files/definition'
import { fileSweepJob } from './files/sweep'
import { notifier } from './notifications/from-events'
import { deliveryJob } from './notifications/outside'
import { retentionJob } from './notifications/sweep'
import { reachesOutside } from './notifications/ways'
import type { Engine } from './records/engine'
import { reminderJob } from './reminders/job'

export type Tick = (options?: TickOptions, stopping?: Round['stopping']) => Promise<TickResult>

/** Wires what happens in the background. Loaded by the first tick. */
export function createTick(given: Pick<TickParts, 'engine' | 'subscribers' | 'releaseNotices' | 'clientOf'>): Tick {
  const { engine } = given
  const parts: TickParts = { ...given, readers: [notifier(engine)], jobs: jobsOf(engine), sweep: createSweep() }
  return (options, stopping) => runTick(parts, options, stopping)
}

const jobsOf = (engine: Engine): Job[] => [
  // First, for what it plans may be due by now.
  moveOnJob(engine),
  reminderJob(engine),
  ...(reachesOutside(engine) ? [deliveryJob(engine)] : []),
  retentionJob(engine),
  ...(fileOptions(engine).store ? [fileSweepJob(engine)] : []),
]
