import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Tables in the guides that are made from the code: `<!-- facts: roles -->` … `<!-- /facts -->`. */
const MAKERS = { roles: rolesTable, 'error-codes': errorCodes }

const BLOCK = /(<!-- facts: ([\w-]+) -->\n)([\s\S]*?)(<!-- \/facts -->)/g

/** Tables that no longer say what the code says. With `write` they are made anew instead. */
export function wrongFacts(root, files, core, write) {
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    const wrong = []
    const fresh = text.replace(BLOCK, (all, open, name, body, close) => {
      const made = MAKERS[name]
      if (!made) throw new Error(`${file} has a table of unknown facts: ${name}`)
      const right = `${open}${made(core, body)}${close}`
      if (right !== all)
        wrong.push(`${file} the table of ${name} is not what the code says: node scripts/check-docs.mjs --write`)
      return right
    })
    if (write && fresh !== text) writeFileSync(join(root, file), fresh)
    return write ? [] : wrong
  })
}

const table = (header, rows) => {
  const line = (cells) => `| ${cells.join(' | ')} |\n`
  return line(header) + line(header.map(() => '---')) + rows.map(line).join('')
}

const ACTIONS = [
  'read',
  'create',
  'update',
  'delete',
  'assign',
  'share',
  'convert',
  'merge',
  'import',
  'export',
  'purge',
]

function rolesTable({ BUILT_IN_ROLES }) {
  const rows = Object.entries(BUILT_IN_ROLES).flatMap(([role, grants]) =>
    bySame(grants).map(([resources, grant]) => [`\`${role}\``, resources, grantText(grant)]),
  )
  return table(['Role', 'On', 'May'], rows)
}

/** Resources with equal grants share a line. */
function bySame(grants) {
  const lines = new Map()
  for (const [resource, grant] of Object.entries(grants)) {
    const key = JSON.stringify(grant)
    lines.set(key, [[...(lines.get(key)?.[0] ?? []), resource === '*' ? 'everything' : resource], grant])
  }
  return [...lines.values()].map(([resources, grant]) => [resources.join(', '), grant])
}

function grantText({ fields = {}, ...levels }) {
  const byLevel = new Map()
  for (const action of ACTIONS)
    if (levels[action]) byLevel.set(levels[action], [...(byLevel.get(levels[action]) ?? []), action])
  const parts = [...byLevel].map(([level, actions]) => `${actions.join(', ')}: **${level}**`)
  const hidden = Object.entries(fields).map(([field, level]) => `\`${field}\`: ${level === 'none' ? 'hidden' : level}`)
  return [...parts, ...hidden].join('; ')
}

/** Codes and statuses from the code; what follows in a row is kept as it was written. */
function errorCodes({ HTTP_STATUS }, body) {
  const written = new Map(
    body.split('\n').flatMap((row) => {
      const cells = row.split('|').map((cell) => cell.trim())
      return /^`[A-Z_]+`$/.test(cells[1] ?? '') ? [[cells[1].replaceAll('`', ''), cells.slice(3, 5)]] : []
    }),
  )
  const rows = Object.entries(HTTP_STATUS).map(([code, status]) => [
    `\`${code}\``,
    String(status),
    ...(written.get(code) ?? ['TODO', 'TODO']),
  ])
  return table(['Code', 'HTTP', 'Means', 'Do'], rows)
}
