import type { EmailPort } from '../../messages/ports'
import type { Caller } from '../../records/caller'
import { tableOf } from '../../records/engine'
import type { AnyRecord } from '../../records/types'
import { type Letter, letterOf } from './letters'
import { type Guest, guestsOf, type Origin, organizerOf, originOf } from './people'
import { sameWord, sayOnce, type Word, wordsTold } from './told'
import type { CalendarPerson } from './types'

/** An attempt ends by itself before another worker may take the event; the next one goes on where it ended. */
const LONGEST = 40_000

/**
 * Compares what everybody was told with what is so now, and mails the difference: whichever event brings it up, and
 * however often, each address is told once of each state.
 */
export async function tellEverybody(caller: Caller, email: EmailPort, id: string): Promise<void> {
  const meeting = await storedMeeting(caller, id)
  const now = caller.engine.clock.now()
  if (!meeting || isOver(meeting, now)) return
  const origin = await originOf(caller, meeting.id)
  const letters = origin ? await answers(caller, meeting, origin) : await invitations(caller, meeting)
  const until = Date.now() + LONGEST
  let failure: unknown
  for (const letter of letters) {
    if (Date.now() > until) throw new Error('There are more to tell; the next attempt goes on.')
    const send = async () => email.send(await letterOf({ ...letter, now }))
    // One address that cannot be reached keeps nobody else waiting.
    await sayOnce(caller, meeting.id, letter.word, send).catch((error) => {
      failure ??= error
    })
  }
  if (failure) throw failure
}

type Planned = Omit<Letter, 'now'>

/** Ours: attendees are invited, told of changes, and told when it or their invitation is called off. */
async function invitations(caller: Caller, meeting: AnyRecord): Promise<Planned[]> {
  const organizer = await organizerOf(caller, meeting)
  if (!organizer) return []
  const guests = (await guestsOf(caller, meeting.id)).filter(({ address }) => address !== organizer.address)
  const told = await wordsTold(caller, meeting.id)
  const sequence = meeting.sequence as number
  const isOn = meeting.deletedAt === null && meeting.status !== 'cancelled'
  const letters: Planned[] = []
  if (isOn)
    for (const guest of guests) {
      const before = told.get(guest.address)
      if (before?.method === 'REQUEST' && before.sequence >= sequence) continue
      const isNew = before?.method !== 'REQUEST'
      const word: Word = { address: guest.address, method: 'REQUEST', sequence, told: isNew ? 'first' : 'again' }
      letters.push({ meeting, word, organizer, attendees: guests, to: toOf(guest) })
    }
  for (const before of told.values()) {
    if (before.method !== 'REQUEST' || (isOn && guests.some(({ address }) => address === before.address))) continue
    const gone: Guest = guests.find(({ address }) => address === before.address) ?? lost(before.address)
    const word: Word = { address: before.address, method: 'CANCEL', sequence, told: 'gone' }
    letters.push({ meeting, word, organizer, attendees: [gone], to: toOf(gone) })
  }
  return letters
}

/** Of others: who organises it is told what our users answer. */
async function answers(caller: Caller, meeting: AnyRecord, organizer: Origin): Promise<Planned[]> {
  const told = await wordsTold(caller, meeting.id)
  return (await guestsOf(caller, meeting.id))
    .filter(({ user, answer }) => user !== null && answer !== 'pending')
    .map((guest) => ({
      meeting,
      // One organiser hears of several of our users, each by their own line.
      word: {
        address: guest.address,
        method: 'REPLY' as const,
        sequence: organizer.sequence,
        told: guest.answer,
      },
      organizer,
      attendees: [guest],
      to: toOf(organizer),
    }))
    .filter(({ word }) => !sameWord(told.get(word.address), word))
}

const toOf = ({ address, name }: CalendarPerson) => ({ address, ...(name && { name }) })
const lost = (address: string): Guest => ({ address, answer: 'pending', optional: false, user: null })

/** Whatever became of it: its deletion is to be told as well. */
async function storedMeeting(caller: Caller, id: string): Promise<AnyRecord | undefined> {
  await caller.engine.ready(caller.storage)
  const table = tableOf(caller.engine, 'meetings')
  const select = `select ${table.selectList} from ${table.name} r where r.tenant_id = ? and r.id = ?`
  const [row] = await caller.storage.read(select, [caller.tenant, id])
  return row && table.read(row)
}

/** Of what is past nobody needs to hear, such as when history is imported. */
function isOver({ firstAt, lastAt }: AnyRecord, now: Date): boolean {
  const last = (lastAt as Date | null)?.getTime() ?? (firstAt as Date).getTime() + 86_400_000
  return last < now.getTime()
}
