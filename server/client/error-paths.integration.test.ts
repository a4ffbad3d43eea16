// Every way in which a server can fail a client: a typed error within its timeout, and nothing left behind. A process of
// its own meets them all: a rejection that nobody handles ends it with an error, a timer or a socket keeps it from ending.

import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundle } from '../launch/bundle.mjs'
import { MISDEEDS } from './testing/bad-server.ts'
import type { Told } from './testing/error-paths-program.ts'

/** The program's own limits are below a second; the rest is a slow machine. */
const END_TIMEOUT_MS = 60_000
const LATE_MS = 10_000

let directory: string
let told: ReadonlyMap<string, Told>

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'client-error-paths-'))
  const program = join(directory, 'program.js')
  await bundle('server/client/testing/error-paths-program.ts', program)
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], { timeout: END_TIMEOUT_MS })
  expect(stderr).toBe('')
  const lines = stdout.trim().split('\n')
  told = new Map(lines.map((line): [string, Told] => [(JSON.parse(line) as Told).what, JSON.parse(line) as Told]))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

function about(what: string): Told {
  const line = told.get(what)
  if (!line) throw new Error(`nothing was told of ${what}`)
  expect(line.ms).toBeLessThan(LATE_MS)
  return line
}

describe.each(Object.keys(MISDEEDS))('a server that %s', (misdeed) => {
  test('in the handshake: no session, and why', () => {
    expect(about(`handshake: ${misdeed}`)).toMatchObject({
      error: 'ConnectFailedError',
      message: expect.stringMatching(
        /^no server of 127\.0\.0\.1:\d+ gave a session within 600 ms: the server 127\.0\.0\.1:\d+ (did not answer|closed|cannot be reached|sent)/,
      ),
    })
  })

  test('in the handshake of TLS: no session either', () => {
    expect(about(`TLS: ${misdeed}`)).toMatchObject({ error: 'ConnectFailedError' })
  })

  test('at a request: the call is rejected, by its timeout or with the connection', () => {
    const stays = misdeed === 'never answers' || misdeed === 'answers byte by byte, and stops'
    const errors = stays ? ['RequestTimeoutError', 'ConnectionLossError'] : ['ConnectionLossError']
    expect(errors).toContain(about(`request: ${misdeed}`).error)
    expect(about(`request, no timeout: ${misdeed}`).error).toBe('ConnectionLossError')
  })

  test('while a watch is set: its loop ends when the client is closed', () => {
    expect([null, 'ClientClosedError', 'ConnectionLossError']).toContain(about(`watch: ${misdeed}`).error)
  })
})

test('nobody there, a name that nobody has, a dial that fails: each says so', () => {
  expect(about('nobody is there')).toMatchObject({
    error: 'ConnectFailedError',
    message: expect.stringMatching(/ECONNREFUSED/),
  })
  expect(about('no such name')).toMatchObject({
    error: 'ConnectFailedError',
    message: expect.stringMatching(/name\.invalid/),
  })
  expect(about('a dial that throws').message).toMatch(/could not be dialled: a dial of the caller that fails/)
  expect(about('given up').error).toBe('TimeoutError')
})
