const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/

/** True for `HH:MM` of a day. */
export const isTimeOfDay = (value: unknown): value is string => typeof value === 'string' && TIME.test(value)

/** Milliseconds from midnight of `HH:MM`. */
export const timeOfDay = (time: string): number => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * 60_000
