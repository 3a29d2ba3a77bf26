/**
 * The default alphabet of text messages, in the order of its codes, and what costs two of them: an escape and a letter of
 * the extension table. 3GPP TS 23.038, sections 6.2.1 and 6.2.1.1 (code 0x09 is the capital Ç there).
 */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const EXTENSION = new Set('\f^{}\\[~]|€')

/** 140 bytes; of each of several segments a header takes 6. 3GPP TS 23.040, section 9.2.3.24.1. */
const CAPACITY = { 'gsm-7': { one: 160, each: 153 }, 'ucs-2': { one: 70, each: 67 } } as const

/** What a text costs as a text message. */
export interface SmsSegments {
  /** `ucs-2` as soon as one character is not in the GSM alphabet: an emoji, a curly quote, most scripts. */
  encoding: 'gsm-7' | 'ucs-2'
  /** Length in units of the encoding: €, brackets and a few more count two in `gsm-7`, an emoji two or more in `ucs-2`. */
  units: number
  /** Messages that are sent and paid for; 0 for an empty text. */
  segments: number
  /** Units that still fit into the last of these segments. */
  left: number
}

/**
 * Counts a text message as networks do. Nothing is replaced before it: what a provider makes of curly quotes is not known
 * here.
 *
 * @example
 * smsSegments('See you at 9')    // { encoding: 'gsm-7', units: 12, segments: 1, left: 148 }
 * smsSegments('See you at 9 👋') // { encoding: 'ucs-2', units: 15, segments: 1, left: 55 }
 */
export function smsSegments(text: string): SmsSegments {
  const characters = [...text]
  const encoding = characters.every((one) => BASIC.has(one) || EXTENSION.has(one)) ? 'gsm-7' : 'ucs-2'
  const widths = characters.map((one) => (encoding === 'ucs-2' ? one.length : BASIC.has(one) ? 1 : 2))
  const units = widths.reduce((sum, width) => sum + width, 0)
  const { one, each } = CAPACITY[encoding]
  if (units <= one) return { encoding, units, segments: Math.sign(units), left: one - units }
  // What takes two units is never cut in two: it begins the next segment.
  let segments = 1
  let used = 0
  for (const width of widths) {
    if (used + width > each) {
      segments++
      used = 0
    }
    used += width
  }
  return { encoding, units, segments, left: each - used }
}
