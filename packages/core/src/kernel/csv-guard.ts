/**
 * The guard against formula injection, after OWASP: spreadsheets run a cell that starts with `=`, `+`, `-`, `@`, a tab
 * or a line end, also behind blanks, and in full-width form. A single quote in front makes it text.
 *
 * Plain numbers (`-5`, `+4.5`) and international phone numbers (`+49 30 1234-567`) keep their form: of digits, blanks,
 * brackets, dots, dashes and slashes no formula can be made that calls or reads anything. Text that already has such
 * quotes gets one more, so that {@link unguard} gives every text back.
 */
const RISKY = /^['\s]*[=+\-@＝＋－＠\u2212]|^'*[\t\r\n]/
const NUMBER = /^[-+]\d+(?:[.,]\d+)?$/
const PHONE = /^\+\d[\d ()./-]{4,28}\d$/

/** Text that no spreadsheet takes for a formula. */
export const guard = (text: string): string =>
  RISKY.test(text) && !NUMBER.test(text) && !PHONE.test(text) ? `'${text}` : text

/** The text that was guarded; other text unchanged. */
export const unguard = (text: string): string =>
  text.startsWith("'") && RISKY.test(text.slice(1)) ? text.slice(1) : text
