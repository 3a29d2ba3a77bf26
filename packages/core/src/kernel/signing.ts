import { createHmac, timingSafeEqual } from 'node:crypto'

/** Signs with the first of the secrets and knows what any of them has signed. Each purpose has signatures of its own. */
export interface Signer {
  /** 256 bits, as URL-safe text. */
  sign(text: string): string
  /** Takes as long for a wrong signature as for a right one, whichever secret it is of. */
  isSigned(text: string, signature: string): boolean
}

export function createSigner(secrets: readonly string[], purpose: string): Signer {
  const signed = (secret: string, text: string) =>
    createHmac('sha256', secret).update(`${purpose}\n${text}`).digest('base64url')
  return {
    sign: (text) => signed(secrets[0] as string, text),
    isSigned(text, signature) {
      const given = Buffer.from(signature)
      let known = false
      for (const secret of secrets) {
        const wanted = Buffer.from(signed(secret, text))
        if (given.length === wanted.length && timingSafeEqual(given, wanted)) known = true
      }
      return known
    },
  }
}
