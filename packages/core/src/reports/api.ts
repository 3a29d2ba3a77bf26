import type { Caller } from '../records/caller'
import { type AgentActivityReport, type AgentActivityRequest, agentActivity } from './agent-activity'
import { type Dashboard, type DashboardRequest, dashboard } from './dashboard'
import { type ForecastReport, type ForecastRequest, forecast } from './forecast'
import { type LeadConversionReport, type LeadConversionRequest, leadConversion } from './lead-conversion'
import { type LeadSourcesReport, type LeadSourcesRequest, leadSources } from './lead-sources'
import { type PipelineAsOfReport, type PipelineAsOfRequest, pipelineAsOf } from './pipeline-as-of'
import { type PipelineMovementReport, type PipelineMovementRequest, pipelineMovement } from './pipeline-movement'
import { type SalesCycleReport, type SalesCycleRequest, salesCycle } from './sales-cycle'
import { type SalesFunnelReport, type SalesFunnelRequest, salesFunnel } from './sales-funnel'
import { type SalesPerformanceReport, type SalesPerformanceRequest, salesPerformance } from './sales-performance'
import { type VelocityReport, type VelocityRequest, velocity } from './velocity'
import { type WinRateReport, type WinRateRequest, winRate } from './win-rate'

/** Figures on the records the caller may read, as far as the level of `reports` reaches. Each says what it counts. */
export interface ReportsApi {
  salesFunnel(request: SalesFunnelRequest): Promise<SalesFunnelReport>
  leadConversion(request: LeadConversionRequest): Promise<LeadConversionReport>
  winRate(request: WinRateRequest): Promise<WinRateReport>
  salesCycle(request: SalesCycleRequest): Promise<SalesCycleReport>
  velocity(request: VelocityRequest): Promise<VelocityReport>
  forecast(request: ForecastRequest): Promise<ForecastReport>
  salesPerformance(request: SalesPerformanceRequest): Promise<SalesPerformanceReport>
  agentActivity(request: AgentActivityRequest): Promise<AgentActivityReport>
  leadSources(request: LeadSourcesRequest): Promise<LeadSourcesReport>
  pipelineAsOf(request: PipelineAsOfRequest): Promise<PipelineAsOfReport>
  pipelineMovement(request: PipelineMovementRequest): Promise<PipelineMovementReport>
  dashboard(request: DashboardRequest): Promise<Dashboard>
}

export const reportsApi = (caller: Caller): ReportsApi => ({
  salesFunnel: (request) => salesFunnel(caller, request),
  leadConversion: (request) => leadConversion(caller, request),
  winRate: (request) => winRate(caller, request),
  salesCycle: (request) => salesCycle(caller, request),
  velocity: (request) => velocity(caller, request),
  forecast: (request) => forecast(caller, request),
  salesPerformance: (request) => salesPerformance(caller, request),
  agentActivity: (request) => agentActivity(caller, request),
  leadSources: (request) => leadSources(caller, request),
  pipelineAsOf: (request) => pipelineAsOf(caller, request),
  pipelineMovement: (request) => pipelineMovement(caller, request),
  dashboard: (request) => dashboard(caller, request),
})
