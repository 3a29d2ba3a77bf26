import type { Clock } from '../kernel/clock'

/** A clock that a test moves: it stands still, or goes on by a fixed step each time it is read. */
export interface StepClock extends Clock {
  /** Moves to that moment. */
  set(at: Date | string): void
  /** Moves on by so many milliseconds. */
  advance(milliseconds: number): void
}

/**
 * A clock under the test's control.
 *
 * @param start The first moment: a Date or ISO 8601 text with a zone.
 * @param step Milliseconds by which each reading moves it on; default 0, so that it stands still.
 *
 * @example
 * const clock = stepClock('2026-03-29T00:59:00Z')
 * const crm = createCrm({ storage, clock })
 * clock.advance(60_000)
 */
export function stepClock(start: Date | string = '2026-01-01T00:00:00Z', step = 0): StepClock {
  let time = new Date(start).getTime()
  return {
    now() {
      const now = new Date(time)
      time += step
      return now
    },
    set(at) {
      time = new Date(at).getTime()
    },
    advance(milliseconds) {
      time += milliseconds
    },
  }
}
