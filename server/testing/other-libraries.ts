// Where Debian keeps the ZooKeeper clients of other languages that ours are tested with: Curator for Java, and kazoo for Python.
// Running them is their users' business.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

export const JAVA = '/usr/bin/java'
export const JAVAC = '/usr/bin/javac'

/** What a program that uses Curator's recipes has on its class path, besides its own classes. */
export const CURATOR_JARS: readonly string[] = [
  'curator-client',
  'curator-framework',
  'curator-recipes',
  'zookeeper',
  'guava',
  'slf4j-api',
  'slf4j-simple',
].map((name) => `/usr/share/java/${name}.jar`)

export const CURATOR_PACKAGES = 'libcurator-recipes-java libslf4j-java default-jdk-headless'

/** Debian's own has the packaged kazoo when another python3 stands before it. */
const PYTHONS = ['python3', '/usr/bin/python3']

/** Whether programs can be compiled against Curator, and run. */
export function hasCurator(): boolean {
  return [JAVA, JAVAC, ...CURATOR_JARS].every((file) => existsSync(file))
}

/** The interpreter that knows kazoo; null when none does. */
export function pythonWithKazoo(): string | null {
  return PYTHONS.find((path) => spawnSync(path, ['-c', 'import kazoo']).status === 0) ?? null
}
