// The tools on files that Apache's server wrote, on damaged ones, and on a directory that has lost its newest snapshot.

import fs from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { parseZxid } from '#shared/zk/zxid.ts'
import { History } from '../testing/history.ts'
import { recordedLog, recordedSnapshot } from '../testing/recorded.ts'
import { openRig, temporaryDir } from '../testing/rig.ts'
import { type LogToolOptions, runLogTool } from './log-tool.ts'
import { runSnapshotTool, type SnapshotToolOptions } from './snapshot-tool.ts'

const made: string[] = []
afterAll(() => {
  for (const dir of made) fs.rmSync(dir, { recursive: true })
})

function dirWith(files: Record<string, Uint8Array>): string {
  const dir = temporaryDir()
  made.push(dir)
  fs.mkdirSync(`${dir}/version-2`)
  for (const [name, bytes] of Object.entries(files)) fs.writeFileSync(`${dir}/version-2/${name}`, bytes)
  return dir
}

const LOG: Omit<LogToolOptions, 'paths'> = {
  json: false,
  verify: false,
  data: false,
  from: null,
  to: null,
  session: null,
  rebuild: null,
}
const SNAPSHOT: Omit<SnapshotToolOptions, 'paths'> = {
  json: false,
  verify: false,
  data: false,
  path: '/',
  rebuild: null,
}

async function log(options: Partial<LogToolOptions> & Pick<LogToolOptions, 'paths'>) {
  const lines: string[] = []
  const code = await runLogTool({ ...LOG, ...options }, (line) => lines.push(line))
  return { code, lines }
}

async function snapshot(options: Partial<SnapshotToolOptions> & Pick<SnapshotToolOptions, 'paths'>) {
  const lines: string[] = []
  const code = await runSnapshotTool({ ...SNAPSHOT, ...options }, (line) => lines.push(line))
  return { code, lines }
}

describe('zabscope log', () => {
  test("prints Apache's log, a line each, and what it is", async () => {
    const dir = dirWith({ 'log.1': recordedLog() })
    const { code, lines } = await log({ paths: [dir], data: true })
    expect(code).toBe(0)
    expect(lines).toHaveLength(30)
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT.* session 0x[0-9a-f]+ cxid 0x0 zxid 0x1 createSession timeout \d+ ms/)
    expect(lines.at(-1)).toMatch(/log\.1: 0x1 to 0x1d, 29 transactions of .* sessions \(.*\), \d+ bytes, .*; whole$/)
  })

  test('as JSON every id is exact, and the filters hold', async () => {
    const dir = dirWith({ 'log.1': recordedLog() })
    const all = (await log({ paths: [dir], json: true })).lines.map((line) => JSON.parse(line))
    const { session } = all[0]
    expect(session).toMatch(/^0x[0-9a-f]+$/)
    const bounds = { from: parseZxid('0x3'), to: parseZxid('0x5') }
    const some = await log({ paths: [dir], json: true, ...bounds })
    expect(some.lines.slice(0, -1).map((line) => JSON.parse(line).zxid)).toEqual(['0x3', '0x4', '0x5'])
    const own = await log({ paths: [dir], json: true, session })
    expect(own.lines).toHaveLength(all.filter((entry) => entry.session === session).length + 1)
  })

  test('a flipped byte in the middle is found, and the whole records before it are saved to another file', async () => {
    const bytes = Buffer.from(recordedLog())
    const at = Math.floor(bytes.lastIndexOf(0x42) / 2)
    bytes[at] = (bytes[at] ?? 0) ^ 0xff
    const dir = dirWith({ 'log.1': bytes })
    const out = `${dir}/saved`
    const { code, lines } = await log({ paths: [`${dir}/version-2/log.1`], verify: true, rebuild: out })
    expect(code).toBe(1)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('NOT WHOLE')
    const saved = await log({ paths: [out], verify: true })
    expect(saved.code).toBe(0)
    expect(saved.lines[0]?.split(' whole')[0]).toContain('0x1 to ')
    expect(Buffer.compare(fs.readFileSync(out), bytes.subarray(0, fs.statSync(out).size))).toBe(0)
    await expect(log({ paths: [dir], rebuild: out })).rejects.toThrow('exists already')
  })

  test('two files that do not follow each other are told', async () => {
    const dir = dirWith({ 'log.1': recordedLog(), 'log.100': recordedLog() })
    const { code, lines } = await log({ paths: [dir], verify: true })
    expect(code).toBe(1)
    expect(lines.join('\n')).toContain('does not continue')
  })

  test('ST-1: a log that has lost its tail is not whole, however whole it looks', async () => {
    const dir = dirWith({})
    const rig = await openRig(dir)
    const history = new History()
    rig.append(history.many(1))
    await rig.settled()
    const path = `${dir}/version-2/log.100000001`
    const oneRecord = fs.readFileSync(path)
    rig.append(history.many(2))
    await rig.settled()
    await rig.storage.close()
    expect((await log({ paths: [path], verify: true })).code).toBe(0)
    fs.writeFileSync(path, oneRecord)
    const { code, lines } = await log({ paths: [path], verify: true })
    expect(code).toBe(1)
    expect(lines[0]).toMatch(/are not those that were written \(as sums\.log\.[0-9a-f]+ tells\)$/)
  })

  test('what is not there is a sentence', async () => {
    await expect(log({ paths: ['/nowhere/log.1'] })).rejects.toThrow('cannot read /nowhere/log.1 (ENOENT)')
    await expect(log({ paths: [dirWith({})] })).rejects.toThrow('holds no log.<zxid>')
  })
})

describe('zabscope snapshot', () => {
  test("prints Apache's snapshot, and what is below a path", async () => {
    const dir = dirWith({ 'snapshot.0': recordedSnapshot('snapshot.empty') })
    const { code, lines } = await snapshot({ paths: [dir] })
    expect(code).toBe(0)
    expect(lines.at(-1)).toMatch(/snapshot\.0: \d+ znodes, 0 sessions.*; whole$/)
    const below = await snapshot({ paths: [dir], path: '/zookeeper', json: true })
    const paths = below.lines.slice(0, -1).map((line) => JSON.parse(line).path)
    expect(paths).toContain('/zookeeper/quota')
    expect(paths).not.toContain('/')
  })

  test('a damaged one is found', async () => {
    const bytes = Buffer.from(recordedSnapshot('snapshot.empty'))
    bytes[60] = (bytes[60] ?? 0) ^ 1
    const { code, lines } = await snapshot({ paths: [dirWith({ 'snapshot.0': bytes })], verify: true })
    expect(code).toBe(1)
    expect(lines).toEqual([expect.stringContaining('DAMAGED')])
  })

  test('a directory whose log is damaged gives a snapshot up to there, on which a server starts', async () => {
    const bytes = Buffer.from(recordedLog())
    const at = Math.floor(bytes.lastIndexOf(0x42) / 2)
    bytes[at] = (bytes[at] ?? 0) ^ 0xff
    const dir = dirWith({ 'snapshot.0': recordedSnapshot('snapshot.empty'), 'log.1': bytes })
    const out = dirWith({})
    fs.rmdirSync(`${out}/version-2`)
    const { code, lines } = await snapshot({ paths: [dir], rebuild: out })
    expect(code).toBe(1)
    expect(lines.join('\n')).toContain('is damaged at byte')
    expect(fs.readFileSync(`${dir}/version-2/log.1`).equals(bytes)).toBe(true)
    const [name = ''] = fs.readdirSync(`${out}/version-2`)
    const rig = await openRig(out)
    expect(rig.recovered.lastZxid).toBe(Number.parseInt(name.slice('snapshot.'.length), 16))
    expect(rig.recovered.lastZxid).toBeGreaterThan(3)
    await rig.storage.close()
    await expect(snapshot({ paths: [dir], rebuild: out })).rejects.toThrow('is not empty')
  })
})
