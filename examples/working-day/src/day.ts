import { book, meet, week } from './calendar'
import { feed, inbox, work } from './messages'
import { type Office, openOffice } from './office'
import { quote } from './quote'
import { call, plan } from './tasks'
import type { Line } from './words'

const DAY: [time: string, title: string, happens: (office: Office) => Promise<Line[]>][] = [
  ['08:30', 'Ada looks at her day', plan],
  ['08:45', 'is reminded', work],
  ['09:10', 'makes the call', call],
  ['10:00', 'invites Bob and Grace to a demo', meet],
  ['10:15', 'books another hour with Bob', book],
  ['10:30', 'looks at her week', week],
  ['11:00', 'sends the quote', quote],
  ['11:15', 'The invitations go out', work],
  ['17:00', 'Ada looks at her inbox', inbox],
  ['17:15', 'takes her calendar along', feed],
]

/** A Monday, told. It is the same each time: the clock is ours. */
export async function workingDay(folder: string) {
  const office = await openOffice(folder)
  const told = ['Monday, 23 March 2026, in Berlin']
  for (const [time, title, happens] of DAY) {
    office.clock.set(`2026-03-23T${time}:00+01:00`)
    told.push(`${time}  ${title}`)
    for (const [label, text] of await happens(office)) told.push(`       ${label.padEnd(20)}${text}`)
  }
  await office.crm.close()
  return told
}
