import { type NewProduct, type UserInput, usd } from '@rapport/core'
import { REAL } from './demo-file'
import { type MavenClient, requireAll } from './maven-crm'
import type { MavenFile, MavenFiles } from './maven-files'
import { slug } from './people'

/** What was there before the first deal: people, products and accounts. */
export async function loadCompany(client: MavenClient, { teams, products, accounts }: MavenFiles) {
  await loadPeople(client, teams)
  await loadProducts(client, products)
  await loadAccounts(client, accounts)
}

/** The team tree: the company, its offices, and in each the teams of its managers. */
async function loadPeople({ users }: MavenClient, { rows }: MavenFile) {
  const offices = new Set(rows.map(({ cells }) => cells.regional_office as string))
  const managers = new Map(rows.map(({ cells }) => [cells.manager as string, cells.regional_office as string]))
  await users.syncTeams([
    { id: REAL, name: 'Maven' },
    ...[...offices].map((name) => ({ id: slug(name), name, parent: REAL })),
    ...[...managers].map(([name, office]) => ({ id: slug(name), name: `Team of ${name}`, parent: slug(office) })),
  ])
  const user = (name: string, role: string, team: string): UserInput => ({
    id: slug(name),
    name,
    roles: [role],
    teams: [team],
  })
  await users.sync([
    user('Sales Operations', 'admin', REAL),
    ...[...managers.keys()].map((name) => user(name, 'manager', slug(name))),
    ...rows.map(({ cells }) => user(cells.sales_agent as string, 'sales', slug(cells.manager as string))),
  ])
}

async function loadProducts({ products }: MavenClient, { rows }: MavenFile) {
  const items = rows.map(
    ({ cells }): NewProduct<{ series: string }> => ({
      name: cells.product as string,
      price: usd(cells.sales_price as string),
      custom: { series: cells.series as string },
    }),
  )
  for (const result of await products.createMany(items)) if (!result.ok) throw result.error
}

/** Accounts name their parent, which may stand further down: it is made when it is named, and filled in when its row comes. */
async function loadAccounts({ companies }: MavenClient, { header, rows }: MavenFile) {
  const millions = header.split(',').indexOf('revenue')
  const lines = rows.map(({ line }) => {
    const cells = line.split(',')
    if (cells[millions]) cells[millions] = usdOfMillions(cells[millions])
    return cells.join(',')
  })
  const result = await companies.import([header, ...lines].join('\n'), {
    mode: 'upsert',
    key: 'name',
    mapping: {
      account: 'name',
      sector: 'industry',
      year_established: 'custom.founded',
      revenue: 'revenue',
      employees: 'size',
      office_location: 'address.country',
      subsidiary_of: 'parent',
    },
    values: { industry: { technolgy: 'technology' } },
  })
  requireAll(result)
}

/** `1100.04` million as `1100040000`, exact. */
const usdOfMillions = (millions: string): string => {
  const [whole = '0', part = ''] = millions.split('.')
  return String(BigInt(whole + part.padEnd(6, '0').slice(0, 6)))
}
