import { CrmError } from '@rapport/core/storage'

/** A connection of a pool, once it is free. Waiting longer than `patience` ms is an error, not a hang; one that comes later goes back at once. */
export async function borrow<Connection extends { release?(): void }>(
  lent: Promise<Connection>,
  patience: number,
  toCrmError: (error: unknown) => unknown,
): Promise<Connection> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(noneFree(patience)), patience)
  })
  try {
    return await Promise.race([lent, over])
  } catch (error) {
    lent.then(
      (connection) => connection.release?.(),
      () => {},
    )
    throw toCrmError(error)
  } finally {
    clearTimeout(timer)
  }
}

const noneFree = (patience: number) =>
  new CrmError('STORAGE', 'The database refused a statement (busy).', {
    field: 'storage',
    rule: 'busy',
    remedy: `No connection became free within ${patience} ms; make the pool larger, or use fewer at once: inside a transaction use its client (\`tx\`, \`me.within(trx)\`).`,
  })
