/**
 * The circles of a graph, one for each group of nodes that reach each other (Tarjan's strongly connected components).
 * @param {Map<string, string[]>} graph node -> what it points to
 * @returns {string[][]} each circle as the shortest way from a node back to itself
 */
export function circles(graph) {
  const order = new Map()
  const low = new Map()
  const stack = []
  const groups = []
  const visit = (node) => {
    order.set(node, order.size)
    low.set(node, order.get(node))
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next)
      if (stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)))
    }
    if (low.get(node) !== order.get(node)) return
    const group = stack.splice(stack.indexOf(node))
    if (group.length > 1 || graph.get(node)?.includes(node)) groups.push(group)
  }
  for (const node of graph.keys()) if (!order.has(node)) visit(node)
  return groups.map((group) => shortestWayBack(graph, group[0]))
}

function shortestWayBack(graph, start) {
  const ways = [[start]]
  const seen = new Set()
  for (const way of ways) {
    for (const next of graph.get(way.at(-1)) ?? []) {
      if (next === start) return [...way, start]
      if (seen.has(next)) continue
      seen.add(next)
      ways.push([...way, next])
    }
  }
  return ways.at(-1)
}
