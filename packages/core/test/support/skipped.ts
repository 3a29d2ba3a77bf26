import { test } from 'vitest'

test.skip(`skipped: ${process.env.RAPPORT_TEST_SKIPPED}`)
