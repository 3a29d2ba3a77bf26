import type { Session } from '@rapport/core/storage'

/** `send` where nothing is gained by waiting: runs at once. */
export const sendBy =
  (run: Session['run']): Session['send'] =>
  (text, params, check) => {
    const done = (changed: number) => check?.(changed)
    const changed = run(text, params)
    return typeof changed === 'number' ? done(changed) : changed.then(done)
  }
