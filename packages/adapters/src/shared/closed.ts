import { CrmError } from '@rapport/core/storage'

export const closedError = () =>
  new CrmError('CLOSED', 'This CRM is closed.', {
    field: 'crm',
    rule: 'closed',
    remedy: 'Create the CRM once at start-up and call `crm.close()` only at shutdown.',
  })
