export type Line = [label: string, text: string]

/** As the clocks of Berlin show it: `2026-03-23 09:00`. */
export const local = (moment: Date | null) =>
  moment?.toLocaleString('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short', timeStyle: 'short' }) ?? ''

export const time = (moment: Date | null) => local(moment).slice(-5)
