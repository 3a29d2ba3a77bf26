import { CrmError, invalid } from '../../kernel/errors'
import { isAscii, repairLatin1, scanUtf8 } from './encoding'

/** Bytes to text, piece by piece. */
export interface ByteDecoder {
  /** WHATWG name of the encoding in use; `ascii` as long as no byte told UTF-8 and windows-1252 apart. */
  readonly encoding: string
  decode(bytes: Uint8Array, last: boolean): string
}

/** A decoder for an encoding that the caller or the file itself named. Text that is not in it is an `invalid-encoding` error. */
export function namedDecoder(label: string, lines = lineCount()): ByteDecoder {
  const decoder = textDecoder(label)
  const repair = decoder.encoding === 'windows-1252' ? repairLatin1 : (text: string) => text
  let tail: Uint8Array = new Uint8Array(0)
  return {
    encoding: decoder.encoding,
    decode(bytes, last) {
      try {
        const text = repair(decoder.decode(bytes, { stream: !last }))
        lines.add(text)
        if (decoder.encoding === 'utf-8') tail = unfinishedEnd(bytes)
        return text
      } catch {
        throw undecodable(
          decoder.encoding,
          decoder.encoding === 'utf-8' ? lines.upTo(joined(tail, bytes)) : lines.now(),
        )
      }
    },
  }
}

/**
 * A decoder that tells UTF-8 from windows-1252 at the first bytes beyond ASCII, however late they come, and
 * stays with it. A file that is UTF-8 here and something else there is an `invalid-encoding` error with its line,
 * in either order: no character is guessed.
 */
export function guessingDecoder(): ByteDecoder {
  const lines = lineCount()
  let decoder: ByteDecoder | undefined
  let held: Uint8Array = new Uint8Array(0)

  function choose(bytes: Uint8Array, last: boolean): ByteDecoder | undefined {
    const { characters, invalid, firstInvalid, unfinished } = scanUtf8(bytes)
    if (invalid > 0 && characters > invalid) throw undecodable('utf-8', lines.upTo(bytes.subarray(0, firstInvalid)))
    if (invalid > 0 || (last && unfinished > 0)) return westernDecoder(lines)
    return characters > 0 ? namedDecoder('utf-8', lines) : undefined
  }

  return {
    get encoding() {
      return decoder?.encoding ?? 'ascii'
    },
    decode(piece, last) {
      if (decoder) return decoder.decode(piece, last)
      const bytes = joined(held, piece)
      held = new Uint8Array(0)
      if (!isAscii(bytes)) {
        decoder = choose(bytes, last)
        if (decoder) return decoder.decode(bytes, last)
        held = unfinishedEnd(bytes).slice()
      }
      const text = new TextDecoder('latin1').decode(bytes.subarray(0, bytes.length - held.length))
      lines.add(text)
      return text
    },
  }
}

/** windows-1252 by guess: pieces that read better as UTF-8 contradict it. */
function westernDecoder(lines: LineCount): ByteDecoder {
  const decoder = namedDecoder('windows-1252', lines)
  return {
    encoding: decoder.encoding,
    decode(bytes, last) {
      const { characters, invalid, firstCharacter } = scanUtf8(bytes)
      if (characters > invalid) throw undecodable('windows-1252', lines.upTo(bytes.subarray(0, firstCharacter)))
      return decoder.decode(bytes, last)
    },
  }
}

function textDecoder(label: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(label, { fatal: true })
  } catch {
    throw invalid(
      'encoding',
      'unknown-encoding',
      'Use an encoding name such as utf-8, utf-16le, windows-1252 or shift_jis.',
    )
  }
}

function undecodable(encoding: string, line: number): CrmError {
  const other = encoding === 'windows-1252' ? 'utf-8' : 'windows-1252'
  const remedy = `Pass encoding: '${other}' if the whole file is in that, or save the file as UTF-8 and import it again.`
  const message = `The file is not ${encoding} throughout: line ${line} has other bytes. ${remedy}`
  return new CrmError('VALIDATION', message, {
    field: 'source',
    rule: 'invalid-encoding',
    remedy: `Line ${line}: ${remedy}`,
  })
}

function unfinishedEnd(bytes: Uint8Array): Uint8Array {
  const end = bytes.subarray(Math.max(0, bytes.length - 3))
  const { unfinished } = scanUtf8(end)
  return unfinished > 0 ? bytes.subarray(bytes.length - unfinished) : new Uint8Array(0)
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

interface LineCount {
  add(text: string): void
  /** 1-based line that decoding has reached. */
  now(): number
  /** Line of the first byte that is not UTF-8, these bytes being the next ones. */
  upTo(bytes: Uint8Array): number
}

function lineCount(): LineCount {
  let line = 1
  return {
    add(text) {
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) line++
    },
    now: () => line,
    upTo(bytes) {
      const { firstInvalid } = scanUtf8(bytes)
      return bytes
        .subarray(0, firstInvalid < 0 ? bytes.length : firstInvalid)
        .reduce((count, byte) => count + (byte === 10 ? 1 : 0), line)
    },
  }
}
