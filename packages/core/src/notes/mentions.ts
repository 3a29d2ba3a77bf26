/** Code is quoted, not said: nobody is mentioned in it. */
const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g
const LINKED = /@\[[^\]\n]{0,255}\]\(user:([^()\s]{1,765})\)/g
/** `@id` at the start of a word. An id may hold `@`, `.`, `|` and the like, so the end is found by looking ids up. */
const BARE = /(?<![\p{L}\p{N}_.+@/-])@([\p{L}\p{N}_][^\s()[\]{}<>"'`,;!?*]{0,254})/gu
const TRAILING = /[^\p{L}\p{N}_]+$/u
const MOST = 100

/**
 * Who may be mentioned in a Markdown text: for each place the possible user ids, longest first. `@[Ada](user:u1)` names
 * the id (URL-encoded where it has blanks or brackets); `@u1` may be followed by punctuation that is not part of it.
 */
export function mentionCandidates(body: string): string[][] {
  const text = body.replace(CODE, ' ')
  const linked = [...text.matchAll(LINKED)].map(([, id]) => [decoded(id as string)])
  const bare = [...text.replace(LINKED, ' ').matchAll(BARE)].map(([, id]) => shortenings(id as string))
  return [...linked, ...bare].slice(0, MOST)
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

/** `bob.smith.` and `bob.smith` and `bob`: what remains as punctuation is taken off the end. */
function shortenings(id: string): string[] {
  const forms = [id]
  for (let form = id; forms.length < 5; ) {
    const bare = form.replace(TRAILING, '')
    form = bare === form ? form.replace(/[^\p{L}\p{N}_]+[\p{L}\p{N}_]+$/u, '') : bare
    if (form === '' || form === forms.at(-1)) break
    forms.push(form)
  }
  return forms
}
