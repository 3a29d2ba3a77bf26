import { foldText } from '../kernel/text'

/** Legal forms that people add to a company's name or leave out, folded. */
const LEGAL_FORMS = (
  'gmbh, gmbh & co. kg, gmbh & co kg, ag, kg, ohg, ug, se, ev, e.v., inc, inc., incorporated, llc, l.l.c., llp, lp, corp, corp., ' +
  'corporation, co, co., company, ltd, ltd., limited, plc, pty ltd, pvt ltd, private limited, pte ltd, sa, s.a., sarl, sas, ' +
  'sasu, srl, s.r.l., spa, s.p.a., sl, s.l., bv, b.v., nv, n.v., ab, as, a/s, aps, oy, oyj, sp. z o.o., s.r.o., kft, zrt, doo, ' +
  'd.o.o., ltda, sa de cv, s.a. de c.v., kk, k.k., gk, group, holding, holdings'
).split(', ')

/** A company's name without its legal form, folded: `Acme, Inc.` and `ACME GmbH` are both `acme`. */
export function bareCompanyName(name: string): string {
  let bare = foldText(name)
  for (let found = true; found; ) {
    found = false
    for (const form of LEGAL_FORMS) {
      const rest = bare.endsWith(` ${form}`) ? bare.slice(0, -form.length - 1).replace(/[\s,&]+$/, '') : ''
      if (rest === '') continue
      bare = rest
      found = true
    }
  }
  return bare
}

/** Forms that are also written behind a comma: `Acme, Inc.` */
const BEHIND_COMMA = ['inc', 'inc.', 'llc', 'ltd', 'ltd.', 'corp.', 'co.']

/** The folded names under which the same company may be stored: as given, bare, and with each legal form. */
export function spellingsOf(name: string): string[] {
  const bare = bareCompanyName(name)
  const forms = [...LEGAL_FORMS.map((form) => `${bare} ${form}`), ...BEHIND_COMMA.map((form) => `${bare}, ${form}`)]
  return [...new Set([foldText(name), bare, ...forms])]
}
