import { join } from 'node:path'
import ts from 'typescript'

/**
 * Type errors of the snippets, as `file:line message`. They are modules in memory, checked against the sources as an
 * application of this workspace would be.
 * @param {{ snippet: import('./snippets.mjs').Snippet, checked: string }[]} modules
 */
export function typeErrors(root, modules) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [], files: ['docs/snippets-setup.ts'] },
    ts.sys,
    root,
  )
  const core = (name) => join(root, 'packages/core/node_modules', name)
  const adapters = (name) => join(root, 'packages/adapters/node_modules', name)
  options.paths = {
    ...options.paths,
    __docs: [join(root, 'docs/snippets-setup.ts')],
    kysely: [core('kysely')],
    zod: [core('zod')],
    'better-sqlite3': [core('@types/better-sqlite3')],
    pg: [adapters('@types/pg')],
    'mysql2/*': [adapters('mysql2/*')],
    'drizzle-orm/*': [adapters('drizzle-orm/*')],
    '@prisma/adapter-pg': [adapters('@prisma/adapter-pg')],
    typeorm: [adapters('typeorm')],
  }
  options.noEmit = true

  const byPath = new Map(modules.map((one, index) => [join(root, 'docs', `__snippet-${index}.ts`), one]))
  const host = ts.createCompilerHost(options)
  const { readFile, fileExists, getSourceFile } = host
  host.fileExists = (path) => byPath.has(path) || fileExists(path)
  host.readFile = (path) => byPath.get(path)?.checked ?? readFile(path)
  host.getSourceFile = (path, version, ...rest) =>
    byPath.has(path)
      ? ts.createSourceFile(path, byPath.get(path).checked, version, true)
      : getSourceFile(path, version, ...rest)

  const program = ts.createProgram([...byPath.keys(), join(root, 'docs/snippets-setup.ts')], options, host)
  const own = program
    .getSourceFiles()
    .filter(({ fileName }) => byPath.has(fileName) || fileName.endsWith('snippets-setup.ts'))
  return own
    .flatMap((source) => [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)])
    .map((problem) => {
      const { line } = problem.file.getLineAndCharacterOfPosition(problem.start ?? 0)
      const of = byPath.get(problem.file.fileName)
      const place = of
        ? `${of.snippet.file}:${of.snippet.line + Math.max(0, line - 1)}`
        : `docs/snippets-setup.ts:${line + 1}`
      return `${place} ${ts.flattenDiagnosticMessageText(problem.messageText, '\n  ')}`
    })
}
