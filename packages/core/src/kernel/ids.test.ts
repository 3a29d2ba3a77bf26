import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isId, newId } from './ids'

const corpus = process.env.RAPPORT_CORPUS

describe('ids', () => {
  it('increase strictly within a process, many to the millisecond', () => {
    const ids = Array.from({ length: 100_000 }, newId)
    let disorder = 0
    for (let index = 1; index < ids.length; index++)
      if ((ids[index] as string) <= (ids[index - 1] as string)) disorder++
    expect(disorder).toBe(0)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('carry the time they were made and are recognised', () => {
    const before = Date.now()
    const id = newId()
    const made = Number.parseInt(id.replace('-', '').slice(0, 12), 16)
    expect(made).toBeGreaterThanOrEqual(before)
    expect(made).toBeLessThanOrEqual(Date.now() + 1_000)
    expect(isId(id)).toBe(true)
  })

  it.each([
    undefined,
    null,
    7,
    '',
    'lead-1',
    ` ${newId()}`,
    `${newId()}\n`,
    newId().toUpperCase(),
    newId().replaceAll('-', ''),
    `{${newId()}}`,
  ])('do not include %j', (value) => {
    expect(isId(value)).toBe(false)
  })
})

describe.skipIf(!corpus)(`RFC 9562 vectors${corpus ? '' : ' (skipped: no corpus)'}`, () => {
  const file = join(corpus ?? '', 'uuid/rfc9562-vectors.json')
  const { vectors, strict_v7_rejects: rejects } = corpus
    ? (JSON.parse(readFileSync(file, 'utf8')) as { vectors: Record<string, string>; strict_v7_rejects: string[] })
    : { vectors: {}, strict_v7_rejects: [] }

  it('are ids when version 7 in lower case, and only then', () => {
    const accepted = Object.entries(vectors).filter(([, uuid]) => isId(uuid.toLowerCase()))
    expect(accepted.map(([name]) => name)).toEqual(['v7'])
    expect(isId(vectors.v7)).toBe(false)
  })

  it('that are broken version 7 are refused', () => {
    expect(rejects).toHaveLength(3)
    for (const line of rejects) expect(isId(line.split(' ')[0]), line).toBe(false)
  })
})
