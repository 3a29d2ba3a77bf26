import type { Clock } from '@rapport/core'

const MINUTE = 60_000

/** A clock that is set by hand: the SDK takes "now" from whatever clock it is given. */
export interface DemoClock extends Clock {
  set(now: Date): void
  forward(step: { days?: number; hours?: number; minutes?: number }): void
}

export function createClock(start: Date): DemoClock {
  let now = start.getTime()
  return {
    now: () => new Date(now),
    set(moment) {
      now = moment.getTime()
    },
    forward({ days = 0, hours = 0, minutes = 0 }) {
      now += ((days * 24 + hours) * 60 + minutes) * MINUTE
    },
  }
}
