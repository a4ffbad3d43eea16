// One short run of everything that is short, ours alone: that the load is carried, checked and reported. Whether a bar
// is met is not asked here, for that takes a quiet machine and Apache.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runEnsembleBenchmark } from './run-ensemble.ts'

const DIST_SERVER = fileURLToPath(new URL('../../../dist/server', import.meta.url))
const CELLS = [
  ...['set-100B-c2-o4', 'get-100B-c2-o4', 'create-100B-c2-o4', 'exists-100B-c2-o4', 'children10-c2-o4'],
  ...['mixed90-100B-rate500', 'watch-oneshot', 'watch-persistent-o1', 'connect-c32', 'failover'],
]

test.skipIf(process.platform !== 'linux')('a short run has figures for every cell, and no failed check', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bench-test-'))
  const [json, report] = [join(dir, 'bench.json'), join(dir, 'bench.md')]
  const lines: string[] = []
  const args = ['--no-apache', '--cells', CELLS.join(), '--seconds', '1', '--warm-up', '0', '--repeats', '1']
  const files = ['--server-warm-up', '0', '--json', json, '--report', report, '--dir', dir]
  try {
    const code = await runEnsembleBenchmark([...args, ...files], (line) => lines.push(line), DIST_SERVER)
    expect(lines.join('\n')).toContain('The report is in')
    expect(code).toBe(0)
    const { rounds } = JSON.parse(readFileSync(json, 'utf8'))
    // Two trials of failover.
    expect(rounds.map(({ cell }: { cell: string }) => cell)).toEqual([...CELLS, 'failover'])
    for (const { cell, figures, failed } of rounds) {
      expect(failed, cell).toBe(0)
      const { opsPerSecond, eventsPerSecond, sessionsPerSecond, failoverMs } = figures
      expect(opsPerSecond ?? eventsPerSecond ?? sessionsPerSecond ?? failoverMs, cell).toBeGreaterThan(0)
    }
    expect(readFileSync(report, 'utf8')).toContain('### set-100B-c2-o4')
    // The data of the servers is gone.
    expect(readdirSync(dir).sort()).toEqual(['bench.json', 'bench.md'])
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
