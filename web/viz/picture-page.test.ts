import { expect, test } from 'vitest'
import { type PicturePage, pictureFile, pictureSize, pictureSvg } from './picture-page.ts'

const page: PicturePage = {
  ...{ width: 400, height: 300, title: 'Ring of <members>', about: '"prod" · 20:15', font: 'sans-serif' },
  ...{ surface: '#fff', ink: '#000', faintInk: '#666' },
  images: [
    { x: 0, y: 0, width: 400, height: 200, svg: '<svg><circle r="3"/></svg>' },
    { x: 0, y: 200, width: 400, height: 100, href: 'data:image/png;base64,AA==' },
  ],
  texts: [
    { x: 1, y: 12, text: '/a</text><script>', colour: 'rgb(0, 0, 0)', font: 'mono', sizePx: 12, weight: '400' },
    { x: 1, y: 30, text: 'a\u0000b', colour: 'black', font: 'mono', sizePx: 12, weight: '400' },
  ],
}

test('names from the screen stay text, whatever they hold', () => {
  const svg = pictureSvg(page)
  expect(svg).not.toContain('<script>')
  expect(svg).toContain('/a&lt;/text&gt;&lt;script&gt;')
  expect(svg).toContain('Ring of &lt;members&gt;')
  expect(svg).toContain('>ab</text>')
  expect(svg).toContain('<circle r="3"/>')
  expect(svg).toContain('href="data:image/png;base64,AA=="')
})

test('there is room for the head and a margin around what stood on the screen', () => {
  const size = pictureSize(page)
  expect(size.width).toBeGreaterThan(page.width)
  expect(size.height).toBeGreaterThan(page.height + 50)
  expect(pictureSvg(page)).toContain(`width="${size.width}" height="${size.height}"`)
})

test('the file says what and when', () => {
  const at = new Date(Date.UTC(2026, 10, 23, 20, 15, 0))
  expect(pictureFile('Ring of members', at, 'svg')).toBe('ring-of-members-2026-11-23T20-15-00.svg')
  expect(pictureFile('成员环', at, 'png')).toBe('成员环-2026-11-23T20-15-00.png')
  expect(pictureFile('///', at, 'png')).toBe('picture-2026-11-23T20-15-00.png')
})
