import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { comparable, noteCommit, pixelFigures } from './pixels.ts'
import { useViewStore } from './view-store.ts'

let frames: (() => void)[] = []
const page = { hidden: false }

beforeEach(() => {
  frames = []
  page.hidden = false
  vi.stubGlobal('document', page)
  vi.stubGlobal('location', { hostname: '127.0.0.1' })
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame))
})
afterEach(() => vi.unstubAllGlobals())

function draw(): void {
  useViewStore.setState(({ version }) => ({ version: version + 1 }))
}

test('a commit counts when the frame after its drawing is painted, not before; on a hidden page never', async () => {
  noteCommit(Date.now() - 100)
  expect(frames).toHaveLength(0)
  draw()
  expect(pixelFigures()).toBeNull()
  for (const frame of frames) frame()
  await vi.waitFor(() => expect(pixelFigures()?.of).toBe(1))
  expect(pixelFigures()?.p50).toBeGreaterThanOrEqual(100)

  page.hidden = true
  noteCommit(Date.now() - 100)
  draw()
  expect(frames).toHaveLength(1)
  // It is not kept for later, either: nobody saw it in time.
  page.hidden = false
  draw()
  expect(frames).toHaveLength(1)
})

test('what cannot be compared is not told', () => {
  vi.stubGlobal('location', { hostname: 'zk.example.org' })
  expect(comparable()).toBe('elsewhere')
  expect(pixelFigures()).toBeNull()
})
