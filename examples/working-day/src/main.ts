import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { workingDay } from './day'

const folder = mkdtempSync(join(tmpdir(), 'working-day-'))
for (const line of await workingDay(folder)) console.log(line)
rmSync(folder, { recursive: true })
