/** Text that breaks things: by its characters, by what it means to somebody, or by its length. Some 300 of them. */
const characters = [
  '😀', '👩‍👩‍👧‍👦', '👨🏽‍🚀 Ada', '🏳️‍🌈', '🇩🇪🇺🇸', '1️⃣', '☃︎', 'a\u200db', 'e\u0301', 'é', 'ﬁ', 'Ǆ', 'İstanbul', 'ıI', 'ß', 'ẞ', 'ΑΣ', 'ας', 'K', 'Å', 'Ω',
  'שלום', 'مرحبا', '\u202eevil\u202c', '\u2066Ada\u2069', 'ﷺ', 'Ada שלום 12', '北京', '한글', '\u1112\u1161\u11ab', 'ｆｕｌｌ', 'ไทย', 'हिन्दी', 'Zalgo\u0335\u0327\u031b\u0316', 'a' + '\u0301'.repeat(200),
  '\ufeffbom', 'x\u00a0y', 'x\u2003y', '\u200b', '\u00ad', '\u2028', '\u2029', 'a\u2028b', 'a\u0085b', '\u180e', '\ufffd', '\uffff', '\ufdd0', '\u{10ffff}', '\ue000', '\u{1f4a9}', '𝕬𝖉𝖆', '𐐀',
  'a\tb', 'a\nb', 'a\r\nb', '\ta', 'a\n', ' a ', 'a  b', '\n', ' ', '', '\v', 'a\x01b', 'a\x07b', 'a\x08b', 'a\x1bb[31m', 'a\x7fb', 'a\x80b', 'a\x9fb', '\x1f', '\x01',
  'a\0b', '\0', 'Ada\0', '\ud800', '\udc00', 'a\ud83d', '\ude00a', '\ude00\ud83d', '\udbff\udbff', '\ud800' + 'a\0',
] // biome-ignore format: a list
const quotes = [
  "'", "''", '"', '""', '`', '``', "O'Brien", '"Ada"', '\\', '\\\\', "\\'", '\\"', "'\\", '[x]', '{x}', '(x)', '<x>', '$1', '$$', '${x}', '#{x}', '{{x}}', '%s', '%d', '%n%n', '%00', '%', '%%', '_', '__', '_%', '100%', 'a_b', 'a%b', '\\%', '\\_', '^', '~', '|', '||', '&', '&&', '*', '**', '?', '??', ':a', '@a', ';', '--', '/*', '*/', '//', '#', '!', '=', '==', '+', '-', ',', '.', '..', '...', '/', '\n\r', "';", '";', 'a;b', 'a,b', 'a|b', 'a\\nb',
] // biome-ignore format: a list
const statements = [
  "'; drop table crm_lead; --", "' or '1'='1", "' or 1=1 --", '" or ""="', '1; select 1', "') or ('1'='1", "admin'--", "' union select * from sqlite_master --", '/**/or/**/1=1', "\\'; drop table crm_lead; --", "x' and 1=0 union select name from crm_user where 'a'='a", 'select', 'null', 'NULL', 'order by 1', 'limit 1', "char(0)", "x'00'", '0x41', "'||(select 1)||'", 'pragma user_version=9', ':name', '@name', '$name', '?1', '(select 1)', 'current_timestamp', 'rowid', '_rowid_', 'oid', 'tenant_id', 'deleted_at is null',
] // biome-ignore format: a list
const names = [
  '__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'toJSON', 'then', '__defineGetter__', '__lookupSetter__', 'isPrototypeOf', 'constructor.prototype', '__proto__.polluted', 'undefined', 'NaN', 'Infinity', '-Infinity', 'true', 'false', 'nil', 'None', 'N/A', '0', '-0', '-1', '1e309', '1.0', '01', '9007199254740993', '2026-03-01', 'Date', 'Object', 'id', 'owner', 'and', 'or', 'not', 'eq', 'in', '$ne', '$where', '$date', 'custom', 'length', 'default', 'arguments', 'eval', 'this', 'CON', 'NUL', 'aux.txt', 'C:\\x', '/etc/passwd', '../../etc/passwd', 'file:///etc/passwd',
] // biome-ignore format: a list
const documents = [
  '{}', '[]', '{"a":1}', '["a"]', '"a"', '{"$date":1}', '{"__proto__":{"polluted":1}}', '{"a":', '[1,2', '\\u0000', '\\ud800', '{"toString":1}', '&amp;', '&lt;b&gt;', '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', 'javascript:alert(1)', '<!--', ']]>', '<?xml?>', '&#0;', '=1+1', '+1+1', '-1+1', '@SUM(A1)', '=cmd|x', "'=1+1", "''=1", '\t=1', '\r=1', '\n=1', '＝1+1', '"=1"', '-5', '+49 30 901820', '+4.5', '=', "'", 'a"b,c', '"', ',,', 'a\nb,c', '"\n"', '";"', '\ufeff=1', 'sep=;', '$(rm -rf /)', '`id`', '| ls', '; ls', '%0a', '%0d%0aSet-Cookie: a=b', 'a\r\nBcc: x@example.com', 'data:text/html,x', 'ftp://x', 'mailto:x', '${jndi:ldap://x}', '{{7*7}}', '{% x %}', '<%= 7 %>', '#{7*7}', '[[x]]', '{{constructor}}',
] // biome-ignore format: a list
const long = ['x'.repeat(255), 'x'.repeat(256), '😀'.repeat(255), '😀'.repeat(256), 'ﷺ'.repeat(255), 'İ'.repeat(255), ' '.repeat(1_000_000), 'x'.repeat(1_000_000), '%'.repeat(250), '_%'.repeat(120), '\\'.repeat(255), '"'.repeat(255), '('.repeat(255), `${'['.repeat(120)}${']'.repeat(120)}`, '{"a":'.repeat(20_000)]

export const hostileStrings: readonly string[] = [...new Set([...characters, ...quotes, ...statements, ...names, ...documents, ...long])]
