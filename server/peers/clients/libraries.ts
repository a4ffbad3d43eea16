// Client libraries with their recipes, each a program of its own language: kazoo, Curator, and two packages of npm.

import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CURATOR_JARS, CURATOR_PACKAGES, JAVAC, pythonWithKazoo } from '../../testing/other-libraries.ts'
import { Child, run } from '../harness/child.ts'
import { programFile } from './command-lines.ts'
import { needsFiles, type Peer, type PeerRun } from './peer.ts'
import { followProgram, type Result } from './program.ts'

const PROGRAM_TIMEOUT_MS = 240_000
const INSTALL_TIMEOUT_MS = 240_000
const COMPILE_TIMEOUT_MS = 120_000

/** `only`: the recipes to run, all when empty. */
export function kazooPeer(only: readonly string[] = []): Peer {
  return {
    name: 'kazoo',
    missing: () => (pythonWithKazoo() === null ? 'apt-get install python3-kazoo' : null),
    run(peer: PeerRun) {
      const args = ['-u', programFile(peer, 'kazoo-recipes.py'), peer.ensemble.connectString, ...only]
      const child = new Child(pythonWithKazoo() ?? 'python3', args)
      return followProgram('kazoo', child, peer.ensemble, PROGRAM_TIMEOUT_MS)
    },
  }
}

export const curator: Peer = {
  name: 'Curator',
  missing: () => needsFiles([...CURATOR_JARS, JAVAC], CURATOR_PACKAGES),
  async run(peer: PeerRun) {
    const classes = join(peer.scratch, 'curator')
    await mkdir(classes, { recursive: true })
    const classPath = [classes, ...CURATOR_JARS].join(':')
    const compile = ['-nowarn', '-d', classes, '-cp', classPath, programFile(peer, 'curator-recipes.java')]
    const compiled = await run(JAVAC, compile, { timeoutMs: COMPILE_TIMEOUT_MS })
    if (compiled.code !== 0)
      return [{ name: 'Curator', outcome: 'failed' as const, note: `it does not compile:\n${compiled.output}` }]
    const args = ['-Xmx256m', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', classPath, 'CuratorRecipes']
    const child = new Child('/usr/bin/java', [...args, peer.ensemble.connectString])
    return followProgram('Curator', child, peer.ensemble, PROGRAM_TIMEOUT_MS)
  },
}

/** A package that npm puts into a folder of this run: it is no dependency of ours. */
export function npmPeer(name: string): Peer {
  return {
    name: `npm ${name}`,
    missing: () => null,
    async run(peer: PeerRun): Promise<readonly Result[]> {
      const directory = join(peer.scratch, name)
      await mkdir(directory, { recursive: true })
      await writeFile(join(directory, 'package.json'), '{ "private": true }\n')
      const install = ['install', '--no-audit', '--no-fund', '--loglevel=error', name]
      const { code, output } = await run('npm', install, { timeoutMs: INSTALL_TIMEOUT_MS, cwd: directory, group: true })
      if (code !== 0) {
        const why = output.trim().split('\n').slice(-4).join(' ').slice(0, 400)
        return [
          { name: `npm ${name}`, outcome: 'not installed', note: `npm install ${name} ended with ${code}: ${why}` },
        ]
      }
      const program = join(directory, 'program.mjs')
      await copyFile(programFile(peer, `npm-${name}.mjs`), program)
      const child = new Child(process.execPath, [program, peer.ensemble.connectString], { cwd: directory })
      return followProgram(`npm ${name}`, child, peer.ensemble, PROGRAM_TIMEOUT_MS)
    },
  }
}
