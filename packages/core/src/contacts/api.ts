import { type RecordApi, recordApi } from '../records/api'
import type { Caller } from '../records/caller'
import { type MergeApi, mergeApi } from '../records/merge/api'
import type { OrderBy, Where } from '../records/where'
import type { Contact, ContactPatch, contactFields, NewContact } from './definition'
import { contactEvidence } from './duplicates'
import { dealParts } from './merge'
import { attendance } from './merge-attendance'

/** Contacts: what every record has, duplicates and merging. */
export interface ContactsApi<Custom = Record<string, unknown>>
  extends RecordApi<
      Contact<Custom>,
      NewContact<Custom>,
      ContactPatch<Custom>,
      Where<typeof contactFields, Custom>,
      OrderBy<typeof contactFields, Custom>
    >,
    MergeApi<Contact<Custom>, Partial<NewContact<Custom>>> {}

export const contactsApi = (caller: Caller): ContactsApi => ({
  ...recordApi(caller, 'contacts'),
  ...mergeApi(caller, 'contacts', contactEvidence, { sides: [dealParts, attendance] }),
})
