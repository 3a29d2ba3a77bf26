import { isCrmError } from '@rapport/core'
import type { Office } from './office'
import { type Line, local, time } from './words'

const TODAY = { from: '2026-03-23T00:00:00+01:00', to: '2026-03-24T00:00:00+01:00' }
const WEEK = { from: TODAY.from, to: '2026-03-30T00:00:00+02:00' }

/** With a colleague, who has no time for anything else from then on, and the customer. */
export async function meet({ ada, bob, grace, deal }: Office): Promise<Line[]> {
  const startAt = '2026-03-23T14:00:00+01:00'
  const demo = await ada.meetings.create({ title: 'Demo', startAt, contact: grace.id, deal: deal.id })
  await ada.meetings.invite(demo.id, [{ user: 'bob' }, { contact: grace.id }])
  await bob.meetings.answer(demo.id, 'accepted')

  const people = await ada.meetings.attendees(demo.id)
  const [times] = await ada.calendar.freeBusy({ users: ['bob'], ...TODAY })
  return [
    [`${time(demo.startAt)} ${demo.title}`, people.map(({ name, answer }) => `${name}: ${answer}`).join(', ')],
    ['Bob is busy', (times?.busy ?? []).map(({ from, to }) => `${time(from)} to ${time(to)}`).join(', ')],
  ]
}

/** Of two who want the same hour, one gets it. */
export async function book({ ada, bob }: Office): Promise<Line[]> {
  const hour = { duration: 60, notice: 60 }
  const slots = await ada.calendar.slots({ ...hour, users: ['ada', 'bob'], step: 60, between: TODAY })
  const from = slots.at(-1)?.from ?? ''
  const booked = await ada.calendar.book({ ...hour, users: ['ada', 'bob'], from, meeting: { title: 'Prices' } })
  const late = bob.calendar.book({ ...hour, users: ['bob'], from, meeting: { title: 'Retro' } })
  return [
    ['Both are free', slots.map(({ from }) => time(from)).join(' ')],
    [`${time(booked.startAt)} ${booked.title}`, 'booked'],
    ['Bob, for the same', await late.then(() => 'booked', codeOf)],
  ]
}

const codeOf = (error: unknown) => (isCrmError(error) ? error.code : String(error))

export async function week({ ada }: Office): Promise<Line[]> {
  const entries = await ada.calendar.range(WEEK)
  return entries.map(({ from, startDate, title, status }) => [startDate ?? local(from), `${title} (${status})`])
}
