import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { workingDay } from './src/day'

/**
 * Reasoned from what is entered: Friday's task is overdue and Tuesday's not yet due; a quarter of an hour before nine is
 * 08:45; a week after nine o'clock is nine o'clock, in summer time; a meeting takes an hour unless told; with an hour's
 * notice at 10:15, working hours to 17:00 and a demo at 14:00, hours begin at 12, 13, 15 and 16, and the last is booked;
 * `item;price` and `Compiler;12000`, each with its line break, are 11 and 15 bytes.
 */
const ACCOUNT = `Monday, 23 March 2026, in Berlin
08:30  Ada looks at her day
       2026-03-20          Send the data sheet
       2026-03-23 09:00    Call about the quote
08:45  is reminded
       ada@acme.example    Reminder: Call about the quote, due Mar 23, 2026, 9:00 AM
09:10  makes the call
       On Grace's timeline activity.created
       2026-03-23 09:00    Call about the quote (done, 2 of 2 steps)
       2026-03-30 09:00    Call about the quote (open, 0 of 2 steps)
10:00  invites Bob and Grace to a demo
       14:00 Demo          Bob: accepted, Grace Hopper: needs-action
       Bob is busy         14:00 to 15:00
10:15  books another hour with Bob
       Both are free       12:00 13:00 15:00 16:00
       16:00 Prices        booked
       Bob, for the same   CONFLICT
10:30  looks at her week
       2026-03-23 09:00    Call about the quote (done)
       2026-03-23 14:00    Demo (planned)
       2026-03-23 16:00    Prices (planned)
       2026-03-24          Pack for the fair (open)
11:00  sends the quote
       Quote 7.csv         text/csv, 26 bytes
       until 11:15         https://crm.acme.example/files/…
       Grace receives      item;price | Compiler;12000
11:15  The invitations go out
       bob@acme.example    Invitation: Demo
       grace@navy.example  Invitation: Demo
       bob@acme.example    Invitation: Prices
17:00  Ada looks at her inbox
       unread              Reminder: Call about the quote, due Mar 23, 2026, 9:00 AM
       then unread         0
17:15  takes her calendar along
                           https://crm.acme.example/calendars/…
                           BEGIN:VCALENDAR
                           VERSION:2.0
                           PRODID:-//Rapport//Rapport//EN`

test('the day goes as told, and the same each time', async () => {
  for (const _ of ['once', 'again']) {
    const folder = mkdtempSync(join(tmpdir(), 'working-day-'))
    try {
      expect((await workingDay(folder)).join('\n')).toBe(ACCOUNT)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
})
