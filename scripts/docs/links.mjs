import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g

/** Links between files of the repository that lead nowhere, as `file:line message`. */
export function brokenLinks(root, files) {
  const anchors = new Map()
  const anchorsOf = (file) => {
    if (!anchors.has(file)) anchors.set(file, new Set(headings(readFileSync(join(root, file), 'utf8')).map(slug)))
    return anchors.get(file)
  }
  return files.flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n')
    let inCode = false
    return lines.flatMap((line, index) => {
      if (/^\s*```/.test(line)) inCode = !inCode
      if (inCode) return []
      return [...line.replace(/`[^`]*`/g, '').matchAll(LINK)].flatMap(([, target]) => {
        if (/^[a-z]+:/.test(target)) return []
        const [path, anchor] = target.split('#')
        const meant = path === '' ? file : normalize(join(dirname(file), path))
        if (!existsSync(join(root, meant))) return [`${file}:${index + 1} links to ${target}, which is not there`]
        if (anchor && meant.endsWith('.md') && !anchorsOf(meant).has(anchor))
          return [`${file}:${index + 1} links to ${target}, a heading that is not there`]
        return []
      })
    })
  })
}

const headings = (text) => text.replace(/```[\s\S]*?```/g, '').match(/^#{1,6} .+$/gm) ?? []

/** As GitHub makes it: lower case, no punctuation, hyphens for blanks. */
const slug = (heading) =>
  heading
    .replace(/^#+ /, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')
