// Runs short Python scripts with kazoo, where a Python that has it is installed.

import { spawn, spawnSync } from 'node:child_process'
import { waitFor } from './ensemble.ts'

/** `python3` first; Debian's own has the packaged kazoo when another python3 stands before it. */
const PYTHONS = ['python3', '/usr/bin/python3']
const LINE_TIMEOUT_MS = 30_000

export interface Script {
  /** Resolves when the script has printed a line that starts so; with the line. */
  line(start: string, timeoutMs?: number): Promise<string>
  answer(text: string): void
  lines(): readonly string[]
  kill(): void
}

export interface Kazoo {
  run(source: string, args: readonly string[]): Script
}

/** null when no Python here has kazoo. */
export function findKazoo(): Kazoo | null {
  const python = PYTHONS.find((path) => spawnSync(path, ['-c', 'import kazoo']).status === 0)
  return python === undefined ? null : { run: (source, args) => runScript(python, source, args) }
}

function runScript(python: string, source: string, args: readonly string[]): Script {
  const child = spawn(python, ['-u', '-c', source, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  let printed = ''
  let complaints = ''
  child.stdout.on('data', (chunk) => {
    printed += chunk
  })
  child.stderr.on('data', (chunk) => {
    complaints += chunk
  })
  const lines = () => printed.split('\n').slice(0, -1)
  return {
    lines,
    line: (start, timeoutMs = LINE_TIMEOUT_MS) =>
      waitFor(
        () => lines().find((line) => line.startsWith(start)) ?? null,
        timeoutMs,
        () => `the script did not print "${start}"; it printed:\n${printed}\n${complaints}`,
        () => child.exitCode !== null,
      ),
    answer: (text) => child.stdin.write(`${text}\n`),
    kill: () => child.kill('SIGKILL'),
  }
}
