import { type Crm, isCrmError, type ScopedClient } from '@rapport/core'
import type { Company, Rep } from './company'
import { cash, count } from './terminal/format'
import { cut, heading, padEnd, type Screen } from './terminal/screen'
import type { Walk } from './walk'

/** Something somebody tries, and whether it is granted. */
interface Attempt {
  what: string
  code: string
  /** What they get, in words; undefined for nothing. */
  get: (me: ScopedClient) => Promise<string | undefined>
}

/** The same deal through other eyes: what they may not see is not there, and what they may not do is refused by name. */
export async function showWhatOthersSee(crm: Crm, company: Company, { deal, rep }: Walk, screen: Screen) {
  heading(screen, 'What others see of it')
  const stranger = company.reps.find(({ team }) => team !== rep.team) as Rep
  const nameOf = await names(crm, company.admin)

  await show(screen, `${nameOf(company.support)}, support`, crm.as({ user: company.support }), [
    { what: 'opens the deal', code: 'deals.get(id)', get: async (me) => amountIn(await me.deals.get(deal.id)) },
    {
      what: 'reads the line items',
      code: 'deals.lines(id)',
      get: async (me) => cash((await me.deals.lines(deal.id)).net),
    },
    {
      what: 'sorts deals by amount',
      code: "deals.list({ orderBy: { amount: 'desc' } })",
      get: async (me) => `${(await me.deals.list({ orderBy: { amount: 'desc' } })).items.length} deals`,
    },
    {
      what: 'reads the timeline',
      code: 'timeline(deal)',
      get: async (me) => timelineWords(await me.timeline({ type: 'deals', id: deal.id })),
    },
    {
      what: 'looks at leads',
      code: 'leads.list()',
      get: async (me) => `${(await me.leads.list()).items.length} leads`,
    },
    {
      what: 'asks for the win rate',
      code: 'reports.winRate(…)',
      get: async (me) => String((await me.reports.winRate({ period: { this: 'year' } })).totals.winRate),
    },
  ])
  await show(screen, `${stranger.name}, sales rep of another team`, crm.as({ user: stranger.id }), [
    { what: 'opens the deal', code: 'deals.get(id)', get: async (me) => (await me.deals.get(deal.id)).title },
    {
      what: 'searches for it',
      code: "deals.list({ search: 'Alpenquell' })",
      get: async (me) => (await me.deals.list({ search: 'Alpenquell' })).items[0]?.title,
    },
    { what: 'wins it all the same', code: 'deals.win(id)', get: async (me) => (await me.deals.win(deal.id)).status },
    { what: 'exports leads', code: 'leads.export()', get: async (me) => exported(me) },
  ])
  await showReach(crm, company, screen, [company.admin, company.managers[rep.team], rep.id, stranger.id], nameOf)
}

async function show({ print, paint, width }: Screen, who: string, me: ScopedClient, attempts: readonly Attempt[]) {
  print(`  ${paint.bold(who)}`)
  for (const { what, code, get } of attempts) {
    const { text, refused } = await outcome(() => get(me))
    const mark = refused ? paint.red('✗') : paint.green('✓')
    print(`    ${mark} ${padEnd(what, 21)} ${padEnd(text, 31)} ${paint.dim(cut(code, Math.max(12, width - 61)))}`)
  }
  print()
}

async function outcome(work: () => Promise<string | undefined>): Promise<{ text: string; refused: boolean }> {
  try {
    const text = await work()
    return { text: text ?? 'nothing is there', refused: text === undefined }
  } catch (error) {
    if (!isCrmError(error)) throw error
    return { text: `${error.code}  ${error.problems[0]?.rule ?? ''}`, refused: true }
  }
}

const amountIn = (deal: { title: string; amount?: unknown }) =>
  deal.amount === undefined ? 'the deal, without its amount' : 'the deal with its amount'

const timelineWords = ({ items }: { items: readonly { changes: object }[] }) =>
  `${items.length} entries${items.some(({ changes }) => 'amount' in changes) ? ' with' : ', none with'} an amount`

async function exported(me: ScopedClient): Promise<string> {
  let size = 0
  for await (const piece of me.leads.export()) size += piece.length
  return `${count(size)} characters of CSV`
}

/** How many deals each of them has, so to speak: the same call, another answer. */
async function showReach(
  crm: Crm,
  { admin }: Company,
  { print, paint }: Screen,
  users: readonly string[],
  nameOf: (id: string) => string,
) {
  print(`  ${paint.bold('The same call for four people')}  ${paint.dim("deals.list({ count: 'exact' })")}`)
  for (const user of users) {
    const { count: deals = 0 } = await crm.as({ user }).deals.list({ limit: 1, count: 'exact' })
    const { roles } = await crm.as({ user: admin }).users.get(user)
    print(`    ${padEnd(`${nameOf(user)}, ${roles.join(', ')}`, 44)} ${count(Number(deals)).padStart(8)} deals`)
  }
}

async function names(crm: Crm, admin: string): Promise<(id: string) => string> {
  const users = new Map((await crm.as({ user: admin }).users.list()).map(({ id, name }) => [id, name]))
  return (id) => users.get(id) ?? id
}
