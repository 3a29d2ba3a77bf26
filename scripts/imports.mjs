import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

/** @typedef {{ specifier: string, line: number, kind: 'static' | 'dynamic' | 'type' }} Import */

/** TypeScript files below a folder, as paths from the root, without dependencies and build output. */
export function sourceFiles(root, folder) {
  const files = []
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory() && !['node_modules', 'dist'].includes(entry.name)) files.push(...sourceFiles(root, path))
    else if (/\.[cm]?tsx?$/.test(entry.name)) files.push(path)
  }
  return files
}

/**
 * Every import, re-export, `import()` and `import('…')` type of a file.
 * @returns {Import[]}
 */
export function importsOf(root, file) {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true)
  const found = []
  const add = (node, kind) => {
    if (!node || !ts.isStringLiteralLike(node)) return
    found.push({ specifier: node.text, kind, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1 })
  }
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.isTypeOnly ? 'type' : 'static')
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'static')
    else if (ts.isImportTypeNode(node)) add(node.argument.literal, 'type')
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], 'dynamic')
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The file that a relative import means, as a path from the root; undefined when there is none. */
export function resolveRelative(root, file, specifier, files) {
  const base = relative(root, join(root, dirname(file), specifier))
  return [`${base}.ts`, `${base}.tsx`, `${base}/index.ts`, base].find((path) => files.has(path))
}
