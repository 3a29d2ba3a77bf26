import { type Field, type Fields, field, server, stamped } from './field'

/** What every record has, as fields: so they filter, sort, export and log like any other. */
export const baseFields = {
  owner: field.user(),
  createdAt: stamped(field.instant()),
  createdBy: server(field.user()),
  updatedAt: stamped(field.instant()),
  updatedBy: server(field.user()),
  version: stamped(field.integer()),
  deletedAt: server(field.instant()),
  tags: { kind: 'tags', mode: 'optional' } as Field<string[], string[], 'optional'>,
  custom: field.json<Record<string, unknown>>(),
} satisfies Fields
