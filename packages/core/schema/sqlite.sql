CREATE TRIGGER crm_activity_search_changed after update of search_text on crm_activity when new.search_text is not old.search_text begin
  update crm_activity_search set id = null where tenant_id = old.tenant_id and id = old.id;
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_activity_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_activity_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TRIGGER crm_activity_search_gone after delete on crm_activity begin
  update crm_activity_search set id = null where tenant_id = old.tenant_id and id = old.id;
end;

CREATE TRIGGER crm_activity_search_new after insert on crm_activity when new.search_text is not null begin
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_activity_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_activity_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TABLE crm_activity (
  tenant_id text not null,
  id text not null,
  kind text not null,
  subject text,
  body text,
  occurred_at integer not null,
  duration integer,
  outcome text,
  direction text,
  participants text,
  lead text,
  contact text,
  company text,
  deal text,
  owner text,
  created_at integer not null,
  created_by text,
  updated_at integer not null,
  updated_by text,
  version integer not null,
  deleted_at integer,
  tags text,
  custom text, search_text text,
  primary key (tenant_id, id),
  foreign key (tenant_id, lead) references crm_lead (tenant_id, id),
  foreign key (tenant_id, contact) references crm_contact (tenant_id, id),
  foreign key (tenant_id, company) references crm_company (tenant_id, id),
  foreign key (tenant_id, deal) references crm_deal (tenant_id, id)
) strict;

CREATE INDEX crm_activity_company on crm_activity (tenant_id, company, occurred_at) where company is not null;

CREATE INDEX crm_activity_contact on crm_activity (tenant_id, contact, occurred_at) where contact is not null;

CREATE INDEX crm_activity_deal on crm_activity (tenant_id, deal, occurred_at) where deal is not null;

CREATE INDEX crm_activity_figures on crm_activity (tenant_id, owner, kind, occurred_at, id, deleted_at) where deleted_at is null;

CREATE INDEX crm_activity_lead on crm_activity (tenant_id, lead, occurred_at) where lead is not null;

CREATE INDEX crm_activity_occurred on crm_activity (tenant_id, occurred_at, id) where deleted_at is null;

CREATE INDEX crm_activity_owner_occurred on crm_activity (tenant_id, owner, occurred_at, id) where deleted_at is null;

CREATE VIRTUAL TABLE crm_activity_parts using fts5 (text, content = '', detail = none, tokenize = 'trigram');

CREATE TABLE 'crm_activity_parts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'crm_activity_parts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'crm_activity_parts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'crm_activity_parts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TRIGGER crm_activity_search_full after insert on crm_activity_search when new.doc % 512 = 0 begin
  insert into crm_activity_parts (rowid, text) select d.doc, r.search_text from crm_activity_search d
    cross join crm_activity r on r.tenant_id = d.tenant_id and r.id = d.id
    where d.doc > new.doc - 512 and d.doc <= new.doc;
end;

CREATE TABLE crm_activity_search (doc integer primary key, tenant_id text not null, id text, unique (tenant_id, id)) strict;

CREATE TABLE crm_assignment_turn (
  tenant_id text not null,
  rule text not null,
  last_user text not null,
  primary key (tenant_id, rule)
) strict;

CREATE TABLE crm_calendar_feed (
  tenant_id text not null,
  user_id text not null,
  secret text not null,
  created_at integer not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references crm_user (tenant_id, id)
) strict;

CREATE UNIQUE INDEX crm_calendar_feed_secret on crm_calendar_feed (tenant_id, secret);

CREATE TABLE crm_checklist_item (
  tenant_id text not null,
  id text not null,
  task_id text not null,
  position integer not null,
  text text not null,
  done_at integer,
  done_by text,
  primary key (tenant_id, id),
  foreign key (tenant_id, task_id) references crm_task (tenant_id, id)
) strict;

CREATE INDEX crm_checklist_item_task on crm_checklist_item (tenant_id, task_id, position);

CREATE TRIGGER crm_company_search_changed after update of search_text on crm_company when new.search_text is not old.search_text begin
  update crm_company_search set id = null where tenant_id = old.tenant_id and id = old.id;
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_company_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_company_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TRIGGER crm_company_search_gone after delete on crm_company begin
  update crm_company_search set id = null where tenant_id = old.tenant_id and id = old.id;
end;

CREATE TRIGGER crm_company_search_new after insert on crm_company when new.search_text is not null begin
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_company_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_company_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TABLE crm_company (
  tenant_id text not null,
  id text not null,
  name text not null,
  name_fold text not null,
  domain text,
  domain_key text,
  industry text,
  size integer,
  revenue integer,
  revenue_currency text,
  phone text,
  phone_key text,
  website text,
  description text,
  address text,
  parent text,
  last_activity_at integer,
  next_activity_at integer,
  owner text,
  created_at integer not null,
  created_by text,
  updated_at integer not null,
  updated_by text,
  version integer not null,
  deleted_at integer,
  tags text,
  custom text, search_text text,
  primary key (tenant_id, id),
  foreign key (tenant_id, parent) references crm_company (tenant_id, id)
) strict;

CREATE INDEX crm_company_created on crm_company (tenant_id, created_at, id, owner) where deleted_at is null;

CREATE INDEX crm_company_domain on crm_company (tenant_id, domain_key) where domain_key is not null;

CREATE INDEX crm_company_name on crm_company (tenant_id, name_fold, id) where deleted_at is null;

CREATE INDEX crm_company_owner_created on crm_company (tenant_id, owner, created_at, id) where deleted_at is null;

CREATE INDEX crm_company_owner_name on crm_company (tenant_id, owner, name_fold, id) where deleted_at is null;

CREATE INDEX crm_company_owner_quiet on crm_company (tenant_id, owner, last_activity_at, id) where deleted_at is null;

CREATE INDEX crm_company_owner_unplanned on crm_company (tenant_id, owner, created_at, id, next_activity_at) where next_activity_at is null and deleted_at is null;

CREATE INDEX crm_company_owner_updated on crm_company (tenant_id, owner, updated_at, id) where deleted_at is null;

CREATE INDEX crm_company_parent on crm_company (tenant_id, parent) where parent is not null;

CREATE INDEX crm_company_phone on crm_company (tenant_id, phone_key) where phone_key is not null;

CREATE INDEX crm_company_quiet on crm_company (tenant_id, last_activity_at, id) where deleted_at is null;

CREATE INDEX crm_company_unplanned on crm_company (tenant_id, created_at, id, next_activity_at) where next_activity_at is null and deleted_at is null;

CREATE INDEX crm_company_updated on crm_company (tenant_id, updated_at, id) where deleted_at is null;

CREATE VIRTUAL TABLE crm_company_parts using fts5 (text, content = '', detail = none, tokenize = 'trigram');

CREATE TABLE 'crm_company_parts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'crm_company_parts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'crm_company_parts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'crm_company_parts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TRIGGER crm_company_search_full after insert on crm_company_search when new.doc % 512 = 0 begin
  insert into crm_company_parts (rowid, text) select d.doc, r.search_text from crm_company_search d
    cross join crm_company r on r.tenant_id = d.tenant_id and r.id = d.id
    where d.doc > new.doc - 512 and d.doc <= new.doc;
end;

CREATE TABLE crm_company_search (doc integer primary key, tenant_id text not null, id text, unique (tenant_id, id)) strict;

CREATE TRIGGER crm_contact_search_changed after update of search_text on crm_contact when new.search_text is not old.search_text begin
  update crm_contact_search set id = null where tenant_id = old.tenant_id and id = old.id;
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_contact_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_contact_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TRIGGER crm_contact_search_gone after delete on crm_contact begin
  update crm_contact_search set id = null where tenant_id = old.tenant_id and id = old.id;
end;

CREATE TRIGGER crm_contact_search_new after insert on crm_contact when new.search_text is not null begin
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_contact_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_contact_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TABLE crm_contact (
  tenant_id text not null,
  id text not null,
  first_name text,
  last_name text,
  name text not null,
  name_fold text not null,
  email text,
  email_key text,
  phone text,
  phone_key text,
  emails text,
  phones text,
  addresses text,
  company text,
  title text,
  source text,
  consent text,
  last_activity_at integer,
  next_activity_at integer,
  owner text,
  created_at integer not null,
  created_by text,
  updated_at integer not null,
  updated_by text,
  version integer not null,
  deleted_at integer,
  tags text,
  custom text, search_text text,
  primary key (tenant_id, id),
  foreign key (tenant_id, company) references crm_company (tenant_id, id)
) strict;

CREATE INDEX crm_contact_company on crm_contact (tenant_id, company, created_at, id) where company is not null;

CREATE INDEX crm_contact_created on crm_contact (tenant_id, created_at, id, owner) where deleted_at is null;

CREATE INDEX crm_contact_name on crm_contact (tenant_id, name_fold, id) where deleted_at is null;

CREATE INDEX crm_contact_owner_created on crm_contact (tenant_id, owner, created_at, id) where deleted_at is null;

CREATE INDEX crm_contact_owner_name on crm_contact (tenant_id, owner, name_fold, id) where deleted_at is null;

CREATE INDEX crm_contact_owner_quiet on crm_contact (tenant_id, owner, last_activity_at, id) where deleted_at is null;

CREATE INDEX crm_contact_owner_unplanned on crm_contact (tenant_id, owner, created_at, id, next_activity_at) where next_activity_at is null and deleted_at is null;

CREATE INDEX crm_contact_owner_updated on crm_contact (tenant_id, owner, updated_at, id) where deleted_at is null;

CREATE INDEX crm_contact_quiet on crm_contact (tenant_id, last_activity_at, id) where deleted_at is null;

CREATE INDEX crm_contact_unplanned on crm_contact (tenant_id, created_at, id, next_activity_at) where next_activity_at is null and deleted_at is null;

CREATE INDEX crm_contact_updated on crm_contact (tenant_id, updated_at, id) where deleted_at is null;

CREATE VIRTUAL TABLE crm_contact_parts using fts5 (text, content = '', detail = none, tokenize = 'trigram');

CREATE TABLE 'crm_contact_parts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'crm_contact_parts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'crm_contact_parts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'crm_contact_parts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TRIGGER crm_contact_search_full after insert on crm_contact_search when new.doc % 512 = 0 begin
  insert into crm_contact_parts (rowid, text) select d.doc, r.search_text from crm_contact_search d
    cross join crm_contact r on r.tenant_id = d.tenant_id and r.id = d.id
    where d.doc > new.doc - 512 and d.doc <= new.doc;
end;

CREATE TABLE crm_contact_search (doc integer primary key, tenant_id text not null, id text, unique (tenant_id, id)) strict;

CREATE TABLE crm_day_off (
  tenant_id text not null,
  user_id text not null,
  day text not null,
  name text,
  primary key (tenant_id, user_id, day)
) strict;

CREATE TRIGGER crm_deal_search_changed after update of search_text on crm_deal when new.search_text is not old.search_text begin
  update crm_deal_search set id = null where tenant_id = old.tenant_id and id = old.id;
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_deal_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_deal_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TRIGGER crm_deal_search_gone after delete on crm_deal begin
  update crm_deal_search set id = null where tenant_id = old.tenant_id and id = old.id;
end;

CREATE TRIGGER crm_deal_search_new after insert on crm_deal when new.search_text is not null begin
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_deal_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_deal_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TABLE crm_deal (
  tenant_id text not null,
  id text not null,
  title text not null,
  title_fold text not null,
  amount integer,
  amount_currency text,
  pipeline text not null,
  stage text not null,
  status text not null,
  probability integer not null,
  expected_close_date text,
  closed_at integer,
  closed_rate text,
  closed_rate_currency text,
  stage_entered_at integer not null,
  company text,
  lead text,
  source text,
  lost_reason text,
  lost_note text,
  last_activity_at integer,
  next_activity_at integer,
  owner text,
  created_at integer not null,
  created_by text,
  updated_at integer not null,
  updated_by text,
  version integer not null,
  deleted_at integer,
  tags text,
  custom text, search_text text,
  primary key (tenant_id, id),
  foreign key (tenant_id, pipeline) references crm_pipeline (tenant_id, id),
  foreign key (tenant_id, stage) references crm_stage (tenant_id, id),
  foreign key (tenant_id, company) references crm_company (tenant_id, id),
  foreign key (tenant_id, lead) references crm_lead (tenant_id, id)
) strict;

CREATE INDEX crm_deal_board on crm_deal (tenant_id, stage, created_at, id, owner, deleted_at) where deleted_at is null;

CREATE INDEX crm_deal_closed on crm_deal (tenant_id, closed_at, owner, status, amount_currency, amount, closed_rate_currency, closed_rate, created_at, pipeline, source, id, deleted_at) where closed_at is not null and deleted_at is null;

CREATE INDEX crm_deal_closing on crm_deal (tenant_id, expected_close_date, id) where deleted_at is null;

CREATE INDEX crm_deal_company on crm_deal (tenant_id, company, created_at, id) where company is not null;

CREATE INDEX crm_deal_created on crm_deal (tenant_id, created_at, id, owner, status, stage, deleted_at) where deleted_at is null;

CREATE INDEX crm_deal_lead on crm_deal (tenant_id, lead) where lead is not null;

CREATE INDEX crm_deal_name on crm_deal (tenant_id, title_fold, id) where deleted_at is null;

CREATE INDEX crm_deal_open on crm_deal (tenant_id, expected_close_date, owner, stage, amount_currency, amount, probability, pipeline, source, id, closed_at, deleted_at) where closed_at is null and deleted_at is null;

CREATE INDEX crm_deal_owner_closed on crm_deal (tenant_id, owner, closed_at, status, amount_currency, amount, closed_rate_currency, closed_rate, created_at, pipeline, source, id, deleted_at) where closed_at is not null and deleted_at is null;

CREATE INDEX crm_deal_owner_closing on crm_deal (tenant_id, owner, expected_close_date, id) where deleted_at is null;

CREATE INDEX crm_deal_owner_created on crm_deal (tenant_id, owner, created_at, id, status, stage, deleted_at) where deleted_at is null;

CREATE INDEX crm_deal_owner_name on crm_deal (tenant_id, owner, title_fold, id) where deleted_at is null;

CREATE INDEX crm_deal_owner_quiet on crm_deal (tenant_id, owner, last_activity_at, id) where deleted_at is null;

CREATE INDEX crm_deal_owner_unplanned on crm_deal (tenant_id, owner, created_at, id, next_activity_at) where next_activity_at is null and deleted_at is null;

CREATE INDEX crm_deal_owner_updated on crm_deal (tenant_id, owner, updated_at, id) where deleted_at is null;

CREATE INDEX crm_deal_quiet on crm_deal (tenant_id, last_activity_at, id) where deleted_at is null;

CREATE INDEX crm_deal_unplanned on crm_deal (tenant_id, created_at, id, next_activity_at) where next_activity_at is null and deleted_at is null;

CREATE INDEX crm_deal_updated on crm_deal (tenant_id, updated_at, id) where deleted_at is null;

CREATE TABLE crm_deal_contact (
  tenant_id text not null,
  deal_id text not null,
  contact_id text not null,
  role text,
  is_primary integer not null,
  primary key (tenant_id, deal_id, contact_id),
  foreign key (tenant_id, deal_id) references crm_deal (tenant_id, id),
  foreign key (tenant_id, contact_id) references crm_contact (tenant_id, id)
) strict;

CREATE INDEX crm_deal_contact_contact on crm_deal_contact (tenant_id, contact_id, deal_id);

CREATE TABLE crm_deal_line (
  tenant_id text not null,
  id text not null,
  deal_id text not null,
  position integer not null,
  product_id text,
  name text not null,
  quantity text not null,
  unit_price integer not null,
  discount_percent text not null,
  tax_percent text not null,
  net integer not null,
  tax integer not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, deal_id) references crm_deal (tenant_id, id),
  foreign key (tenant_id, product_id) references crm_product (tenant_id, id)
) strict;

CREATE INDEX crm_deal_line_deal on crm_deal_line (tenant_id, deal_id, position);

CREATE VIRTUAL TABLE crm_deal_parts using fts5 (text, content = '', detail = none, tokenize = 'trigram');

CREATE TABLE 'crm_deal_parts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'crm_deal_parts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'crm_deal_parts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'crm_deal_parts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TRIGGER crm_deal_search_full after insert on crm_deal_search when new.doc % 512 = 0 begin
  insert into crm_deal_parts (rowid, text) select d.doc, r.search_text from crm_deal_search d
    cross join crm_deal r on r.tenant_id = d.tenant_id and r.id = d.id
    where d.doc > new.doc - 512 and d.doc <= new.doc;
end;

CREATE TABLE crm_deal_search (doc integer primary key, tenant_id text not null, id text, unique (tenant_id, id)) strict;

CREATE TABLE crm_delivery (
  tenant_id text not null,
  event_id text not null,
  subscriber text not null,
  attempts integer not null,
  due_at integer,
  last_error text,
  state text not null,
  primary key (tenant_id, event_id, subscriber),
  foreign key (tenant_id, event_id) references crm_event (tenant_id, id)
) strict;

CREATE INDEX crm_delivery_dead on crm_delivery (state, event_id) where state = 'dead';

CREATE INDEX crm_delivery_due on crm_delivery (due_at, event_id) where due_at is not null;

CREATE TABLE crm_event (
  tenant_id text not null,
  id text not null,
  at integer not null,
  name text not null,
  record_type text not null,
  record_id text not null,
  record_version integer not null,
  actor text,
  reason text,
  changes text not null,
  about text,
  silent integer not null,
  pending integer,
  primary key (tenant_id, id)
) strict;

CREATE INDEX crm_event_actor on crm_event (tenant_id, actor, at, id);

CREATE INDEX crm_event_at on crm_event (tenant_id, at, id);

CREATE INDEX crm_event_name on crm_event (tenant_id, name, at, id);

CREATE INDEX crm_event_pending on crm_event (pending, id) where pending = 1;

CREATE INDEX crm_event_record on crm_event (tenant_id, record_id, at, id);

CREATE TABLE crm_event_about (
  tenant_id text not null,
  record_id text not null,
  at integer not null,
  event_id text not null,
  primary key (tenant_id, record_id, at, event_id),
  foreign key (tenant_id, event_id) references crm_event (tenant_id, id)
) strict;

CREATE INDEX crm_event_about_event on crm_event_about (tenant_id, event_id);

CREATE TABLE crm_exchange_rate (
  tenant_id text not null,
  from_currency text not null,
  to_currency text not null,
  day text not null,
  rate text not null,
  primary key (tenant_id, from_currency, to_currency, day)
) strict;

CREATE TRIGGER crm_file_search_changed after update of search_text on crm_file when new.search_text is not old.search_text begin
  update crm_file_search set id = null where tenant_id = old.tenant_id and id = old.id;
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_file_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_file_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TRIGGER crm_file_search_gone after delete on crm_file begin
  update crm_file_search set id = null where tenant_id = old.tenant_id and id = old.id;
end;

CREATE TRIGGER crm_file_search_new after insert on crm_file when new.search_text is not null begin
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_file_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_file_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TABLE crm_file (
  tenant_id text not null,
  id text not null,
  name text not null,
  name_fold text not null,
  category text not null,
  type text not null,
  size integer not null,
  sha256 text not null,
  content_version integer not null,
  lead text,
  contact text,
  company text,
  deal text,
  search_text text,
  owner text,
  created_at integer not null,
  created_by text,
  updated_at integer not null,
  updated_by text,
  version integer not null,
  deleted_at integer,
  tags text,
  custom text,
  primary key (tenant_id, id),
  foreign key (tenant_id, lead) references crm_lead (tenant_id, id),
  foreign key (tenant_id, contact) references crm_contact (tenant_id, id),
  foreign key (tenant_id, company) references crm_company (tenant_id, id),
  foreign key (tenant_id, deal) references crm_deal (tenant_id, id)
) strict;

CREATE INDEX crm_file_company on crm_file (tenant_id, company, created_at, id) where company is not null;

CREATE INDEX crm_file_contact on crm_file (tenant_id, contact, created_at, id) where contact is not null;

CREATE INDEX crm_file_created on crm_file (tenant_id, created_at, id, owner) where deleted_at is null;

CREATE INDEX crm_file_deal on crm_file (tenant_id, deal, created_at, id) where deal is not null;

CREATE INDEX crm_file_lead on crm_file (tenant_id, lead, created_at, id) where lead is not null;

CREATE INDEX crm_file_name on crm_file (tenant_id, name_fold, id) where deleted_at is null;

CREATE INDEX crm_file_owner_created on crm_file (tenant_id, owner, created_at, id) where deleted_at is null;

CREATE INDEX crm_file_owner_name on crm_file (tenant_id, owner, name_fold, id) where deleted_at is null;

CREATE INDEX crm_file_owner_updated on crm_file (tenant_id, owner, updated_at, id) where deleted_at is null;

CREATE INDEX crm_file_updated on crm_file (tenant_id, updated_at, id) where deleted_at is null;

CREATE TABLE crm_file_chunk (
  tenant_id text not null,
  content_id text not null,
  seq integer not null,
  bytes blob not null,
  primary key (tenant_id, content_id, seq)
) strict;

CREATE VIRTUAL TABLE crm_file_parts using fts5 (text, content = '', detail = none, tokenize = 'trigram');

CREATE TABLE 'crm_file_parts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'crm_file_parts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'crm_file_parts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'crm_file_parts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TRIGGER crm_file_search_full after insert on crm_file_search when new.doc % 512 = 0 begin
  insert into crm_file_parts (rowid, text) select d.doc, r.search_text from crm_file_search d
    cross join crm_file r on r.tenant_id = d.tenant_id and r.id = d.id
    where d.doc > new.doc - 512 and d.doc <= new.doc;
end;

CREATE TABLE crm_file_search (doc integer primary key, tenant_id text not null, id text, unique (tenant_id, id)) strict;

CREATE TABLE crm_file_version (
  tenant_id text not null,
  id text not null,
  file_id text,
  number integer,
  type text,
  size integer,
  sha256 text,
  created_at integer not null,
  created_by text,
  free_at integer not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, file_id) references crm_file (tenant_id, id)
) strict;

CREATE INDEX crm_file_version_free on crm_file_version (file_id, free_at, id) where file_id is null;

CREATE UNIQUE INDEX crm_file_version_number on crm_file_version (tenant_id, file_id, number) where file_id is not null;

CREATE TABLE crm_idempotency (
  tenant_id text not null,
  actor text not null,
  idempotency_key text not null,
  request_hash text not null,
  result text,
  created_at integer not null,
  primary key (tenant_id, actor, idempotency_key)
) strict;

CREATE INDEX crm_idempotency_age on crm_idempotency (created_at);

CREATE TABLE crm_import_job (
  tenant_id text not null,
  id text not null,
  record_type text not null,
  fingerprint text not null,
  state text not null,
  lines_done integer not null,
  counts text not null,
  created_at integer not null,
  created_by text,
  updated_at integer not null,
  primary key (tenant_id, id)
) strict;

CREATE TRIGGER crm_lead_search_changed after update of search_text on crm_lead when new.search_text is not old.search_text begin
  update crm_lead_search set id = null where tenant_id = old.tenant_id and id = old.id;
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_lead_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_lead_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TRIGGER crm_lead_search_gone after delete on crm_lead begin
  update crm_lead_search set id = null where tenant_id = old.tenant_id and id = old.id;
end;

CREATE TRIGGER crm_lead_search_new after insert on crm_lead when new.search_text is not null begin
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_lead_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_lead_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TABLE crm_lead (
  tenant_id text not null,
  id text not null,
  name text not null,
  name_fold text not null,
  first_name text,
  last_name text,
  email text,
  email_key text,
  phone text,
  phone_key text,
  company text,
  company_fold text,
  title text,
  source text not null,
  status text not null,
  score integer,
  medium text,
  campaign text,
  referrer text,
  landing_page text,
  utm text,
  consent text,
  lost_reason text,
  lost_note text,
  converted_at integer,
  converted_by text,
  converted_contact_id text,
  converted_company_id text,
  converted_deal_id text,
  last_activity_at integer,
  next_activity_at integer,
  owner text,
  created_at integer not null,
  created_by text,
  updated_at integer not null,
  updated_by text,
  version integer not null,
  deleted_at integer,
  tags text,
  custom text, search_text text,
  primary key (tenant_id, id)
) strict;

CREATE INDEX crm_lead_by_source on crm_lead (tenant_id, source, created_at, converted_at, owner, id, deleted_at) where deleted_at is null;

CREATE INDEX crm_lead_converted on crm_lead (tenant_id, source, converted_at, owner, id, deleted_at) where converted_at is not null and deleted_at is null;

CREATE INDEX crm_lead_converted_company on crm_lead (tenant_id, converted_company_id) where converted_company_id is not null;

CREATE INDEX crm_lead_converted_contact on crm_lead (tenant_id, converted_contact_id) where converted_contact_id is not null;

CREATE INDEX crm_lead_converted_deal on crm_lead (tenant_id, converted_deal_id) where converted_deal_id is not null;

CREATE INDEX crm_lead_created on crm_lead (tenant_id, created_at, id, owner, status, source, deleted_at) where deleted_at is null;

CREATE INDEX crm_lead_email on crm_lead (tenant_id, email_key) where email_key is not null;

CREATE INDEX crm_lead_name on crm_lead (tenant_id, name_fold, id) where deleted_at is null;

CREATE INDEX crm_lead_owner_created on crm_lead (tenant_id, owner, created_at, id, status, source, deleted_at) where deleted_at is null;

CREATE INDEX crm_lead_owner_name on crm_lead (tenant_id, owner, name_fold, id) where deleted_at is null;

CREATE INDEX crm_lead_owner_quiet on crm_lead (tenant_id, owner, last_activity_at, id) where deleted_at is null;

CREATE INDEX crm_lead_owner_unplanned on crm_lead (tenant_id, owner, created_at, id, next_activity_at) where next_activity_at is null and deleted_at is null;

CREATE INDEX crm_lead_owner_updated on crm_lead (tenant_id, owner, updated_at, id) where deleted_at is null;

CREATE INDEX crm_lead_phone on crm_lead (tenant_id, phone_key) where phone_key is not null;

CREATE INDEX crm_lead_quiet on crm_lead (tenant_id, last_activity_at, id) where deleted_at is null;

CREATE INDEX crm_lead_unplanned on crm_lead (tenant_id, created_at, id, next_activity_at) where next_activity_at is null and deleted_at is null;

CREATE INDEX crm_lead_updated on crm_lead (tenant_id, updated_at, id) where deleted_at is null;

CREATE VIRTUAL TABLE crm_lead_parts using fts5 (text, content = '', detail = none, tokenize = 'trigram');

CREATE TABLE 'crm_lead_parts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'crm_lead_parts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'crm_lead_parts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'crm_lead_parts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TRIGGER crm_lead_search_full after insert on crm_lead_search when new.doc % 512 = 0 begin
  insert into crm_lead_parts (rowid, text) select d.doc, r.search_text from crm_lead_search d
    cross join crm_lead r on r.tenant_id = d.tenant_id and r.id = d.id
    where d.doc > new.doc - 512 and d.doc <= new.doc;
end;

CREATE TABLE crm_lead_search (doc integer primary key, tenant_id text not null, id text, unique (tenant_id, id)) strict;

CREATE TRIGGER crm_meeting_search_changed after update of search_text on crm_meeting when new.search_text is not old.search_text begin
  update crm_meeting_search set id = null where tenant_id = old.tenant_id and id = old.id;
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_meeting_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_meeting_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TRIGGER crm_meeting_search_gone after delete on crm_meeting begin
  update crm_meeting_search set id = null where tenant_id = old.tenant_id and id = old.id;
end;

CREATE TRIGGER crm_meeting_search_new after insert on crm_meeting when new.search_text is not null begin
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_meeting_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_meeting_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TABLE crm_meeting (
  tenant_id text not null,
  id text not null,
  title text not null,
  title_fold text not null,
  description text,
  location text,
  url text,
  start_at integer,
  end_at integer,
  start_date text,
  end_date text,
  zone text not null,
  status text not null,
  busy integer not null,
  recurrence text,
  exceptions text,
  lead text,
  contact text,
  company text,
  deal text,
  reminders text,
  uid text not null,
  sequence integer not null,
  first_at integer not null,
  last_at integer,
  next_at integer,
  turn_at integer,
  activity text,
  search_text text,
  owner text,
  created_at integer not null,
  created_by text,
  updated_at integer not null,
  updated_by text,
  version integer not null,
  deleted_at integer,
  tags text,
  custom text,
  primary key (tenant_id, id),
  foreign key (tenant_id, lead) references crm_lead (tenant_id, id),
  foreign key (tenant_id, contact) references crm_contact (tenant_id, id),
  foreign key (tenant_id, company) references crm_company (tenant_id, id),
  foreign key (tenant_id, deal) references crm_deal (tenant_id, id),
  foreign key (tenant_id, activity) references crm_activity (tenant_id, id)
) strict;

CREATE INDEX crm_meeting_activity on crm_meeting (tenant_id, activity) where activity is not null;

CREATE INDEX crm_meeting_company on crm_meeting (tenant_id, company) where company is not null;

CREATE INDEX crm_meeting_contact on crm_meeting (tenant_id, contact) where contact is not null;

CREATE INDEX crm_meeting_created on crm_meeting (tenant_id, created_at, id) where deleted_at is null;

CREATE INDEX crm_meeting_deal on crm_meeting (tenant_id, deal) where deal is not null;

CREATE INDEX crm_meeting_first on crm_meeting (tenant_id, first_at, id) where deleted_at is null;

CREATE INDEX crm_meeting_lead on crm_meeting (tenant_id, lead) where lead is not null;

CREATE INDEX crm_meeting_owner_created on crm_meeting (tenant_id, owner, created_at, id) where deleted_at is null;

CREATE INDEX crm_meeting_owner_first on crm_meeting (tenant_id, owner, first_at, id) where deleted_at is null;

CREATE INDEX crm_meeting_owner_last on crm_meeting (tenant_id, owner, last_at, first_at, id) where last_at is not null and deleted_at is null;

CREATE INDEX crm_meeting_turn on crm_meeting (turn_at, id) where turn_at is not null;

CREATE UNIQUE INDEX crm_meeting_uid on crm_meeting (tenant_id, uid) where deleted_at is null;

CREATE TABLE crm_meeting_attendee (
  tenant_id text not null,
  id text not null,
  meeting_id text not null,
  user_id text,
  contact_id text,
  email text,
  name text,
  role text not null,
  answer text not null,
  answered_at integer,
  comment text,
  first_at integer not null,
  last_at integer,
  primary key (tenant_id, id),
  foreign key (tenant_id, meeting_id) references crm_meeting (tenant_id, id),
  foreign key (tenant_id, user_id) references crm_user (tenant_id, id),
  foreign key (tenant_id, contact_id) references crm_contact (tenant_id, id)
) strict;

CREATE INDEX crm_meeting_attendee_contact on crm_meeting_attendee (tenant_id, contact_id, meeting_id) where contact_id is not null;

CREATE UNIQUE INDEX crm_meeting_attendee_email on crm_meeting_attendee (tenant_id, meeting_id, email);

CREATE UNIQUE INDEX crm_meeting_attendee_one_contact on crm_meeting_attendee (tenant_id, meeting_id, contact_id);

CREATE UNIQUE INDEX crm_meeting_attendee_user on crm_meeting_attendee (tenant_id, user_id, meeting_id);

CREATE INDEX crm_meeting_attendee_user_first on crm_meeting_attendee (tenant_id, user_id, first_at, meeting_id) where user_id is not null;

CREATE INDEX crm_meeting_attendee_user_last on crm_meeting_attendee (tenant_id, user_id, last_at, first_at, meeting_id) where user_id is not null and last_at is not null;

CREATE TABLE crm_meeting_mail (
  tenant_id text not null,
  meeting_id text not null,
  address text not null,
  method text,
  sequence integer,
  told text,
  held_until integer,
  replied_at integer,
  primary key (tenant_id, meeting_id, address),
  foreign key (tenant_id, meeting_id) references crm_meeting (tenant_id, id)
) strict;

CREATE TABLE crm_meeting_origin (
  tenant_id text not null,
  meeting_id text not null,
  organizer text not null,
  organizer_name text,
  sequence integer not null,
  stamp integer not null,
  primary key (tenant_id, meeting_id),
  foreign key (tenant_id, meeting_id) references crm_meeting (tenant_id, id)
) strict;

CREATE VIRTUAL TABLE crm_meeting_parts using fts5 (text, content = '', detail = none, tokenize = 'trigram');

CREATE TABLE 'crm_meeting_parts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'crm_meeting_parts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'crm_meeting_parts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'crm_meeting_parts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TRIGGER crm_meeting_search_full after insert on crm_meeting_search when new.doc % 512 = 0 begin
  insert into crm_meeting_parts (rowid, text) select d.doc, r.search_text from crm_meeting_search d
    cross join crm_meeting r on r.tenant_id = d.tenant_id and r.id = d.id
    where d.doc > new.doc - 512 and d.doc <= new.doc;
end;

CREATE TABLE crm_meeting_search (doc integer primary key, tenant_id text not null, id text, unique (tenant_id, id)) strict;

CREATE TABLE crm_merge (
  tenant_id text not null,
  id text not null,
  record_type text not null,
  winner_id text not null,
  undo text,
  created_at integer not null,
  created_by text,
  undone_at integer,
  primary key (tenant_id, id)
) strict;

CREATE INDEX crm_merge_winner on crm_merge (tenant_id, winner_id, created_at);

CREATE TABLE crm_merged (
  tenant_id text not null,
  merge_id text not null,
  record_id text not null,
  winner_id text not null,
  undone_at integer,
  primary key (tenant_id, merge_id, record_id)
) strict;

CREATE INDEX crm_merged_record on crm_merged (tenant_id, record_id, merge_id);

CREATE INDEX crm_merged_winner on crm_merged (tenant_id, winner_id, record_id);

CREATE TABLE crm_migration (
  version integer not null,
  name text not null,
  breaking integer not null,
  applied_at integer not null,
  primary key (version)
) strict;

CREATE TABLE crm_note (
  tenant_id text not null,
  id text not null,
  record_type text not null,
  record_id text not null,
  body text not null,
  mentions text,
  pinned integer not null,
  created_at integer not null,
  created_by text,
  updated_at integer not null,
  version integer not null,
  deleted_at integer,
  primary key (tenant_id, id)
) strict;

CREATE INDEX crm_note_author on crm_note (tenant_id, created_at, created_by) where deleted_at is null;

CREATE INDEX crm_note_record on crm_note (tenant_id, record_id, pinned, created_at, id) where deleted_at is null;

CREATE TABLE crm_notification (
  tenant_id text not null,
  id text not null,
  user_id text not null,
  batch text not null,
  kind text not null,
  record_type text not null,
  record_id text not null,
  note_id text,
  actor text,
  at integer not null,
  state text not null,
  read_at integer,
  digest text,
  expires_at integer not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references crm_user (tenant_id, id)
) strict;

CREATE INDEX crm_notification_age on crm_notification (expires_at);

CREATE INDEX crm_notification_batch on crm_notification (tenant_id, batch, id);

CREATE INDEX crm_notification_inbox on crm_notification (tenant_id, user_id, state, batch, id);

CREATE INDEX crm_notification_record on crm_notification (tenant_id, record_id);

CREATE INDEX crm_notification_unread on crm_notification (tenant_id, user_id, state, read_at, batch);

CREATE TABLE crm_notification_delivery (
  tenant_id text not null,
  user_id text not null,
  channel text not null,
  batch text not null,
  due_at integer,
  attempts integer not null,
  last_error text,
  primary key (tenant_id, batch, channel),
  foreign key (tenant_id, user_id) references crm_user (tenant_id, id)
) strict;

CREATE INDEX crm_notification_delivery_due on crm_notification_delivery (due_at) where due_at is not null;

CREATE INDEX crm_notification_delivery_user on crm_notification_delivery (tenant_id, user_id, channel);

CREATE TABLE crm_notification_preference (
  tenant_id text not null,
  user_id text not null,
  settings text not null,
  updated_at integer not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references crm_user (tenant_id, id)
) strict;

CREATE TABLE crm_pipeline (
  tenant_id text not null,
  id text not null,
  name text not null,
  position integer not null,
  is_default integer not null,
  forward_only integer not null,
  archived_at integer,
  primary key (tenant_id, id)
) strict;

CREATE UNIQUE INDEX crm_pipeline_name on crm_pipeline (tenant_id, name);

CREATE TABLE crm_price (
  tenant_id text not null,
  book text not null,
  product_id text not null,
  currency text not null,
  amount integer not null,
  primary key (tenant_id, book, product_id, currency),
  foreign key (tenant_id, product_id) references crm_product (tenant_id, id)
) strict;

CREATE TRIGGER crm_product_search_changed after update of search_text on crm_product when new.search_text is not old.search_text begin
  update crm_product_search set id = null where tenant_id = old.tenant_id and id = old.id;
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_product_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_product_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TRIGGER crm_product_search_gone after delete on crm_product begin
  update crm_product_search set id = null where tenant_id = old.tenant_id and id = old.id;
end;

CREATE TRIGGER crm_product_search_new after insert on crm_product when new.search_text is not null begin
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_product_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_product_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TABLE crm_product (
  tenant_id text not null,
  id text not null,
  name text not null,
  name_fold text not null,
  sku text,
  description text,
  price integer,
  price_currency text,
  active integer not null,
  owner text,
  created_at integer not null,
  created_by text,
  updated_at integer not null,
  updated_by text,
  version integer not null,
  deleted_at integer,
  tags text,
  custom text, search_text text,
  primary key (tenant_id, id)
) strict;

CREATE INDEX crm_product_created on crm_product (tenant_id, created_at, id, owner) where deleted_at is null;

CREATE INDEX crm_product_name on crm_product (tenant_id, name_fold, id) where deleted_at is null;

CREATE INDEX crm_product_owner_created on crm_product (tenant_id, owner, created_at, id) where deleted_at is null;

CREATE INDEX crm_product_owner_name on crm_product (tenant_id, owner, name_fold, id) where deleted_at is null;

CREATE INDEX crm_product_owner_updated on crm_product (tenant_id, owner, updated_at, id) where deleted_at is null;

CREATE UNIQUE INDEX crm_product_sku on crm_product (tenant_id, sku) where sku is not null and deleted_at is null;

CREATE INDEX crm_product_updated on crm_product (tenant_id, updated_at, id) where deleted_at is null;

CREATE VIRTUAL TABLE crm_product_parts using fts5 (text, content = '', detail = none, tokenize = 'trigram');

CREATE TABLE 'crm_product_parts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'crm_product_parts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'crm_product_parts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'crm_product_parts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TRIGGER crm_product_search_full after insert on crm_product_search when new.doc % 512 = 0 begin
  insert into crm_product_parts (rowid, text) select d.doc, r.search_text from crm_product_search d
    cross join crm_product r on r.tenant_id = d.tenant_id and r.id = d.id
    where d.doc > new.doc - 512 and d.doc <= new.doc;
end;

CREATE TABLE crm_product_search (doc integer primary key, tenant_id text not null, id text, unique (tenant_id, id)) strict;

CREATE TABLE crm_quota (
  tenant_id text not null,
  grantee_kind text not null,
  grantee_id text not null,
  month text not null,
  amount integer not null,
  currency text not null,
  primary key (tenant_id, grantee_kind, grantee_id, month)
) strict;

CREATE TABLE crm_record_key (
  tenant_id text not null,
  record_type text not null,
  kind text not null,
  value text not null,
  record_id text not null,
  primary key (tenant_id, record_type, kind, value, record_id)
) strict;

CREATE INDEX crm_record_key_record on crm_record_key (tenant_id, record_id, kind);

CREATE TABLE crm_reminder (
  tenant_id text not null,
  id text not null,
  record_type text not null,
  record_id text not null,
  user_id text not null,
  due_at integer not null,
  base text,
  duration text,
  channels text,
  primary key (tenant_id, id)
) strict;

CREATE INDEX crm_reminder_due on crm_reminder (due_at, id);

CREATE INDEX crm_reminder_record on crm_reminder (tenant_id, record_id);

CREATE INDEX crm_reminder_user on crm_reminder (tenant_id, user_id, id);

CREATE TABLE crm_search_fill (
  record_type text not null,
  fields text not null,
  primary key (record_type)
) strict;

CREATE TABLE crm_search_tenant (number integer primary key, tenant_id text not null unique) strict;

CREATE TABLE crm_share (
  tenant_id text not null,
  record_type text not null,
  record_id text not null,
  grantee_kind text not null,
  grantee_id text not null,
  level text not null,
  created_at integer not null,
  created_by text,
  primary key (tenant_id, record_type, record_id, grantee_kind, grantee_id)
) strict;

CREATE INDEX crm_share_grantee on crm_share (tenant_id, record_type, grantee_kind, grantee_id, record_id, level);

CREATE TABLE crm_stage (
  tenant_id text not null,
  id text not null,
  pipeline_id text not null,
  name text not null,
  position integer not null,
  probability integer not null,
  class text not null,
  forecast_category text not null,
  rotten_after_days integer,
  required_fields text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, pipeline_id) references crm_pipeline (tenant_id, id)
) strict;

CREATE UNIQUE INDEX crm_stage_name on crm_stage (tenant_id, pipeline_id, name);

CREATE TABLE crm_stage_interval (
  tenant_id text not null,
  deal_id text not null,
  seq integer not null,
  pipeline_id text not null,
  stage_id text not null,
  entered_at integer not null,
  entered_by text,
  left_at integer,
  amount integer,
  amount_currency text,
  primary key (tenant_id, deal_id, seq),
  foreign key (tenant_id, deal_id) references crm_deal (tenant_id, id),
  foreign key (tenant_id, stage_id) references crm_stage (tenant_id, id)
) strict;

CREATE INDEX crm_stage_interval_deal on crm_stage_interval (tenant_id, deal_id, stage_id, entered_at, left_at, amount, amount_currency);

CREATE INDEX crm_stage_interval_stage on crm_stage_interval (tenant_id, stage_id, entered_at, left_at, deal_id, amount, amount_currency);

CREATE TRIGGER crm_task_search_changed after update of search_text on crm_task when new.search_text is not old.search_text begin
  update crm_task_search set id = null where tenant_id = old.tenant_id and id = old.id;
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_task_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_task_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TRIGGER crm_task_search_gone after delete on crm_task begin
  update crm_task_search set id = null where tenant_id = old.tenant_id and id = old.id;
end;

CREATE TRIGGER crm_task_search_new after insert on crm_task when new.search_text is not null begin
  insert or ignore into crm_search_tenant (tenant_id) values (new.tenant_id);
  insert into crm_task_search (doc, tenant_id, id) values (coalesce((select max(doc) from crm_task_search where doc > (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) and doc < (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id) + (1 << 40)), (select number << 40 from crm_search_tenant where tenant_id = new.tenant_id)) + 1, new.tenant_id, new.id);
end;

CREATE TABLE crm_task (
  tenant_id text not null,
  id text not null,
  title text not null,
  title_fold text not null,
  kind text not null,
  description text,
  due_date text,
  due_at integer,
  priority text not null,
  status text not null,
  done_at integer,
  lead text,
  contact text,
  company text,
  deal text,
  owner text,
  created_at integer not null,
  created_by text,
  updated_at integer not null,
  updated_by text,
  version integer not null,
  deleted_at integer,
  tags text,
  custom text, search_text text, recurrence text, series text, occurrence integer, schedule text, reminders text,
  primary key (tenant_id, id),
  foreign key (tenant_id, lead) references crm_lead (tenant_id, id),
  foreign key (tenant_id, contact) references crm_contact (tenant_id, id),
  foreign key (tenant_id, company) references crm_company (tenant_id, id),
  foreign key (tenant_id, deal) references crm_deal (tenant_id, id)
) strict;

CREATE INDEX crm_task_company on crm_task (tenant_id, company) where company is not null;

CREATE INDEX crm_task_company_due on crm_task (tenant_id, company, status, due_date, due_at, id) where company is not null and deleted_at is null;

CREATE INDEX crm_task_contact on crm_task (tenant_id, contact) where contact is not null;

CREATE INDEX crm_task_contact_due on crm_task (tenant_id, contact, status, due_date, due_at, id) where contact is not null and deleted_at is null;

CREATE INDEX crm_task_created on crm_task (tenant_id, created_at, id) where deleted_at is null;

CREATE INDEX crm_task_deal on crm_task (tenant_id, deal) where deal is not null;

CREATE INDEX crm_task_deal_due on crm_task (tenant_id, deal, status, due_date, due_at, id) where deal is not null and deleted_at is null;

CREATE INDEX crm_task_done on crm_task (tenant_id, owner, done_at, id, deleted_at) where done_at is not null and deleted_at is null;

CREATE INDEX crm_task_due on crm_task (tenant_id, owner, status, due_date, due_at, id) where deleted_at is null;

CREATE INDEX crm_task_due_at on crm_task (tenant_id, owner, due_at, id, status, deleted_at) where deleted_at is null;

CREATE INDEX crm_task_due_date on crm_task (tenant_id, owner, due_date, id, status, deleted_at) where deleted_at is null;

CREATE INDEX crm_task_lead on crm_task (tenant_id, lead) where lead is not null;

CREATE INDEX crm_task_lead_due on crm_task (tenant_id, lead, status, due_date, due_at, id) where lead is not null and deleted_at is null;

CREATE INDEX crm_task_open_series on crm_task (tenant_id, owner, status, series) where series is not null and deleted_at is null;

CREATE INDEX crm_task_owner_created on crm_task (tenant_id, owner, created_at, id) where deleted_at is null;

CREATE UNIQUE INDEX crm_task_series on crm_task (tenant_id, series, occurrence);

CREATE VIRTUAL TABLE crm_task_parts using fts5 (text, content = '', detail = none, tokenize = 'trigram');

CREATE TABLE 'crm_task_parts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'crm_task_parts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'crm_task_parts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'crm_task_parts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TRIGGER crm_task_search_full after insert on crm_task_search when new.doc % 512 = 0 begin
  insert into crm_task_parts (rowid, text) select d.doc, r.search_text from crm_task_search d
    cross join crm_task r on r.tenant_id = d.tenant_id and r.id = d.id
    where d.doc > new.doc - 512 and d.doc <= new.doc;
end;

CREATE TABLE crm_task_search (doc integer primary key, tenant_id text not null, id text, unique (tenant_id, id)) strict;

CREATE TABLE crm_team (
  tenant_id text not null,
  id text not null,
  name text not null,
  parent_id text,
  primary key (tenant_id, id),
  foreign key (tenant_id, parent_id) references crm_team (tenant_id, id)
) strict;

CREATE TABLE crm_team_member (
  tenant_id text not null,
  team_id text not null,
  user_id text not null,
  primary key (tenant_id, team_id, user_id),
  foreign key (tenant_id, team_id) references crm_team (tenant_id, id),
  foreign key (tenant_id, user_id) references crm_user (tenant_id, id)
) strict;

CREATE INDEX crm_team_member_user on crm_team_member (tenant_id, user_id, team_id);

CREATE TABLE crm_user (
  tenant_id text not null,
  id text not null,
  name text not null,
  email text,
  time_zone text not null,
  locale text not null,
  active integer not null,
  roles text not null,
  created_at integer not null,
  updated_at integer not null,
  primary key (tenant_id, id)
) strict;

CREATE TABLE crm_working_hours (
  tenant_id text not null,
  user_id text not null,
  hours text not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references crm_user (tenant_id, id)
) strict;
