import type { Caller } from '../records/caller'
import type { AgentActivityReport, AgentActivityRequest } from './agent-activity'
import type { Dashboard, DashboardRequest } from './dashboard'
import type { ForecastReport, ForecastRequest } from './forecast'
import type { LeadConversionReport, LeadConversionRequest } from './lead-conversion'
import type { LeadSourcesReport, LeadSourcesRequest } from './lead-sources'
import type { PipelineAsOfReport, PipelineAsOfRequest } from './pipeline-as-of'
import type { PipelineMovementReport, PipelineMovementRequest } from './pipeline-movement'
import type { SalesCycleReport, SalesCycleRequest } from './sales-cycle'
import type { SalesFunnelReport, SalesFunnelRequest } from './sales-funnel'
import type { SalesPerformanceReport, SalesPerformanceRequest } from './sales-performance'
import type { VelocityReport, VelocityRequest } from './velocity'
import type { WinRateReport, WinRateRequest } from './win-rate'

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

/** The figures load when the first one is asked for. */
const figures = () => import('./figures')

export const reportsApi = (caller: Caller): ReportsApi => ({
  agentActivity: async (request) => (await figures()).agentActivity(caller, request),
  dashboard: async (request) => (await figures()).dashboard(caller, request),
  forecast: async (request) => (await figures()).forecast(caller, request),
  leadConversion: async (request) => (await figures()).leadConversion(caller, request),
  leadSources: async (request) => (await figures()).leadSources(caller, request),
  pipelineAsOf: async (request) => (await figures()).pipelineAsOf(caller, request),
  pipelineMovement: async (request) => (await figures()).pipelineMovement(caller, request),
  salesCycle: async (request) => (await figures()).salesCycle(caller, request),
  salesFunnel: async (request) => (await figures()).salesFunnel(caller, request),
  salesPerformance: async (request) => (await figures()).salesPerformance(caller, request),
  velocity: async (request) => (await figures()).velocity(caller, request),
  winRate: async (request) => (await figures()).winRate(caller, request),
})
