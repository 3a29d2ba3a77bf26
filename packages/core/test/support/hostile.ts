const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

const named = [
  // Quotes, SQL and other languages.
  "O'Brien", '"quoted"', '`backticks`', "'; drop table crm_lead; --", '" or ""="', "' or 1=1 --", "1' union select * from crm_user --", '/* comment */', '-- comment', '\\', '\\\\', "\\'",
  '?', '?1', ':name', '@name', '$1', `\${name}`, '{{name}}', '<%= name %>', '%s %d %n', '#{name}', '$(reboot)', '`reboot`', '| ls', '; ls', '&& ls',
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', 'javascript:alert(1)', '</textarea>', '&amp;', '&#0;', '<!--', ']]>', '<?xml version="1.0"?>',
  '=1+1', '=cmd|\' /C calc\'!A0', '+1', '-1', '@SUM(A1)', '=HYPERLINK("http://x")', '\t=1+1', "'=1",
  // LIKE, regular expressions, globs.
  '%', '_', '%%', '__', '100%', 'a_b', 'a%b', '\\%', '\\_', '[a-z]', '^$', '.*', '*', '(a+)+$', '[', '(', '+', '{1,}',
  // JSON-like and prototype keys.
  '{}', '[]', '{"a":1}', '[1,2]', '"', '{"$date":5}', '{"__proto__":{"x":1}}', 'null', 'undefined', 'true', 'false', 'NaN', 'Infinity', '-Infinity', '0', '-0', '00', '1e400', '0x1F', '1_000',
  '__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', 'then', 'toJSON', 'length', 'name', 'id', 'tenant_id', 'deleted_at', '$.a', '$[0]', '#', '$',
  // Emoji and scripts.
  '🚀', '👩‍👩‍👧‍👦', '🏳️‍🌈', '🇩🇪', '👍🏽', '☃️', '1️⃣', '𝕬𝖉𝖆', '𠜎𠜱', 'Ada 🚀 Byron', 'שלום עולם', 'مرحبا بالعالم', 'العَرَبِيَّة', 'हिन्दी', 'ไทย', '日本語', '한국어', '中文字符', 'Ελληνικά', 'Кириллица', 'Ἀθήνη', 'ქართული', 'አማርኛ',
  'Zoë', 'Zoe\u0308', 'Åse', 'A\u030Ase', 'Łukasz', 'Straße', 'STRASSE', 'İstanbul', 'ıı', 'ﬁn', 'Œuvre', 'ñ', 'n\u0303', 'Ø', 'ß', 'ſ', 'ǅ', 'Ⅻ', '½', '²', '①', 'ａｂｃ', 'K', 'Å', 'Ω',
  'Z̸̢͚̈a̷͍͛l̵̰̚g̶̱̈́o̴͉͂', 'e\u0301\u0301\u0301', '\u0301', 'a\u0332b\u0332',
  // What is not seen.
  'a\u200Bb', '\u200B', '\uFEFF', '\uFEFFAda', 'a\u00ADb', 'a\u200Db', '\u202Eadb', '\u2066a\u2069', '\u061C', 'a\u00A0b', '\u3000', 'a\u2028b', 'a\u2029b', '\u180E', '\u2060', '\uFFFD', '\uFFFE', '\uFFFF', '\u{10FFFF}', '\u{1F3FB}', '\u{E0001}',
  // White space.
  ' ', '  ', ' a', 'a ', ' a ', 'a  b', '\t', '\n', '\r\n', 'a\tb', 'a\nb', 'a\r\nb', '\v', '\f', 'a\u0085b',
  // Broken.
  '\0', 'a\0b', '\0a', 'a\0', '\uD800', '\uDC00', 'a\uD800b', '\uDC00\uD800', '\uD83D', '🚀\uD83D', 'a\uDBFF', '\uDFFF',
  // Numbers, dates, addresses.
  '1970-01-01', '0000-00-00', '2026-02-30', '9999-12-31', '275760-09-13', '12:61', '+1 (555) 010-0000', 'a@b', 'a@b.c', '@', 'a@@b.de', '"a b"@example.com', 'ada@exämple.de', 'http://', 'https://exa mple.com', 'file:///etc/passwd', '../../etc/passwd', '..\\..\\x', 'C:\\x', 'NUL', 'CON', '/dev/null', '%00', '%2e%2e', '\\u0000', '\\x00',
] // biome-ignore format: a list

/** Some hundreds of strings that have broken somebody's software: each either survives or is refused, never changed into something else. */
export const HOSTILE: readonly string[] = [
  ...new Set([
    ...named,
    ...range(1, 31).map((code) => `a${String.fromCharCode(code)}b`),
    '\x7f',
    ...range(0x80, 0x9f).map((code) => `a${String.fromCharCode(code)}b`),
    'x'.repeat(255),
    'x'.repeat(256),
    '🚀'.repeat(127),
    'é'.repeat(255),
    "'".repeat(250),
    '%'.repeat(250),
    '\\'.repeat(250),
    '"'.repeat(250),
    'a\u0301'.repeat(200),
    '\u0301'.repeat(250),
    '('.repeat(250),
    '🚀'.repeat(500),
    'x'.repeat(65_536),
    'x'.repeat(1_000_000),
    '🚀'.repeat(250_000),
    "'".repeat(1_000_000),
  ]),
].filter(survivesDriver)

/** PGlite decodes answers with a TextDecoder that takes a byte order mark at the start of a text for its own. */
function survivesDriver(text: string): boolean {
  return process.env.RAPPORT_TEST_DATABASE !== 'pglite' || !text.startsWith('\ufeff')
}

/** How it is shown in a test's message. */
export const named40 = (text: string): string => `${JSON.stringify(text).slice(0, 60)} (${text.length})`
