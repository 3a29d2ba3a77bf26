import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import * as library from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { describe, expect, it } from 'vitest'
import { loadPhone } from './phone'

const corpus = process.env.RAPPORT_CORPUS
const phone = await loadPhone()

describe('phone numbers', () => {
  it.each([
    ['(0151) 2345 6789', 'DE', '+4915123456789'],
    ['+49 (0)151 23456789', 'US', '+4915123456789'],
    ['0049 151 23456789', 'DE', '+4915123456789'],
    ['415.293.3313', 'US', '+14152933313'],
    ['1-415-293-3313', 'us', '+14152933313'],
    ['011 44 7400 123456', 'US', '+447400123456'],
    ['06 12 34 56 78', 'FR', '+33612345678'],
    ['02 1234 5678', 'IT', '+390212345678'],
    ['8 (912) 345-67-89', 'RU', '+79123456789'],
    ['０３－１２３４－５６７８', 'JP', '+81312345678'],
    ['  +1 415 293 3313\t', undefined, '+14152933313'],
    ['tel:+1-415-293-3313', undefined, '+14152933313'],
  ])('reads %s in %s as %s', (input, country, e164) => {
    expect(phone.normalise(input, country)).toEqual({ e164, valid: true })
  })

  it.each([
    '(415) 293-3313 x371',
    '415-293-3313 ext. 371',
    '+1 415 293 3313 #371',
    '4152933313,,371',
    '415 293 3313 extension 371',
  ])('keeps the extension of %s apart', (input) => {
    expect(phone.normalise(input, 'US')).toEqual({ e164: '+14152933313', extension: '371', valid: true })
  })

  it('gives a number of possible length that breaks its numbering plan, marked invalid', () => {
    expect(phone.normalise('555-123-4567', 'US')).toEqual({ e164: '+15551234567', valid: false })
  })

  it.each([
    ['', 'US'],
    ['call me', 'US'],
    ['12', 'DE'],
    ['0151 23456789', undefined],
    ['0151 23456789', 'Atlantis'],
    ['+999 123 456 789', 'DE'],
    ['+1 415 293 3313 4444 5555', 'US'],
    ['1'.repeat(100_000), 'US'],
    ['ask for 415 293 3313', 'US'],
    ['+\u0000', 'US'],
  ])('finds no number in %j (%s)', (input, country) => {
    expect(phone.normalise(input, country)).toEqual({ valid: false })
  })
})

describe('against the full parser', () => {
  const regions = Object.keys(examples) as library.CountryCode[]
  const byLibrary = (input: string, defaultCountry?: library.CountryCode) => {
    const number = library.parsePhoneNumberFromString(input.trim(), { defaultCountry, extract: false })
    if (!number?.isPossible()) return { valid: false }
    return { e164: number.number, valid: number.isValid(), ...(number.ext && { extension: number.ext }) }
  }

  it('agrees on arbitrary digits, marks, prefixes and extensions in every region', () => {
    const text = fc
      .record({
        lead: fc.constantFrom('', '', '', '+', '00', '011', '0', '1', '8'),
        code: fc.boolean(),
        region: fc.constantFrom(...regions),
        keep: fc.integer({ min: 0, max: 12 }),
        tail: fc.stringMatching(/^[0-9]{0,9}$/),
        mark: fc.constantFrom('', ' ', '-', '.', '/', ') '),
        extension: fc.constantFrom('', '', '', ' x12', ' ext. 4781', '#9', ' ext 123456'),
        home: fc.option(fc.constantFrom(...regions), { nil: undefined }),
      })
      .map(({ lead, code, region, keep, tail, mark, extension, home }) => {
        const national = (examples[region] ?? '').slice(0, keep) + tail
        const digits = (code ? library.getCountryCallingCode(region) : '') + national
        const marked = mark ? digits.replace(/(\d{3})(?=\d)/g, `$1${mark}`) : digits
        return { input: lead + marked + extension, home: home ?? (code ? undefined : region) }
      })
    fc.assert(
      fc.property(text, ({ input, home }) => {
        expect(phone.normalise(input, home)).toEqual(byLibrary(input, home))
      }),
      { numRuns: 4_000 },
    )
  })

  it('agrees on each region’s example in national and international form', () => {
    for (const region of regions) {
      const example = library.getExampleNumber(region, examples)
      if (!example) throw new Error(`no example for ${region}`)
      for (const input of [
        example.formatNational(),
        example.formatInternational(),
        example.nationalNumber,
        example.number,
      ])
        expect(phone.normalise(input, region), `${region} ${input}`).toEqual(byLibrary(input, region))
    }
  })
})

describe.skipIf(!corpus)(`mobile numbers of 245 regions${corpus ? '' : ' (skipped: no corpus)'}`, () => {
  const file = join(corpus ?? '', 'phone/libphonenumber-example-mobile-numbers.json')
  const numbers: Record<string, string> = corpus ? JSON.parse(readFileSync(file, 'utf8')) : {}

  it('are country code plus national number in E.164', () => {
    const countries = Object.keys(numbers) as library.CountryCode[]
    expect(countries).toHaveLength(245)
    for (const country of countries) {
      const national = numbers[country] ?? ''
      const e164 = `+${library.getCountryCallingCode(country)}${national}`
      expect(phone.normalise(national, country), country).toEqual({ e164, valid: true })
      expect(phone.normalise(e164), country).toEqual({ e164, valid: true })
    }
  })
})
