// Snapshots as bytes: those of Apache's 3.8.0, our own, cut short and fed in pieces.

import fs from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { DecodeError } from '#shared/jute/reader.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { applyEntry } from '#shared/tree/apply.ts'
import { createTree } from '#shared/tree/create-tree.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { essence } from '#shared/tree/testing.ts'
import { OPEN_ACL } from '#shared/zk/acl.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import { SnapshotStreamDecoder } from './snapshot-decode.ts'
import { encodeSnapshotFile, encodeTree } from './snapshot-encode.ts'
import { loadSnapshot, looksComplete, sealMatches } from './snapshot-file.ts'
import { History, treeAfter } from './testing/history.ts'
import { recordedSnapshot } from './testing/recorded.ts'
import { temporaryDir } from './testing/rig.ts'

const dir = temporaryDir()
afterAll(() => fs.rmSync(dir, { recursive: true }))

/** The same file each time. */
function save(bytes: Uint8Array): string {
  const file = `${dir}/snapshot`
  fs.writeFileSync(file, bytes)
  return file
}

function fileOf(tree: DataTree): Buffer {
  return Buffer.concat([...encodeSnapshotFile(tree)])
}

for (const [id, zxid] of [
  ['snapshot.empty', 0],
  ['snapshot.after', 0x1d],
] as const) {
  test(`${id} of Apache's 3.8.0 loads, and is written again byte for byte`, async () => {
    const file = save(recordedSnapshot(id))
    expect(await sealMatches(file)).toBe(true)
    const { tree, digest } = await loadSnapshot(file)
    expect(digest).toEqual({ zxid, value: zxid === 0 ? 0n : tree.digest })
    tree.lastProcessedZxid = zxid as Zxid
    // Apache lists world:anyone ALL when a client has spelled it out; a tree holds null either way.
    for (const [path, node] of tree.nodes) {
      if (path !== '/' && !path.startsWith('/zookeeper')) node.acl ??= OPEN_ACL
    }
    expect(fileOf(tree).toString('hex')).toBe(Buffer.from(recordedSnapshot(id)).toString('hex'))
  })
}

test('a new tree is written as Apache writes one', () => {
  const ours = fileOf(createTree())
  expect(ours.length).toBe(recordedSnapshot('snapshot.empty').length)
})

/** The digest and seal 2: without them it is a snapshot of a server without digests. */
const DIGEST_TRAILER_BYTES = 33

test('a snapshot cut short at any byte or changed in one does not load', async () => {
  const whole = recordedSnapshot('snapshot.after')
  for (let end = 0; end < whole.length; end += 1) {
    if (end === whole.length - DIGEST_TRAILER_BYTES) continue
    await expect(loadSnapshot(save(whole.subarray(0, end))), `cut at ${end}`).rejects.toThrow(DecodeError)
  }
  for (let at = 0; at < whole.length; at += 3) {
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] ?? 0) ^ 0x10
    const file = save(changed)
    await expect(loadSnapshot(file), `changed at ${at}`).rejects.toThrow(DecodeError)
    expect(await sealMatches(file), `changed at ${at}`).toBe(false)
  }
})

test('seal 1 alone, or a trailer of 3.9 behind, is accepted', async () => {
  const whole = Buffer.from(recordedSnapshot('snapshot.after'))
  const plain = save(whole.subarray(0, whole.length - DIGEST_TRAILER_BYTES))
  expect(await looksComplete(plain)).toBe(true)
  expect(await sealMatches(plain)).toBe(true)
  expect((await loadSnapshot(plain)).digest).toBeNull()
  const newer = save(Buffer.concat([whole, Buffer.alloc(16), Buffer.from([0, 0, 0, 1, 0x2f])]))
  expect((await loadSnapshot(newer)).digest?.zxid).toBe(0x1d)
})

test('a stream decodes whatever the chunks are, and hands back what follows it', () => {
  const history = new History()
  history.many(120)
  const signature = new JuteWriter()
  signature.ustring('BenWasHere')
  const stream = Buffer.concat([...encodeTree(history.tree), signature.take(), Buffer.from('next')])
  const zxid = history.tree.lastProcessedZxid
  for (const size of [1, 2, 7, 64, 1000, stream.length]) {
    const decoder = new SnapshotStreamDecoder(zxid)
    let result: ReturnType<typeof decoder.push> = null
    let rest = Buffer.alloc(0)
    for (let at = 0; at < stream.length; at += size) {
      const chunk = Uint8Array.prototype.slice.call(stream, at, at + size)
      if (result) rest = Buffer.concat([rest, chunk])
      else {
        result = decoder.push(chunk)
        if (result) rest = Buffer.from(result.rest)
      }
    }
    expect(rest.toString(), `chunks of ${size}`).toBe('next')
    expect(result && essence(result.tree)).toEqual(essence(history.tree))
  }
})

test('a stream that breaks off, or lacks its signature, gives no tree', () => {
  const stream = Buffer.concat([...encodeTree(createTree())])
  const decoder = new SnapshotStreamDecoder(0 as Zxid)
  expect(decoder.push(stream)).toBeNull()
  expect(decoder.push(Buffer.from([0, 0, 0, 10]))).toBeNull()
  expect(() => decoder.push(Buffer.from('BenWasNot!'))).toThrow(DecodeError)
})

test('lengths that no server would send are refused before memory is taken for them', () => {
  const header = Buffer.alloc(8 + 4)
  header.writeInt32BE(0x7fffffff, 8)
  expect(() => new SnapshotStreamDecoder(0 as Zxid).push(header)).toThrow(DecodeError)
  expect(() => new SnapshotStreamDecoder(0 as Zxid).push(Buffer.from([0xff, 0xff, 0xff, 0xfe]))).toThrow(DecodeError)
})

test('[D-9] a snapshot written while the tree changes, and the log behind its label, give the tree', async () => {
  const history = new History()
  history.add({ type: 'create', path: '/deep', data: null, acl: null, ephemeral: false, parentCVersion: -1 })
  history.many(2000)
  const label = history.tree.lastProcessedZxid
  const slices: Uint8Array[] = []
  let step = 0
  for (const slice of encodeSnapshotFile(history.tree)) {
    slices.push(slice)
    step += 1
    history.many(3)
    const path = `/node-1-${step * 14 + 2}`
    if (history.tree.nodes.has(path)) history.add({ type: 'delete', path })
    history.add({ type: 'setACL', path: '/deep', acl: [{ perms: step, scheme: 'ip', id: '10.0.0.1' }], version: step })
  }
  expect(step).toBeGreaterThan(3)
  const { tree, digest } = await loadSnapshot(save(Buffer.concat(slices)))
  expect(digest?.zxid).toBeGreaterThan(label)
  tree.lastProcessedZxid = label
  for (const entry of history.entries) {
    if (entry.zxid <= label) continue
    applyEntry(tree, entry)
    if (entry.zxid === digest?.zxid) expect(tree.digest).toBe(digest.value)
  }
  expect(essence(tree)).toEqual(essence(treeAfter(history.entries, history.tree.lastProcessedZxid)))
})
