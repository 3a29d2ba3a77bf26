export const LEAD_SOURCES = [
  'website',
  'social',
  'referral',
  'email',
  'phone',
  'event',
  'partner',
  'advertising',
  'import',
  'other',
] as const

export const LEAD_STATUSES = ['new', 'contacted', 'qualified', 'converted', 'lost'] as const
