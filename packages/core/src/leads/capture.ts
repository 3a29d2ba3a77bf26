import { addNote } from '../notes/write'
import { pickOwner } from '../records/assignment'
import { type Caller, nowOf } from '../records/caller'
import { createIn, validateCreate } from '../records/create'
import { type Engine, tableOf } from '../records/engine'
import { holdValues } from '../records/guard'
import { withOptOuts } from '../records/merge/combine'
import type { AnyRecord } from '../records/types'
import { saveChange } from '../records/update'
import { transact, type WriteSession } from '../records/write'
import { readForm } from './capture-form'
import { type CaptureOptions, type CaptureToken, checkTokens, tokenFinder } from './capture-tokens'
import { fillsOf } from './convert-values'
import { processOf } from './definition'
import { createRateLimit, DEFAULT_LIMIT } from './rate-limit'

export interface CaptureRequest {
  /** Of the form. */
  token: string
  /** What the visitor sent. See `CaptureInput`. */
  input: unknown
  /** Whom to count submissions by, such as the visitor's address. Kept in memory only, never stored. */
  ip?: string
}

/** The same whatever became of it: a new lead, one known already, or a machine's submission thrown away. */
export interface CaptureReceipt {
  received: true
}

const RECEIVED: CaptureReceipt = { received: true }

/** Takes submissions of public forms. `systemCaller` gives the system of a tenant, acting for a reason. */
export function createCapture(
  options: CaptureOptions | undefined,
  engine: Engine,
  systemCaller: (tenant: string, reason: string) => Caller,
) {
  const { tokens = [], rateLimit, honeypot = '_gotcha' } = options ?? {}
  const find = tokenFinder(checkTokens(tokens, processOf(engine)))
  const limit = createRateLimit({ ...DEFAULT_LIMIT, ...rateLimit }, engine.clock)

  return async (request: CaptureRequest): Promise<CaptureReceipt> => {
    const { token, input, ip = '' } = request ?? {}
    const form = await find(token)
    limit(`${form.token}\n${ip}`)
    const { [honeypot]: trap, ...fields } = Object(input) as Record<string, unknown>
    if (trap !== undefined && trap !== null && trap !== '') return RECEIVED
    await captureLead(
      systemCaller(form.tenant ?? 'default', `capture by ${form.name ?? form.source ?? 'website'}`),
      form,
      typeof input === 'object' ? fields : input,
    )
    return RECEIVED
  }
}

async function captureLead(caller: Caller, form: CaptureToken, input: unknown): Promise<void> {
  const { values: given, message } = readForm(input, form, nowOf(caller))
  const { source = 'website', defaults = {} } = form
  const custom = { ...(defaults.custom as object | undefined), ...(given.custom as object | undefined) }
  const values = await validateCreate(caller, 'leads', {
    source,
    ...defaults,
    ...given,
    ...(Object.keys(custom).length > 0 && { custom }),
  })
  await transact(caller, async (write) => {
    const known = await openLeadOf(write, values)
    const lead = known ? await addTo(write, known, values, given) : await createLead(write, form, values)
    if (message !== undefined) await addNote(write.inside(), { type: 'leads', id: lead.id }, message)
  })
}

async function createLead(
  write: WriteSession,
  form: CaptureToken,
  values: Record<string, unknown>,
): Promise<AnyRecord> {
  const owner =
    form.assignment && values.owner === undefined
      ? await pickOwner(write, tableOf(write.caller.engine, 'leads'), form.assignment)
      : undefined
  return createIn(write, 'leads', owner === undefined ? values : { ...values, owner })
}

/** The newest lead still worked on that has this email, or else this phone. */
async function openLeadOf(write: WriteSession, values: Record<string, unknown>): Promise<AnyRecord | undefined> {
  const { caller, all } = write
  const { engine, tenant } = caller
  const table = tableOf(engine, 'leads')
  const lock = engine.storage.dialect.forUpdate ?? ''
  for (const kind of ['email', 'phone'] as const) {
    const key = typeof values[kind] === 'string' ? engine.normalise(kind, values[kind]) : null
    if (key === null) continue
    await holdValues(write, table, kind, [key])
    const open = `r.tenant_id = ? and r.${kind}_key = ? and r.deleted_at is null and ${table.definition.open}`
    const [row] = await all(
      `select ${table.selectList} from ${table.name} r where ${open} order by r.created_at desc, r.id desc limit 1${lock}`,
      [tenant, key],
    )
    if (row) return table.read(row)
  }
  return undefined
}

/** Fills what is empty with what the form gave; one event tells that the person came again. A "no" to consent is kept. */
async function addTo(
  write: WriteSession,
  lead: AnyRecord,
  values: Record<string, unknown>,
  given: Record<string, unknown>,
): Promise<AnyRecord> {
  const ofForm = Object.fromEntries(Object.entries(values).filter(([name]) => name in given && name !== 'name'))
  const { custom, ...fills } = fillsOf(lead, ofForm)
  const after = { ...lead, ...fills, custom: { ...lead.custom, ...(custom as object | undefined) } } as AnyRecord
  if (ofForm.consent !== undefined) after.consent = withOptOuts(lead.consent, ofForm.consent)
  const touch = { source: values.source, campaign: values.campaign ?? null, landingPage: values.landingPage ?? null }
  return saveChange(
    write,
    tableOf(write.caller.engine, 'leads'),
    lead,
    after,
    new Set(Object.keys(fills)),
    'lead.recaptured',
    {
      changes: { captured: [null, touch] },
    },
  )
}
