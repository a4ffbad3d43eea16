// Rubbish at every door: each gets a decided answer, and the ensemble goes on serving.

import { once } from 'node:events'
import { createConnection, createServer, type Server } from 'node:net'
import { Ensemble, freePort } from '../ensemble.ts'
import { connectToAny, expect, test } from '../fixtures.ts'

const ANSWER_TIMEOUT_MS = 5_000

/** What `address` answers to `bytes` until it closes the connection; null when it stays open. */
async function knock(address: string, bytes: Buffer): Promise<Buffer | null> {
  const [host = '', port = ''] = address.split(':')
  const socket = createConnection({ host, port: Number(port) })
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => undefined)
  socket.write(bytes)
  try {
    await once(socket, 'close', { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
    return Buffer.concat(chunks)
  } catch {
    return null
  } finally {
    socket.destroy()
  }
}

async function listenSomewhere(server: Server): Promise<number> {
  const port = await freePort()
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return port
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

const RUBBISH: readonly (readonly [string, Buffer])[] = [
  ['a garbage frame', Buffer.concat([int(40), Buffer.alloc(40, 'x')])],
  ['an oversized length', int(0x7fffffff)],
  ['one byte too many for the limit', int(1_048_576)],
  ['a negative length', int(-5)],
  ['an empty frame', int(0)],
  ['a web browser', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
]

for (const [what, bytes] of RUBBISH) {
  test(`${what} on the client port closes that connection only`, async ({ ensemble, client, base }) => {
    for (const { address, sid } of ensemble.members) {
      const answer = await knock(address, bytes)
      expect(answer, `member ${sid} should close the connection`).not.toBeNull()
      expect(answer?.length, `member ${sid} should say nothing`).toBe(0)
    }
    expect(await client.create(`${base}/after`)).toBe(`${base}/after`)
  })
}

test('four-letter words on the client port', async ({ ensemble }) => {
  const address = ensemble.members[0]?.address ?? ''
  expect(String(await knock(address, Buffer.from('ruok')))).toBe('imok')
  const srvr = String(await knock(address, Buffer.from('srvr')))
  expect(srvr).toMatch(/^Mode: (leader|follower)$/m)
  expect(srvr).toMatch(/^Zxid: 0x[0-9a-f]+$/m)
  // Known but not allowed by default: says how to allow it.
  expect(String(await knock(address, Buffer.from('dump')))).toContain('not in the whitelist')
})

test('a taken port is replaced by the next free one, and the output says so', async () => {
  const squatters = [createServer(), createServer()]
  const [page = 0, clients = 0] = await Promise.all(squatters.map(listenSomewhere))
  const ensemble = await Ensemble.start({ port: page, clientPort: clients })
  try {
    expect(new URL(ensemble.url).port).not.toBe(String(page))
    expect(ensemble.members.some(({ address }) => address.endsWith(`:${clients}`))).toBe(false)
    expect(ensemble.output).toContain(`${page} is taken`)
    expect(ensemble.output).toContain(`${clients} is taken`)
    await (await connectToAny(ensemble)).close()
  } finally {
    await ensemble.stopAndForget()
    for (const squatter of squatters) squatter.close()
  }
})
