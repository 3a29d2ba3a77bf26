import type { Crm, ScopedClient } from '@rapport/core'
import { workMoment } from './calendar'
import type { Chance } from './chance'
import type { Company } from './company'
import type { Market } from './market'
import { breathe } from './terminal/progress'

/** A company at work: what is due is done in the order of time, so the file is a true picture at any moment. */
export interface World {
  readonly chance: Chance
  readonly company: Company
  readonly market: Market
  /** The moment that is being lived through. */
  readonly now: Date
  readonly counts: { leads: number; deals: number; won: number }
  /** The CRM as it is written to at that moment, by that user: back-dated, and announced to nobody. */
  as(user: string | null): ScopedClient
  at(moment: Date, step: Step): void
  /** On a working day about so many days from now. */
  later(days: number, step: Step): void
}

export type Step = () => Promise<unknown>

export interface LiveOptions {
  until: Date
  signal?: AbortSignal | undefined
  onStep?: ((world: World) => void) | undefined
}

/** Steps between two looks at whether somebody pressed Ctrl-C. */
const BATCH = 50

export function createWorld(crm: Crm, parts: { chance: Chance; company: Company; market: Market }) {
  const due = createQueue()
  let now = parts.company.since
  const world: World = {
    ...parts,
    get now() {
      return now
    },
    counts: { leads: 0, deals: 0, won: 0 },
    as: (user) => crm.asSystem({ reason: 'demo history', history: { at: now, by: user } }),
    at: (moment, step) => due.add(moment.getTime(), step),
    later: (days, step) => due.add(workMoment(parts.chance, now, days).getTime(), step),
  }

  /** Lives on until that moment, or until it is told to stop. What is due later never happens. */
  async function live({ until, signal, onStep }: LiveOptions): Promise<void> {
    for (let steps = 1; !signal?.aborted; steps++) {
      const next = due.next()
      if (!next || next.at > until.getTime()) return
      now = new Date(next.at)
      await next.step()
      if (steps % BATCH > 0) continue
      onStep?.(world)
      await breathe()
    }
  }
  return { world, live }
}

interface Due {
  at: number
  /** Of two at the same time, the one that was planned first. */
  order: number
  step: Step
}

/** A binary heap: the earliest on top. */
function createQueue() {
  const heap: Due[] = []
  let order = 0
  const before = (one: Due, other: Due) => one.at - other.at || one.order - other.order
  const swap = (one: number, other: number) => {
    const held = heap[one] as Due
    heap[one] = heap[other] as Due
    heap[other] = held
  }
  return {
    add(at: number, step: Step) {
      heap.push({ at, order: order++, step })
      for (let index = heap.length - 1; index > 0; ) {
        const parent = (index - 1) >> 1
        if (before(heap[parent] as Due, heap[index] as Due) <= 0) return
        swap(parent, index)
        index = parent
      }
    },
    next(): Due | undefined {
      const first = heap[0]
      const last = heap.pop()
      if (heap.length === 0 || !last) return first
      heap[0] = last
      for (let index = 0; ; ) {
        let least = index
        for (const child of [2 * index + 1, 2 * index + 2]) {
          if (child < heap.length && before(heap[child] as Due, heap[least] as Due) < 0) least = child
        }
        if (least === index) return first
        swap(least, index)
        index = least
      }
    },
  }
}
