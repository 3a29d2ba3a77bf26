/** What a calendar file says. Instants are `Date`, whole days `YYYY-MM-DD`. */
export interface CalendarFile {
  /** Why it was sent: `REQUEST` invites or changes, `REPLY` answers, `CANCEL` calls off, `PUBLISH` informs. */
  method?: string
  name?: string
  events: CalendarEvent[]
  todos: CalendarTodo[]
  /** How many components of each kind it has: `{ VCALENDAR: 1, VEVENT: 3, VTIMEZONE: 1 }`. */
  components: Record<string, number>
  /** What could not be read and was left out. */
  problems: CalendarProblem[]
}

export interface CalendarProblem {
  line: number
  property: string
  /** One sentence. */
  problem: string
}

export interface CalendarPerson {
  /** The email address, where it is one. */
  address: string
  name?: string
}

export type CalendarAnswer = 'pending' | 'accepted' | 'declined' | 'tentative'

export interface CalendarAttendee extends CalendarPerson {
  answer: CalendarAnswer
  optional: boolean
}

interface CalendarItem {
  uid?: string
  /** Rises with each change that attendees must hear of. */
  sequence: number
  /** When this state was written. */
  stamp?: Date
  title?: string
  description?: string
  location?: string
  url?: string
  categories: string[]
  /** `confirmed`, `tentative`, `cancelled`; of todos `needs-action`, `in-process`, `completed`, `cancelled`. */
  status?: string
  start?: Date | string
  /** IANA zone on whose clocks it recurs. */
  zone: string
  recurrence?: {
    /** RRULE as {@link CalendarFile} readers write it: checked, without prefix. */
    rule?: string
    /** Starts left out. */
    except: (Date | string)[]
    /** Starts beside the rule. */
    also: (Date | string)[]
  }
  /** Which occurrence of the series with this uid it replaces, by the start that the rule gave it. */
  recurrenceId?: Date | string
  organizer?: CalendarPerson
  attendees: CalendarAttendee[]
}

export interface CalendarEvent extends CalendarItem {
  /** The end is not part of it: of whole days, the day after the last one. */
  end?: Date | string
  /** Whether it takes up time. */
  busy: boolean
}

export interface CalendarTodo extends CalendarItem {
  due?: Date | string
  completedAt?: Date
  /** 1 is the highest, 9 the lowest, 0 says nothing. */
  priority: number
}
