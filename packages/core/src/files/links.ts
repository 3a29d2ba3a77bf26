import { CrmError, invalid, isCrmError } from '../kernel/errors'
import { isId } from '../kernel/ids'
import { createSigner } from '../kernel/signing'
import type { Caller } from '../records/caller'
import type { Engine } from '../records/engine'
import { notFound } from '../records/find'
import { fileOptions } from './definition'
import { type DownloadOptions, downloadOf, type FileDownload } from './download'
import { fileInReach, findVersion } from './find-version'

export interface LinkOptions {
  /** Seconds from now, up to a year. Default 3,600. */
  expiresIn?: number
  /** Number of a version. Default: whichever is the newest when the link is used. */
  version?: number
  /** Only this user may use it, and only while the file is theirs to read. Default: whoever has it. */
  user?: string
}

export interface FileLink {
  /** For `crm.download`. URL-safe. */
  token: string
  expiresAt: Date
}

/** Whose a link is. */
export interface LinkIdentity {
  /** Refuses links of other tenants, where an address belongs to one. */
  tenant?: string
  /** Who is asking: needed for links that are made out to a user. */
  user?: string
}

const YEAR = 366 * 86_400

/** What a token says, in this order. */
type Claims = [tenant: string, file: string, version: number | null, expires: number, user: string | null]

export async function linkFile(caller: Caller, id: string, options: LinkOptions = {}): Promise<FileLink> {
  const { expiresIn = 3600, version, user, ...others } = options ?? {}
  for (const key of Object.keys(others)) throw invalid(key, 'unknown-key', 'Use only: expiresIn, version, user.')
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > YEAR)
    throw invalid('expiresIn', 'out-of-range', 'Give whole seconds, from 1 to a year.')
  if (user !== undefined && typeof user !== 'string') throw invalid('user', 'wrong-type', 'Give the id of a user.')
  const file = await fileInReach(caller, id)
  if (version !== undefined) await findVersion(caller, file, version)
  const expiresAt = new Date(caller.engine.clock.now().getTime() + expiresIn * 1000)
  const claims: Claims = [caller.tenant, file.id, version ?? null, expiresAt.getTime(), user ?? null]
  const text = Buffer.from(JSON.stringify(claims)).toString('base64url')
  return { token: `${text}.${signerOf(caller.engine).sign(text)}`, expiresAt }
}

/** What a link leads to. Whatever is wrong with it, there is no such file. */
export async function openLink(
  engine: Engine,
  token: string,
  { tenant, user, range }: LinkIdentity & Pick<DownloadOptions, 'range'>,
  callerOf: (tenant: string, user: string | null) => Caller,
): Promise<FileDownload> {
  const claims = claimsOf(signerOf(engine), token)
  if (!claims) throw nowhere()
  const [ofTenant, id, version, expires, ofUser] = claims
  const isTheirs = (tenant ?? ofTenant) === ofTenant && (ofUser === null || ofUser === user)
  if (!isTheirs || engine.clock.now().getTime() >= expires) throw nowhere()
  const caller = callerOf(ofTenant, ofUser)
  const file = await fileInReach(caller, id).catch((error) => {
    throw isCrmError(error, 'NOT_FOUND') || isCrmError(error, 'FORBIDDEN') ? nowhere() : error
  })
  return downloadOf(caller, file, { ...(range && { range }), ...(version !== null && { version }) })
}

const nowhere = () => notFound('files', 'token')

function claimsOf(signer: ReturnType<typeof createSigner>, token: unknown): Claims | undefined {
  const [text, signature, ...rest] = typeof token === 'string' && token.length < 10_000 ? token.split('.') : []
  if (!text || !signature || rest.length > 0 || !signer.isSigned(text, signature)) return undefined
  const claims = JSON.parse(Buffer.from(text, 'base64url').toString()) as Claims
  return isId(claims[1]) ? claims : undefined
}

function signerOf(engine: Engine) {
  const { secrets } = fileOptions(engine)
  if (secrets.length > 0) return createSigner(secrets, 'file link')
  throw new CrmError('VALIDATION', 'This CRM signs no links.', {
    field: 'secrets',
    rule: 'no-secret',
    remedy: 'Give createCrm a secret of at least 32 random characters: secrets: [process.env.CRM_SECRET].',
  })
}
