import assert from 'node:assert/strict'
import type { SmsPort } from '../../messages/ports'
import type { ProviderUnderTest, ReceivedSms } from './provider'
import { assertInvalid, sendingCases } from './sending'

type SmsCase = readonly [name: string, check: (provider: ProviderUnderTest<SmsPort, ReceivedSms>) => Promise<void>]

const sms = (id: string) => ({ id, to: '+4915123456789', text: 'See you at 9.' })

export const smsCases: readonly SmsCase[] = [
  ...sendingCases(sms),
  [
    'number and text arrive as they are, in every script',
    async ({ port, received }) => {
      const text = 'Grüße & 100 % = 1+1?\nשלום 👩‍👩‍👧 €[]\r\n&To=+15550000000'
      await port.send({ ...sms('m'), text })
      assert.deepEqual(await received(), [{ to: '+4915123456789', text }])
    },
  ],
  [
    'what no network takes is refused before anything goes out',
    async (provider) => {
      for (const to of ['0151 2345678', '+4915123456789\n', '+49151,+49152', '4915123456789', '+0151234567', '']) {
        await assertInvalid(provider, { ...sms('m'), to }, 'to')
      }
      await assertInvalid(provider, { ...sms('m'), text: '' }, 'text')
      await assertInvalid(provider, { ...sms('m'), text: 'a\0' }, 'text')
      await assertInvalid(provider, { ...sms('a\nb') }, 'id')
    },
  ],
]
