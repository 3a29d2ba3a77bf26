/** The parts of nodemailer we use, so that it stays a choice of the host. */
export interface TransporterLike {
  // biome-ignore lint/suspicious/noExplicitAny: any release fits, with whichever transport
  sendMail(mail: any): Promise<any>
  close?(): void
}

/** What nodemailer answers. */
export interface SentInfo {
  rejectedErrors?: SmtpError[]
}

/** What nodemailer throws. */
export interface SmtpError extends Error {
  code?: string
  /** Of the socket, where nodemailer has put its own code in the place of it. */
  originalCode?: string
  /** Of the first line of the server's reply. */
  responseCode?: number
  /** The server's reply. */
  response?: string
  /** During which it failed: `RCPT TO`, `DATA`, `CONN`. */
  command?: string
  recipient?: string
  rejectedErrors?: SmtpError[]
}
