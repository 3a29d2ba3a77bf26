import { expect, test } from 'vitest'
import { withPeople } from './support/crm'

test('finds across types', async () => {
  const { ada, storage } = await withPeople()
  await ada.contacts.create({ firstName: 'Grâce', lastName: 'Hopper', emails: ['g@navy.example'], phones: ['+49 151 2345 6789'] })
  await ada.leads.create({ name: 'Disgrace', email: 'x@y.example' })
  console.log(await ada.search('grac'), await ada.search('0151 23'), await ada.search('op'), (await ada.leads.list({search:'sgrac'})).items.length)
  console.log((await storage.record(()=>ada.search('grac'))).map(s=>s.sql))
})
