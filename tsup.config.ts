import { readFileSync } from 'node:fs'
import { defineConfig } from 'tsup'

/**
 * One build for every package: run from a package's folder. The `exports` map is the only list of entry points,
 * `./sqlite` is built from `src/sqlite/index.ts`. A package without `exports` is an application: `src/main.ts`.
 */
interface Manifest {
  exports?: Record<string, unknown>
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
const subpaths = Object.keys(manifest.exports ?? {}).filter((subpath) => subpath !== './package.json')
const isLibrary = subpaths.length > 0

const entry = Object.fromEntries(
  subpaths.map((subpath) =>
    subpath === '.' ? ['index', 'src/index.ts'] : [subpath.slice(2), `src/${subpath.slice(2)}/index.ts`],
  ),
)

export default defineConfig({
  entry: isLibrary ? entry : { main: 'src/main.ts' },
  format: isLibrary ? ['esm', 'cjs'] : ['esm'],
  target: 'node20',
  // Chunks: what one caller never uses (validation, phone numbers, CSV) is not loaded, and entry points share one copy.
  splitting: true,
  // `import.meta.url` in CommonJS too.
  shims: true,
  clean: true,
  // Declarations take most of the time; running an example does not need them.
  dts: isLibrary && process.env.RAPPORT_BUILD !== 'js' ? { compilerOptions: { paths: {} } } : false,
  silent: true,
})
