import { live } from '../../schema'

/**
 * Lists by newest, recently changed and name: of everybody, and of one owner. `filtered` columns ride along in the
 * newest-first ones, so that the commonest filters are answered from the index alone.
 */
export const listIndexes = (name: string, ...filtered: string[]) => ({
  created: ['created_at', 'id', 'owner', ...filtered],
  updated: ['updated_at', 'id'],
  name: [name, 'id'],
  owner_created: ['owner', 'created_at', 'id', ...filtered],
  owner_updated: ['owner', 'updated_at', 'id'],
  owner_name: ['owner', name, 'id'],
})

export const onlyLive = (...indexes: string[]) => Object.fromEntries(indexes.map((name) => [name, live]))
export const listsOfLive = onlyLive(...Object.keys(listIndexes('')))
