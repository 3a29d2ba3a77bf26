import type { RecordType } from '../field'
import type { WriteSession } from '../write'

/** Something that hangs on a record and goes over to the winner of a merge, and back. */
export interface MergeSide {
  readonly name: string
  /** Moves it from the loser to the winner. Gives back what `giveBack` needs, as JSON; undefined when there was nothing. */
  move(write: WriteSession, between: Between): Promise<unknown>
  /** Moves back what was moved, and has stayed with the winner since. */
  giveBack(write: WriteSession, between: Between, moved: never): Promise<void>
}

export interface Between {
  readonly type: RecordType
  readonly winner: string
  readonly loser: string
  /** Winner and all losers of this merge. */
  readonly members: readonly string[]
}

/** Beyond so many rows of one kind a merge cannot be undone: remembering them would cost more than it is worth. */
export const MAX_REMEMBERED = 20_000

/** Thrown away with the rest of the undo when one side has too much to remember. */
export const TOO_MANY = Symbol('too many to remember')

const CHUNK = 400

/** Lists in pieces that every database takes as parameters. */
export function chunks<T>(list: readonly T[]): T[][] {
  const pieces: T[][] = []
  for (let at = 0; at < list.length; at += CHUNK) pieces.push(list.slice(at, at + CHUNK))
  return pieces
}
