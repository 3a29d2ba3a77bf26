import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanText, foldText, hasForbiddenCharacters } from './text'

describe('folding', () => {
  it.each([
    ['  Łukasz   MÜLLER-Straße ', 'lukasz muller-strasse'],
    ['Søren Ærø', 'soren aero'],
    ['STRASSE', 'strasse'],
    ['Þórður Œuvre Đặng', 'thordur oeuvre dang'],
    ['José', 'jose'],
    ['Jose\u0301', 'jose'],
    ['İstanbul IŞIK ışık', 'istanbul isik isik'],
    ['ΟΔΥΣΣΕΎΣ', 'οδυσσευσ'],
    ['Ёлка', 'елка'],
    ['ＡＣＭＥ　Ｉｎｃ．', 'acme inc.'],
    ['ﬁrst №1', 'first no1'],
    ['O’Brien', "o'brien"],
    ['Anne–Marie', 'anne-marie'],
    ['a\u00a0b\tc\r\nd', 'a b c d'],
    ['zero\u200bwidth\ufeff', 'zerowidth'],
    ['مُحَمَّد', 'محمد'],
    ['', ''],
  ])('turns %j into %j', (text, folded) => {
    expect(foldText(text)).toBe(folded)
  })

  it('keeps letters apart that a script tells apart by marks', () => {
    expect(foldText('が')).not.toBe(foldText('か'))
    expect(foldText('की')).not.toBe(foldText('का'))
    expect(foldText('กิน')).not.toBe(foldText('กน'))
    expect(foldText('한국')).toBe('한국')
  })

  it('changes nothing the second time, for every code point up to the last ideograph with a compatible form', () => {
    const unstable: string[] = []
    for (let code = 0; code <= 0x2fa1f; code++) {
      const once = foldText(`a${String.fromCodePoint(code)}b`)
      if (foldText(once) !== once) unstable.push(code.toString(16))
    }
    expect(unstable).toEqual([])
  })

  it('changes nothing the second time, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text))
      }),
    )
  })

  it('is the same for upper and lower case of European letters', () => {
    for (let code = 0xc0; code < 0x530; code++) {
      const letter = String.fromCodePoint(code)
      if (!/\p{L}/u.test(letter)) continue
      expect(foldText(letter.toUpperCase()), code.toString(16)).toBe(foldText(letter))
    }
  })
})

describe('cleaning', () => {
  it('composes accents and leaves single blanks', () => {
    expect(cleanText('\u3000 Jose\u0301 \r\n\t Garci\u0301a\u00a0')).toBe('José García')
  })

  it('keeps case, quotes and emoji', () => {
    expect(cleanText('“Ada” 👩‍💻  Łódź')).toBe('“Ada” 👩‍💻 Łódź')
  })
})

describe('forbidden characters', () => {
  it.each(['a\0b', '\ud83d', 'x\ude00', '\ude00\ud83d', '\0'])('are found in %j', (text) => {
    expect(hasForbiddenCharacters(text)).toBe(true)
  })

  it.each(['', '😀', 'a\u0001b', '\ufffd', '\u202eabc', "'; DROP TABLE leads;--", 'é'.repeat(1_000_000)])(
    'are not found in ordinary or merely strange text',
    (text) => {
      expect(hasForbiddenCharacters(text)).toBe(false)
    },
  )
})
