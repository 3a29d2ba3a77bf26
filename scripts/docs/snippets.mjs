import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** @typedef {{ file: string, line: number, runs: boolean, hidden: string, code: string }} Snippet */

const FENCE = /^(\s*)(`{3,})\s*([\w-]*)\s*(.*)$/
const SETUP = /^<!-- setup:\s([\s\S]*?)-->\s*$/

/**
 * The ```ts blocks of a Markdown file. ```ts no-run is type-checked only; ```ts continued goes on where the block
 * before ended; `<!-- setup: … -->` right before a block is code that the reader does not see.
 * @returns {Snippet[]}
 */
export function snippetsOf(root, file) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n')
  const snippets = []
  for (let at = 0; at < lines.length; at++) {
    const open = FENCE.exec(lines[at])
    if (!open) continue
    const [, indent, fence, language, flags] = open
    const end = lines.findIndex((line, index) => index > at && line.trim() === fence)
    if (end < 0) throw new Error(`${file}:${at + 1} has a code block that does not end`)
    if (language === 'ts') {
      const code = lines
        .slice(at + 1, end)
        .map((line) => line.slice(indent.length))
        .join('\n')
      const above = lines.slice(0, at).join('\n')
      const hidden = SETUP.exec(above.slice(above.lastIndexOf('<!-- setup:')))?.[1]?.trim() ?? ''
      const words = flags.split(/\s+/).filter(Boolean)
      const stranger = words.find((word) => word !== 'no-run' && word !== 'continued')
      if (stranger) throw new Error(`${file}:${at + 1} has an unknown mark: ${stranger}`)
      const before = snippets.at(-1)
      if (words.includes('continued')) append(before, at + 2, hidden, code)
      else snippets.push({ file, line: at + 2, runs: !words.includes('no-run'), hidden, code })
    }
    at = end
  }
  return snippets
}

/** Puts code below that of the block before, on the same line as in the guide, what is hidden on the one before it. */
function append(before, line, hidden, code) {
  const lines = before.code.split('\n')
  const between = line - before.line - lines.length
  before.code = [...lines, ...Array(between - 1).fill(''), oneLine(hidden), code].join('\n')
}

const oneLine = (code) => code.replace(/\s*\n\s*/g, '; ')

/**
 * A snippet as a module. Its first line makes what the reader has from the setup and the snippet does not make itself;
 * the guide's own lines follow.
 */
export function moduleOf(snippet, worldKeys) {
  const source = ts.createSourceFile('snippet.ts', `${snippet.hidden}\n${snippet.code}`, ts.ScriptTarget.Latest, true)
  const own = declaredNames(source)
  const used = new Set()
  const visit = (node) => {
    if (ts.isIdentifier(node)) used.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  const wanted = worldKeys.filter((key) => used.has(key) && !own.has(key))
  const world =
    wanted.length > 0 ? `const { ${wanted.join(', ')} } = await __docs.world(${wanted.includes('db')});` : ''
  const hidden = oneLine(snippet.hidden)
  return {
    /** As the compiler checks it. */
    checked: `import * as __docs from '__docs'; ${world} ${hidden};\n${snippet.code}\nexport {}\n`,
    /** As it runs: with the claims of its comments checked. */
    run: `import * as __docs from '__docs'; ${world} ${hidden};\n${claims(snippet.code)}\nexport {}\n`,
  }
}

/** Names a module declares at its top level. */
function declaredNames(source) {
  const names = new Set()
  const bind = (name) => {
    if (ts.isIdentifier(name)) names.add(name.text)
    else for (const element of name.elements) if (ts.isBindingElement(element)) bind(element.name)
  }
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement)) for (const { name } of statement.declarationList.declarations) bind(name)
    else if (ts.isImportDeclaration(statement)) {
      const { name, namedBindings } = statement.importClause ?? {}
      if (name) names.add(name.text)
      if (namedBindings && ts.isNamespaceImport(namedBindings)) names.add(namedBindings.name.text)
      else for (const element of namedBindings?.elements ?? []) names.add(element.name.text)
    } else if (statement.name && ts.isIdentifier(statement.name)) names.add(statement.name.text)
  }
  return names
}

/** `console.log(x) // value` prints exactly that, `…` being anything; `await call() // throws CODE field rule` throws exactly that. */
const claims = (code) =>
  code
    .split('\n')
    .map((line) => {
      const printed = /^(\s*)console\.log\((.*)\) \/\/ (.+)$/.exec(line)
      if (printed) return `${printed[1]}__docs.printed(${JSON.stringify(printed[3])}, ${printed[2]})`
      const thrown = /^(\s*)(await )?(.*) \/\/ throws (\S+(?: \S+){0,2})$/.exec(line)
      if (thrown)
        return `${thrown[1]}await __docs.thrown(${JSON.stringify(thrown[4])}, async () => (${thrown[2] ?? ''}${thrown[3]}))`
      return line
    })
    .join('\n')
