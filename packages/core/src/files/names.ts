/** Control characters, marks that turn the reading order, and what Windows takes in no name. */
const REFUSED = /[\p{Cc}\p{Bidi_Control}<>:"|?*]/gu
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/**
 * A name that is one on every system, and nothing else: no path, no control characters, no hidden file. Letters of all
 * scripts stay.
 *
 * @example
 * fileName('../../Verträge\\Angebot 7.pdf')   // 'Angebot 7.pdf'
 */
export function fileName(given: string): string {
  const last =
    given
      .split(/[\\/]/)
      .filter((part) => part.trim() !== '')
      .at(-1) ?? ''
  const name = last.replace(REFUSED, '').replace(/^[\s.]+|[\s.]+$/g, '')
  if (name === '') return 'file'
  return DEVICE.test(name) ? `_${name}` : name
}

/** What stands behind the last point, in lower case; empty without. */
export const extensionOf = (name: string): string => /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''

/** The header that makes a browser save the file under this name and never show it (RFC 6266, RFC 8187). */
export function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
