import type { Office } from './office'
import { type Line, time } from './words'

/** A file on the deal, and a link for whoever has no account: your route hands the end of it to `crm.download`. */
export async function quote({ crm, ada, deal }: Office): Promise<Line[]> {
  const content = 'item;price\nCompiler;12000\n'
  const file = await ada.files.upload({ name: 'Quote 7.csv', content, category: 'quote', deal: deal.id })
  const { token, expiresAt } = await ada.files.link(file.id, { expiresIn: 900 })
  const shared = await crm.download(token)
  const received = await new Response(shared.content).text()
  return [
    [file.name, `${file.type}, ${file.size} bytes`],
    [`until ${time(expiresAt)}`, 'https://crm.acme.example/files/…'],
    ['Grace receives', received.trimEnd().replace('\n', ' | ')],
  ]
}
