// The way through the page: every view, most of the time the two that show every write. Where things are is learnt on a
// first walk; later ones only move the mouse, so that what is measured is the page's script and not playwright's.

import type { Locator, Page } from '@playwright/test'

export interface Stop {
  readonly name: string
  readonly view: string
  /** How the Rounds view shows them. */
  readonly form?: string
  /** Part of a walk, in percent. */
  readonly share: number
}

export const STOPS: readonly [Stop, ...Stop[]] = [
  { name: 'Ensemble', view: 'Ensemble', share: 26 },
  { name: 'Rounds, list', view: 'Rounds', form: 'List', share: 20 },
  { name: 'Metrics', view: 'Metrics', share: 8 },
  { name: 'Rounds, space–time', view: 'Rounds', form: 'Space–time', share: 10 },
  { name: 'Rounds, logs', view: 'Rounds', form: 'Logs', share: 6 },
  { name: 'Tree', view: 'Tree', share: 6 },
  { name: 'Watches', view: 'Watches', share: 6 },
  { name: 'Locks', view: 'Locks', share: 6 },
  { name: 'Sessions', view: 'Sessions', share: 6 },
  { name: 'Playground', view: 'Playground', share: 6 },
]

interface Point {
  readonly x: number
  readonly y: number
}

export class Walk {
  readonly #page: Page
  readonly #clicks: ReadonlyMap<string, readonly Point[]>

  private constructor(page: Page, clicks: ReadonlyMap<string, readonly Point[]>) {
    this.#page = page
    this.#clicks = clicks
  }

  /**
   * Goes everywhere once, unfolds `znode` in the tree and opens the first lock, so that the page subscribes to both. There
   * must be writes, a lock and `znode`.
   */
  static async learn(page: Page, znode: string): Promise<Walk> {
    const clicks = new Map<string, Point[]>()
    for (const { name, view, form } of STOPS) {
      const link = page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: new RegExp(`^${view}`) })
      const points = [await clicked(link)]
      await page.getByRole('heading', { level: 1, name: view }).waitFor()
      if (form !== undefined)
        points.push(await clicked(page.getByRole('group', { name: 'Shown as' }).getByRole('button', { name: form })))
      if (view === 'Tree') await unfold(page, znode)
      if (view === 'Locks') await page.getByRole('main').getByRole('option').first().click()
      clicks.set(name, points)
    }
    await page.mouse.move(0, 0)
    return new Walk(page, clicks)
  }

  async goTo({ name }: Stop): Promise<void> {
    for (const { x, y } of this.#clicks.get(name) ?? []) await this.#page.mouse.click(x, y)
    await this.#page.mouse.move(0, 0)
  }
}

async function clicked(locator: Locator): Promise<Point> {
  await locator.click()
  const box = await locator.boundingBox()
  if (!box) throw new Error(`${locator} is not on the page`)
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

async function unfold(page: Page, znode: string): Promise<void> {
  const tree = page.getByRole('tree', { name: 'Znodes' })
  await tree.getByRole('treeitem', { name: znode, exact: true }).click()
  await tree.press('ArrowRight')
  await tree.getByRole('treeitem', { name: `${znode}/0`, exact: true }).waitFor()
}
