import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { takeTurn } from './only-one.ts'

test('who comes second is refused', async () => {
  const first = createServer()
  const port = await new Promise<number>((resolve) => {
    first.listen(0, '127.0.0.1', () => {
      const address = first.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  expect(await takeTurn(port)).toBe(false)
  await new Promise((resolve) => first.close(resolve))
  expect(await takeTurn(port)).toBe(true)
})
