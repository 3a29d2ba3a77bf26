import { invalid } from '../kernel/errors'
import { extensionOf } from './names'

const OFFICE = 'application/vnd.openxmlformats-officedocument'
const OPEN = 'application/vnd.oasis.opendocument'

/** What an extension may stand for, the usual one first. Those that run, or show pages, are here to be told apart. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  pdf: ['application/pdf'],
  doc: ['application/msword'],
  xls: ['application/vnd.ms-excel'],
  ppt: ['application/vnd.ms-powerpoint'],
  msg: ['application/vnd.ms-outlook'],
  docx: [`${OFFICE}.wordprocessingml.document`],
  xlsx: [`${OFFICE}.spreadsheetml.sheet`],
  pptx: [`${OFFICE}.presentationml.presentation`],
  odt: [`${OPEN}.text`],
  ods: [`${OPEN}.spreadsheet`],
  odp: [`${OPEN}.presentation`],
  rtf: ['application/rtf'],
  zip: ['application/zip'],
  png: ['image/png', 'image/apng'],
  jpg: ['image/jpeg'],
  jpeg: ['image/jpeg'],
  gif: ['image/gif'],
  webp: ['image/webp'],
  avif: ['image/avif'],
  heic: ['image/heic', 'image/heif'],
  tif: ['image/tiff'],
  tiff: ['image/tiff'],
  bmp: ['image/bmp'],
  mp3: ['audio/mpeg'],
  m4a: ['audio/x-m4a', 'audio/mp4'],
  wav: ['audio/wav'],
  ogg: ['audio/ogg', 'video/ogg'],
  mp4: ['video/mp4'],
  mov: ['video/quicktime'],
  webm: ['video/webm'],
  txt: ['text/plain'],
  csv: ['text/csv'],
  tsv: ['text/tab-separated-values'],
  md: ['text/markdown'],
  json: ['application/json'],
  ics: ['text/calendar'],
  vcf: ['text/vcard'],
  eml: ['message/rfc822'],
  html: ['text/html'],
  htm: ['text/html'],
  xhtml: ['application/xhtml+xml'],
  svg: ['image/svg+xml'],
  xml: ['application/xml'],
  js: ['text/javascript'],
  mjs: ['text/javascript'],
  css: ['text/css'],
  docm: ['application/vnd.ms-word.document.macroenabled.12'],
  xlsm: ['application/vnd.ms-excel.sheet.macroenabled.12'],
  pptm: ['application/vnd.ms-powerpoint.presentation.macroenabled.12'],
  exe: ['application/x-msdownload'],
  dll: ['application/x-msdownload'],
  scr: ['application/x-msdownload'],
  com: ['application/x-msdownload'],
  msi: ['application/x-msi'],
  jar: ['application/java-archive'],
  apk: ['application/vnd.android.package-archive'],
  lnk: ['application/x.ms.shortcut'],
  bat: ['application/x-bat'],
  cmd: ['application/x-bat'],
  ps1: ['application/x-powershell'],
  vbs: ['application/x-vbscript'],
  hta: ['application/hta'],
  sh: ['application/x-sh'],
  php: ['application/x-php'],
}

/** Documents, pictures, sounds and films, which a browser or an office suite opens without running anything in them. */
const USUAL =
  'pdf doc xls ppt msg docx xlsx pptx odt ods odp rtf zip png jpg gif webp avif heic tif bmp mp3 m4a wav ogg mp4 mov webm txt csv tsv md json ics vcf eml'

const usual = new Set(USUAL.split(' ').flatMap((extension) => TYPES[extension] ?? []))

/** Whether a CRM with these options takes the type. */
export const isAllowed = (
  type: string,
  { also = [], only }: { also?: readonly string[]; only?: readonly string[] } = {},
) => also.includes(type) || (only ? only.includes(type) : usual.has(type))

/** The type an extension stands for; undefined where we know nothing of it. */
export const typeOfExtension = (name: string): string | undefined => TYPES[extensionOf(name)]?.[0]

/** Text in which nothing runs: one is as good as another. */
export const isHarmlessText = (type: string): boolean =>
  /^(text\/(plain|csv|tab-separated-values|markdown|calendar|vcard)|application\/json|message\/rfc822)$/.test(type)

/** VALIDATION when the name says another type than the content is. An extension that says nothing to us is no lie. */
export function checkClaim(field: string, name: string, type: string) {
  const claimed = TYPES[extensionOf(name)]
  if (!claimed || claimed.includes(type) || (isHarmlessText(type) && claimed.every(isHarmlessText))) return
  throw invalid(
    field,
    'type-mismatch',
    `The content is ${type}, not what .${extensionOf(name)} stands for: name it so.`,
  )
}
