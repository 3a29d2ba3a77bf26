import { describe, expect, test } from 'vitest'
import { checkDelimiter, detectDelimiter, separatorLine } from './delimiter'

describe('detectDelimiter', () => {
  test.each([
    [',', 'a,b,c\n1,2,3\n'],
    [';', 'a;b;c\n1,5;2,5;3\n4;5,25;6\n'],
    ['\t', 'Name\tEmail\nByron, Ada\tada@example.com\nHopper, Grace\tgrace@example.com\n'],
    ['|', 'a|b\n1|2\n'],
    [',', 'name\nAda\nBob\n'],
    [';', 'a;b\n'],
    [',', 'name,tags\nAda,x;y;z\nBob,x\n'],
    [';', '"last, first";"x, y";z\n"a, b";"c, d";e\n'],
    [',', 'name,note\nAda,"one; two; three"\nBob,"four\n;five;\nsix"\n'],
    [',', 'Notes:\n"One; two; three."\n\nFirst Name,Last Name,URL\nAda,Byron,x\nBob,B,y\n'],
    [';', 'a;b;c\r1;2;3\r'],
  ])('%j', (delimiter, head) => {
    expect(detectDelimiter(head)).toBe(delimiter)
  })

  test('a record that the head cuts off does not count', () => {
    expect(detectDelimiter('a;b;c\n1;2;3\n4,', false)).toBe(';')
  })
})

test('separatorLine reads what Excel puts first', () => {
  expect(separatorLine('sep=;\r\na;b\r\n')).toEqual({ delimiter: ';', length: 7 })
  expect(separatorLine('SEP=\t\na\tb\n')).toEqual({ delimiter: '\t', length: 6 })
  expect(separatorLine('separate,b\n')).toBeUndefined()
})

test.each(['', ';;', '"', '\n', 5 as never])('delimiter %j is refused', (delimiter) => {
  expect(() => checkDelimiter(delimiter)).toThrow(expect.objectContaining({ rule: 'invalid-delimiter' }))
})
