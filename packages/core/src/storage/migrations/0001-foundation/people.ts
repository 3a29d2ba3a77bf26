import type { TableSpec } from '../../dialect'
import { columns, tenantTable } from '../../schema'

/** Users and teams, whom they share with, and whose turn it is. */
export const people: TableSpec[] = [
  tenantTable('user', {
    columns: columns(
      'id key!',
      'name text!',
      'email text',
      'time_zone key!',
      'locale key!',
      'active boolean!',
      'roles json!',
      'created_at instant!',
      'updated_at instant!',
    ),
  }),
  tenantTable('team', {
    columns: columns('id key!', 'name text!', 'parent_id key'),
    links: { parent_id: 'team' },
  }),
  tenantTable('team_member', {
    columns: columns('team_id key!', 'user_id key!'),
    key: ['team_id', 'user_id'],
    links: { team_id: 'team', user_id: 'user' },
    indexes: { user: ['user_id', 'team_id'] },
  }),
  tenantTable('share', {
    columns: columns(
      'record_type code!',
      'record_id id!',
      'grantee_kind code!',
      'grantee_id key!',
      'level code!',
      'created_at instant!',
      'created_by key',
    ),
    key: ['record_type', 'record_id', 'grantee_kind', 'grantee_id'],
    indexes: { grantee: ['record_type', 'grantee_kind', 'grantee_id', 'record_id', 'level'] },
  }),
  tenantTable('assignment_turn', { columns: columns('rule key!', 'last_user key!'), key: ['rule'] }),
]
