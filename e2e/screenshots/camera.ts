// Takes the pictures: one page stays open for all of them, so that it has seen what it shows; size, theme and
// language change around it. Every picture is also a check that nothing is wider than the window.

import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, type Page } from '@playwright/test'

export const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const
/** The narrowest that must be usable. */
const NARROWEST = { width: 360, height: 780 } as const
const THEMES = ['light', 'dark'] as const

const ALL = fileURLToPath(new URL('all/', import.meta.url))
const README = fileURLToPath(new URL('./', import.meta.url))

/** Goes to an address of the page (`?view=tree`) as the back button does: without loading it anew. */
export async function goTo(page: Page, query: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(history.state, '', to === '' ? location.pathname : to)
    dispatchEvent(new PopStateEvent('popstate', { state: history.state }))
  }, query)
}

export async function openForPictures(page: Page): Promise<void> {
  mkdirSync(ALL, { recursive: true })
  // Without the motion of changing themes, of which a picture would catch the middle.
  await page.emulateMedia({ reducedMotion: 'reduce' })
}

export interface Shot {
  readonly name: string
  /** Part of the address: view, selection … */
  readonly query: string
  /** What is done before, at the wide size. */
  readonly before?: (page: Page) => Promise<void>
  /** Something that must be seen. */
  readonly ready?: (page: Page) => Promise<void>
  /** Also in 简体中文. */
  readonly chinese?: boolean
  /** What closes what `before` opened. */
  readonly after?: (page: Page) => Promise<void>
}

/** Both themes at both sizes, and the check at the narrowest. */
export async function shoot(page: Page, shot: Shot): Promise<void> {
  const at = (theme: string, language = '') =>
    `${shot.query === '' ? '?' : `${shot.query}&`}theme=${theme}${language && `&lang=${language}`}`
  await page.setViewportSize(SIZES.wide)
  await goTo(page, at('light'))
  await shot.before?.(page)
  await shot.ready?.(page)
  for (const [size, box] of Object.entries(SIZES)) {
    await page.setViewportSize(box)
    for (const theme of THEMES) {
      await goTo(page, sameSelection(page.url(), at(theme)))
      await settle(page)
      await page.screenshot({ path: `${ALL}${shot.name}-${size}-${theme}.png` })
    }
    if (shot.chinese) {
      await goTo(page, sameSelection(page.url(), at('light', 'zh-CN')))
      await settle(page)
      await page.screenshot({ path: `${ALL}${shot.name}-${size}-zh-cn.png` })
      await goTo(page, sameSelection(page.url(), at('light')))
    }
  }
  await page.setViewportSize(NARROWEST)
  await settle(page)
  await page.screenshot({ path: `${ALL}${shot.name}-narrow.png` })
  // Soft: the pictures of the others are wanted all the same.
  expect.soft(await wideParts(page), `${shot.name}: parts that stand out of ${NARROWEST.width} px`).toEqual([])
  await page.setViewportSize(SIZES.wide)
  await shot.after?.(page)
}

/** What makes the page wider than its window; nothing when it is not. */
async function wideParts(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return []
    // What scrolls in itself may be as wide as it likes.
    const scrolls = (each: Element): boolean =>
      each.parentElement !== null &&
      (getComputedStyle(each.parentElement).overflowX !== 'visible' || scrolls(each.parentElement))
    const out = [...document.querySelectorAll('body *')].filter(
      (each) => each.getBoundingClientRect().right > clientWidth && !scrolls(each),
    )
    return out.slice(0, 5).map((each) => each.outerHTML.slice(0, 120))
  })
}

/** A picture of the README. */
export async function shootForReadme(page: Page, file: string, query: string): Promise<void> {
  await page.setViewportSize(SIZES.wide)
  await goTo(page, query)
  await settle(page)
  await page.screenshot({ path: `${README}${file}` })
}

/** What `before` chose by clicking is in the address: only theme and language are changed in it. */
function sameSelection(url: string, wanted: string): string {
  const query = new URL(url).searchParams
  const next = new URLSearchParams(wanted)
  query.delete('lang')
  for (const [key, value] of next) query.set(key, value)
  return `?${query.toString()}`
}

/** Canvases draw on the frame after their size is known. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let i = 0; i < 3; i += 1) await new Promise((resolve) => requestAnimationFrame(resolve))
  })
  await page.waitForTimeout(250)
}
