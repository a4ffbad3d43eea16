import { describe, expect, test } from 'vitest'
import type { SizeEntry } from '#shared/events/tree-requests.ts'
import { addToHeat, emptyHeat, HEAT_MINUTES, heatBelow, heatFigures } from './heat.ts'
import { CELL_PX, cellAt, cellBeside, HEAT_STEPS, heatStep, layoutIcicle } from './icicle.ts'

const entry = (path: string, nodes: number, bytes: number, children = 0, others: SizeEntry['others'] = null) => ({
  path,
  nodes,
  bytes,
  children,
  others,
})
const ENTRIES = [
  entry('/', 100, 1000, 2),
  entry('/a', 24, 900, 1),
  entry('/a/x', 23, 900),
  entry('/many', 75, 100, 74, { count: 73, nodes: 73, bytes: 50 }),
  entry('/many/1', 1, 50),
]
const NONE: ReadonlyMap<string, number> = new Map()
const shape = (measure: 'nodes' | 'bytes' | 'changes', changes = NONE, root = '/') =>
  layoutIcicle(ENTRIES, changes, root, measure, 1000).map((cell) => [
    cell.others > 0 ? `${cell.path} +${cell.others}` : cell.path,
    Math.round(cell.x),
    Math.round(cell.width),
  ])

describe('the icicle', () => {
  test('is as wide as the parts hold, the largest first, with what was not looked at', () => {
    expect(shape('nodes')).toEqual([
      ['/', 0, 1000],
      ['/many', 0, 750],
      ['/many +73', 0, 730],
      ['/many/1', 730, 10],
      ['/a', 750, 240],
      ['/a/x', 750, 230],
    ])
    expect(shape('bytes').filter(([path]) => path === '/a' || path === '/many')).toEqual([
      ['/many', 0, 100],
      ['/a', 100, 900],
    ])
  })

  test('shows changes where they were, and a part of the tree by itself', () => {
    const changes = new Map([
      ['/', 10],
      ['/a', 10],
      ['/a/x', 10],
    ])
    expect(shape('changes', changes).map(([path]) => path)).toEqual(['/', '/a', '/a/x'])
    expect(shape('nodes', NONE, '/a').map(([path]) => path)).toEqual(['/a', '/a/x'])
    expect(shape('nodes', NONE, '/none')).toEqual([])
  })

  test('keys go from cell to cell, a point finds one', () => {
    const cells = layoutIcicle(ENTRIES, NONE, '/', 'nodes', 1000)
    const go = (from: string, key: string) => {
      const at = cells.findIndex((cell) => cell.path === from && cell.others === 0)
      return cells[cellBeside(cells, at, key)]?.path
    }
    expect([go('/', 'ArrowDown'), go('/many', 'ArrowRight'), go('/a', 'ArrowLeft'), go('/a/x', 'ArrowUp')]).toEqual([
      '/many',
      '/a',
      '/many',
      '/a',
    ])
    expect([go('/', 'ArrowUp'), go('/a/x', 'ArrowDown')]).toEqual(['/', '/a/x'])
    expect(cells[cellAt(cells, 800, CELL_PX * 1.5)]?.path).toBe('/a')
    expect(cellAt(cells, 800, CELL_PX * 9)).toBe(-1)
  })

  test('heat has steps by powers', () => {
    expect([heatStep(0, 1000), heatStep(1, 1000), heatStep(30, 1000), heatStep(1000, 1000)]).toEqual([
      0,
      1,
      3,
      HEAT_STEPS,
    ])
  })
})

describe('changes lately', () => {
  const MINUTE = 60_000
  test('are counted by path, with all above', () => {
    const heat = emptyHeat()
    addToHeat(heat, 0, ['/a/x', '/a/x', '/b', null], 4)
    const figures = heatFigures(heat, MINUTE)
    expect([figures.own.get('/a/x'), figures.committed, figures.told]).toEqual([2, 4, 4])
    expect([...heatBelow(figures)]).toEqual([
      ['/a/x', 2],
      ['/a', 2],
      ['/', 3],
      ['/b', 1],
    ])
  })

  test('of a write of several operations belong to each path', () => {
    const heat = emptyHeat()
    addToHeat(heat, 0, [null], 1, ['/a', '/b'])
    const figures = heatFigures(heat, 0)
    expect([figures.own.get('/a'), figures.own.get('/b'), figures.committed, figures.told]).toEqual([1, 1, 1, 1])
  })

  test('where some were not told, are reckoned from the exact count', () => {
    const heat = emptyHeat()
    addToHeat(heat, 0, ['/a', '/a', '/a', '/b'], 400)
    const figures = heatFigures(heat, 0)
    expect([figures.own.get('/a'), figures.own.get('/b'), figures.committed, figures.told]).toEqual([300, 100, 400, 4])
  })

  test('are forgotten after ten minutes', () => {
    const heat = emptyHeat()
    for (let minute = 0; minute <= HEAT_MINUTES; minute += 1) addToHeat(heat, minute * MINUTE, ['/a'], 1)
    expect(heat.minutes).toHaveLength(HEAT_MINUTES)
    expect(heatFigures(heat, (HEAT_MINUTES + 4) * MINUTE).own.get('/a')).toBe(6)
    expect(heatFigures(heat, 99 * MINUTE).own.size).toBe(0)
  })
})
