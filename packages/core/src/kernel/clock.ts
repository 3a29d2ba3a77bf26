/** Where "now" comes from. Injectable, so that tests and back-dated demos control time. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
