import { describe, expect, test } from 'vitest'
import { replyText } from './reply'

const split = (text: string, name?: string) =>
  replyText({ text, ...(name && { from: { address: 'ada@engines.example', name } }) })

describe('the reply stands above the quote', () => {
  test.each([
    ['English', 'On Tue, 10 Mar 2026 at 09:30, Ada <ada@engines.example> wrote:'],
    ['English, broken twice', 'On Tue, 10 Mar 2026 at 09:30,\nAda Lovelace\n<ada@engines.example> wrote:'],
    ['German', 'Am 10.03.2026 um 09:30 schrieb Ada <ada@engines.example>:'],
    ['French', 'Le mar. 10 mars 2026 à 09:30, Ada <ada@engines.example> a écrit :'],
    ['Spanish', 'El mar, 10 mar 2026 a las 9:30, Ada (<ada@engines.example>) escribió:'],
    ['Italian', 'Il giorno mar 10 mar 2026 alle ore 09:30 Ada <ada@engines.example> ha scritto:'],
    ['Portuguese', 'Em ter., 10 de mar. de 2026 às 09:30, Ada <ada@engines.example> escreveu:'],
    ['Dutch', 'Op di 10 mrt 2026 om 09:30 schreef Ada <ada@engines.example>:'],
    ['Polish', 'wt., 10 mar 2026 o 09:30 Ada <ada@engines.example> napisał(a):'],
    ['Polish, formal', 'W dniu 10.03.2026 o 09:30, Ada pisze:'],
    ['Russian', 'вт, 10 мар. 2026 г. в 09:30, Ada <ada@engines.example>:'],
    ['Russian, Yandex', '10.03.2026, 09:30, "Ada" <ada@engines.example>:'],
    ['Swedish', 'Den tis 10 mars 2026 kl 09:30 skrev Ada <ada@engines.example>:'],
    ['Danish', 'Den tirs. 10. mar. 2026 kl. 09.30 skrev Ada <ada@engines.example>:'],
    ['Norwegian', 'tir. 10. mars 2026 kl. 09:30 skrev Ada <ada@engines.example>:'],
    ['Finnish', 'ti 10. maalisk. 2026 klo 9.30 Ada (ada@engines.example) kirjoitti:'],
    ['Czech', 'út 10. 3. 2026 v 9:30 odesílatel Ada <ada@engines.example> napsal:'],
    ['Turkish', 'Ada <ada@engines.example>, 10 Mar 2026 Sal, 09:30 tarihinde şunu yazdı:'],
    ['Japanese', '2026年3月10日(火) 9:30 Ada <ada@engines.example>:'],
    ['Chinese', 'Ada <ada@engines.example> 于2026年3月10日周二 09:30写道：'],
    ['Korean', '2026년 3월 10일 (화) 오전 9:30, Ada <ada@engines.example>님이 작성:'],
  ])('in %s', (_, introduction) => {
    const quote = `${introduction}\n> Shall we?\n>\n> Ada`
    expect(split(`Yes, please.\n\nBob\n\n${quote}`)).toEqual({ text: 'Yes, please.\n\nBob', quote, signature: '' })
  })

  test.each([
    ['English', 'From: Ada', 'Sent: Tuesday', 'To: Bob', 'Subject: Offer'],
    ['German', 'Von: Ada', 'Gesendet: Dienstag', 'An: Bob', 'Betreff: Angebot'],
    ['French', 'De : Ada', 'Envoyé : mardi', 'À : Bob', 'Objet : Offre'],
    ['Spanish', 'De: Ada', 'Enviado el: martes', 'Para: Bob', 'Asunto: Oferta'],
    ['Italian', 'Da: Ada', 'Inviato: martedì', 'A: Bob', 'Oggetto: Offerta'],
    ['Portuguese', 'De: Ada', 'Enviada em: terça', 'Para: Bob', 'Assunto: Oferta'],
    ['Dutch', 'Van: Ada', 'Verzonden: dinsdag', 'Aan: Bob', 'Onderwerp: Aanbod'],
    ['Polish', 'Od: Ada', 'Wysłano: wtorek', 'Do: Bob', 'Temat: Oferta'],
    ['Russian', 'От: Ada', 'Отправлено: вторник', 'Кому: Bob', 'Тема: Offer'],
    ['Swedish', 'Från: Ada', 'Skickat: tisdag', 'Till: Bob', 'Ämne: Offert'],
    ['Danish', 'Fra: Ada', 'Sendt: tirsdag', 'Til: Bob', 'Emne: Tilbud'],
    ['Japanese', '差出人: Ada', '送信日時: 火曜日', '宛先: Bob', '件名: Offer'],
    ['Chinese', '发件人: Ada', '发送时间: 2026年', '收件人: Bob', '主题: Offer'],
  ])('under a header in %s', (_, ...header) => {
    const quote = `${header.join('\n')}\n\nShall we?`
    expect(split(`Yes.\n\n________________________________\n${quote}`).text).toBe('Yes.')
    expect(split(`Yes.\n\n${quote}`)).toEqual({ text: 'Yes.', quote, signature: '' })
  })

  test.each([
    '-----Original Message-----',
    '-----Ursprüngliche Nachricht-----',
    '-------- Message d’origine --------',
    '---------- Forwarded message ---------',
    '-------- Исходное сообщение --------',
  ])('under %s', (separator) => {
    expect(split(`Yes.\n\n${separator}\nShall we?`)).toEqual({
      text: 'Yes.',
      quote: `${separator}\nShall we?`,
      signature: '',
    })
  })

  test('without an introduction, where nothing follows the quoted lines', () => {
    expect(split('Yes.\n\n> Shall we?\n> Ada\n')).toEqual({ text: 'Yes.', quote: '> Shall we?\n> Ada', signature: '' })
  })
})

describe('what is no quote stays', () => {
  test.each([
    'On Monday I wrote:\nnothing.',
    'On the one hand yes.\n\nOn the other hand no: think of it.',
    'From: the heart. To: you.\nThat is all.',
    'To: 3 apples\nFrom: the shop\nThat is the list.',
    '> Shall we?\n\nYes.\n\n> When?\n\nTuesday.',
    'The price is 5 > 4.',
    'Sent from my desk, which is nicer than a telephone.',
    'with regards to the price',
  ])('%s', (text) => {
    expect(split(text)).toEqual({ text, quote: '', signature: '' })
  })
})

test('a reply below the quote is found there', () => {
  expect(split('On 10 March 2026, Ada wrote:\n\n> Shall we?\n> Ada\n\nYes, please.\n\n-- \nBob')).toEqual({
    text: 'Yes, please.',
    quote: 'On 10 March 2026, Ada wrote:\n\n> Shall we?\n> Ada',
    signature: '-- \nBob',
  })
})

test('a mail that is nothing but a quote has an empty reply', () => {
  expect(split('On 10 March 2026, Ada wrote:\n> Shall we?')).toMatchObject({ text: '', signature: '' })
})

test('what is longer than anybody writes is quote from there on, and kept', () => {
  const { text, quote } = split(`${'word '.repeat(120_000)}end`)
  expect(text.length + quote.length).toBeGreaterThan(600_000 - 10)
  expect(quote.endsWith('end')).toBe(true)
})

describe('the signature', () => {
  test.each([
    '-- \nBob\nRapport',
    '--\nBob',
    'Best regards,\nBob\n\nRapport Ltd',
    'Mit freundlichen Grüßen\n\nBob',
    'Cordialement,\nBob',
    'Un saludo,\nBob',
    'Met vriendelijke groet,\n\nBob',
    'Z poważaniem\nBob',
    'С уважением,\nBob',
    'Med vänliga hälsningar\nBob',
    'Sent from my iPhone',
    'Von meinem iPhone gesendet',
    'Envoyé de mon iPhone',
    'Get Outlook for iOS',
    'Отправлено с iPhone',
    '-Bob Babbage\nbob@x.example',
  ])('%s', (signature) => {
    expect(split(`Yes, please.\n\n${signature}`)).toEqual({ text: 'Yes, please.', quote: '', signature })
  })

  test('begins with the name of who sends', () => {
    expect(split('Yes, please.\n\nBob Babbage\nvia mobile', 'Bob Babbage').signature).toBe('Bob Babbage\nvia mobile')
  })

  test('is not the farewell of a letter that goes on for pages', () => {
    const long = `Regards,\n${'and more of the letter, which is long\n'.repeat(60)}`.trim()
    expect(split(`Hello.\n${long}`).signature).toBe('')
  })
})
