import { isCrmError, type RecordType } from '@rapport/core'
import { type Client, type Room, room } from './crm'
import type { Known } from './hostile-reads'
import type { Ref } from './hostile-values'
import type { Operation } from './hostile-writes'
import { everyReport, runReport } from './reports'

type Seen = Record<string, unknown> & { id: string }

/** What was made so far, by type; `merges` too. The same for all CRMs, for their ids are the same. */
export type Made = Record<string, Seen[]>

const of = (made: Made, type: string, pick: number): Seen | undefined => made[type]?.[pick % (made[type]?.length || 1)]

/** The operation with real values where something stood for them; what there is not falls away. */
export function resolved(value: unknown, made: Made, type: string): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (Array.isArray(value)) return value.map((one) => resolved(one, made, type)).filter((one) => one !== undefined)
  if ('ref' in value) return of(made, (value as Ref).ref, (value as Ref).pick)?.id
  if ('known' in value) return spelt(value as Known, made, type)
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, resolved(inner, made, type)] as const)
      .filter(([, inner]) => inner !== undefined),
  )
}

function spelt({ known, pick, as }: Known, made: Made, type: string): unknown {
  const record = of(made, type, pick)
  const found = known
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], record)
  const value = Array.isArray(found) ? found[0] : found
  if (typeof value !== 'string') return value ?? 'a'
  if (as === 'part') return [...value].slice(1, 4).join('') || value
  const asked = value.slice(0, 500)
  return as === 'upper'
    ? asked.toUpperCase()
    : as === 'lower'
      ? asked.toLowerCase()
      : as === 'padded'
        ? `${asked} `
        : asked
}

async function drained(source: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const one of source) all.push(one)
  return all
}

async function pages(ask: (after: string | null) => Promise<{ nextCursor: string | null }>): Promise<unknown[]> {
  const all: unknown[] = []
  let after: string | null = null
  do {
    const page = await ask(after)
    all.push(page)
    after = page.nextCursor
  } while (after && all.length < 40)
  return all
}

/** With as much of the values as the rules of the room let pass; and what they said of the others. */
async function withoutRefused(values: Record<string, unknown>, work: (left: object) => Promise<unknown>) {
  const refused: unknown[] = []
  const left = structuredClone(values)
  for (;;) {
    try {
      return { record: await work(left), refused }
    } catch (error) {
      const dropped = isCrmError(error) && error.problems.filter(({ field }) => drop(left, field)).length > 0
      if (!dropped) throw error
      refused.push(error.toJSON())
    }
  }
}

/** Whether there was such a value to leave out. */
function drop(values: Record<string, unknown>, field: string | undefined): boolean {
  const [name = '', inner = ''] = field?.split('.') ?? []
  const within = name === 'custom' && inner ? (values.custom as Record<string, unknown> | undefined) : values
  const key = within === values ? name : inner
  if (!within || !(key in within)) return false
  delete within[key]
  return true
}

// biome-ignore lint/suspicious/noExplicitAny: rooms and what they take are not told apart here
type Untyped = any

type Do = (
  api: Untyped,
  id: string,
  more: Untyped,
  client: Client,
  type: RecordType,
  made: Made,
  pick: number,
) => Promise<unknown>

const DOES: Record<string, Do> = {
  create: (api, _, { values, options }) => withoutRefused(values, (left) => api.create(left, options)),
  createMany: (api, _, { values }) => api.createMany(values),
  update: (api, id, { values, options }) => withoutRefused(values, (left) => api.update(id, left, options)),
  delete: (api, id, { options }) => api.delete(id, options && { idempotencyKey: options.idempotencyKey }),
  restore: (api, id) => api.restore(id),
  purge: (api, id) => api.purge(id),
  assign: (api, id, { to }) => api.assign(id, to),
  share: (api, id, share) => api.share(id, share),
  note: (_, id, { text }, client, type) => client.notes.add({ type, id }, text),
  renameTag: (_, __, { from, to }, client, type) => client.tags.rename(type, from, to),
  merge: (api, id, { losers }) => api.merge(id, losers),
  unmerge: (api, _, __, ___, ____, made, pick) => api.unmerge(of(made, 'merges', pick)?.id),
  duplicates: (api, id) => api.duplicates(id),
  convert: (api, id, { input }) => api.convert(id, input),
  previewConvert: (api, id) => api.previewConvert(id),
  async import(api, _, { csv, mode }) {
    const failed: string[] = []
    const result = await api.import(csv, {
      mode,
      mapping: { Word: 'custom.word' },
      ...(mode !== 'create' && { key: 'email' }),
      onFailedRows: (piece: string) => void failed.push(piece),
    })
    return { result, failed: failed.join('') }
  },
  move: (api, id, { stage, details }) => api.moveTo(id, stage, details),
  win: (api, id) => api.win(id),
  lose: (api, id, { loss }) => api.lose(id, loss),
  reopen: (api, id) => api.reopen(id),
  lines: (api, id, { lines }) => api.setLines(id, lines),
  contacts: (api, id, { contacts }) => api.setContacts(id, contacts),
  complete: (api, id) => api.complete(id),

  get: (api, id) => api.get(id),
  list: (api, _, { query }) => pages((after) => api.list({ ...query, ...(after && { after }) })),
  tags: (_, __, ___, client, type) => client.tags.list(type),
  timeline: (_, id, { limit }, client, type) => pages((after) => client.timeline({ type, id }, { limit, after })),
  export: async (api, _, { query }) => (await drained(api.export(query))).join(''),
  report(_, __, { at, where }, client) {
    const all = everyReport(client)
    const { name, request } = all[at % all.length] as (typeof all)[number]
    return runReport(client, name, where ? { ...request, where } : request).then((answer) => ({
      name,
      request,
      answer,
    }))
  },
  search: (_, __, { text }, client) => client.search(text, { limit: 50 }),
  audit: (_, __, { limit }, client) => pages((after) => client.audit({ limit, after })),
}

/** Makes the call. */
export const perform = (client: Client, { does, type, pick, more }: Operation, made: Made): Promise<unknown> =>
  (DOES[does] as Do)(
    room(client, type) as Room,
    of(made, type, pick)?.id ?? '01890000-0000-7000-8000-000000000000',
    resolved(more, made, type),
    client,
    type,
    made,
    pick,
  )

/** Keeps what the answer brought, for later operations. */
export function remember(made: Made, { does, type }: Operation, answer: unknown) {
  const add = (to: string, one: unknown) => {
    if (one) made[to] = [...(made[to] ?? []), one as Seen]
  }
  if (does === 'create') add(type, (answer as { record: unknown }).record)
  if (does === 'createMany') for (const { value } of answer as { value?: unknown }[]) add(type, value)
  if (does === 'merge') add('merges', answer)
  if (does !== 'convert') return
  const { contact, company, deal } = answer as Record<string, unknown>
  add('contacts', contact)
  add('companies', company)
  add('deals', deal)
}
