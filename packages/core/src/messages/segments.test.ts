import { smsSegments } from '@rapport/core/messages'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

/** Unicode's mapping of the GSM alphabet (https://www.unicode.org/Public/MAPPINGS/ETSI/GSM0338.TXT), codes 0x00 to 0x7F; 0x09 as 3GPP TS 23.038 has it. */
const GSM = `40 A3 24 A5 E8 E9 F9 EC F2 C7 0A D8 F8 0D C5 E5 394 5F 3A6 393 39B 3A9 3A0 3A8 3A3 398 39E ESC C6 E6 DF C9
  20 21 22 23 A4 25 26 27 28 29 2A 2B 2C 2D 2E 2F 30 31 32 33 34 35 36 37 38 39 3A 3B 3C 3D 3E 3F
  A1 41 42 43 44 45 46 47 48 49 4A 4B 4C 4D 4E 4F 50 51 52 53 54 55 56 57 58 59 5A C4 D6 D1 DC A7
  BF 61 62 63 64 65 66 67 68 69 6A 6B 6C 6D 6E 6F 70 71 72 73 74 75 76 77 78 79 7A E4 F6 F1 FC E0`
  .split(/\s+/)
  .filter((code) => code !== 'ESC')
  .map((code) => String.fromCodePoint(Number.parseInt(code, 16)))
/** Behind an escape. */
const EXTENSION = ['0C', '5E', '7B', '7D', '5C', '5B', '7E', '5D', '7C', '20AC'].map((code) =>
  String.fromCodePoint(Number.parseInt(code, 16)),
)

test('the alphabet is the published one, letter by letter', () => {
  expect([GSM.length, EXTENSION.length]).toEqual([127, 10])
  for (let code = 0; code <= 0xffff; code++) {
    const letter = String.fromCharCode(code)
    const { encoding, units } = smsSegments(letter)
    const expected = GSM.includes(letter) ? 'gsm-7 1' : EXTENSION.includes(letter) ? 'gsm-7 2' : 'ucs-2 1'
    if (`${encoding} ${units}` !== expected) expect.fail(`${code.toString(16)}: ${encoding} ${units}, not ${expected}`)
  }
})

describe('at the edges', () => {
  const flat = (text: string) => Object.values(smsSegments(text)).join(' ')
  test.each([
    ['nothing', '', 'gsm-7 0 0 160'],
    ['one letter', 'a', 'gsm-7 1 1 159'],
    ['one full segment', 'a'.repeat(160), 'gsm-7 160 1 0'],
    ['one letter too many', 'a'.repeat(161), 'gsm-7 161 2 145'],
    ['two full segments', 'a'.repeat(306), 'gsm-7 306 2 0'],
    ['three', 'a'.repeat(307), 'gsm-7 307 3 152'],
    ['80 times €', '€'.repeat(80), 'gsm-7 160 1 0'],
    ['€ is not cut in two: 153 is odd, 76 fit', '€'.repeat(81), 'gsm-7 162 2 143'],
    ['€ at the end of a segment moves on', `${'a'.repeat(152)}€${'a'.repeat(10)}`, 'gsm-7 164 2 141'],
    ['one full segment of another script', 'я'.repeat(70), 'ucs-2 70 1 0'],
    ['one more', 'я'.repeat(71), 'ucs-2 71 2 63'],
    ['35 emoji', '😀'.repeat(35), 'ucs-2 70 1 0'],
    ['an emoji is not cut in two: 33 fit into 67', '😀'.repeat(36), 'ucs-2 72 2 61'],
    ['a curly quote makes it all UCS-2', `${'a'.repeat(100)}’`, 'ucs-2 101 2 33'],
    ['ç is not in the alphabet, Ç is', 'Çç', 'ucs-2 2 1 68'],
  ])('%s', (_, text, expected) => {
    expect(flat(text)).toBe(expected)
  })
})

describe('whatever the text', () => {
  const letter = fc.oneof(
    fc.constantFrom(...GSM),
    fc.constantFrom(...EXTENSION),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  )
  const gsm = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...GSM) }, fc.constantFrom(...EXTENSION))
  const texts = fc.oneof(
    fc.array(letter, { maxLength: 500 }).map((letters) => letters.join('')),
    fc.array(gsm, { maxLength: 700 }).map((letters) => letters.join('')),
  )

  /** Fills segments one after another with whole characters, written down as texts. */
  function pack(text: string, unitsOf: (character: string) => number, one: number, each: number): string[] {
    const whole = [...text]
    const length = (characters: string[]) => characters.reduce((sum, character) => sum + unitsOf(character), 0)
    if (length(whole) <= one) return text === '' ? [] : [text]
    const parts: string[][] = [[]]
    for (const character of whole) {
      const last = parts.at(-1) as string[]
      if (length([...last, character]) <= each) last.push(character)
      else parts.push([character])
    }
    return parts.map((part) => part.join(''))
  }

  test('the segments are those that filling them one after another makes', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const inGsm = [...text].every((one) => GSM.includes(one) || EXTENSION.includes(one))
        const unitsOf = (one: string) => (inGsm ? (EXTENSION.includes(one) ? 2 : 1) : one.length)
        const parts = inGsm ? pack(text, unitsOf, 160, 153) : pack(text, unitsOf, 70, 67)
        const { encoding, segments, units } = smsSegments(text)
        expect([encoding, segments]).toEqual([inGsm ? 'gsm-7' : 'ucs-2', parts.length])
        expect(units).toBe([...text].reduce((sum, one) => sum + unitsOf(one), 0))
      }),
      { numRuns: 100 },
    )
  })

  test('what is left is what can be written without another segment, and no more', () => {
    fc.assert(
      fc.property(
        texts.filter((text) => text !== ''),
        (text) => {
          const { encoding, segments, left } = smsSegments(text)
          const filler = encoding === 'gsm-7' ? 'a' : 'я'
          expect(smsSegments(text + filler.repeat(left))).toMatchObject({ encoding, segments, left: 0 })
          expect(smsSegments(text + filler.repeat(left + 1)).segments).toBe(segments + 1)
        },
      ),
      { numRuns: 100 },
    )
  })
})
