import type { SystemIdentity } from './crm'
import { invalid } from './kernel/errors'
import { isCurrency } from './kernel/money'
import { hasForbiddenCharacters } from './kernel/text'
import { isTimeOfDay } from './kernel/time-of-day'
import { checkWeeklyHours, STANDARD_HOURS } from './kernel/weekly-hours'
import { isTimeZone } from './kernel/zones'
import type { Settings } from './records/engine'
import type { Storage } from './storage/port'

export function checkName(field: string, value: unknown) {
  if (typeof value === 'string' && value.length > 0 && value.length <= 255 && !hasForbiddenCharacters(value)) return
  throw invalid(field, 'required', `Give ${field} as text of 1 to 255 characters.`)
}

export function checkStorage(storage: unknown) {
  const { table, transaction } = Object(storage) as Partial<Storage>
  if (typeof table === 'function' && typeof transaction === 'function') return
  throw invalid('storage', 'required', "Say where records live, e.g. { storage: sqlite({ file: 'crm.db' }) }.")
}

export function checkSecrets(secrets: readonly string[] = []): readonly string[] {
  if (Array.isArray(secrets) && secrets.every((one) => typeof one === 'string' && one.length >= 32)) return secrets
  throw invalid('secrets', 'weak-secret', 'Give a list of texts of at least 32 random characters each.')
}

export function checkHistory(history: NonNullable<SystemIdentity['history']>) {
  const { at, by = null } = Object(history) as Partial<typeof history>
  if (!(at instanceof Date) || Number.isNaN(at.getTime())) {
    throw invalid('history.at', 'invalid-instant', 'Give the past moment as a Date.')
  }
  if (by !== null) checkName('history.by', by)
}

export function checkSettings(given: Partial<Settings> = {}): Settings {
  const settings = {
    currency: 'USD',
    country: undefined,
    timeZone: 'UTC',
    fiscalYearStart: 1,
    weekStartsOn: 1,
    dueTime: '09:00',
    workingHours: STANDARD_HOURS,
    ...given,
  } as Settings
  checkWeeklyHours('settings.workingHours', settings.workingHours)
  if (!isCurrency(settings.currency))
    throw invalid('settings.currency', 'invalid-currency', 'Use an ISO 4217 code such as EUR.')
  if (!isTimeZone(settings.timeZone))
    throw invalid('settings.timeZone', 'invalid-zone', 'Use an IANA zone such as Europe/Berlin.')
  if (!Number.isInteger(settings.fiscalYearStart) || settings.fiscalYearStart < 1 || settings.fiscalYearStart > 12) {
    throw invalid('settings.fiscalYearStart', 'out-of-range', 'Give a month from 1 to 12.')
  }
  if (!isTimeOfDay(settings.dueTime))
    throw invalid('settings.dueTime', 'invalid-time', 'Give a time of the day such as 09:00.')
  return settings
}
