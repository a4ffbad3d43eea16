// [S-7] Libraries whose older versions one packet could end or exhaust; the lock file may not go back to them.
// Source: security.md §7 and the advisories that it names.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const LOCK = fileURLToPath(new URL('../../../package-lock.json', import.meta.url))

/** The first versions without what is known of each. */
const AT_LEAST = {
  ws: [8, 21, 1], // CVE-2024-37890, CVE-2026-45736, CVE-2026-48779, CVE-2026-62389
  'socket.io': [4, 6, 2], // CVE-2024-38355
  'socket.io-parser': [4, 2, 7], // CVE-2023-32695, CVE-2026-33151, CVE-2026-69185
  'engine.io': [6, 4, 2], // CVE-2023-31125
} as const

test.each(Object.entries(AT_LEAST))('[S-7] %s is at least %j, wherever it is installed', (name, wanted) => {
  const { packages }: { packages: Record<string, { version?: string }> } = JSON.parse(readFileSync(LOCK, 'utf8'))
  const installed = Object.entries(packages).filter(([path]) => path.endsWith(`node_modules/${name}`))
  expect(installed.length).toBeGreaterThan(0)
  for (const [path, { version = '' }] of installed) {
    const parts = version.split('.').map(Number)
    const newer = wanted.findIndex((part, i) => part !== parts[i])
    expect([path, version, newer === -1 || (parts[newer] ?? 0) > (wanted[newer] ?? 0)]).toEqual([path, version, true])
  }
})
