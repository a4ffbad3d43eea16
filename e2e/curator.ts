// Runs short Java programs with Curator, where a JDK and Debian's jars of it are installed. Knows nothing of the page.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitFor } from './ensemble.ts'

const JAVA = '/usr/bin/java'
const JAVAC = '/usr/bin/javac'
const JARS = [
  ...['curator-client', 'curator-framework', 'curator-recipes', 'zookeeper', 'guava'],
  ...['slf4j-api', 'slf4j-simple'],
].map((name) => `/usr/share/java/${name}.jar`)
/** Java compiles the program first. */
const LINE_TIMEOUT_MS = 120_000

export interface CuratorScript {
  /** Resolves when the program has printed this line. */
  line(text: string): Promise<void>
  answer(text: string): void
  end(): Promise<void>
}

export function hasCurator(): boolean {
  return [JAVA, JAVAC, ...JARS].every((file) => existsSync(file))
}

/** `source`: a file with one class, run with `args`. */
export async function runCurator(source: string, args: readonly string[]): Promise<CuratorScript> {
  const folder = await mkdtemp(join(tmpdir(), 'zabscope-curator-'))
  const file = join(folder, 'Program.java')
  await writeFile(file, source)
  const quiet = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=off']
  const child = spawn(JAVA, [...quiet, '-cp', JARS.join(':'), file, ...args], { stdio: 'pipe' })
  let printed = ''
  let complaints = ''
  child.stdout.on('data', (chunk) => {
    printed += chunk
  })
  child.stderr.on('data', (chunk) => {
    complaints += chunk
  })
  return {
    line: async (text) =>
      void (await waitFor(
        () => (printed.split('\n').includes(text) ? true : null),
        LINE_TIMEOUT_MS,
        () => `the program did not print "${text}"; it printed:\n${printed}\n${complaints}`,
        () => child.exitCode !== null,
      )),
    answer: (text) => child.stdin.write(`${text}\n`),
    end: async () => {
      child.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
