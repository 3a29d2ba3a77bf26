export {
  type Action,
  BUILT_IN_ROLES,
  defineRole,
  type FieldLevel,
  type Level,
  type Resource,
  type ResourceGrant,
  type Role,
} from './access/roles'
export {
  ACTIVITY_KINDS,
  type Activity,
  type ActivityPatch,
  type NewActivity,
  type Participants,
} from './activities/definition'
export type { CalendarApi, MeetingsApi } from './calendar/api'
export type { Answer, AnswerOptions, Attendee, AttendeeRef, Invitee } from './calendar/attendee-types'
export type { Booking } from './calendar/book'
export type { BusyTimes, FreeBusyQuery } from './calendar/busy'
export type { DayOff, DayOffInput } from './calendar/days-off'
export type { Meeting, MeetingException, MeetingPatch, MeetingStatus, NewMeeting } from './calendar/definition'
export type { HoldOptions, OccurrenceOptions } from './calendar/outcome'
export type { CalendarEntry, RangeQuery } from './calendar/range-types'
export type { Slot, SlotQuery } from './calendar/slots'
export type { CompaniesApi } from './companies/api'
export type { Company, CompanyPatch, NewCompany } from './companies/definition'
export type { ContactsApi } from './contacts/api'
export type { Contact, ContactPatch, NewContact } from './contacts/definition'
export { createCrm } from './create-crm'
export type { Crm, CrmOptions, Identity, MigrationSqlOptions, SystemIdentity } from './crm'
export type { DealsApi, PipelinesApi, QuotasApi, RatesApi } from './deals/api'
export type { ContactRole, DealContact } from './deals/contact-roles'
export type { Deal, DealOrder, DealPatch, DealWhere, NewDeal } from './deals/definition'
export type { StageInterval } from './deals/intervals'
export type { DealLine, DealLines, LineInput } from './deals/line-types'
export type { LinesOptions, SavedLines } from './deals/lines'
export type { LossInput, MoveDetails, MoveOptions, ReopenOptions } from './deals/move'
export type { ForecastCategory, Pipeline, PipelineInput, Stage, StageClass, StageInput } from './deals/pipeline-types'
export type { PipelinePatch } from './deals/pipelines'
export type { Quota, QuotaInput, QuotaOf, QuotaQuery } from './deals/quotas'
export type { Rate, RateInput, RateQuery } from './deals/rates'
export type { StagePatch } from './deals/stages'
export type { AuditQuery, AuditWhere, Between } from './events/audit'
export type { FailedDelivery } from './events/failures'
export type { EventName, EventPattern } from './events/names'
export type { Listener } from './events/notices'
export type { Subscriber, SubscriberContext } from './events/subscribers'
export type { TickOptions, TickResult } from './events/tick'
export type { Worker, WorkerOptions } from './events/worker'
export type { ExchangeApi } from './exchange/api'
export type { CsvSource } from './exchange/csv/source'
export type { ExportOptions } from './exchange/export'
export { type MeetingMailApi, readCalendar, writeCalendar } from './exchange/icalendar/api'
export type { CalendarFeed } from './exchange/icalendar/feed'
export type { FeedsApi, FeedToken } from './exchange/icalendar/feeds'
export type { ReadCalendarOptions } from './exchange/icalendar/read'
export type { Received, ReceiveOptions } from './exchange/icalendar/receive'
export type {
  CalendarAnswer,
  CalendarAttendee,
  CalendarEvent,
  CalendarFile,
  CalendarPerson,
  CalendarProblem,
  CalendarTodo,
} from './exchange/icalendar/types'
export type { WrittenCalendar, WrittenEvent } from './exchange/icalendar/write'
export type {
  ImportCounts,
  ImportError,
  ImportMode,
  ImportOptions,
  ImportProgress,
  ImportResult,
  MappedColumn,
} from './exchange/import/options'
export type { ImportPreview } from './exchange/import/preview'
export type { FilesApi, NewFile } from './files/api'
export type { FileContent } from './files/content'
export type { FilePatch, FileRecord } from './files/definition'
export type { DownloadOptions, FileDownload } from './files/download'
export type { FileVersion } from './files/find-version'
export type { FileLink, LinkIdentity, LinkOptions } from './files/links'
export type { FileCategory, FileOptions, ScannedFile } from './files/options'
export type { ByteRange, FileKey, FileStore } from './files/port'
export type { NewVersion, VersionsQuery } from './files/versions'
export { type Clock, systemClock } from './kernel/clock'
export { CrmError, type CrmErrorCode, HTTP_STATUS, invalid, isCrmError, type Problem } from './kernel/errors'
export { eur, formatMoney, gbp, type Money, money, toDecimal, usd } from './kernel/money'
export type { Period, PeriodUnit } from './kernel/periods'
export type { Weekday, WeeklyHours } from './kernel/weekly-hours'
export type { LeadsApi } from './leads/api'
export type { CaptureReceipt, CaptureRequest } from './leads/capture'
export type { CaptureInput } from './leads/capture-form'
export type { CaptureOptions, CaptureToken } from './leads/capture-tokens'
export type { Conversion, ConvertItem } from './leads/convert'
export type { ConvertInput, ConvertTarget } from './leads/convert-input'
export type { ConversionPreview, PlannedTarget } from './leads/convert-preview'
export type { Lead, LeadPatch, NewLead } from './leads/definition'
export type { RateLimit } from './leads/rate-limit'
export type {
  LeadOptions,
  LeadSource,
  LeadStatus,
  LeadStatusClass,
  LeadStatusInfo,
  LeadStatusInput,
} from './leads/status'
export type * from './messages/ports'
export type { NotesApi } from './notes/api'
export type { NotesQuery } from './notes/list'
export type { Note } from './notes/note'
export type { NotePatch } from './notes/write'
export type { NotificationsApi } from './notifications/api'
export type { InboxQuery } from './notifications/inbox'
export type { Notification, NotificationKind } from './notifications/notification'
export type { NotificationPreferences, NotificationPreferencesPatch, Told } from './notifications/preferences'
export type { InboxChange } from './notifications/subscribe'
export type { NotificationFacts, NotificationText } from './notifications/text'
export type { NotifiedUser } from './notifications/ways'
export type { ProductsApi } from './products/api'
export type { NewProduct, Product, ProductPatch } from './products/definition'
export type { BookPrice } from './products/prices'
export type { AssignTo, RecordApi, TypedQuery } from './records/api'
export type { AssignmentRule, Candidates } from './records/assignment'
export type { BulkUpdate, ItemResult } from './records/bulk'
export type { DuplicateCandidate } from './records/duplicates'
export type { HookContext, RecordHooks, Settings } from './records/engine'
export type { Changes, EventRecord, RecordRef, TimelineEntry, TimelineOptions } from './records/event'
export {
  type Channel,
  type Field,
  type FieldKind,
  type Fields,
  field,
  type LabelledValue,
  type PostalAddress,
  type RecordType,
  type Reminder,
  type ReminderInput,
} from './records/field'
export type { VerbOptions } from './records/idempotency'
export type { ListQuery, Page } from './records/list'
export type { MergeApi } from './records/merge/api'
export type { FieldChoice } from './records/merge/combine'
export type { MergeEntry } from './records/merge/list'
export type { MergeInput, MergeResult } from './records/merge/merge'
export type { UnmergeResult } from './records/merge/unmerge'
export type { Closeness } from './records/search/rank'
export type { SearchHit, SearchOptions } from './records/search/search'
export type { Grantee, Share } from './records/share'
export type { TagCount, TagsApi } from './records/tags'
export type { BaseInput, BaseRecord } from './records/types'
export type { UpdateOptions } from './records/update'
export type { OrderBy, Where } from './records/where'
export type {
  ActivityFigures,
  ActivityGroup,
  ActivityRow,
  AgentActivityReport,
  AgentActivityRequest,
} from './reports/agent-activity'
export type { ReportsApi } from './reports/api'
export { type HasRows, toCsv } from './reports/csv'
export type { Dashboard, DashboardRequest, Section } from './reports/dashboard'
export type {
  ForecastFigures,
  ForecastGroup,
  ForecastReport,
  ForecastRequest,
  ForecastRow,
  ForecastTotals,
} from './reports/forecast'
export type { DealGroup, LeadGroup, TimeGroup } from './reports/groups'
export type { RowKeys } from './reports/labels'
export type {
  LeadConversionFigures,
  LeadConversionReport,
  LeadConversionRequest,
  LeadConversionRow,
  LeadWhere,
} from './reports/lead-conversion'
export type { LeadSourceFigures, LeadSourceRow, LeadSourcesReport, LeadSourcesRequest } from './reports/lead-sources'
export type { AsOfFigures, AsOfRow, PipelineAsOfReport, PipelineAsOfRequest } from './reports/pipeline-as-of'
export type {
  MovementKind,
  MovementRow,
  MovementTotals,
  PipelineMovementReport,
  PipelineMovementRequest,
} from './reports/pipeline-movement'
export type { Delta, Figures, MissingRate, Report, ReportPeriod, Series } from './reports/report'
export type { ReportRequest } from './reports/request'
export type { SalesCycleFigures, SalesCycleReport, SalesCycleRequest, SalesCycleRow } from './reports/sales-cycle'
export type { FunnelRow, FunnelTotals, SalesFunnelReport, SalesFunnelRequest } from './reports/sales-funnel'
export type {
  PerformanceFigures,
  PerformanceRow,
  SalesPerformanceReport,
  SalesPerformanceRequest,
} from './reports/sales-performance'
export type { SharedWhere } from './reports/shared-where'
export type { Subtotals } from './reports/value'
export type { VelocityFigures, VelocityGroup, VelocityReport, VelocityRequest, VelocityRow } from './reports/velocity'
export type { WinRateFigures, WinRateReport, WinRateRequest, WinRateRow } from './reports/win-rate'
export type { CustomFields, ScopedClient } from './scoped-client'
export type { MigrateOptions, MigrationPlan } from './storage/migrate'
export type { Storage } from './storage/port'
export type { TasksApi } from './tasks/api'
export type { ChecklistItem } from './tasks/checklist-stored'
export type { NewTask, Task, TaskPatch } from './tasks/definition'
export type { TaskPage } from './tasks/due-page'
export type { TaskSchedule } from './tasks/series'
export type { TaskView, UpcomingView } from './tasks/views'
export type { UsersApi } from './users/api'
export type { Deactivated, DeactivateOptions } from './users/deactivate'
export type { OpenRecords } from './users/open-records'
export type { Team, TeamInput } from './users/teams'
export type { SyncResult, User, UserInput } from './users/users'
