import { formatMoney, type Money } from '@rapport/core'

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
const month = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' })

export const count = (value: number) => whole.format(value)
export const percent = (value: number | null, digits = 0) => (value === null ? '–' : `${(value * 100).toFixed(digits)} %`)
export const days = (value: number | null, digits = 0) => (value === null ? '–' : `${value.toFixed(digits)} d`)
export const asDay = (value: Date) => day.format(value)
/** `2026-03` as `Mar 2026`. */
export const asMonth = (key: string) => month.format(new Date(`${key}-01T00:00:00Z`))

/** Money without its cents; `–` where there is none, or none to be seen. */
export const cash = (sum: Money | null | undefined) => (sum ? formatMoney(sum).replace(/\.\d+$/, '') : '–')

/** `+12 %` against the period before. */
export const change = (delta: number | null | undefined) =>
  delta === null || delta === undefined ? '' : `${delta < 0 ? '−' : '+'}${Math.abs(delta * 100).toFixed(0)} %`
