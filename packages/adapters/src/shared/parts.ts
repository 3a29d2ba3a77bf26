/** The content cut anew into parts of just that size, but for the last one. Each part is good until the next is asked for. */
export async function* inParts(content: AsyncIterable<Uint8Array>, size: number) {
  const part = Buffer.allocUnsafe(size)
  let filled = 0
  for await (const piece of content) {
    for (let at = 0; at < piece.length; ) {
      // Only now is it known that the full one is not the last.
      if (filled === size) {
        yield { bytes: part, last: false }
        filled = 0
      }
      const taken = Math.min(piece.length - at, size - filled)
      part.set(piece.subarray(at, at + taken), filled)
      at += taken
      filled += taken
    }
  }
  yield { bytes: part.subarray(0, filled), last: true }
}
