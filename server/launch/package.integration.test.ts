// The package as npm packs it, in an empty directory with nothing but its own dependencies: it starts an ensemble, lets a
// user in who was made from the command line, and ends in good order.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { freePort } from '../testing/free-port.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PASSWORD = 'correct horse battery'
const WAIT = { timeout: 60_000, interval: 50 }
let directory = ''
let program: ChildProcess | null = null

const inPackage = (...parts: string[]): string => join(directory, 'node_modules/zabscope', ...parts)
const zabscope = (args: readonly string[]) => [inPackage('server/launch/zabscope.mjs'), ...args]

beforeAll(async () => {
  if (!existsSync(join(ROOT, 'dist/web/index.html'))) throw new Error('Build first: npm run build')
  directory = mkdtempSync(join(tmpdir(), 'zabscope-pack-'))
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', directory], { cwd: ROOT })
  const [tarball = ''] = readdirSync(directory)
  mkdirSync(inPackage(), { recursive: true })
  await run('tar', ['-xzf', join(directory, tarball), '-C', inPackage(), '--strip-components=1'])
  rmSync(join(directory, tarball))
  // What `npm install` would put beside it: the packages that it names, and nothing else.
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(inPackage('package.json'), 'utf8'),
  )
  for (const name of Object.keys(dependencies)) {
    const place = join(directory, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), place)
  }
})

afterAll(async () => {
  if (program?.exitCode === null && program.signalCode === null) {
    program.kill('SIGKILL')
    await once(program, 'exit')
  }
  rmSync(directory, { recursive: true, force: true })
})

test('holds what runs, and neither sources nor tests', () => {
  const files = readdirSync(inPackage(), { recursive: true }).map(String)
  expect(files).toContain('dist/server/member.js')
  expect(files.filter((file) => /\.test\.|\.map$|^server\/(?!launch)|^web|^shared/.test(file))).toEqual([])
  expect(JSON.parse(readFileSync(inPackage('package.json'), 'utf8')).private).toBeUndefined()
})

test('starts from an empty directory, lets a user in, and ends all of it', async () => {
  const port = await freePort()
  const clientPort = await freePort()
  const adding = run(process.execPath, zabscope(['user', 'add', 'ada', '--role', 'viewer']), { cwd: directory })
  adding.child.stdin?.end(`${PASSWORD}\n`)
  expect((await adding).stdout).toContain('ada is a viewer in ./users.json')
  expect(readFileSync(join(directory, 'users.json'), 'utf8')).not.toContain(PASSWORD)

  const args = ['up', '--members', '1', '--port', `${port}`, '--client-port', `${clientPort}`, '--base-path', '/zk']
  const child = spawn(process.execPath, zabscope([...args, '--users', 'users.json']), {
    cwd: directory,
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  program = child
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)))
  await vi.waitFor(() => expect(said).toMatch(/http:\/\/127\.0\.0\.1:\d+\/zk\/#token=/), WAIT)
  const base = /(http:\/\/127\.0\.0\.1:\d+)\/zk\//.exec(said)?.[1] ?? ''
  const html = await (await fetch(`${base}/zk/`)).text()
  const script = /src="(\/zk\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? ''
  expect((await fetch(`${base}${script}`)).headers.get('content-type')).toContain('javascript')
  expect((await fetch(`${base}/healthz`)).status).toBe(200)
  await vi.waitFor(async () => expect((await fetch(`${base}/readyz`)).status).toBe(200), WAIT)
  const login = await fetch(`${base}/zk/api/v1/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user: 'ada', password: PASSWORD }),
  })
  expect(await login.json()).toMatchObject({ user: 'ada', role: 'viewer' })

  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  expect([code, said]).toEqual([0, expect.stringContaining('All processes have ended.')])
  expect(existsSync(join(directory, 'data/audit.log'))).toBe(true)
  const checked = await run(process.execPath, zabscope(['audit', 'data']), { cwd: directory })
  expect(checked.stdout).toContain('1 records in 1 files')
})

test('[N-1] refuses another address than loopback, with exit code 2 and a sentence', async () => {
  const refused = await run(process.execPath, zabscope(['up', '--host', '0.0.0.0']), { cwd: directory }).catch(
    (error: { code: number; stderr: string }) => error,
  )
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--behind-tls-proxy') })
})
