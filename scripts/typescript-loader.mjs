/**
 * Lets Node run the workspace's TypeScript sources as they are: types are stripped, `@rapport/…` means the sources,
 * relative imports need no extension. For checks; applications run on the built packages.
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'

const packages = new URL('../packages/', import.meta.url)
const ALIASES = [
  [/^@rapport\/core$/, 'core/src/index.ts'],
  [/^@rapport\/(core|adapters)\/([\w-]+)$/, '$1/src/$2/index.ts'],
]

export function resolve(specifier, context, next) {
  for (const [pattern, path] of ALIASES) {
    if (pattern.test(specifier)) return found(new URL(specifier.replace(pattern, path), packages))
  }
  const fromSource = context.parentURL?.endsWith('.ts') && !context.parentURL.includes('/node_modules/.pnpm/')
  if (fromSource && specifier.startsWith('.')) {
    for (const ending of ['.ts', '/index.ts', '']) {
      const url = new URL(specifier + ending, context.parentURL)
      if (url.pathname.endsWith('.ts') && existsSync(fileURLToPath(url))) return found(url)
    }
  }
  // Snippets lie outside any package: what they import is what core can import.
  const outside = fromSource && !context.parentURL.startsWith(packages.href) && !specifier.startsWith('.')
  return next(specifier, outside ? { ...context, parentURL: new URL('core/src/index.ts', packages).href } : context)
}

const found = (url) => ({ url: url.href, format: 'module', shortCircuit: true })

export function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  const fileName = fileURLToPath(url)
  const { outputText } = ts.transpileModule(readFileSync(fileName, 'utf8'), {
    fileName,
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
      inlineSourceMap: true,
      sourceRoot: pathToFileURL(fileName).href.replace(/[^/]+$/, ''),
    },
  })
  return { format: 'module', source: outputText, shortCircuit: true }
}
