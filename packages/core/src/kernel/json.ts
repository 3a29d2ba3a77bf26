/** JSON in which the keys of every object are in order: databases do not all keep the order they were given. */
export const orderedJson = (value: unknown): string => JSON.stringify(value, inOrder)

function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
