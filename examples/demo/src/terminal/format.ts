import { formatMoney, type Money } from '@rapport/core'

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export const count = (value: number) => whole.format(value)
export const percent = (value: number | null, digits = 0) =>
  value === null ? '–' : `${(value * 100).toFixed(digits)} %`
export const days = (value: number | null, digits = 0) => (value === null ? '–' : `${value.toFixed(digits)} d`)
/** `9 Mar 2026`. */
export const asDay = (value: Date) => `${value.getUTCDate()} ${MONTHS[value.getUTCMonth()]} ${value.getUTCFullYear()}`
/** ` 9 Mar 08:12` */
export const asMoment = (value: Date) =>
  `${String(value.getUTCDate()).padStart(2)} ${MONTHS[value.getUTCMonth()]} ${value.toISOString().slice(11, 16)}`
/** `2026-03` as `Mar 2026`. */
export const asMonth = (key: string) => `${MONTHS[Number(key.slice(5, 7)) - 1]} ${key.slice(0, 4)}`

/** Money without its cents; `–` where there is none, or none to be seen. */
export const cash = (sum: Money | null | undefined) => (sum ? formatMoney(sum).replace(/\.\d+$/, '') : '–')

export function speedOf(rows: number, milliseconds: number): string {
  const seconds = milliseconds / 1000
  return `${count(rows)} rows in ${seconds.toFixed(1)} s, ${count(rows / seconds)} a second: through validation, permissions and the event log.`
}

/** `+12 %` against the period before. */
export const change = (delta: number | null | undefined) =>
  delta === null || delta === undefined ? '' : `${delta < 0 ? '−' : '+'}${Math.abs(delta * 100).toFixed(0)} %`
