// Makes a file of a picture and hands it to the browser: SVG as it is, PNG at twice the size of the screen.

import { type PicturePage, pictureFile, pictureSize, pictureSvg } from '../../viz/picture-page.ts'

const PNG_RATIO = 2
const KEPT_MS = 60_000
/** Browsers refuse larger canvases; a picture that would be larger is made with fewer pixels. */
const PNG_PX_MAX = 8192

/** Rejects with an Error whose message is a sentence when the browser cannot draw it. */
export async function savePicture(page: PicturePage, form: 'svg' | 'png'): Promise<string> {
  const svg = pictureSvg(page)
  const blob = form === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await drawPng(page, svg)
  const file = pictureFile(page.title, new Date(), form)
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = file
  link.click()
  // A browser that asks where to put it reads it later.
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
  return file
}

async function drawPng(page: PicturePage, svg: string): Promise<Blob> {
  const { width, height } = pictureSize(page)
  const ratio = Math.min(PNG_RATIO, PNG_PX_MAX / Math.max(width, height))
  const image = new Image()
  // An address of `data:`, which the page's policy allows; `blob:` it does not.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('This browser gives no canvas to draw the picture on.')
  context.drawImage(image, 0, 0, canvas.width, canvas.height)
  return await new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made.'))), 'image/png'),
  )
}
