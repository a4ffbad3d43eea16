// What the tools say of whole and of damaged files, and that what they rebuild is taken.

import fs from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { makeZxid } from '#shared/zk/zxid.ts'
import { loadSnapshot } from '../storage/snapshot-file.ts'
import { History } from '../storage/testing/history.ts'
import { openRig, temporaryDir } from '../storage/testing/rig.ts'
import { runTool } from './run-tool.ts'
import { readToolArguments } from './tool-arguments.ts'

const made: string[] = []
afterAll(() => {
  for (const dir of made) fs.rmSync(dir, { recursive: true })
})

function newDir(): string {
  const dir = temporaryDir()
  made.push(dir)
  return dir
}

async function run(kind: 'log' | 'snapshot', ...args: string[]): Promise<{ code: number; lines: string[] }> {
  const options = readToolArguments(kind, args)
  if (!options.ok) throw new Error(options.error)
  const lines: string[] = []
  const code = await runTool(options.value, (line) => lines.push(line))
  return { code, lines }
}

/** Twenty entries, a snapshot after the first ten. */
async function directory(): Promise<{ dir: string; history: History; logs: string[]; snapshot: string }> {
  const dir = newDir()
  const history = new History()
  const rig = await openRig(dir)
  rig.append(history.many(10))
  await rig.settled()
  await rig.storage.takeSnapshot(history.tree)
  rig.append(history.many(10))
  await rig.settled()
  await rig.storage.close()
  const at = (name: string) => `${dir}/version-2/${name}`
  return { dir, history, logs: [at('log.100000001'), at('log.10000000b')], snapshot: at('snapshot.10000000a') }
}

function damage(path: string, at: number): void {
  const bytes = fs.readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ 0x11
  fs.writeFileSync(path, bytes)
}

describe('zabscope log', () => {
  test('prints each transaction, exactly, as text and as JSON', async () => {
    const { logs, history } = await directory()
    const [log = ''] = logs
    const text = await run('log', log)
    expect(text.code).toBe(0)
    expect(text.lines[0]).toBe(
      '2023-11-14T22:13:20.000Z session 0x1000000000000001 cxid 0x1 zxid 0x100000001 createSession timeout=10000',
    )
    expect(text.lines[1]).toContain('create /node-1-2 parentCVersion=1 acl=open data=2B')
    expect(text.lines[10]).toContain(': 10 records, 0x100000001 to 0x10000000a')
    const json = await run('log', '--json', '-d', log)
    const entries = json.lines.slice(0, -1).map((line) => JSON.parse(line))
    expect(entries.map(({ zxid }) => Number(zxid))).toEqual(history.entries.slice(0, 10).map((entry) => entry.zxid))
    expect(entries[1]).toMatchObject({
      session: '0x1000000000000001',
      txn: { type: 'create', dataLength: 2, data: 'AgI=' },
    })
    expect(entries[1].digest).toBe(`0x${history.entries[1]?.digest?.toString(16)}`)
  })

  test('chooses by zxid and session, and counts', async () => {
    const { logs } = await directory()
    const [log = ''] = logs
    const some = await run('log', '--from', '0x100000003', '--to', '0x100000005', log)
    expect(some.lines.filter((line) => line.includes(' zxid '))).toHaveLength(3)
    const none = await run('log', '--session', '5', log)
    expect(none.lines.filter((line) => line.includes(' zxid '))).toEqual([])
    const stats = await run('log', '--stats', '--json', log)
    expect(JSON.parse(stats.lines[0] ?? '')).toMatchObject({
      records: 10,
      types: { createSession: { count: 1 }, create: { count: 6 } },
      damage: [],
      sums: expect.stringContaining('verified'),
    })
  })

  test('[ST-3] says where a log is damaged, and rebuilds what comes before', async () => {
    const { dir, logs } = await directory()
    const [, log = ''] = logs
    const third = JSON.parse((await run('log', '--json', log)).lines[2] ?? '').offset
    damage(log, third + 20)
    const verified = await run('log', '--verify', log)
    expect(verified.code).toBe(1)
    expect(verified.lines.join('\n')).toMatch(
      new RegExp(`DAMAGE bytes ${third} to \\d+: a record that is not as written`),
    )
    expect(verified.lines.join('\n')).toContain('0x10000000e follows 0x10000000c')
    expect(verified.lines.join('\n')).toContain('by its side file')

    const out = `${newDir()}/log.10000000b`
    const rebuilt = await run('log', '--rebuild', out, log)
    expect(rebuilt.lines.at(-1)).toContain(
      '2 records, up to 0x10000000c; 7 intact records behind the damage are left out',
    )
    expect((await run('log', '--verify', out)).code).toBe(0)
    const again = await run('log', '--rebuild', out, log)
    expect(again).toMatchObject({ code: 1, lines: [expect.stringContaining('is there already')] })
    fs.copyFileSync(out, log)
    fs.rmSync(`${dir}/version-2/sums.log.10000000b`)
    const rig = await openRig(dir)
    expect(rig.recovered.lastZxid).toBe(makeZxid(1, 12))
    await rig.storage.close()
  })

  test('a torn end is no damage; what is no log is', async () => {
    const { logs } = await directory()
    const [log = ''] = logs
    fs.appendFileSync(log, Buffer.from('00000000123456780000004000', 'hex'))
    const torn = await run('log', '--verify', log)
    expect(torn.code).toBe(0)
    expect(torn.lines.join('\n')).toContain('12 bytes of a torn record')
    const other = `${newDir()}/log.1`
    fs.writeFileSync(other, 'what is this? certainly not a log')
    expect((await run('log', '--verify', other)).lines.join('\n')).toContain('does not start with ZKLG')
    expect(await run('log', '/nowhere/log.1')).toMatchObject({ code: 1, lines: [expect.stringContaining('ENOENT')] })
  })

  test.each([0, 7, 16, 40])('a log cut to %d bytes is read to its end', async (size) => {
    const { logs } = await directory()
    const [log = ''] = logs
    fs.truncateSync(log, size)
    fs.rmSync(log.replace('log.', 'sums.log.'))
    expect((await run('log', '--verify', log)).code).toBe(0)
  })
})

describe('zabscope snapshot', () => {
  test('prints sessions and znodes', async () => {
    const { snapshot, history } = await directory()
    const { code, lines } = await run('snapshot', '--json', snapshot)
    expect(code).toBe(0)
    const objects = lines.map((line) => JSON.parse(line))
    expect(objects[0]).toEqual({ session: '0x1000000000000001', timeoutMs: 10_000 })
    expect(objects.slice(1, -1).map(({ path }) => path)).toEqual([...loadedPaths(await loadSnapshot(snapshot))])
    expect(objects.at(-1)).toMatchObject({
      zxid: '0x10000000a',
      digest: { value: `0x${digestAt(history, 9)}` },
      damage: [],
    })
    const text = await run('snapshot', snapshot)
    expect(text.lines).toContainEqual(expect.stringMatching(/^\/node-1-2 czxid=0x100000002 .* data=2B$/))
  })

  test('rebuilds what can be read of a damaged one, plain or compressed', async () => {
    const { snapshot } = await directory()
    const whole = (await loadSnapshot(snapshot)).tree.nodes.size
    fs.truncateSync(snapshot, fs.statSync(snapshot).size - 300)
    const verified = await run('snapshot', '--verify', snapshot)
    expect(verified.code).toBe(1)
    expect(verified.lines.join('\n')).toMatch(/DAMAGE it ends before its nodes do\n.*znodes and 1 sessions can be read/)
    for (const suffix of ['', '.gz', '.snappy']) {
      const out = `${newDir()}/snapshot.10000000a${suffix}`
      expect((await run('snapshot', '--rebuild', out, snapshot)).lines.at(-1)).toContain(
        'znodes and 1 sessions at 0x10000000a',
      )
      expect((await run('snapshot', '--verify', out)).code).toBe(0)
      const { size } = (await loadSnapshot(out)).tree.nodes
      expect(size).toBeGreaterThan(4)
      expect(size).toBeLessThan(whole)
    }
  })
})

function loadedPaths({ tree }: Awaited<ReturnType<typeof loadSnapshot>>): Iterable<string> {
  return tree.nodes.keys()
}

function digestAt(history: History, index: number): string | undefined {
  return history.entries[index]?.digest?.toString(16)
}

describe('a data directory', () => {
  test('is verified as a whole, and nothing in it changes', async () => {
    const { dir, logs } = await directory()
    const [, log = ''] = logs
    fs.appendFileSync(log, Buffer.from('0000000012345678000000', 'hex'))
    const before = fs
      .readdirSync(`${dir}/version-2`)
      .map((name) => [name, fs.statSync(`${dir}/version-2/${name}`).mtimeMs])
    for (const path of [dir, `${dir}/version-2`]) {
      const { code, lines } = await run('log', path)
      expect(code).toBe(0)
      expect(lines.join('\n')).toContain('says: cutting an incomplete record off')
      expect(lines.at(-1)).toMatch(/^a start succeeds at 0x100000014 with \d+ znodes and 1 sessions, acceptedEpoch 1/)
    }
    expect(
      fs.readdirSync(`${dir}/version-2`).map((name) => [name, fs.statSync(`${dir}/version-2/${name}`).mtimeMs]),
    ).toEqual(before)
  })

  test('[ST-1] that a start would refuse says why', async () => {
    const { dir, logs } = await directory()
    fs.rmSync(logs[1] ?? '')
    const { code, lines } = await run('snapshot', dir)
    expect(code).toBe(1)
    expect(lines.at(-1)).toMatch(/^DAMAGE a start is refused: .*log.10000000b: it is gone/)
  })

  test('that is empty makes a new database', async () => {
    const dir = newDir()
    expect((await run('log', '--json', dir)).lines.map((line) => JSON.parse(line))).toMatchObject([{ start: 'new' }])
  })
})
