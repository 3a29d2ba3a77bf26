import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { emailDomain, isFreeMailDomain, normaliseEmail } from './email'

describe('email addresses', () => {
  it.each([
    ['  Ada.Byron@Example.COM ', 'ada.byron@example.com'],
    ['first.last+tag@sub.example.co.uk', 'first.last+tag@sub.example.co.uk'],
    ["o'neill!#$%&*/=?^_`{|}~@example.com", "o'neill!#$%&*/=?^_`{|}~@example.com"],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ADA@BÜCHER.EXAMPLE', 'ada@xn--bcher-kva.example'],
    ['ada@例え.テスト', 'ada@xn--r8jz45g.xn--zckzah'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['ada@example。com', 'ada@example.com'],
    ['\ufeffada@example.com\u00a0', 'ada@example.com'],
  ])('%j is stored as %s', (input, address) => {
    expect(normaliseEmail(input)).toBe(address)
  })

  it.each([
    ['dotless domain', 'ada@localhost'],
    ['address literal', 'ada@[127.0.0.1]'],
    ['bare address', 'ada@127.0.0.1'],
    ['hexadecimal address', 'ada@0x7f.1'],
    ['quoted local part', '"ada byron"@example.com'],
    ['comment', 'ada(work)@example.com'],
    ['blank inside', 'ada @example.com'],
    ['line break at the end', 'ada@example.com\n'],
    ['header injection', 'ada@example.com\r\nBcc: all@example.com'],
    ['NUL', 'ada\0@example.com'],
    ['two addresses', 'ada@example.com, bob@example.com'],
    ['display name', 'Ada <ada@example.com>'],
    ['local part outside ASCII', 'jörg@example.com'],
    ['dot at the start', '.ada@example.com'],
    ['two dots', 'ada..byron@example.com'],
    ['dot at the end of the domain', 'ada@example.com.'],
    ['underscore in the domain', 'ada@exa_mple.com'],
    ['path in an international domain', 'ada@bücher/x.example'],
    ['port in an international domain', 'ada@bücher.example:80'],
    ['broken punycode', 'ada@xn--a.example'],
    ['long local part', `${'a'.repeat(65)}@example.com`],
    ['long label', `ada@${'a'.repeat(64)}.com`],
    ['long address', `ada@${`${'a'.repeat(49)}.`.repeat(5)}com`],
    ['nothing', ''],
    ['a megabyte', `${'a'.repeat(1_000_000)}@example.com`],
  ])('refuses %s', (_reason, input) => {
    expect(normaliseEmail(input)).toBeUndefined()
  })

  it('normalising twice changes nothing', () => {
    const once = normaliseEmail('Ada@Bücher.Example') ?? ''
    expect(normaliseEmail(once)).toBe(once)
  })

  it('have a domain that tells companies from free mail', () => {
    expect(emailDomain('Ada@Acme.Example')).toBe('acme.example')
    expect(isFreeMailDomain('acme.example')).toBe(false)
    expect(['gmail.com', 'GMX.de', 'outlook.com', 'qq.com', 'mail.ru'].map(isFreeMailDomain)).not.toContain(false)
  })
})

/** Valid for RFC 5321 or 5322, yet refused, with the reason; keyed by the corpus' diagnosis. */
const REFUSED: Record<string, string> = {
  RFC5321_TLD: 'domain without a dot',
  RFC5321_TLDNUMERIC: 'last label all digits',
  RFC5321_QUOTEDSTRING: 'quoted local part',
  RFC5321_ADDRESSLITERAL: 'address literal',
  RFC5321_IPV6DEPRECATED: 'address literal',
  RFC5322_DOMAINLITERAL: 'address literal',
  RFC5322_DOMLIT_OBSDTEXT: 'address literal',
  RFC5322_IPV6_GRPCOUNT: 'address literal',
  RFC5322_IPV6_BADCHAR: 'address literal',
  RFC5322_IPV6_MAXGRPS: 'address literal',
  RFC5322_IPV6_COLONSTRT: 'address literal',
  RFC5322_IPV6_COLONEND: 'address literal',
  RFC5322_IPV6_2X2XCOLON: 'address literal',
  RFC5322_LOCAL_TOOLONG: 'too long',
  RFC5322_LABEL_TOOLONG: 'too long',
  RFC5322_DOMAIN_TOOLONG: 'too long',
  RFC5322_TOOLONG: 'too long',
  RFC5322_DOMAIN: 'not a host name',
  CFWS_COMMENT: 'comment',
  CFWS_FWS: 'folding white space',
  DEPREC_CFWS_NEAR_AT: 'white space or comment',
  DEPREC_FWS: 'folding white space',
  DEPREC_COMMENT: 'comment',
  DEPREC_CTEXT: 'comment',
  DEPREC_LOCALPART: 'quoted local part',
  DEPREC_QP: 'quoted local part',
  DEPREC_QTEXT: 'quoted local part',
}

/** Accepted although folding white space is refused: only blanks around the address, which people paste. */
const ONLY_BLANKS_AROUND = ['157', '158']
/** Called valid by the corpus because of its DNS record: a domain without a dot. */
const DOTLESS = ['5']

describe.skipIf(!corpus())(`the isemail addresses${corpus() ? '' : ' (skipped: no corpus)'}`, () => {
  const cases = corpus() ? readCases() : []
  const inCategory = (...names: string[]) => cases.filter(({ category }) => names.includes(category))

  it('are 164', () => {
    expect(cases).toHaveLength(164)
  })

  it('in error are refused, all 66', () => {
    const wrong = inCategory('ERR')
    expect(wrong).toHaveLength(66)
    expect(wrong.filter(({ address }) => normaliseEmail(address) !== undefined)).toEqual([])
  })

  it('that are valid or lack only a DNS record are accepted, lower-cased, but for the dotless one', () => {
    const valid = inCategory('VALID_CATEGORY', 'DNSWARN')
    expect(valid).toHaveLength(22)
    for (const { id, address } of valid)
      expect(normaliseEmail(address), address).toBe(DOTLESS.includes(id) ? undefined : address.toLowerCase())
  })

  it('that only the RFCs know are refused for a listed reason', () => {
    const exotic = inCategory('RFC5321', 'RFC5322', 'CFWS', 'DEPREC')
    expect(exotic).toHaveLength(76)
    for (const { id, address, diagnosis } of exotic) {
      expect(REFUSED, diagnosis).toHaveProperty(diagnosis)
      const expected = ONLY_BLANKS_AROUND.includes(id) ? 'test@iana.org' : undefined
      expect(normaliseEmail(address), `${id} ${diagnosis} ${address}`).toBe(expected)
    }
  })
})

function corpus(): string | undefined {
  return process.env.RAPPORT_CORPUS
}

function readCases() {
  const xml = readFileSync(join(corpus() ?? '', 'email-validity/isemail-tests.xml'), 'utf8')
  return [...xml.matchAll(/<test id="(\d+)">(.*?)<\/test>/gs)].map(([, id = '', body = '']) => ({
    id,
    address: decode(/<address>(.*?)<\/address>/s.exec(body)?.[1] ?? ''),
    category: name(body, 'category'),
    diagnosis: name(body, 'diagnosis'),
  }))
}

const name = (body: string, tag: string) => new RegExp(`<${tag}>ISEMAIL_(.*?)</${tag}>`).exec(body)?.[1] ?? ''

/** XML entities, then the control pictures U+2400 to U+241F that stand for control characters. */
function decode(xml: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  return xml
    .replace(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&(\w+);/g, (all, entity) => named[entity] ?? all)
    .replace(/[\u2400-\u241f]/g, (picture) => String.fromCharCode(picture.charCodeAt(0) - 0x2400))
}
