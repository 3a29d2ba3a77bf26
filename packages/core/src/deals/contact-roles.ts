import { invalid } from '../kernel/errors'
import { isId } from '../kernel/ids'
import { cleanText, hasForbiddenCharacters } from '../kernel/text'
import type { Caller } from '../records/caller'
import { checkFieldAccess, writeQuery } from '../records/checks'
import { tableOf } from '../records/engine'
import { findInScope, notFound, requireForWrite } from '../records/find'
import { runVerb } from '../records/idempotency'
import { type QueryContext, queryContext, readableRows } from '../records/query'
import type { AnyRecord } from '../records/types'
import { refuseIfChanged, saveChange, type UpdateOptions } from '../records/update'
import { hiddenPart, isVisible } from '../records/visibility'
import type { WriteSession } from '../records/write'
import type { Session } from '../storage/port'
import { inList, raw, sql } from '../storage/sql'
import { checkKeys, cleanFlag } from './pipeline-input'

/** A contact's part in a deal. */
export interface ContactRole {
  /** Id of the contact. */
  contact: string
  /** `Decision maker`, `Champion`, `Legal`, … in the host's own words. */
  role?: string | null
  /** The one to talk to first. The first of the list unless another one is marked. */
  primary?: boolean
}

/** A contact of a deal. */
export interface DealContact {
  contact: string
  /** Absent where the role hides names. */
  name?: string
  role: string | null
  primary: boolean
}

const MAX_CONTACTS = 100

/** Contacts of a deal that the caller may see, the primary one first. NOT_FOUND as for `get`. */
export async function dealContacts(caller: Caller, id: string): Promise<DealContact[]> {
  const query = await queryContext(caller)
  const reader = { all: caller.storage.read }
  if (!isVisible(query.actor, tableOf(query.engine, 'deals'), 'contacts')) throw hiddenPart('deals', 'contacts')
  if (!(await findInScope(query, reader, 'deals', id, 'read'))) throw notFound('deals')
  return readContacts(query, reader, id)
}

async function readContacts(query: QueryContext, reader: Pick<Session, 'all'>, deal: string): Promise<DealContact[]> {
  const table = tableOf(query.engine, 'contacts')
  const named = isVisible(query.actor, table, 'name')
  const select = sql`select d.contact_id, c.name, d.role, d.is_primary from ${raw(query.engine.storage.table('deal_contact'))} d
    join ${raw(table.name)} c on c.tenant_id = d.tenant_id and c.id = d.contact_id
    where d.tenant_id = ${query.tenant} and d.deal_id = ${deal} and ${readableRows(query, table, 'c')} order by d.is_primary desc, c.name_fold, c.id`
  return (await reader.all(select.text, select.params)).map(([contact, name, role, primary]) => ({
    contact: String(contact),
    ...(named && { name: String(name) }),
    role: role as string | null,
    primary: Boolean(primary),
  }))
}

/**
 * Makes these the contacts of a deal. Contacts on it that the caller may not see stay as they are.
 *
 * @example
 * await me.deals.setContacts(deal.id, [{ contact: ada.id, role: 'Decision maker', primary: true }, { contact: bob.id }])
 */
export async function setDealContacts(
  caller: Caller,
  id: string,
  contacts: readonly ContactRole[],
  options: UpdateOptions = {},
): Promise<DealContact[]> {
  checkKeys(options, ['ifVersion', 'idempotencyKey'], 'options')
  const wanted = cleanContacts(contacts)
  return runVerb(caller, 'deals.setContacts', [id, contacts, options.ifVersion], options, async (write) => {
    const table = tableOf(caller.engine, 'deals')
    const deal = await requireForWrite(write, 'deals', id, 'update')
    checkFieldAccess(write, table, { contacts })
    if (options.ifVersion !== undefined) await refuseIfChanged(write, table, deal, options.ifVersion, ['contacts'])
    await setContactsIn(write, deal, wanted)
    return readContacts(writeQuery(write), write, id)
  })
}

function cleanContacts(contacts: readonly ContactRole[]): Required<ContactRole>[] {
  if (!Array.isArray(contacts) || contacts.length > MAX_CONTACTS) {
    throw invalid('contacts', 'wrong-type', `Give a list of at most ${MAX_CONTACTS} contacts.`)
  }
  const clean = contacts.map((one, index) => cleanContact(one, `contacts.${index}`))
  const twice = clean.findIndex(({ contact }, index) => clean.findIndex((other) => other.contact === contact) < index)
  if (twice >= 0) throw invalid(`contacts.${twice}.contact`, 'duplicate', 'Give each contact once.')
  const second = clean.filter(({ primary }) => primary)[1]
  if (second) throw invalid(`contacts.${clean.indexOf(second)}.primary`, 'duplicate', 'Mark one contact as primary.')
  return clean
}

function cleanContact(input: ContactRole, path: string): Required<ContactRole> {
  checkKeys(input, ['contact', 'role', 'primary'], path)
  const { contact, role = null, primary = false } = input
  if (!isId(contact))
    throw invalid(`${path}.contact`, 'invalid-id', 'Give the id of a contact, as the SDK returned it.')
  const text = typeof role === 'string' ? cleanText(role) : role
  const fine = text === null || (typeof text === 'string' && text.length <= 120 && !hasForbiddenCharacters(text))
  if (!fine) throw invalid(`${path}.role`, 'invalid-text', 'Give at most 120 characters of text.')
  return { contact, role: text || null, primary: cleanFlag(primary, `${path}.primary`) }
}

/** The same inside an open transaction, from clean values: for verbs that make a deal with its contacts. */
export async function setContactsIn(
  write: WriteSession,
  deal: AnyRecord,
  wanted: readonly ContactRole[],
): Promise<AnyRecord> {
  const { caller } = write
  const query = writeQuery(write)
  await requireReadable(
    write,
    query,
    wanted.map(({ contact }) => contact),
  )
  const before = (await readContacts(query, write, deal.id)).map(({ contact, role, primary }) => ({
    contact,
    role,
    primary,
  }))
  const unseenPrimary = await hasUnseenPrimary(
    write,
    deal.id,
    before.map(({ contact }) => contact),
  )
  const marked = wanted.some(({ primary }) => primary)
  const after = wanted.map(({ contact, role = null, primary = false }, index) => ({
    contact,
    role,
    primary: primary || (!marked && !unseenPrimary && index === 0),
  }))
  const key = (one: { contact: string }) => one.contact
  const sorted = (list: typeof after) => JSON.stringify([...list].sort((a, b) => (key(a) < key(b) ? -1 : 1)))
  if (sorted(before) === sorted(after)) return deal
  await replaceContacts(write, deal.id, before.map(key), after)
  const involved = [...new Set([...before, ...after].map(key))]
  const about = involved.map((id) => ({ type: 'contacts' as const, id }))
  const changes = { contacts: [before, after] as const }
  return saveChange(write, tableOf(caller.engine, 'deals'), deal, { ...deal }, new Set(), 'deal.contacts_changed', {
    changes,
    about,
  })
}

async function requireReadable(write: WriteSession, query: QueryContext, ids: readonly string[]) {
  if (ids.length === 0) return
  const table = tableOf(query.engine, 'contacts')
  const select = sql`select r.id from ${raw(table.name)} r where ${readableRows(query, table, 'r')} and ${inList(raw('r.id'), ids)}`
  const found = new Set((await write.all(select.text, select.params)).map(([id]) => id))
  const missing = ids.findIndex((id) => !found.has(id))
  if (missing < 0) return
  throw invalid(
    `contacts.${missing}.contact`,
    'missing-target',
    'Give the id of one of your contacts; this one does not exist, is deleted, or is out of your reach.',
  )
}

async function hasUnseenPrimary(
  { caller, all }: WriteSession,
  deal: string,
  seen: readonly string[],
): Promise<boolean> {
  const { storage, tenant } = caller
  const rows = await all(
    `select contact_id from ${storage.table('deal_contact')} where tenant_id = ? and deal_id = ? and is_primary = 1`,
    [tenant, deal],
  )
  return rows.some(([contact]) => !seen.includes(String(contact)))
}

async function replaceContacts(
  write: WriteSession,
  deal: string,
  seen: readonly string[],
  contacts: readonly Required<ContactRole>[],
) {
  const { storage, tenant } = write.caller
  const table = storage.table('deal_contact')
  if (contacts.some(({ primary }) => primary)) {
    await write.send(`update ${table} set is_primary = 0 where tenant_id = ? and deal_id = ? and is_primary = 1`, [
      tenant,
      deal,
    ])
  }
  const gone = [...new Set([...seen, ...contacts.map(({ contact }) => contact)])]
  const remove = sql`delete from ${raw(table)} where tenant_id = ${tenant} and deal_id = ${deal} and ${inList(raw('contact_id'), gone)}`
  await write.send(remove.text, remove.params)
  if (contacts.length === 0) return
  const rows = contacts.map(() => '(?, ?, ?, ?, ?)').join(', ')
  const values = contacts.flatMap(({ contact, role, primary }) => [tenant, deal, contact, role, primary ? 1 : 0])
  await write.send(`insert into ${table} (tenant_id, deal_id, contact_id, role, is_primary) values ${rows}`, values)
}
