import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCursor, encodeCursor } from './cursor'

const query = 'deals|{"stage":"open"}|createdAt:asc'
const refusal = expect.objectContaining({ code: 'VALIDATION', field: 'after', rule: 'invalid-cursor' })

describe('cursors', () => {
  it('bring back every JSON value exactly, whatever the text', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
      fc.boolean(),
      fc.constant(null),
    )
    fc.assert(
      fc.property(fc.array(value), fc.string(), (payload, fingerprint) => {
        const cursor = encodeCursor(payload, fingerprint)
        expect(cursor).toMatch(/^[\w-]+$/)
        expect(decodeCursor(cursor, fingerprint)).toEqual(payload)
      }),
    )
  })

  it('keep half surrogate pairs and a long text', () => {
    const payload = ['\ud800x', 'ü'.repeat(100_000)]
    expect(decodeCursor(encodeCursor(payload, query), query)).toEqual(payload)
  })

  it('are refused with another query', () => {
    const cursor = encodeCursor(['2026-03-01', 'id'], query)
    expect(() => decodeCursor(cursor, `${query} `)).toThrow(refusal)
  })

  it.each([
    '',
    'x',
    'garbage!',
    'AAAA',
    btoa('null'),
    btoa('{}'),
    btoa('[1]'),
    btoa('[2,"a","b"]'),
    btoa('[1,"a",{"$gt":1}]'),
    `${encodeCursor(['a'], query)}=`,
    encodeCursor(['a'], query).slice(0, -3),
    undefined,
    7,
    ['a'],
  ])('refuses %j', (cursor) => {
    expect(() => decodeCursor(cursor as string, query)).toThrow(refusal)
  })

  it('never survive a changed letter with a wrong shape or a raw error', () => {
    const cursor = encodeCursor(['Ada', 12, null, true], query)
    const change = fc.tuple(fc.nat(cursor.length - 1), fc.constantFrom(...'abcXYZ019-_=+ %'))
    fc.assert(
      fc.property(change, ([at, letter]) => {
        const changed = cursor.slice(0, at) + letter + cursor.slice(at + 1)
        try {
          expect(Array.isArray(decodeCursor(changed, query))).toBe(true)
        } catch (error) {
          expect(error).toEqual(refusal)
        }
      }),
    )
  })

  it.each([[undefined], [Number.NaN], [new Date(0)], [10n], [{}]])('cannot hold %s', (value) => {
    expect(() => encodeCursor([value], query)).toThrow(expect.objectContaining({ rule: 'unsortable-value' }))
  })
})
