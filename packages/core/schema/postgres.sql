create table activity (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  kind text collate "C" not null,
  subject text collate "C",
  body text collate "C",
  occurred_at bigint not null,
  duration bigint,
  outcome text collate "C",
  direction text collate "C",
  participants jsonb,
  lead text collate "C",
  contact text collate "C",
  company text collate "C",
  deal text collate "C",
  owner text collate "C",
  created_at bigint not null,
  created_by text collate "C",
  updated_at bigint not null,
  updated_by text collate "C",
  version bigint not null,
  deleted_at bigint,
  tags jsonb,
  custom jsonb,
  search_text text collate "C",
  constraint activity_pkey PRIMARY KEY (tenant_id, id),
  constraint activity_tenant_id_company_fkey FOREIGN KEY (tenant_id, company) REFERENCES company(tenant_id, id),
  constraint activity_tenant_id_contact_fkey FOREIGN KEY (tenant_id, contact) REFERENCES contact(tenant_id, id),
  constraint activity_tenant_id_deal_fkey FOREIGN KEY (tenant_id, deal) REFERENCES deal(tenant_id, id),
  constraint activity_tenant_id_lead_fkey FOREIGN KEY (tenant_id, lead) REFERENCES lead(tenant_id, id)
);
CREATE INDEX activity_company ON activity USING btree (tenant_id, company, occurred_at) WHERE (company IS NOT NULL);
CREATE INDEX activity_contact ON activity USING btree (tenant_id, contact, occurred_at) WHERE (contact IS NOT NULL);
CREATE INDEX activity_deal ON activity USING btree (tenant_id, deal, occurred_at) WHERE (deal IS NOT NULL);
CREATE INDEX activity_figures ON activity USING btree (tenant_id, owner, kind, occurred_at, id, deleted_at) WHERE (deleted_at IS NULL);
CREATE INDEX activity_lead ON activity USING btree (tenant_id, lead, occurred_at) WHERE (lead IS NOT NULL);
CREATE INDEX activity_occurred ON activity USING btree (tenant_id, occurred_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX activity_owner_occurred ON activity USING btree (tenant_id, owner, occurred_at, id) WHERE (deleted_at IS NULL);
alter table activity enable row level security;
alter table activity force row level security;
create policy tenant on activity using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table assignment_turn (
  tenant_id text collate "C" not null,
  rule text collate "C" not null,
  last_user text collate "C" not null,
  constraint assignment_turn_pkey PRIMARY KEY (tenant_id, rule)
);
alter table assignment_turn enable row level security;
alter table assignment_turn force row level security;
create policy tenant on assignment_turn using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table calendar_feed (
  tenant_id text collate "C" not null,
  user_id text collate "C" not null,
  secret text collate "C" not null,
  created_at bigint not null,
  constraint calendar_feed_pkey PRIMARY KEY (tenant_id, user_id),
  constraint calendar_feed_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES "user"(tenant_id, id)
);
CREATE UNIQUE INDEX calendar_feed_secret ON calendar_feed USING btree (tenant_id, secret);
alter table calendar_feed enable row level security;
alter table calendar_feed force row level security;
create policy tenant on calendar_feed using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table checklist_item (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  task_id text collate "C" not null,
  position bigint not null,
  text text collate "C" not null,
  done_at bigint,
  done_by text collate "C",
  constraint checklist_item_pkey PRIMARY KEY (tenant_id, id),
  constraint checklist_item_tenant_id_task_id_fkey FOREIGN KEY (tenant_id, task_id) REFERENCES task(tenant_id, id)
);
CREATE INDEX checklist_item_task ON checklist_item USING btree (tenant_id, task_id, "position");
alter table checklist_item enable row level security;
alter table checklist_item force row level security;
create policy tenant on checklist_item using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table company (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  name text collate "C" not null,
  name_fold text collate "C" not null,
  domain text collate "C",
  domain_key text collate "C",
  industry text collate "C",
  size bigint,
  revenue bigint,
  revenue_currency text collate "C",
  phone text collate "C",
  phone_key text collate "C",
  website text collate "C",
  description text collate "C",
  address jsonb,
  parent text collate "C",
  last_activity_at bigint,
  next_activity_at bigint,
  owner text collate "C",
  created_at bigint not null,
  created_by text collate "C",
  updated_at bigint not null,
  updated_by text collate "C",
  version bigint not null,
  deleted_at bigint,
  tags jsonb,
  custom jsonb,
  search_text text collate "C",
  constraint company_pkey PRIMARY KEY (tenant_id, id),
  constraint company_tenant_id_parent_fkey FOREIGN KEY (tenant_id, parent) REFERENCES company(tenant_id, id)
);
CREATE INDEX company_created ON company USING btree (tenant_id, created_at, id, owner) WHERE (deleted_at IS NULL);
CREATE INDEX company_domain ON company USING btree (tenant_id, domain_key) WHERE (domain_key IS NOT NULL);
CREATE INDEX company_name ON company USING btree (tenant_id, name_fold, id) WHERE (deleted_at IS NULL);
CREATE INDEX company_owner_created ON company USING btree (tenant_id, owner, created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX company_owner_name ON company USING btree (tenant_id, owner, name_fold, id) WHERE (deleted_at IS NULL);
CREATE INDEX company_owner_quiet ON company USING btree (tenant_id, owner, last_activity_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX company_owner_unplanned ON company USING btree (tenant_id, owner, created_at, id, next_activity_at) WHERE ((next_activity_at IS NULL) AND (deleted_at IS NULL));
CREATE INDEX company_owner_updated ON company USING btree (tenant_id, owner, updated_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX company_parent ON company USING btree (tenant_id, parent) WHERE (parent IS NOT NULL);
CREATE INDEX company_phone ON company USING btree (tenant_id, phone_key) WHERE (phone_key IS NOT NULL);
CREATE INDEX company_quiet ON company USING btree (tenant_id, last_activity_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX company_unplanned ON company USING btree (tenant_id, created_at, id, next_activity_at) WHERE ((next_activity_at IS NULL) AND (deleted_at IS NULL));
CREATE INDEX company_updated ON company USING btree (tenant_id, updated_at, id) WHERE (deleted_at IS NULL);
alter table company enable row level security;
alter table company force row level security;
create policy tenant on company using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table contact (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  first_name text collate "C",
  last_name text collate "C",
  name text collate "C" not null,
  name_fold text collate "C" not null,
  email text collate "C",
  email_key text collate "C",
  phone text collate "C",
  phone_key text collate "C",
  emails jsonb,
  phones jsonb,
  addresses jsonb,
  company text collate "C",
  title text collate "C",
  source text collate "C",
  consent jsonb,
  last_activity_at bigint,
  next_activity_at bigint,
  owner text collate "C",
  created_at bigint not null,
  created_by text collate "C",
  updated_at bigint not null,
  updated_by text collate "C",
  version bigint not null,
  deleted_at bigint,
  tags jsonb,
  custom jsonb,
  search_text text collate "C",
  constraint contact_pkey PRIMARY KEY (tenant_id, id),
  constraint contact_tenant_id_company_fkey FOREIGN KEY (tenant_id, company) REFERENCES company(tenant_id, id)
);
CREATE INDEX contact_company ON contact USING btree (tenant_id, company, created_at, id) WHERE (company IS NOT NULL);
CREATE INDEX contact_created ON contact USING btree (tenant_id, created_at, id, owner) WHERE (deleted_at IS NULL);
CREATE INDEX contact_name ON contact USING btree (tenant_id, name_fold, id) WHERE (deleted_at IS NULL);
CREATE INDEX contact_owner_created ON contact USING btree (tenant_id, owner, created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX contact_owner_name ON contact USING btree (tenant_id, owner, name_fold, id) WHERE (deleted_at IS NULL);
CREATE INDEX contact_owner_quiet ON contact USING btree (tenant_id, owner, last_activity_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX contact_owner_unplanned ON contact USING btree (tenant_id, owner, created_at, id, next_activity_at) WHERE ((next_activity_at IS NULL) AND (deleted_at IS NULL));
CREATE INDEX contact_owner_updated ON contact USING btree (tenant_id, owner, updated_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX contact_quiet ON contact USING btree (tenant_id, last_activity_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX contact_unplanned ON contact USING btree (tenant_id, created_at, id, next_activity_at) WHERE ((next_activity_at IS NULL) AND (deleted_at IS NULL));
CREATE INDEX contact_updated ON contact USING btree (tenant_id, updated_at, id) WHERE (deleted_at IS NULL);
alter table contact enable row level security;
alter table contact force row level security;
create policy tenant on contact using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table day_off (
  tenant_id text collate "C" not null,
  user_id text collate "C" not null,
  day text collate "C" not null,
  name text collate "C",
  constraint day_off_pkey PRIMARY KEY (tenant_id, user_id, day)
);
alter table day_off enable row level security;
alter table day_off force row level security;
create policy tenant on day_off using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table deal (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  title text collate "C" not null,
  title_fold text collate "C" not null,
  amount bigint,
  amount_currency text collate "C",
  pipeline text collate "C" not null,
  stage text collate "C" not null,
  status text collate "C" not null,
  probability bigint not null,
  expected_close_date text collate "C",
  closed_at bigint,
  closed_rate text collate "C",
  closed_rate_currency text collate "C",
  stage_entered_at bigint not null,
  company text collate "C",
  lead text collate "C",
  source text collate "C",
  lost_reason text collate "C",
  lost_note text collate "C",
  last_activity_at bigint,
  next_activity_at bigint,
  owner text collate "C",
  created_at bigint not null,
  created_by text collate "C",
  updated_at bigint not null,
  updated_by text collate "C",
  version bigint not null,
  deleted_at bigint,
  tags jsonb,
  custom jsonb,
  search_text text collate "C",
  constraint deal_pkey PRIMARY KEY (tenant_id, id),
  constraint deal_tenant_id_company_fkey FOREIGN KEY (tenant_id, company) REFERENCES company(tenant_id, id),
  constraint deal_tenant_id_lead_fkey FOREIGN KEY (tenant_id, lead) REFERENCES lead(tenant_id, id),
  constraint deal_tenant_id_pipeline_fkey FOREIGN KEY (tenant_id, pipeline) REFERENCES pipeline(tenant_id, id),
  constraint deal_tenant_id_stage_fkey FOREIGN KEY (tenant_id, stage) REFERENCES stage(tenant_id, id)
);
CREATE INDEX deal_board ON deal USING btree (tenant_id, stage, created_at, id, owner, deleted_at) WHERE (deleted_at IS NULL);
CREATE INDEX deal_closed ON deal USING btree (tenant_id, closed_at, owner, status, amount_currency, amount, closed_rate_currency, closed_rate, created_at, pipeline, source, id, deleted_at) WHERE ((closed_at IS NOT NULL) AND (deleted_at IS NULL));
CREATE INDEX deal_closing ON deal USING btree (tenant_id, expected_close_date, id) WHERE (deleted_at IS NULL);
CREATE INDEX deal_company ON deal USING btree (tenant_id, company, created_at, id) WHERE (company IS NOT NULL);
CREATE INDEX deal_created ON deal USING btree (tenant_id, created_at, id, owner, status, stage, deleted_at) WHERE (deleted_at IS NULL);
CREATE INDEX deal_lead ON deal USING btree (tenant_id, lead) WHERE (lead IS NOT NULL);
CREATE INDEX deal_name ON deal USING btree (tenant_id, title_fold, id) WHERE (deleted_at IS NULL);
CREATE INDEX deal_open ON deal USING btree (tenant_id, expected_close_date, owner, stage, amount_currency, amount, probability, pipeline, source, id, closed_at, deleted_at) WHERE ((closed_at IS NULL) AND (deleted_at IS NULL));
CREATE INDEX deal_owner_closed ON deal USING btree (tenant_id, owner, closed_at, status, amount_currency, amount, closed_rate_currency, closed_rate, created_at, pipeline, source, id, deleted_at) WHERE ((closed_at IS NOT NULL) AND (deleted_at IS NULL));
CREATE INDEX deal_owner_closing ON deal USING btree (tenant_id, owner, expected_close_date, id) WHERE (deleted_at IS NULL);
CREATE INDEX deal_owner_created ON deal USING btree (tenant_id, owner, created_at, id, status, stage, deleted_at) WHERE (deleted_at IS NULL);
CREATE INDEX deal_owner_name ON deal USING btree (tenant_id, owner, title_fold, id) WHERE (deleted_at IS NULL);
CREATE INDEX deal_owner_quiet ON deal USING btree (tenant_id, owner, last_activity_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX deal_owner_unplanned ON deal USING btree (tenant_id, owner, created_at, id, next_activity_at) WHERE ((next_activity_at IS NULL) AND (deleted_at IS NULL));
CREATE INDEX deal_owner_updated ON deal USING btree (tenant_id, owner, updated_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX deal_quiet ON deal USING btree (tenant_id, last_activity_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX deal_unplanned ON deal USING btree (tenant_id, created_at, id, next_activity_at) WHERE ((next_activity_at IS NULL) AND (deleted_at IS NULL));
CREATE INDEX deal_updated ON deal USING btree (tenant_id, updated_at, id) WHERE (deleted_at IS NULL);
alter table deal enable row level security;
alter table deal force row level security;
create policy tenant on deal using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table deal_contact (
  tenant_id text collate "C" not null,
  deal_id text collate "C" not null,
  contact_id text collate "C" not null,
  role text collate "C",
  is_primary smallint not null,
  constraint deal_contact_pkey PRIMARY KEY (tenant_id, deal_id, contact_id),
  constraint deal_contact_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES contact(tenant_id, id),
  constraint deal_contact_tenant_id_deal_id_fkey FOREIGN KEY (tenant_id, deal_id) REFERENCES deal(tenant_id, id)
);
CREATE INDEX deal_contact_contact ON deal_contact USING btree (tenant_id, contact_id, deal_id);
alter table deal_contact enable row level security;
alter table deal_contact force row level security;
create policy tenant on deal_contact using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table deal_line (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  deal_id text collate "C" not null,
  position bigint not null,
  product_id text collate "C",
  name text collate "C" not null,
  quantity text collate "C" not null,
  unit_price bigint not null,
  discount_percent text collate "C" not null,
  tax_percent text collate "C" not null,
  net bigint not null,
  tax bigint not null,
  constraint deal_line_pkey PRIMARY KEY (tenant_id, id),
  constraint deal_line_tenant_id_deal_id_fkey FOREIGN KEY (tenant_id, deal_id) REFERENCES deal(tenant_id, id),
  constraint deal_line_tenant_id_product_id_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product(tenant_id, id)
);
CREATE INDEX deal_line_deal ON deal_line USING btree (tenant_id, deal_id, "position");
alter table deal_line enable row level security;
alter table deal_line force row level security;
create policy tenant on deal_line using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table delivery (
  tenant_id text collate "C" not null,
  event_id text collate "C" not null,
  subscriber text collate "C" not null,
  attempts bigint not null,
  due_at bigint,
  last_error text collate "C",
  state text collate "C" not null,
  constraint delivery_pkey PRIMARY KEY (tenant_id, event_id, subscriber),
  constraint delivery_tenant_id_event_id_fkey FOREIGN KEY (tenant_id, event_id) REFERENCES event(tenant_id, id)
);
CREATE INDEX delivery_dead ON delivery USING btree (state, event_id) WHERE (state = 'dead'::text);
CREATE INDEX delivery_due ON delivery USING btree (due_at, event_id) WHERE (due_at IS NOT NULL);
alter table delivery enable row level security;
alter table delivery force row level security;
create policy tenant on delivery using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table event (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  at bigint not null,
  name text collate "C" not null,
  record_type text collate "C" not null,
  record_id text collate "C" not null,
  record_version bigint not null,
  actor text collate "C",
  reason text collate "C",
  changes jsonb not null,
  about jsonb,
  silent smallint not null,
  pending smallint,
  constraint event_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX event_actor ON event USING btree (tenant_id, actor, at, id);
CREATE INDEX event_at ON event USING btree (tenant_id, at, id);
CREATE INDEX event_name ON event USING btree (tenant_id, name, at, id);
CREATE INDEX event_pending ON event USING btree (pending, id) WHERE (pending = 1);
CREATE INDEX event_record ON event USING btree (tenant_id, record_id, at, id);
alter table event enable row level security;
alter table event force row level security;
create policy tenant on event using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table event_about (
  tenant_id text collate "C" not null,
  record_id text collate "C" not null,
  at bigint not null,
  event_id text collate "C" not null,
  constraint event_about_pkey PRIMARY KEY (tenant_id, record_id, at, event_id),
  constraint event_about_tenant_id_event_id_fkey FOREIGN KEY (tenant_id, event_id) REFERENCES event(tenant_id, id)
);
CREATE INDEX event_about_event ON event_about USING btree (tenant_id, event_id);
alter table event_about enable row level security;
alter table event_about force row level security;
create policy tenant on event_about using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table exchange_rate (
  tenant_id text collate "C" not null,
  from_currency text collate "C" not null,
  to_currency text collate "C" not null,
  day text collate "C" not null,
  rate text collate "C" not null,
  constraint exchange_rate_pkey PRIMARY KEY (tenant_id, from_currency, to_currency, day)
);
alter table exchange_rate enable row level security;
alter table exchange_rate force row level security;
create policy tenant on exchange_rate using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table file (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  name text collate "C" not null,
  name_fold text collate "C" not null,
  category text collate "C" not null,
  type text collate "C" not null,
  size bigint not null,
  sha256 text collate "C" not null,
  content_version bigint not null,
  lead text collate "C",
  contact text collate "C",
  company text collate "C",
  deal text collate "C",
  search_text text collate "C",
  owner text collate "C",
  created_at bigint not null,
  created_by text collate "C",
  updated_at bigint not null,
  updated_by text collate "C",
  version bigint not null,
  deleted_at bigint,
  tags jsonb,
  custom jsonb,
  constraint file_pkey PRIMARY KEY (tenant_id, id),
  constraint file_tenant_id_company_fkey FOREIGN KEY (tenant_id, company) REFERENCES company(tenant_id, id),
  constraint file_tenant_id_contact_fkey FOREIGN KEY (tenant_id, contact) REFERENCES contact(tenant_id, id),
  constraint file_tenant_id_deal_fkey FOREIGN KEY (tenant_id, deal) REFERENCES deal(tenant_id, id),
  constraint file_tenant_id_lead_fkey FOREIGN KEY (tenant_id, lead) REFERENCES lead(tenant_id, id)
);
CREATE INDEX file_company ON file USING btree (tenant_id, company, created_at, id) WHERE (company IS NOT NULL);
CREATE INDEX file_contact ON file USING btree (tenant_id, contact, created_at, id) WHERE (contact IS NOT NULL);
CREATE INDEX file_created ON file USING btree (tenant_id, created_at, id, owner) WHERE (deleted_at IS NULL);
CREATE INDEX file_deal ON file USING btree (tenant_id, deal, created_at, id) WHERE (deal IS NOT NULL);
CREATE INDEX file_lead ON file USING btree (tenant_id, lead, created_at, id) WHERE (lead IS NOT NULL);
CREATE INDEX file_name ON file USING btree (tenant_id, name_fold, id) WHERE (deleted_at IS NULL);
CREATE INDEX file_owner_created ON file USING btree (tenant_id, owner, created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX file_owner_name ON file USING btree (tenant_id, owner, name_fold, id) WHERE (deleted_at IS NULL);
CREATE INDEX file_owner_updated ON file USING btree (tenant_id, owner, updated_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX file_updated ON file USING btree (tenant_id, updated_at, id) WHERE (deleted_at IS NULL);
alter table file enable row level security;
alter table file force row level security;
create policy tenant on file using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table file_chunk (
  tenant_id text collate "C" not null,
  content_id text collate "C" not null,
  seq bigint not null,
  bytes bytea not null,
  constraint file_chunk_pkey PRIMARY KEY (tenant_id, content_id, seq)
);
alter table file_chunk enable row level security;
alter table file_chunk force row level security;
create policy tenant on file_chunk using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table file_version (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  file_id text collate "C",
  number bigint,
  type text collate "C",
  size bigint,
  sha256 text collate "C",
  created_at bigint not null,
  created_by text collate "C",
  free_at bigint not null,
  constraint file_version_pkey PRIMARY KEY (tenant_id, id),
  constraint file_version_tenant_id_file_id_fkey FOREIGN KEY (tenant_id, file_id) REFERENCES file(tenant_id, id)
);
CREATE INDEX file_version_free ON file_version USING btree (file_id, free_at, id) WHERE (file_id IS NULL);
CREATE UNIQUE INDEX file_version_number ON file_version USING btree (tenant_id, file_id, number) WHERE (file_id IS NOT NULL);
alter table file_version enable row level security;
alter table file_version force row level security;
create policy tenant on file_version using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table idempotency (
  tenant_id text collate "C" not null,
  actor text collate "C" not null,
  idempotency_key text collate "C" not null,
  request_hash text collate "C" not null,
  result jsonb,
  created_at bigint not null,
  constraint idempotency_pkey PRIMARY KEY (tenant_id, actor, idempotency_key)
);
CREATE INDEX idempotency_age ON idempotency USING btree (created_at);
alter table idempotency enable row level security;
alter table idempotency force row level security;
create policy tenant on idempotency using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table import_job (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  record_type text collate "C" not null,
  fingerprint text collate "C" not null,
  state text collate "C" not null,
  lines_done bigint not null,
  counts jsonb not null,
  created_at bigint not null,
  created_by text collate "C",
  updated_at bigint not null,
  constraint import_job_pkey PRIMARY KEY (tenant_id, id)
);
alter table import_job enable row level security;
alter table import_job force row level security;
create policy tenant on import_job using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table lead (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  name text collate "C" not null,
  name_fold text collate "C" not null,
  first_name text collate "C",
  last_name text collate "C",
  email text collate "C",
  email_key text collate "C",
  phone text collate "C",
  phone_key text collate "C",
  company text collate "C",
  company_fold text collate "C",
  title text collate "C",
  source text collate "C" not null,
  status text collate "C" not null,
  score bigint,
  medium text collate "C",
  campaign text collate "C",
  referrer text collate "C",
  landing_page text collate "C",
  utm jsonb,
  consent jsonb,
  lost_reason text collate "C",
  lost_note text collate "C",
  converted_at bigint,
  converted_by text collate "C",
  converted_contact_id text collate "C",
  converted_company_id text collate "C",
  converted_deal_id text collate "C",
  last_activity_at bigint,
  next_activity_at bigint,
  owner text collate "C",
  created_at bigint not null,
  created_by text collate "C",
  updated_at bigint not null,
  updated_by text collate "C",
  version bigint not null,
  deleted_at bigint,
  tags jsonb,
  custom jsonb,
  search_text text collate "C",
  constraint lead_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX lead_by_source ON lead USING btree (tenant_id, source, created_at, converted_at, owner, id, deleted_at) WHERE (deleted_at IS NULL);
CREATE INDEX lead_converted ON lead USING btree (tenant_id, source, converted_at, owner, id, deleted_at) WHERE ((converted_at IS NOT NULL) AND (deleted_at IS NULL));
CREATE INDEX lead_converted_company ON lead USING btree (tenant_id, converted_company_id) WHERE (converted_company_id IS NOT NULL);
CREATE INDEX lead_converted_contact ON lead USING btree (tenant_id, converted_contact_id) WHERE (converted_contact_id IS NOT NULL);
CREATE INDEX lead_converted_deal ON lead USING btree (tenant_id, converted_deal_id) WHERE (converted_deal_id IS NOT NULL);
CREATE INDEX lead_created ON lead USING btree (tenant_id, created_at, id, owner, status, source, deleted_at) WHERE (deleted_at IS NULL);
CREATE INDEX lead_email ON lead USING btree (tenant_id, email_key) WHERE (email_key IS NOT NULL);
CREATE INDEX lead_name ON lead USING btree (tenant_id, name_fold, id) WHERE (deleted_at IS NULL);
CREATE INDEX lead_owner_created ON lead USING btree (tenant_id, owner, created_at, id, status, source, deleted_at) WHERE (deleted_at IS NULL);
CREATE INDEX lead_owner_name ON lead USING btree (tenant_id, owner, name_fold, id) WHERE (deleted_at IS NULL);
CREATE INDEX lead_owner_quiet ON lead USING btree (tenant_id, owner, last_activity_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX lead_owner_unplanned ON lead USING btree (tenant_id, owner, created_at, id, next_activity_at) WHERE ((next_activity_at IS NULL) AND (deleted_at IS NULL));
CREATE INDEX lead_owner_updated ON lead USING btree (tenant_id, owner, updated_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX lead_phone ON lead USING btree (tenant_id, phone_key) WHERE (phone_key IS NOT NULL);
CREATE INDEX lead_quiet ON lead USING btree (tenant_id, last_activity_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX lead_unplanned ON lead USING btree (tenant_id, created_at, id, next_activity_at) WHERE ((next_activity_at IS NULL) AND (deleted_at IS NULL));
CREATE INDEX lead_updated ON lead USING btree (tenant_id, updated_at, id) WHERE (deleted_at IS NULL);
alter table lead enable row level security;
alter table lead force row level security;
create policy tenant on lead using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table meeting (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  title text collate "C" not null,
  title_fold text collate "C" not null,
  description text collate "C",
  location text collate "C",
  url text collate "C",
  start_at bigint,
  end_at bigint,
  start_date text collate "C",
  end_date text collate "C",
  zone text collate "C" not null,
  status text collate "C" not null,
  busy smallint not null,
  recurrence text collate "C",
  exceptions jsonb,
  lead text collate "C",
  contact text collate "C",
  company text collate "C",
  deal text collate "C",
  reminders jsonb,
  uid text collate "C" not null,
  sequence bigint not null,
  first_at bigint not null,
  last_at bigint,
  next_at bigint,
  turn_at bigint,
  activity text collate "C",
  search_text text collate "C",
  owner text collate "C",
  created_at bigint not null,
  created_by text collate "C",
  updated_at bigint not null,
  updated_by text collate "C",
  version bigint not null,
  deleted_at bigint,
  tags jsonb,
  custom jsonb,
  constraint meeting_pkey PRIMARY KEY (tenant_id, id),
  constraint meeting_tenant_id_activity_fkey FOREIGN KEY (tenant_id, activity) REFERENCES activity(tenant_id, id),
  constraint meeting_tenant_id_company_fkey FOREIGN KEY (tenant_id, company) REFERENCES company(tenant_id, id),
  constraint meeting_tenant_id_contact_fkey FOREIGN KEY (tenant_id, contact) REFERENCES contact(tenant_id, id),
  constraint meeting_tenant_id_deal_fkey FOREIGN KEY (tenant_id, deal) REFERENCES deal(tenant_id, id),
  constraint meeting_tenant_id_lead_fkey FOREIGN KEY (tenant_id, lead) REFERENCES lead(tenant_id, id)
);
CREATE INDEX meeting_activity ON meeting USING btree (tenant_id, activity) WHERE (activity IS NOT NULL);
CREATE INDEX meeting_company ON meeting USING btree (tenant_id, company) WHERE (company IS NOT NULL);
CREATE INDEX meeting_contact ON meeting USING btree (tenant_id, contact) WHERE (contact IS NOT NULL);
CREATE INDEX meeting_created ON meeting USING btree (tenant_id, created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX meeting_deal ON meeting USING btree (tenant_id, deal) WHERE (deal IS NOT NULL);
CREATE INDEX meeting_first ON meeting USING btree (tenant_id, first_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX meeting_lead ON meeting USING btree (tenant_id, lead) WHERE (lead IS NOT NULL);
CREATE INDEX meeting_owner_created ON meeting USING btree (tenant_id, owner, created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX meeting_owner_first ON meeting USING btree (tenant_id, owner, first_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX meeting_owner_last ON meeting USING btree (tenant_id, owner, last_at, first_at, id) WHERE ((last_at IS NOT NULL) AND (deleted_at IS NULL));
CREATE INDEX meeting_turn ON meeting USING btree (turn_at, id) WHERE (turn_at IS NOT NULL);
CREATE UNIQUE INDEX meeting_uid ON meeting USING btree (tenant_id, uid) WHERE (deleted_at IS NULL);
alter table meeting enable row level security;
alter table meeting force row level security;
create policy tenant on meeting using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table meeting_attendee (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  meeting_id text collate "C" not null,
  user_id text collate "C",
  contact_id text collate "C",
  email text collate "C",
  name text collate "C",
  role text collate "C" not null,
  answer text collate "C" not null,
  answered_at bigint,
  comment text collate "C",
  first_at bigint not null,
  last_at bigint,
  constraint meeting_attendee_pkey PRIMARY KEY (tenant_id, id),
  constraint meeting_attendee_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES contact(tenant_id, id),
  constraint meeting_attendee_tenant_id_meeting_id_fkey FOREIGN KEY (tenant_id, meeting_id) REFERENCES meeting(tenant_id, id),
  constraint meeting_attendee_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES "user"(tenant_id, id)
);
CREATE INDEX meeting_attendee_contact ON meeting_attendee USING btree (tenant_id, contact_id, meeting_id) WHERE (contact_id IS NOT NULL);
CREATE UNIQUE INDEX meeting_attendee_email ON meeting_attendee USING btree (tenant_id, meeting_id, email);
CREATE UNIQUE INDEX meeting_attendee_one_contact ON meeting_attendee USING btree (tenant_id, meeting_id, contact_id);
CREATE UNIQUE INDEX meeting_attendee_user ON meeting_attendee USING btree (tenant_id, user_id, meeting_id);
CREATE INDEX meeting_attendee_user_first ON meeting_attendee USING btree (tenant_id, user_id, first_at, meeting_id) WHERE (user_id IS NOT NULL);
CREATE INDEX meeting_attendee_user_last ON meeting_attendee USING btree (tenant_id, user_id, last_at, first_at, meeting_id) WHERE ((user_id IS NOT NULL) AND (last_at IS NOT NULL));
alter table meeting_attendee enable row level security;
alter table meeting_attendee force row level security;
create policy tenant on meeting_attendee using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table meeting_mail (
  tenant_id text collate "C" not null,
  meeting_id text collate "C" not null,
  address text collate "C" not null,
  method text collate "C",
  sequence bigint,
  told text collate "C",
  held_until bigint,
  replied_at bigint,
  constraint meeting_mail_pkey PRIMARY KEY (tenant_id, meeting_id, address),
  constraint meeting_mail_tenant_id_meeting_id_fkey FOREIGN KEY (tenant_id, meeting_id) REFERENCES meeting(tenant_id, id)
);
alter table meeting_mail enable row level security;
alter table meeting_mail force row level security;
create policy tenant on meeting_mail using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table meeting_origin (
  tenant_id text collate "C" not null,
  meeting_id text collate "C" not null,
  organizer text collate "C" not null,
  organizer_name text collate "C",
  sequence bigint not null,
  stamp bigint not null,
  constraint meeting_origin_pkey PRIMARY KEY (tenant_id, meeting_id),
  constraint meeting_origin_tenant_id_meeting_id_fkey FOREIGN KEY (tenant_id, meeting_id) REFERENCES meeting(tenant_id, id)
);
alter table meeting_origin enable row level security;
alter table meeting_origin force row level security;
create policy tenant on meeting_origin using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table merge (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  record_type text collate "C" not null,
  winner_id text collate "C" not null,
  undo jsonb,
  created_at bigint not null,
  created_by text collate "C",
  undone_at bigint,
  constraint merge_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX merge_winner ON merge USING btree (tenant_id, winner_id, created_at);
alter table merge enable row level security;
alter table merge force row level security;
create policy tenant on merge using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table merged (
  tenant_id text collate "C" not null,
  merge_id text collate "C" not null,
  record_id text collate "C" not null,
  winner_id text collate "C" not null,
  undone_at bigint,
  constraint merged_pkey PRIMARY KEY (tenant_id, merge_id, record_id)
);
CREATE INDEX merged_record ON merged USING btree (tenant_id, record_id, merge_id);
CREATE INDEX merged_winner ON merged USING btree (tenant_id, winner_id, record_id);
alter table merged enable row level security;
alter table merged force row level security;
create policy tenant on merged using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table migration (
  version bigint not null,
  name text collate "C" not null,
  breaking smallint not null,
  applied_at bigint not null,
  constraint migration_pkey PRIMARY KEY (version)
);

create table note (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  record_type text collate "C" not null,
  record_id text collate "C" not null,
  body text collate "C" not null,
  mentions jsonb,
  pinned smallint not null,
  created_at bigint not null,
  created_by text collate "C",
  updated_at bigint not null,
  version bigint not null,
  deleted_at bigint,
  constraint note_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX note_author ON note USING btree (tenant_id, created_at, created_by) WHERE (deleted_at IS NULL);
CREATE INDEX note_record ON note USING btree (tenant_id, record_id, pinned, created_at, id) WHERE (deleted_at IS NULL);
alter table note enable row level security;
alter table note force row level security;
create policy tenant on note using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table notification (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  batch text collate "C" not null,
  kind text collate "C" not null,
  record_type text collate "C" not null,
  record_id text collate "C" not null,
  note_id text collate "C",
  actor text collate "C",
  at bigint not null,
  state text collate "C" not null,
  read_at bigint,
  digest text collate "C",
  expires_at bigint not null,
  constraint notification_pkey PRIMARY KEY (tenant_id, id),
  constraint notification_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES "user"(tenant_id, id)
);
CREATE INDEX notification_age ON notification USING btree (expires_at);
CREATE INDEX notification_batch ON notification USING btree (tenant_id, batch, id);
CREATE INDEX notification_inbox ON notification USING btree (tenant_id, user_id, state, batch, id);
CREATE INDEX notification_record ON notification USING btree (tenant_id, record_id);
CREATE INDEX notification_unread ON notification USING btree (tenant_id, user_id, state, read_at, batch);
alter table notification enable row level security;
alter table notification force row level security;
create policy tenant on notification using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table notification_delivery (
  tenant_id text collate "C" not null,
  user_id text collate "C" not null,
  channel text collate "C" not null,
  batch text collate "C" not null,
  due_at bigint,
  attempts bigint not null,
  last_error text collate "C",
  constraint notification_delivery_pkey PRIMARY KEY (tenant_id, batch, channel),
  constraint notification_delivery_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES "user"(tenant_id, id)
);
CREATE INDEX notification_delivery_due ON notification_delivery USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX notification_delivery_user ON notification_delivery USING btree (tenant_id, user_id, channel);
alter table notification_delivery enable row level security;
alter table notification_delivery force row level security;
create policy tenant on notification_delivery using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table notification_preference (
  tenant_id text collate "C" not null,
  user_id text collate "C" not null,
  settings jsonb not null,
  updated_at bigint not null,
  constraint notification_preference_pkey PRIMARY KEY (tenant_id, user_id),
  constraint notification_preference_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES "user"(tenant_id, id)
);
alter table notification_preference enable row level security;
alter table notification_preference force row level security;
create policy tenant on notification_preference using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table pipeline (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  name text collate "C" not null,
  position bigint not null,
  is_default smallint not null,
  forward_only smallint not null,
  archived_at bigint,
  constraint pipeline_pkey PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX pipeline_name ON pipeline USING btree (tenant_id, name);
alter table pipeline enable row level security;
alter table pipeline force row level security;
create policy tenant on pipeline using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table price (
  tenant_id text collate "C" not null,
  book text collate "C" not null,
  product_id text collate "C" not null,
  currency text collate "C" not null,
  amount bigint not null,
  constraint price_pkey PRIMARY KEY (tenant_id, book, product_id, currency),
  constraint price_tenant_id_product_id_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product(tenant_id, id)
);
alter table price enable row level security;
alter table price force row level security;
create policy tenant on price using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table product (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  name text collate "C" not null,
  name_fold text collate "C" not null,
  sku text collate "C",
  description text collate "C",
  price bigint,
  price_currency text collate "C",
  active smallint not null,
  owner text collate "C",
  created_at bigint not null,
  created_by text collate "C",
  updated_at bigint not null,
  updated_by text collate "C",
  version bigint not null,
  deleted_at bigint,
  tags jsonb,
  custom jsonb,
  search_text text collate "C",
  constraint product_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX product_created ON product USING btree (tenant_id, created_at, id, owner) WHERE (deleted_at IS NULL);
CREATE INDEX product_name ON product USING btree (tenant_id, name_fold, id) WHERE (deleted_at IS NULL);
CREATE INDEX product_owner_created ON product USING btree (tenant_id, owner, created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX product_owner_name ON product USING btree (tenant_id, owner, name_fold, id) WHERE (deleted_at IS NULL);
CREATE INDEX product_owner_updated ON product USING btree (tenant_id, owner, updated_at, id) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX product_sku ON product USING btree (tenant_id, sku) WHERE ((sku IS NOT NULL) AND (deleted_at IS NULL));
CREATE INDEX product_updated ON product USING btree (tenant_id, updated_at, id) WHERE (deleted_at IS NULL);
alter table product enable row level security;
alter table product force row level security;
create policy tenant on product using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table quota (
  tenant_id text collate "C" not null,
  grantee_kind text collate "C" not null,
  grantee_id text collate "C" not null,
  month text collate "C" not null,
  amount bigint not null,
  currency text collate "C" not null,
  constraint quota_pkey PRIMARY KEY (tenant_id, grantee_kind, grantee_id, month)
);
alter table quota enable row level security;
alter table quota force row level security;
create policy tenant on quota using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table record_key (
  tenant_id text collate "C" not null,
  record_type text collate "C" not null,
  kind text collate "C" not null,
  value text collate "C" not null,
  record_id text collate "C" not null,
  constraint record_key_pkey PRIMARY KEY (tenant_id, record_type, kind, value, record_id)
);
CREATE INDEX record_key_record ON record_key USING btree (tenant_id, record_id, kind);
alter table record_key enable row level security;
alter table record_key force row level security;
create policy tenant on record_key using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table reminder (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  record_type text collate "C" not null,
  record_id text collate "C" not null,
  user_id text collate "C" not null,
  due_at bigint not null,
  base text collate "C",
  duration text collate "C",
  channels jsonb,
  constraint reminder_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX reminder_due ON reminder USING btree (due_at, id);
CREATE INDEX reminder_record ON reminder USING btree (tenant_id, record_id);
CREATE INDEX reminder_user ON reminder USING btree (tenant_id, user_id, id);
alter table reminder enable row level security;
alter table reminder force row level security;
create policy tenant on reminder using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table search_fill (
  record_type text collate "C" not null,
  fields text collate "C" not null,
  constraint search_fill_pkey PRIMARY KEY (record_type)
);

create table share (
  tenant_id text collate "C" not null,
  record_type text collate "C" not null,
  record_id text collate "C" not null,
  grantee_kind text collate "C" not null,
  grantee_id text collate "C" not null,
  level text collate "C" not null,
  created_at bigint not null,
  created_by text collate "C",
  constraint share_pkey PRIMARY KEY (tenant_id, record_type, record_id, grantee_kind, grantee_id)
);
CREATE INDEX share_grantee ON share USING btree (tenant_id, record_type, grantee_kind, grantee_id, record_id, level);
alter table share enable row level security;
alter table share force row level security;
create policy tenant on share using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table stage (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  pipeline_id text collate "C" not null,
  name text collate "C" not null,
  position bigint not null,
  probability bigint not null,
  class text collate "C" not null,
  forecast_category text collate "C" not null,
  rotten_after_days bigint,
  required_fields jsonb not null,
  constraint stage_pkey PRIMARY KEY (tenant_id, id),
  constraint stage_tenant_id_pipeline_id_fkey FOREIGN KEY (tenant_id, pipeline_id) REFERENCES pipeline(tenant_id, id)
);
CREATE UNIQUE INDEX stage_name ON stage USING btree (tenant_id, pipeline_id, name);
alter table stage enable row level security;
alter table stage force row level security;
create policy tenant on stage using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table stage_interval (
  tenant_id text collate "C" not null,
  deal_id text collate "C" not null,
  seq bigint not null,
  pipeline_id text collate "C" not null,
  stage_id text collate "C" not null,
  entered_at bigint not null,
  entered_by text collate "C",
  left_at bigint,
  amount bigint,
  amount_currency text collate "C",
  constraint stage_interval_pkey PRIMARY KEY (tenant_id, deal_id, seq),
  constraint stage_interval_tenant_id_deal_id_fkey FOREIGN KEY (tenant_id, deal_id) REFERENCES deal(tenant_id, id),
  constraint stage_interval_tenant_id_stage_id_fkey FOREIGN KEY (tenant_id, stage_id) REFERENCES stage(tenant_id, id)
);
CREATE INDEX stage_interval_deal ON stage_interval USING btree (tenant_id, deal_id, stage_id, entered_at, left_at, amount, amount_currency);
CREATE INDEX stage_interval_stage ON stage_interval USING btree (tenant_id, stage_id, entered_at, left_at, deal_id, amount, amount_currency);
alter table stage_interval enable row level security;
alter table stage_interval force row level security;
create policy tenant on stage_interval using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table task (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  title text collate "C" not null,
  title_fold text collate "C" not null,
  kind text collate "C" not null,
  description text collate "C",
  due_date text collate "C",
  due_at bigint,
  priority text collate "C" not null,
  status text collate "C" not null,
  done_at bigint,
  lead text collate "C",
  contact text collate "C",
  company text collate "C",
  deal text collate "C",
  owner text collate "C",
  created_at bigint not null,
  created_by text collate "C",
  updated_at bigint not null,
  updated_by text collate "C",
  version bigint not null,
  deleted_at bigint,
  tags jsonb,
  custom jsonb,
  search_text text collate "C",
  recurrence text collate "C",
  series text collate "C",
  occurrence bigint,
  schedule jsonb,
  reminders jsonb,
  constraint task_pkey PRIMARY KEY (tenant_id, id),
  constraint task_tenant_id_company_fkey FOREIGN KEY (tenant_id, company) REFERENCES company(tenant_id, id),
  constraint task_tenant_id_contact_fkey FOREIGN KEY (tenant_id, contact) REFERENCES contact(tenant_id, id),
  constraint task_tenant_id_deal_fkey FOREIGN KEY (tenant_id, deal) REFERENCES deal(tenant_id, id),
  constraint task_tenant_id_lead_fkey FOREIGN KEY (tenant_id, lead) REFERENCES lead(tenant_id, id)
);
CREATE INDEX task_company ON task USING btree (tenant_id, company) WHERE (company IS NOT NULL);
CREATE INDEX task_company_due ON task USING btree (tenant_id, company, status, due_date, due_at, id) WHERE ((company IS NOT NULL) AND (deleted_at IS NULL));
CREATE INDEX task_contact ON task USING btree (tenant_id, contact) WHERE (contact IS NOT NULL);
CREATE INDEX task_contact_due ON task USING btree (tenant_id, contact, status, due_date, due_at, id) WHERE ((contact IS NOT NULL) AND (deleted_at IS NULL));
CREATE INDEX task_created ON task USING btree (tenant_id, created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX task_deal ON task USING btree (tenant_id, deal) WHERE (deal IS NOT NULL);
CREATE INDEX task_deal_due ON task USING btree (tenant_id, deal, status, due_date, due_at, id) WHERE ((deal IS NOT NULL) AND (deleted_at IS NULL));
CREATE INDEX task_done ON task USING btree (tenant_id, owner, done_at, id, deleted_at) WHERE ((done_at IS NOT NULL) AND (deleted_at IS NULL));
CREATE INDEX task_due ON task USING btree (tenant_id, owner, status, due_date, due_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX task_due_at ON task USING btree (tenant_id, owner, due_at, id, status, deleted_at) WHERE (deleted_at IS NULL);
CREATE INDEX task_due_date ON task USING btree (tenant_id, owner, due_date, id, status, deleted_at) WHERE (deleted_at IS NULL);
CREATE INDEX task_lead ON task USING btree (tenant_id, lead) WHERE (lead IS NOT NULL);
CREATE INDEX task_lead_due ON task USING btree (tenant_id, lead, status, due_date, due_at, id) WHERE ((lead IS NOT NULL) AND (deleted_at IS NULL));
CREATE INDEX task_open_series ON task USING btree (tenant_id, owner, status, series) WHERE ((series IS NOT NULL) AND (deleted_at IS NULL));
CREATE INDEX task_owner_created ON task USING btree (tenant_id, owner, created_at, id) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX task_series ON task USING btree (tenant_id, series, occurrence);
alter table task enable row level security;
alter table task force row level security;
create policy tenant on task using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table team (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  name text collate "C" not null,
  parent_id text collate "C",
  constraint team_pkey PRIMARY KEY (tenant_id, id),
  constraint team_tenant_id_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES team(tenant_id, id)
);
alter table team enable row level security;
alter table team force row level security;
create policy tenant on team using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table team_member (
  tenant_id text collate "C" not null,
  team_id text collate "C" not null,
  user_id text collate "C" not null,
  constraint team_member_pkey PRIMARY KEY (tenant_id, team_id, user_id),
  constraint team_member_tenant_id_team_id_fkey FOREIGN KEY (tenant_id, team_id) REFERENCES team(tenant_id, id),
  constraint team_member_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES "user"(tenant_id, id)
);
CREATE INDEX team_member_user ON team_member USING btree (tenant_id, user_id, team_id);
alter table team_member enable row level security;
alter table team_member force row level security;
create policy tenant on team_member using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table user (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  name text collate "C" not null,
  email text collate "C",
  time_zone text collate "C" not null,
  locale text collate "C" not null,
  active smallint not null,
  roles jsonb not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint user_pkey PRIMARY KEY (tenant_id, id)
);
alter table user enable row level security;
alter table user force row level security;
create policy tenant on "user" using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));

create table working_hours (
  tenant_id text collate "C" not null,
  user_id text collate "C" not null,
  hours jsonb not null,
  constraint working_hours_pkey PRIMARY KEY (tenant_id, user_id),
  constraint working_hours_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES "user"(tenant_id, id)
);
alter table working_hours enable row level security;
alter table working_hours force row level security;
create policy tenant on working_hours using (((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)) OR (current_setting('rapport.every_tenant'::text, true) = 'on'::text))) with check ((tenant_id = NULLIF(current_setting('rapport.tenant'::text, true), ''::text)));
