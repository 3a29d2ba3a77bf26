import { bar } from './bars'
import { cut, padEnd, type Screen } from './screen'

export interface Progress {
  /** `done` of `total`, and what is being done now. */
  show(done: number, total: number, now: string): void
  end(): void
}

const REDRAWN = 80
const BAR = 24

/** A bar that is drawn over on a terminal; elsewhere (a log, a pipe) a line for every quarter. */
export function createProgress(screen: Screen): Progress {
  let last = 0
  let quarter = 0
  return {
    show(done, total, now) {
      const share = total === 0 ? 1 : done / total
      if (!screen.live) {
        const reached = Math.floor(share * 4)
        if (reached > quarter) screen.print(`  ${reached * 25} %  ${now}`)
        quarter = Math.max(quarter, reached)
        return
      }
      if (Date.now() - last < REDRAWN && done < total) return
      last = Date.now()
      const drawn = screen.paint.cyan(padEnd(bar(share, BAR), BAR))
      screen.redraw(`  ${drawn} ${String(Math.floor(share * 100)).padStart(3)} %  ${cut(now, screen.width - BAR - 12)}`)
    },
    end() {
      if (screen.live) screen.redraw('')
    },
  }
}

/** Lets the process hear of Ctrl-C: work on SQLite alone never leaves the processor. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
