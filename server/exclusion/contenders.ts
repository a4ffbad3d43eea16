// The processes that contend, of each library that is here: who is in which, how it is started, and what it printed.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Child, run } from '../peers/harness/child.ts'
import { within } from '../peers/harness/wait-for.ts'
import { CURATOR_JARS, CURATOR_PACKAGES, hasCurator, JAVA, JAVAC, pythonWithKazoo } from '../testing/other-libraries.ts'
import { HOLD_MS_MAX, INSIDE, LOCK_DIR, SESSION_TIMEOUT_MS, THINK_MS_MAX } from './layout.ts'

export type Library = 'ours' | 'curator' | 'kazoo'

export interface Contenders {
  readonly library: Library
  readonly names: readonly string[]
  readonly child: Child
}

const COMPILE_TIMEOUT_MS = 120_000
const END_TIMEOUT_MS = 30_000
/** Ours are in so many processes, so that a stopped one does not stop all. */
const PROCESSES_OF_OURS = 3

/** How to get what is not here, by library; ours is always here. */
export function missingLibraries(): Partial<Record<Library, string>> {
  return {
    ...(hasCurator() ? {} : { curator: `apt-get install ${CURATOR_PACKAGES}` }),
    ...(pythonWithKazoo() === null ? { kazoo: 'apt-get install python3-kazoo' } : {}),
  }
}

/** Half of them of other libraries, as far as those are here. The names say whose they are. */
export function shareOut(count: number, others: readonly Library[]): { library: Library; names: string[] }[] {
  const names = (library: Library, many: number, from = 0) =>
    Array.from({ length: many }, (_, i) => `${library}-${from + i + 1}`)
  const half = others.length === 0 ? 0 : Math.floor(count / 2)
  const groups = others.map((library, i) => {
    const many = Math.floor(half / others.length) + (i < half % others.length ? 1 : 0)
    return { library, names: names(library, many) }
  })
  const ours = names('ours', count - half)
  for (let i = 0; i < PROCESSES_OF_OURS; i += 1) {
    const share = ours.filter((_, at) => at % PROCESSES_OF_OURS === i)
    if (share.length > 0) groups.push({ library: 'ours', names: share })
  }
  return groups
}

export interface Places {
  /** Our contender, built. */
  readonly contenderEntry: string
  /** The folder with the other libraries' programs. */
  readonly programs: string
  /** A folder of this run. */
  readonly scratch: string
}

/** Compiles Curator's once; throws with the compiler's words. */
export async function prepareCurator({ programs, scratch }: Places): Promise<void> {
  await mkdir(join(scratch, 'classes'), { recursive: true })
  const source = join(programs, 'curator-contender.java')
  const args = ['-nowarn', '-d', join(scratch, 'classes'), '-cp', CURATOR_JARS.join(':'), source]
  const { code, output } = await run(JAVAC, args, { timeoutMs: COMPILE_TIMEOUT_MS })
  if (code !== 0) throw new Error(`Curator's contender does not compile:\n${output}`)
}

export function startContenders(
  library: Library,
  names: readonly string[],
  servers: string,
  { contenderEntry, programs, scratch }: Places,
): Contenders {
  const settings = [servers, LOCK_DIR, INSIDE, SESSION_TIMEOUT_MS, HOLD_MS_MAX, THINK_MS_MAX].map(String)
  switch (library) {
    case 'ours':
      return { library, names, child: new Child(process.execPath, [contenderEntry, servers, ...names]) }
    case 'kazoo': {
      const python = pythonWithKazoo() ?? 'python3'
      const program = join(programs, 'kazoo-contender.py')
      return { library, names, child: new Child(python, ['-u', program, ...settings, ...names]) }
    }
    case 'curator': {
      const classPath = [join(scratch, 'classes'), ...CURATOR_JARS].join(':')
      const logging = '-Dorg.slf4j.simpleLogger.defaultLogLevel=off'
      const args = ['-Xmx256m', '-XX:TieredStopAtLevel=1', logging, '-cp', classPath, 'CuratorContender']
      return { library, names, child: new Child(JAVA, [...args, ...settings, ...names]) }
    }
  }
}

/** Ends a process by ending its input. Returns what was wrong with it, as sentences. */
export async function endContenders({ library, child }: Contenders): Promise<string[]> {
  child.endInput()
  try {
    await within(`the end of ${library}'s contenders`, END_TIMEOUT_MS, child.ended)
  } catch (error) {
    await child.killNow()
    return [error instanceof Error ? error.message : String(error)]
  }
  const violations = [...child.output.matchAll(/^VIOLATION (.*)$/gm)].map(([, what = '']) => what)
  if (/^DONE$/m.test(child.output)) return violations
  return [...violations, `${library}'s contenders ended by themselves: ${child.output.slice(-1500)}`]
}

/** How often the processes told of such an event. */
export function countEvents(all: readonly Contenders[], event: string): number {
  const pattern = new RegExp(`^EVENT ${event} `, 'gm')
  return all.reduce((sum, { child }) => sum + (child.output.match(pattern)?.length ?? 0), 0)
}
