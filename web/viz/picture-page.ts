// A saved picture as one SVG document: a head of title and time, the drawings and words where they stood on the screen.
// Text only, no DOM: what was found on the screen comes in as plain values.

export interface PictureText {
  readonly x: number
  /** Of the baseline. */
  readonly y: number
  readonly text: string
  readonly colour: string
  readonly font: string
  readonly sizePx: number
  readonly weight: string
}

export interface PictureImage {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** An SVG element as text, or the address of an image (`data:`). */
  readonly svg?: string
  readonly href?: string
}

export interface PicturePage {
  readonly width: number
  readonly height: number
  readonly title: string
  /** Second line of the head: which cluster, when. */
  readonly about: string
  readonly surface: string
  readonly ink: string
  readonly faintInk: string
  readonly font: string
  readonly images: readonly PictureImage[]
  readonly texts: readonly PictureText[]
}

export const PICTURE = { marginPx: 24, headPx: 60, titlePx: 20, aboutPx: 12 } as const
const FOOT_PX = 12

export function escapeXml(text: string): string {
  // Control characters cannot be written in XML at all; what hides was made visible before.
  const printable = [...text].filter((char) => char >= ' ' || char === '\t').join('')
  return printable.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Size of the whole document, px. */
export function pictureSize({ width, height }: Pick<PicturePage, 'width' | 'height'>): {
  readonly width: number
  readonly height: number
} {
  const { marginPx, headPx } = PICTURE
  return { width: Math.ceil(width) + 2 * marginPx, height: Math.ceil(height) + headPx + marginPx + FOOT_PX }
}

export function pictureSvg(page: PicturePage): string {
  const { width, height } = pictureSize(page)
  const { marginPx, headPx, titlePx, aboutPx } = PICTURE
  const font = escapeXml(page.font)
  const head = [
    `<text x="${marginPx}" y="32" font-family="${font}" font-size="${titlePx}" font-weight="600" fill="${page.ink}">${escapeXml(page.title)}</text>`,
    `<text x="${marginPx}" y="50" font-family="${font}" font-size="${aboutPx}" fill="${page.faintInk}">${escapeXml(page.about)}</text>`,
  ]
  const images = page.images.map(({ x, y, width: w, height: h, svg, href }) =>
    svg === undefined
      ? `<image x="${x}" y="${y}" width="${w}" height="${h}" href="${escapeXml(href ?? '')}"/>`
      : `<g transform="translate(${x} ${y})">${svg}</g>`,
  )
  const texts = page.texts.map(
    (each) =>
      `<text x="${each.x}" y="${each.y}" font-family="${escapeXml(each.font)}" font-size="${each.sizePx}" font-weight="${escapeXml(each.weight)}" fill="${escapeXml(each.colour)}" xml:space="preserve">${escapeXml(each.text)}</text>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escapeXml(page.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${page.surface}"/>`,
    ...head,
    `<g transform="translate(${marginPx} ${headPx})">`,
    ...images,
    ...texts,
    '</g>',
    '</svg>',
  ].join('\n')
}

/** `Ring of members`, at a time → `ring-of-members-2026-11-23T20-15-00.svg`. */
export function pictureFile(title: string, at: Date, form: 'svg' | 'png'): string {
  const name = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
  return `${name || 'picture'}-${at.toISOString().slice(0, 19).replaceAll(':', '-')}.${form}`
}
