// The package as its users have it: in a folder of theirs, with their compiler's settings, without our sources.

import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { buildClient } from '../launch/build-client.mjs'
import { bundle } from '../launch/bundle.mjs'
import { Ensemble } from '../peers/harness/ensemble.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

const PROGRAM = `
import { ZooKeeper, NoNodeError, BadVersionError, acquireLock, formatZxid, type Stat, type PersistentEvent } from 'zabscope/client'

const zk = await ZooKeeper.connect({ servers: process.argv[2] ?? '' })
const { path } = await zk.create('/job-', 'text', { mode: 'ephemeralSequential' })
const { data, stat }: { data: Buffer | null; stat: Stat } = await zk.getData(path)
const events: PersistentEvent[] = []
await zk.addWatch('/', { recursive: true, onEvent: (event) => events.push(event) })
const missing = await zk.getData('/none').catch((error: unknown) => error instanceof NoNodeError && error.path)
const version = await zk.setData(path, 'x', 9).catch((error: unknown) => error instanceof BadVersionError)
const lock = await acquireLock(zk, '/lock')
await lock.release()
const said = { path, text: data?.toString(), version, missing, owner: stat.ephemeralOwner === zk.sessionId }
console.log(JSON.stringify({ ...said, events: events.length > 0, token: formatZxid(lock.fencingToken).startsWith('0x') }))
await zk.close()
`
const SETTINGS = {
  strict: true,
  target: 'es2022',
  module: 'nodenext',
  skipLibCheck: false,
  types: ['node'],
  outDir: 'out',
}

test('a project of its own compiles against the package under --strict, and its program runs and ends by itself', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'zabscope-package-'))
  const inDirectory = (name: string) => join(directory, name)
  const memberEntry = join(ROOT, 'dist/peers/member.js')
  try {
    await mkdir(inDirectory('project/node_modules/zabscope/dist'), { recursive: true })
    await Promise.all([
      buildClient(inDirectory('project/node_modules/zabscope/dist/client')),
      bundle('server/launch/member-main.ts', memberEntry),
      cp(join(ROOT, 'package.json'), inDirectory('project/node_modules/zabscope/package.json')),
      symlink(join(ROOT, 'node_modules/@types'), inDirectory('project/node_modules/@types')),
      symlink(join(ROOT, 'node_modules/undici-types'), inDirectory('project/node_modules/undici-types')),
      writeFile(inDirectory('project/package.json'), '{ "type": "module" }'),
      writeFile(inDirectory('project/program.ts'), PROGRAM),
      writeFile(inDirectory('project/tsconfig.json'), JSON.stringify({ compilerOptions: SETTINGS })),
    ])
    const cwd = inDirectory('project')
    const compiled = await run(process.execPath, [TSC, '-p', '.'], { cwd }).catch((error: { stdout: string }) => error)
    expect(compiled.stdout).toBe('')
    const ensemble = await Ensemble.start({ kinds: ['ours'], memberEntry })
    try {
      await ensemble.whenServing()
      const { stdout } = await run(process.execPath, ['out/program.js', ensemble.connectString], {
        cwd,
        timeout: 30_000,
      })
      expect(JSON.parse(stdout)).toEqual({
        path: '/job-0000000000',
        text: 'text',
        version: true,
        missing: '/none',
        owner: true,
        events: true,
        token: true,
      })
    } finally {
      await ensemble.close()
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
