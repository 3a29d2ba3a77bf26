import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { isAutoReply } from './auto-reply'
import { type BouncedRecipient, readBounce } from './bounce'
import { type Mail, readMail } from './mail'
import { replyText } from './reply'

/** Real mails. Named by RAPPORT_CORPUS; without it: skipped, no corpus. */
const corpus = process.env.RAPPORT_CORPUS ?? ''
const reason = corpus ? '' : ' (skipped: no corpus)'

const path = (...parts: string[]) => join(corpus, ...parts)
const json = (...parts: string[]) => JSON.parse(readFileSync(path(...parts), 'utf8'))
const mailAt = (...parts: string[]) => readMail(readFileSync(path(...parts)))
const plain = (text: string) => text.replace(/["\\]/g, '').replace(/\s+/g, ' ').trim()

const filesIn = (folder: string): string[] =>
  readdirSync(path(folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(corpus.length + 1))

describe.skipIf(!corpus)(`eml${reason}`, () => {
  /** Where we say something else than Python's parser, and why. */
  const OTHERWISE: Record<string, Partial<Record<'subject' | 'from', string>>> = {
    // Blanks stand between two encoded words, where RFC 2047 has them dropped.
    'ruby-mail/error_emails/bad_subject.eml': { from: 'MySurvey.com & Carol Adams <carol@mysurvey.com>' },
    // Of two senders the first counts.
    'ruby-mail/plain_emails/raw_email_with_at_display_name.eml': { from: 'Mikel Lindsaar <test@lindsaar.net>' },
    // The name is a comment behind the address, and a name all the same.
    'ruby-mail/multipart_report_emails/multi_address_bounce2.eml': {
      from: 'Mail Delivery System <MAILER-DAEMON@lvmail01.LL.com>',
    },
  }
  const facts: Record<string, { subject: string | null; from: string | null }> = corpus
    ? json('eml', 'facts-python-email.json')
    : {}

  test.each(Object.keys(facts))('%s has the subject and the sender that another parser finds', async (file) => {
    const mail = await mailAt('eml', file)
    const { name = '', address } = mail.from ?? {}
    const from = address ? plain(name ? `${name} <${address}>` : address) : ''
    const subject = OTHERWISE[file]?.subject ?? facts[file]?.subject ?? ''
    const sender = OTHERWISE[file]?.from ?? facts[file]?.from ?? ''
    expect(plain(mail.subject)).toBe(plain(subject))
    expect(from).toBe(plain(sender))
  })
})

describe.skipIf(!corpus)(`bounces${reason}`, () => {
  interface Wanted {
    reason: string
    hardbounce: boolean
  }
  const sisimai: Record<string, Wanted[]> = corpus ? json('bounces', 'sisimai', 'expected.json') : {}
  const flufl: { file: string; addresses: string[]; flag: string | null }[] = corpus
    ? json('bounces', 'flufl', 'expected.json')
    : []
  /** Complaints, holiday notes and successes stand among the bounces: they are none. */
  const NO_BOUNCE = new Set(['feedback', 'vacation', 'delivered'])
  const mails = new Map<string, Mail>()
  const recipientsOf = (file: string): BouncedRecipient[] => {
    const mail = mails.get(file)
    return (mail && readBounce(mail)?.recipients) ?? []
  }
  const share = (good: number, all: number) => good / all
  const addresses = (all: readonly string[]) => [...new Set(all.map((one) => one.toLowerCase()))].sort().join()

  beforeAll(async () => {
    const files = [
      ...readdirSync(path('bounces', 'sisimai', 'bsd')).map((file) => `sisimai/bsd/${file}`),
      ...flufl.map(({ file }) => `flufl/${file}`),
    ]
    for (const file of files) mails.set(file, await mailAt('bounces', file))
  })

  test('of the mails of sisimai, nine in ten have as many recipients as expected, each hard or soft as expected', () => {
    const files = Object.entries(sisimai)
    const good = files.filter(([file, wanted]) => {
      const kinds = recipientsOf(`sisimai/bsd/${file}`).map(({ kind }) => kind)
      const expected = wanted
        .filter((one) => !NO_BOUNCE.has(one.reason))
        .map(({ hardbounce }) => (hardbounce ? 'hard' : 'soft'))
      return kinds.sort().join() === expected.sort().join()
    })
    expect(files).toHaveLength(268)
    expect(share(good.length, files.length)).toBeGreaterThanOrEqual(0.9)
  })

  test('of the delivery reports of sisimai, nineteen in twenty have the recipients that another parser finds', () => {
    const facts: Record<string, { final_recipient: string | null; action: string | null }[]> = json(
      'bounces',
      'dsn-facts-python-email.json',
    )
    const reports = Object.entries(facts).flatMap(([file, all]) => {
      const undelivered = all.filter(({ action }) => /^(?:failed|delayed)/i.test(action ?? ''))
      const wanted = undelivered.map((one) => (one.final_recipient ?? '').replace(/^[\w-]+;\s*|[<>]/g, '').trim())
      return file.startsWith('sisimai/') && wanted.join().includes('@') ? [{ file, wanted }] : []
    })
    const good = reports.filter(
      ({ file, wanted }) => addresses(wanted) === addresses(recipientsOf(file).map(({ address }) => address)),
    )
    expect(reports.length).toBeGreaterThan(150)
    expect(share(good.length, reports.length)).toBeGreaterThanOrEqual(0.95)
  })

  // Its flag tells whether the server gave up, not whether the address is dead: a full mailbox is "permanent" there.
  test('of the mails of flufl, nine in ten have the recipients expected, given up or still being tried as expected', () => {
    const good = flufl.filter(({ file, addresses: wanted, flag }) => {
      const found = recipientsOf(`flufl/${file}`)
      const action = flag === 'True' ? 'delayed' : 'failed'
      return (
        addresses(wanted) === addresses(found.map(({ address }) => address)) &&
        found.every((one) => one.action === action)
      )
    })
    expect(flufl).toHaveLength(59)
    expect(share(good.length, flufl.length)).toBeGreaterThanOrEqual(0.9)
  })

  test('holiday notes and reports of success among them are no bounces, and notes are known as automatic', () => {
    const files = Object.entries(sisimai).filter(([, wanted]) => wanted.every((one) => NO_BOUNCE.has(one.reason)))
    expect(files.flatMap(([file]) => recipientsOf(`sisimai/bsd/${file}`))).toEqual([])
    const notes = files.filter(([, wanted]) => wanted.some((one) => one.reason === 'vacation'))
    const kinds = notes.map(([file]) => isAutoReply(mails.get(`sisimai/bsd/${file}`) as Mail)?.kind)
    expect(kinds).toEqual(['reply', 'reply', 'reply'])
  })

  test('no other mail is taken for a bounce', async () => {
    const others = [...filesIn('eml'), ...filesIn('replies')].filter((file) => /\.(?:eml|txt)$/.test(file))
    const alarms: string[] = []
    for (const file of others) {
      const text = readFileSync(path(file))
      const mail = await readMail(
        file.endsWith('.txt') ? Buffer.concat([Buffer.from('From: a@b.example\n\n'), text]) : text,
      )
      if (readBounce(mail)) alarms.push(file.split('/').at(-1) ?? '')
    }
    expect(others.length).toBeGreaterThan(90)
    // These three are bounces.
    expect(alarms.sort()).toEqual([
      'multi_address_bounce2.eml',
      'multipart_report_multiple_status.eml',
      'report_530.eml',
    ])
  })
})

describe.skipIf(!corpus)(`replies${reason}`, () => {
  /** The last line of what the person wrote, as a reader finds it; a farewell belongs to the signature. */
  const LOREM = 'et mollis ligula rutrum quis. Fusce sed odio id arcu varius aliquet nec nec nibh.'
  const crisp: Record<string, string> = {
    email_11: LOREM,
    email_15: LOREM,
    email_19: 'On Thursday, I get proper rendering.',
    email_20: 'On Thursday.',
    email_21: 'proident, sunt in culpa qui officia deserunt mollit anim id est laborum.',
    email_23: LOREM,
    email_26: LOREM,
    email_2_1: 'Outlook with a reply',
    email_7: LOREM,
    email_blackberry: 'Here is another email',
    email_danish_dash_separator: LOREM,
    email_french_2: LOREM,
    email_german_2: LOREM,
    email_italian: LOREM,
    email_msn: LOREM,
    email_multi_word_sent_from_my_mobile_device: 'Here is another email',
    email_one_is_not_on: 'Locally (on development), when I run...',
    email_reply_header: 'Stranger',
    email_sent_from_my_not_signature: 'Sent from my desk, is much easier then my mobile phone.',
    email_thread: 'This is new email reply in thread from bellow.',
    email_tricky_11_double_signature: 'Thanks for your help!',
    email_tricky_12_no_space_after_header: LOREM,
    email_tricky_17_forward_header: 'See the forwarded message below.',
    email_tricky_19_quote_without_header: 'And my final thoughts.',
    email_tricky_2_url_with_wrote:
      'It\'s really interesting how they handled the case where URLs contain patterns like "wrote:" in them.',
    email_tricky_3_code_block:
      "Notice how the code contains signature-like patterns that shouldn't be detected as actual signatures.",
    email_tricky_6_regards_in_sentence: 'This is the actual content that should be visible.',
    email_tricky_9_nested_quotes: 'I agree with the points below.',
    // Templates, into which tests of their own put a header: as they are there is none.
    email_with_date_headers: 'This is my previous mail',
    email_with_from_headers: 'My email is <foo@example.com>',
    email_with_regards: 'Can you help?',
  }
  const talon: Record<string, string> = {
    'standard_replies/android.eml': 'Hello',
    'standard_replies/apple_mail.eml': 'Hello',
    'standard_replies/apple_mail_2.eml': 'Hello',
    'standard_replies/gmail.eml': 'Hello',
    'standard_replies/hotmail.eml': 'Hello',
    'standard_replies/sparrow.eml': 'Hello',
    'standard_replies/yahoo.eml': 'Hello',
    'reply-quotations-share-block.eml': 'Joe XXX',
    'html_replies/gmail.html': 'Alex',
    'html_replies/hotmail.html': 'Alex',
    'html_replies/ms_outlook_2003.html': 'Alex',
    'html_replies/thunderbird.html': 'Alex',
    'html_replies/yandex_ru.html': 'Alex',
    'signature/emails/P/102682_R_S': 'my frustration when I saw the xxx nabbing xxx...ARHGGHRGHH!',
    'signature/emails/stripped/camel_case_body': "That'd be awesome! Really cool shirts!",
    'signature/emails/stripped/jeff_body': 'homepage.',
    'signature/emails/stripped/johndoeexamplecom_body': 'drawing!',
  }

  async function asMail(file: string): Promise<Pick<Mail, 'text' | 'from'>> {
    const text = readFileSync(path('replies', 'talon', file), 'utf8').replace(/^#(?:reply|sig)# ?/gm, '')
    if (file.endsWith('.html')) return readMail(`Content-Type: text/html; charset=utf-8\n\n${text}`)
    if (!file.endsWith('_body')) return readMail(text)
    const name = readFileSync(path('replies', 'talon', file.replace(/_body$/, '_sender')), 'utf8').trim()
    return { text, from: { address: '', name } }
  }

  test('nineteen in twenty are cut at the line where the person ended', async () => {
    const files = [
      ...Object.entries(crisp).map(([file, last]) => ({
        file,
        last,
        mail: async () => ({ text: readFileSync(path('replies', 'crisp', `${file}.txt`), 'utf8') }),
      })),
      ...Object.entries(talon).map(([file, last]) => ({ file, last, mail: () => asMail(file) })),
    ]
    expect(Object.keys(crisp).sort()).toEqual(
      readdirSync(path('replies', 'crisp'))
        .flatMap((file) => (file.endsWith('.txt') ? [file.slice(0, -4)] : []))
        .sort(),
    )
    const wrong: string[] = []
    for (const { file, last, mail } of files)
      if (
        replyText(await mail())
          .text.split('\n')
          .at(-1)
          ?.trim() !== last
      )
        wrong.push(file)
    expect(wrong.length / files.length).toBeLessThanOrEqual(0.05)
    // A title stands behind its name: it is not the sender's, letter by letter.
    expect(wrong).toEqual(['signature/emails/stripped/johndoeexamplecom_body'])
  })
})
