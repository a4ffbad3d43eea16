// What Apache ZooKeeper answers to bad requests, measured, and held against the recording that the unit tests of
// shared/tree go by. RECORD=1 writes the recording anew.

import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { BAD_INPUT, SCENE } from '#shared/tree/bad-input.ts'
import recorded from '#shared/tree/testdata/apache-errors.json' with { type: 'json' }
import type { ClientRequest } from '#shared/zk/request.ts'
import { type Apache, apacheMissing, startApache } from './testing/apache.ts'
import { type Answer, RawClient } from './testing/raw-client.ts'
import { temporaryDir } from './testing/rig.ts'

const RECORDING = fileURLToPath(new URL('../../shared/tree/testdata/apache-errors.json', import.meta.url))
const missing = apacheMissing()
if (missing) console.log(`skipped: ${missing}`)

const made: string[] = []
const running: Apache[] = []
afterAll(async () => {
  for (const apache of running) await apache.kill()
  for (const dir of made) fs.rmSync(dir, { recursive: true })
})

/** One number, those of a multi's results, or `closed`. */
function inShort({ err, body }: Answer): string {
  if (err !== 0 || body.type !== 'multi') return String(err)
  return body.results.map((one) => (one.type === 'error' ? one.err : 0)).join(' ')
}

/** Undoes what a request that was granted has done. */
async function undo(root: RawClient, request: ClientRequest, { err, body }: Answer): Promise<void> {
  if (err !== 0) return
  const created = body.type === 'path' || body.type === 'pathStat' ? [body.path ?? ''] : []
  if (body.type === 'multi')
    for (const one of body.results) if (one.type === 'create' || one.type === 'create2') created.push(one.path)
  if (request.type !== 'sync') for (const path of created) await root.ask({ type: 'delete', path, version: -1 })
  const again = request.type === 'delete' ? SCENE.filter((one) => 'path' in one && one.path === request.path) : []
  for (const one of again) await root.ask(one)
  if (request.type === 'setACL') await root.ask({ ...request, acl: [{ perms: 31, scheme: 'world', id: 'anyone' }] })
}

async function measure(port: number): Promise<Record<string, string>> {
  const root = await RawClient.connect(port)
  expect(await root.authenticate('super')).toBe(0)
  for (const request of SCENE) expect((await root.ask(request)).err).toBe(0)
  const answers: Record<string, string> = {}
  let client = await RawClient.connect(port)
  for (const { name, request } of BAD_INPUT) {
    try {
      const answer = await client.ask(request)
      answers[name] = inShort(answer)
      await undo(root, request, answer)
    } catch {
      answers[name] = 'closed'
      client = await RawClient.connect(port)
    }
  }
  return answers
}

describe.skipIf(missing !== null)('bad requests', () => {
  test('Apache answers as recorded', async () => {
    const dir = temporaryDir()
    made.push(dir)
    const apache = await startApache(dir, {
      'zookeeper.extendedTypesEnabled': 'true',
      'zookeeper.DigestAuthenticationProvider.superDigest': 'super:lK75jTNcA+U9vtVEw5vB51mj/w4=',
    })
    running.push(apache)
    const answers = await measure(apache.port)
    if (process.env.RECORD === '1') fs.writeFileSync(RECORDING, `${JSON.stringify(answers, null, 2)}\n`)
    else expect(answers).toEqual(recorded)
  })
})
