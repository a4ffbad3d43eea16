// Reads a part of the screen that is marked `data-picture` (its title; `data-legend` what its marks mean) into a
// PicturePage: SVG with its computed styles, canvases as images, words line by line where they stand.

import { escapeXml, type PictureImage, type PicturePage, type PictureText } from '../../viz/picture-page.ts'

export interface PictureSource {
  readonly title: string
  readonly element: HTMLElement
}

/** Every picture that is on the screen now, in the order of the page. */
export function picturesShown(): PictureSource[] {
  return [...document.querySelectorAll<HTMLElement>('[data-picture]')]
    .filter((element) => element.offsetWidth > 0 && element.querySelector('svg, canvas') !== null)
    .map((element) => ({ title: element.dataset.picture ?? '', element }))
}

/** Of SVG, what a stylesheet may have set and a file must say itself. */
const STYLES = [
  ...(['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap'] as const),
  ...([
    'stroke-linejoin',
    'stroke-opacity',
    'opacity',
    'paint-order',
    'text-anchor',
    'marker-end',
    'visibility',
    'display',
  ] as const),
  ...(['font-family', 'font-size', 'font-weight', 'dominant-baseline'] as const),
]
/** Controls are not part of a picture. */
const LEFT_OUT = 'button, input, select, textarea, .hidden, .link-pulse, .link-target, [role=toolbar]'
const LEGEND_PX = 12
const LEGEND_LINE_PX = 18
/** Average width of a letter, as a part of its size. */
const LETTER = 0.55

export function capture({ title, element }: PictureSource, about: string): PicturePage {
  const box = element.getBoundingClientRect()
  const style = getComputedStyle(element)
  const ink = style.color
  const texts: PictureText[] = wordsIn(element, box)
  const legend = element.dataset.legend ?? ''
  const lines = legend === '' ? [] : wrap(legend, Math.floor(box.width / (LEGEND_PX * LETTER)))
  for (const [i, text] of lines.entries()) {
    const y = box.height + (i + 1) * LEGEND_LINE_PX
    texts.push({ x: 0, y, text, colour: ink, font: style.fontFamily, sizePx: LEGEND_PX, weight: '400' })
  }
  return {
    width: box.width,
    height: box.height + lines.length * LEGEND_LINE_PX,
    title,
    about,
    surface: getComputedStyle(document.body).backgroundColor,
    ink,
    faintInk: ink,
    font: style.fontFamily,
    images: imagesIn(element, box),
    texts,
  }
}

function imagesIn(element: HTMLElement, box: DOMRect): PictureImage[] {
  const found = element.querySelectorAll<SVGSVGElement | HTMLCanvasElement>('svg, canvas')
  return [...found]
    .filter((each) => each.closest(LEFT_OUT) === null)
    .map((each): PictureImage => {
      const { left, top, width, height } = each.getBoundingClientRect()
      const place = { x: left - box.left, y: top - box.top, width, height }
      return each instanceof HTMLCanvasElement
        ? { ...place, href: each.toDataURL('image/png') }
        : { ...place, svg: styledSvg(each, width, height) }
    })
}

/** Attributes that mean something only in the page. Styles are written as attributes of their own: see STYLES. */
const PAGE_ONLY = /^(class|style|id|role|tabindex|key|xmlns|width|height)$|^(aria|data)-/
const KEPT_ON: ReadonlySet<string> = new Set(['rect', 'image', 'pattern', 'marker'])

function styledSvg(original: SVGSVGElement, width: number, height: number): string {
  const view = original.getAttribute('viewBox') ?? `0 0 ${width} ${height}`
  const size = `width="${width}" height="${height}" viewBox="${escapeXml(view)}"`
  return `<svg ${size} overflow="visible">${childrenText(original)}</svg>`
}

function childrenText(element: Element): string {
  return [...element.childNodes]
    .map((node) => {
      if (node instanceof SVGElement) return elementText(node)
      return node.nodeType === Node.TEXT_NODE ? escapeXml(node.textContent ?? '') : ''
    })
    .join('')
}

/** Written by hand: a clone with style attributes would be against the page's own policy. */
function elementText(element: SVGElement): string {
  if (element.matches(LEFT_OUT)) return ''
  const { tagName } = element
  if (tagName === 'title' || tagName === 'desc')
    return `<${tagName}>${escapeXml(element.textContent ?? '')}</${tagName}>`
  const style = getComputedStyle(element)
  const own = [...element.attributes].filter(
    ({ name }) =>
      (!PAGE_ONLY.test(name) || (name === 'id' && tagName === 'marker') || (isSize(name) && KEPT_ON.has(tagName))) &&
      !STYLE_NAMES.has(name),
  )
  const attributes = [
    ...own.map(({ name, value }) => `${name}="${escapeXml(value)}"`),
    ...STYLES.map((name) => [name, style.getPropertyValue(name)] as const)
      .filter(([, value]) => value !== '' && value !== 'none' && value !== 'normal' && value !== 'auto')
      .map(([name, value]) => `${name}="${escapeXml(value)}"`),
    ...NONE_MATTERS.filter((name) => style.getPropertyValue(name) === 'none').map((name) => `${name}="none"`),
  ]
  return `<${tagName} ${attributes.join(' ')}>${childrenText(element)}</${tagName}>`
}

const isSize = (name: string): boolean => name === 'width' || name === 'height'
const STYLE_NAMES: ReadonlySet<string> = new Set(STYLES)
/** Whose default is not `none`. */
const NONE_MATTERS = ['fill', 'display'] as const

/** Every visible line of words outside of the drawings. */
function wordsIn(element: HTMLElement, box: DOMRect): PictureText[] {
  const out: PictureText[] = []
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement
    if (!parent || parent.closest(`svg, ${LEFT_OUT}`) || (node.textContent ?? '').trim() === '') continue
    const style = getComputedStyle(parent)
    const sizePx = Number.parseFloat(style.fontSize)
    for (const { text, rect } of linesOf(node)) {
      const y = rect.top - box.top + rect.height / 2 + sizePx * 0.36
      const { color: colour, fontFamily: font, fontWeight: weight } = style
      out.push({ x: rect.left - box.left, y, text, colour, font, sizePx, weight })
    }
  }
  return out
}

/** A text may run over several lines: words whose tops are alike belong to one. */
function linesOf(node: Node): { readonly text: string; readonly rect: DOMRect }[] {
  const lines: { text: string; rect: DOMRect }[] = []
  const range = document.createRange()
  for (const match of (node.textContent ?? '').matchAll(/\S+\s*/g)) {
    range.setStart(node, match.index)
    range.setEnd(node, match.index + match[0].trimEnd().length)
    const rect = range.getBoundingClientRect()
    if (rect.width === 0) continue
    const last = lines.at(-1)
    if (last && Math.abs(last.rect.top - rect.top) < rect.height / 2) last.text += match[0]
    else lines.push({ text: match[0], rect })
  }
  return lines
}

function wrap(text: string, letters: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < letters) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
