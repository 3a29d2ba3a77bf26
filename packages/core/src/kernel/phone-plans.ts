type Library = typeof import('libphonenumber-js/max')
type CallingCodes = Readonly<Record<string, readonly string[]>>

/** The parts of libphonenumber's numbering plan that decide a well-formed number. */
interface RawPlan {
  callingCode(): string
  IDDPrefix(): string | undefined
  nationalNumberPattern(): string
  nationalPrefixForParsing(): string | undefined
  leadingDigits(): string | undefined
  possibleLengths(): number[]
  type(name: string): { pattern(): string | undefined; possibleLengths(): number[] } | undefined
}

interface Plan {
  callingCode: string
  countries: readonly string[]
  general: RegExp
  lengths: readonly number[]
  types: readonly { pattern: RegExp; lengths: readonly number[] }[]
  international?: RegExp
  prefix?: RegExp
  leading?: RegExp
}

const TYPES = 'FIXED_LINE MOBILE TOLL_FREE PREMIUM_RATE PERSONAL_NUMBER VOICEMAIL UAN PAGER VOIP SHARED_COST'.split(' ')

const start = (pattern: string | undefined) => (pattern ? new RegExp(`^(?:${pattern})`) : undefined)
const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`)

/** What plain digits are; `e164` when the length is possible. Undefined: the full parser has to decide. */
export type QuickLook = (
  digits: string,
  international: boolean,
  country?: string,
) => { e164?: string; valid: boolean } | undefined

/**
 * A shortcut through libphonenumber's own numbering plans, with their patterns compiled once instead of on every
 * call. It only answers where it is certain which digits are the national number, and then as the full parser does.
 */
export function quickLook(library: Library, codes: CallingCodes): QuickLook {
  const plans = new Map<string, Plan>()

  function planOf(country: string): Plan {
    let plan = plans.get(country)
    if (!plan) {
      plan = readPlan(library, codes, country)
      plans.set(country, plan)
    }
    return plan
  }

  /** The plan of the country that a number belongs to, among those that share its calling code. */
  function ownerOf(number: string, { countries }: Plan): Plan | undefined {
    if (countries.length === 1) return planOf(countries[0] as string)
    for (const country of countries) {
      const plan = planOf(country)
      if (plan.leading ? plan.leading.test(number) : fits(number, plan)) return plan
    }
    return undefined
  }

  function judge(number: string, fallback: Plan) {
    const plan = ownerOf(number, fallback) ?? fallback
    if (!plan.lengths.includes(number.length)) return { valid: false }
    return { e164: `+${plan.callingCode}${number}`, valid: fits(number, plan) }
  }

  function international(digits: string) {
    for (let length = 1; length <= 3; length++) {
      const main = codes[digits.slice(0, length)]?.[0]
      if (!main) continue
      const plan = planOf(main)
      const number = digits.slice(length)
      return plan.prefix?.test(number) ? undefined : judge(number, plan)
    }
    return undefined
  }

  function national(digits: string, country: string) {
    const plan = planOf(country)
    if (plan.international?.test(digits)) return undefined
    const prefix = plan.prefix?.exec(digits)
    if (!prefix && !digits.startsWith(plan.callingCode)) return judge(digits, plan)
    if (prefix && prefix.length > 1) return undefined
    const number = prefix ? digits.slice(prefix[0].length) : digits
    if (!plan.general.test(number) || !plan.lengths.includes(number.length)) return undefined
    const result = judge(number, plan)
    return result.valid ? result : undefined
  }

  return (digits, plus, country) => {
    if (plus) return international(digits)
    return country === undefined ? undefined : national(digits, country)
  }
}

function fits(number: string, { general, lengths, types }: Plan): boolean {
  if (!lengths.includes(number.length) || !general.test(number)) return false
  return types.some((type) => type.lengths.includes(number.length) && type.pattern.test(number))
}

function readPlan(library: Library, codes: CallingCodes, country: string): Plan {
  const metadata = new library.Metadata()
  metadata.selectNumberingPlan(country as Parameters<typeof metadata.selectNumberingPlan>[0])
  const raw = metadata.numberingPlan as unknown as RawPlan
  const types = TYPES.flatMap((name) => {
    const type = raw.type(name)
    const pattern = type?.pattern()
    return type && pattern ? [{ pattern: whole(pattern), lengths: type.possibleLengths() }] : []
  })
  return {
    callingCode: raw.callingCode(),
    countries: codes[raw.callingCode()] ?? [country],
    general: whole(raw.nationalNumberPattern()),
    lengths: raw.possibleLengths(),
    types,
    international: start(raw.IDDPrefix()),
    prefix: start(raw.nationalPrefixForParsing()),
    leading: start(raw.leadingDigits()),
  }
}
