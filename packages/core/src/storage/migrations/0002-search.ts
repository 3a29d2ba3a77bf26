import { columns, extension } from '../schema'

/** What of a record can be found by its parts, folded; in the record's own row, so that whoever writes it keeps it in step. */
export const SEARCH_TEXT = 'search_text'

const SEARCHED = ['lead', 'contact', 'company', 'deal', 'product', 'activity', 'task']

/** Older code would leave what it writes out of the search. */
export const search = {
  version: 2,
  name: 'search',
  breaking: true,
  tables: [
    {
      name: 'search_fill',
      // Which fields the texts of a type were made of, once those of old records are made too.
      columns: columns('record_type key!', 'fields text!'),
      primaryKey: ['record_type'],
    },
  ],
  extensions: SEARCHED.map((table) => extension(table, { columns: columns(`${SEARCH_TEXT} text`) })),
  parts: SEARCHED.map((table) => ({ table, column: SEARCH_TEXT })),
}
