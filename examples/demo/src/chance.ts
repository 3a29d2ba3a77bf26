import type { Faker } from '@faker-js/faker'

/** Dice of one seed: the same throws in the same order. */
export interface Chance {
  /** True in so many of all cases, 0 to 1. */
  yes(share: number): boolean
  pick<T>(list: readonly T[]): T
  weighted<T extends { weight: number }>(list: readonly T[]): T
  /** A whole number, both ends included. */
  whole(from: number, to: number): number
  between(from: number, to: number): number
  /**
   * Around a median, never below 0 and with a long tail upwards: times, amounts, sizes of companies (log-normal).
   * Two thirds lie between `median ÷ e^spread` and `median × e^spread`.
   */
  near(median: number, spread: number): number
}

export function createChance(faker: Faker): Chance {
  const throwDice = () => faker.number.float()
  const between = (from: number, to: number) => from + throwDice() * (to - from)
  const whole = (from: number, to: number) => Math.floor(between(from, to + 1))
  return {
    yes: (share) => throwDice() < share,
    pick: (list) => list[Math.min(Math.floor(throwDice() * list.length), list.length - 1)] as (typeof list)[number],
    weighted(list) {
      let left = throwDice() * list.reduce((sum, { weight }) => sum + weight, 0)
      for (const one of list) {
        left -= one.weight
        if (left < 0) return one
      }
      return list.at(-1) as (typeof list)[number]
    },
    whole,
    between,
    near: (median, spread) => median * Math.exp(spread * normal(throwDice)),
  }
}

/** A throw of the standard normal distribution (Box and Muller). */
const normal = (throwDice: () => number) =>
  Math.sqrt(-2 * Math.log(1 - throwDice())) * Math.cos(2 * Math.PI * throwDice())
