/**
 * How mail programs introduce what they quote, in the languages of their users. `opener` begins the line, `verb` stands
 * in it or ends it: "On 3 March, Ada wrote:", "Am 3. März schrieb Ada:".
 */
const OPENERS =
  'on|am|um|le|el|il|in data|em|a|op|w dniu|dnia|dne|den|på|d\\.|pe|în|tarih|on the|le jeu|date|at|в|у|ngày|pada|vào'
const VERBS =
  'wrote|writes|schrieb|schrieb am|a écrit|a ecrit|écrit|escribió|escribio|ha scritto|escreveu|schreef|het volgende geschreven|geschreven|napisał|napisała|napisał\\(a\\)|pisze|napsal|napsala|napsal\\(a\\)|skrev|følgende|kirjoitti|написал|написала|написал\\(а\\)|пишет|пише|писав|şunu yazdı|yazdı|scris|írta|ezt írta|menulis|đã viết|έγραψε|כתב|כתבה|كتب|写道|寫道|书写|のメール|は書きました|が書きました|님이 작성|작성'

export const OPENER = new RegExp(`^(?:${OPENERS})[\\s,.]`, 'iu')
export const VERB = new RegExp(
  `(?:^|[\\s\\d>)\\]"'»”,]|[\\u3000-\\u9fff\\uac00-\\ud7af])(?:${VERBS})(?=$|[\\s:：<"'«„,.])`,
  'iu',
)

/** "From:" of a mail that stands below the reply. */
const FROM =
  'from|von|de|da|van|fra|från|od|от|від|отправитель|lähettäjä|kimden|gönderen|feladó|expéditeur|remitente|mittente|afzender|差出人|送信者|发件人|發件人|寄件者|보낸 ?사람|από|מאת|من'
/** "Sent:", "To:", "Subject:" and the others. */
const OTHERS =
  'sent|date|to|cc|subject|reply-to|gesendet|datum|an|betreff|envoyé|envoyé le|envoye|à|objet|enviado|enviado el|fecha|para|asunto|inviato|data|a|oggetto|enviada|enviada em|enviado em|assunto|verzonden|aan|onderwerp|sendt|dato|til|emne|skickat|till|ämne|wysłano|wysłane|do|dw|temat|дата|кому|копия|тема|отправлено|надіслано|lähetetty|vastaanottaja|aihe|päivämäärä|gönderildi|gönderme tarihi|kime|konu|tarih|odesláno|komu|předmět|送信日時|日時|宛先|件名|发送时间|發送時間|日期|收件人|收件者|抄送|主题|主題|보낸 ?날짜|날짜|받는 ?사람|제목'

const label = (words: string) => new RegExp(`^[\\s*]{0,20}(?:${words})\\*?[ \\u00a0]?[:：]`, 'iu')
export const FROM_LABEL = label(FROM)
export const ANY_LABEL = label(`${FROM}|${OTHERS}`)

/** "-----Original Message-----" and "---------- Forwarded message ----------". */
const SEPARATORS =
  "original message|original mail|forwarded message|forwarded by|reply message|ursprüngliche nachricht|original-?nachricht|weitergeleitete nachricht|message d['’]origine|message original|message transféré|message initial|mensaje original|mensaje reenviado|messaggio originale|messaggio inoltrato|mensagem original|mensagem encaminhada|oorspronkelijk bericht|doorgestuurd bericht|oprindelig besked|oprindelig meddelelse|videresendt besked|ursprungligt meddelande|vidarebefordrat meddelande|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|wiadomość przekazana|původní zpráva|исходное сообщение|пересылаемое сообщение|оригинальное сообщение|orijinal mesaj|eredeti üzenet|原始邮件|原始郵件|转发邮件|元のメッセージ|転送メッセージ|원본 메일|원본 메시지"
export const SEPARATOR = new RegExp(
  `^[\\s*]{0,20}[-_=*—]{2,40}\\s?(?:${SEPARATORS})[^\\n]{0,80}$|^(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message réexpédié|inizio messaggio inoltrato|inicio del mensaje reenviado)\\s?:`,
  'iu',
)

/** What telephones and mail programs put below a mail, at the start or at the end of the line. */
export const SENT_FROM =
  /^(?:sent (?:from|with|via|using)|get outlook for|von (?:meinem|unterwegs)|gesendet (?:von|mit)|envoyé (?:de|depuis|avec|à partir)|enviado (?:desde|do|da|de|a partir|con|com)|inviato (?:da|dal|dalla|con)|verzonden (?:vanaf|met|via)|verstuurd (?:vanaf|met)|wysłan[eo] z|skickat från|sendt fra|sendt med|lähetetty|odesláno z|отправлено (?:с|из)|надіслано (?:з|із)|gönderildi|iphoneから送信|从我的|發自我的|发自我的|나의 iphone에서|iphone에서)/iu

/** A line that only takes leave. What follows it is a name, a title, a telephone number. */
export const FAREWELL =
  /^(?:(?:best|kind|kindest|warm|warmest|with (?:best|kind)|many) (?:regards|wishes)|regards|best|cheers|sincerely|yours(?: sincerely| faithfully| truly)?|mit (?:freundlichen|besten|herzlichen|lieben|vielen) grüßen|mit (?:freundlichen|besten) gruessen|freundliche grüße|(?:viele|beste|liebe|schöne|herzliche) grüße|beste grüsse|freundliche grüsse|mfg|cordialement|bien (?:cordialement|à vous)|sincères salutations|cordiali saluti|distinti saluti|un saluto|saluti|saludos(?: cordiales)?|un (?:cordial )?saludo|atentamente|atenciosamente|cumprimentos|com os melhores cumprimentos|abraços|met vriendelijke groet(?:en)?|vriendelijke groet(?:en)?|groet(?:en|jes)?|mvg|z poważaniem|pozdrawiam|med vänlig(?:a)? hälsning(?:ar)?|vänliga hälsningar|mvh|med venlig hilsen|venlig hilsen|med vennlig hilsen|vennlig hilsen|с уважением|всего доброго|terveisin|ystävällisin terveisin|s pozdravem|saygılarımla|saygilarimla|敬具|よろしくお願い(?:いたします|します|致します)|此致)[\s,.!。，]{0,4}$/iu
