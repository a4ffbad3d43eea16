// What opening a directory accepts and refuses: its owner, its epoch files, what it is made of.

import fs from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import type { Recovered } from '#shared/peer/contract.ts'
import { createTree } from '#shared/tree/create-tree.ts'
import { loadSnapshot } from './snapshot-file.ts'
import { History } from './testing/history.ts'
import { openRig, temporaryDir } from './testing/rig.ts'

const made: string[] = []
afterAll(() => {
  for (const dir of made) fs.rmSync(dir, { recursive: true })
})

function newDir(): string {
  const dir = temporaryDir()
  made.push(dir)
  return dir
}

test('[ST-11] a directory has one owner; the lock of a dead one does not count', async () => {
  const dir = newDir()
  const rig = await openRig(dir)
  await expect(openRig(dir)).rejects.toThrow(`${dir} is in use by process ${process.pid}`)
  await rig.storage.close()
  fs.writeFileSync(`${dir}/zabscope.lock`, JSON.stringify({ pid: 2 ** 22 + 1, birth: 'gone' }))
  const taken = await openRig(dir)
  await taken.storage.close()
  // The same pid in another life: a container starts its one process with the same number each time.
  fs.writeFileSync(`${dir}/zabscope.lock`, JSON.stringify({ pid: process.pid, birth: 'another boot' }))
  const reborn = await openRig(dir)
  await reborn.storage.close()
  fs.writeFileSync(`${dir}/zabscope.lock`, 'half a lo')
  const repaired = await openRig(dir)
  expect(fs.readdirSync(dir).filter((name) => name !== 'version-2')).toEqual(['zabscope.lock'])
  await repaired.storage.close()
  expect(fs.readdirSync(dir)).toEqual(['version-2'])
})

describe('the directory', () => {
  test('is made with its parents', async () => {
    const dir = `${newDir()}/a/b`
    await (await openRig(dir)).storage.close()
    expect(fs.statSync(`${dir}/version-2`).mode & 0o777).toBe(0o700)
  })

  test('is refused with a sentence when a file is in its way', async () => {
    const dir = newDir()
    fs.writeFileSync(`${dir}/file`, '')
    await expect(openRig(`${dir}/file`)).rejects.toThrow(/cannot use .*file\/version-2 \(ENOTDIR\)/)
    fs.writeFileSync(`${dir}/version-2`, '')
    await expect(openRig(dir)).rejects.toThrow(/cannot use .*version-2 \(EEXIST\)/)
  })

  test.runIf(process.platform === 'linux')('is refused with a sentence where nothing can be made', async () => {
    await expect(openRig('/proc/nothing')).rejects.toThrow('cannot use /proc/nothing/version-2 (ENOENT)')
  })
})

describe('epochs', () => {
  async function withEpochs(accepted: string | null, current: string | null): Promise<Recovered> {
    const dir = newDir()
    const rig = await openRig(dir)
    rig.append(new History(createTree(), 3).many(2))
    await rig.settled()
    await rig.storage.close()
    if (accepted !== null) fs.writeFileSync(`${dir}/version-2/acceptedEpoch`, accepted)
    if (current !== null) fs.writeFileSync(`${dir}/version-2/currentEpoch`, current)
    const again = await openRig(dir)
    await again.storage.close()
    return again.recovered
  }

  test.each([
    ['5', '4', 5, 4],
    ['3', null, 3, 3],
    [null, null, 3, 3],
    ['7', null, 7, 3],
    // Txns of a synchronization are durable before currentEpoch is (O-3).
    ['3', '2', 3, 2],
    ['3\n', '3\n', 3, 3],
  ])('[R-1653] accepted %j, current %j of a log in epoch 3', async (accepted, current, wantAccepted, wantCurrent) => {
    expect(await withEpochs(accepted, current)).toMatchObject({
      acceptedEpoch: wantAccepted,
      currentEpoch: wantCurrent,
    })
  })

  test('what no crash leaves is refused', async () => {
    await expect(withEpochs('4', '5')).rejects.toThrow(/acceptedEpoch is 4, below currentEpoch 5/)
    await expect(withEpochs('2', '2')).rejects.toThrow(/has only promised epoch 2/)
    await expect(withEpochs('', '2')).rejects.toThrow(/should hold one epoch number/)
    await expect(withEpochs('4', 'four')).rejects.toThrow(/should hold one epoch number/)
  })

  test('[R-2325] epoch files without any data are not a new server', async () => {
    const dir = newDir()
    fs.mkdirSync(`${dir}/version-2`)
    fs.writeFileSync(`${dir}/version-2/acceptedEpoch`, '3')
    await expect(openRig(dir)).rejects.toThrow(/this server's data is gone/)
  })
})

test('a dataDir that is a file is refused in words', async () => {
  const dir = newDir()
  fs.writeFileSync(`${dir}/file`, '')
  await expect(openRig(`${dir}/file`)).rejects.toThrow(/it has to be a directory that this user may write to/)
})

test('without digests none is written, and none is missed', async () => {
  const dir = newDir()
  const history = new History()
  const rig = await openRig(dir, { digest: false })
  rig.append(history.many(20).map((entry) => ({ ...entry, digest: null })))
  expect(await rig.storage.takeSnapshot(history.tree)).toBe(true)
  await rig.storage.close()
  expect((await loadSnapshot(`${dir}/version-2/snapshot.100000014`)).digest).toBeNull()
  // Switched on again: what was not written cannot be compared.
  const complaints: string[] = []
  const again = await openRig(dir, { log: (level, message) => level !== 'info' && complaints.push(message) })
  expect(again.recovered.tree.digest).toBe(history.tree.digest)
  expect(complaints).toEqual([])
  await again.storage.close()
})
