// The Tree view as a person uses it, by role and name; what is measured is measured in the page, so that playwright's own
// time does not count.

import type { Locator, Page } from '@playwright/test'

const TIMEOUT_MS = 180_000
/** A drag of the scrollbar: so many moves, one a frame. */
const DRAG_STEPS = 60
const WHEEL_PX = 400

/** In the page: resolves with how long it took from now until `selector` is there and `gone` is not. */
const UNTIL = `
  window.benchUntil = (act, selector, gone) => new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('there is no ' + selector)), ${TIMEOUT_MS})
    const from = performance.now()
    const look = () => {
      const there = selector === null || document.querySelector(selector)
      if (!there || (gone !== null && document.querySelector(gone))) return
      observer.disconnect()
      clearTimeout(late)
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)))
    }
    const observer = new MutationObserver(look)
    observer.observe(document, { childList: true, subtree: true, attributes: true })
    act()
    look()
  })
`
const LIST = '[role="tree"]'
const RUNNING = '.search-status progress'
const BUSY = '[role="treeitem"][aria-busy]'

export class TreeScreen {
  readonly #page: Page

  private constructor(page: Page) {
    this.#page = page
  }

  static async open(page: Page): Promise<TreeScreen> {
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: /^Tree/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Tree' }).waitFor()
    await page.evaluate(UNTIL)
    return new TreeScreen(page)
  }

  /** Opens a top-level znode; ends when its first child can be seen. */
  async openNode(path: string, first: string): Promise<number> {
    await this.#row(path).waitFor()
    return this.#until(clickRow(path), rowOf(`${path}/${first}`), null)
  }

  async openDirectory(path: string): Promise<number> {
    const field = this.#page.getByRole('combobox', { name: 'Path' })
    await field.fill(path)
    const shown = this.#until('() => {}', `[role="treeitem"][aria-label^="${path}/"]`, null)
    await field.press('Enter')
    await this.#row(path).waitFor()
    await this.#row(path).click()
    return shown
  }

  async reopen(path: string, first: string): Promise<number> {
    const list = this.#page.locator(LIST)
    await list.press('Home')
    await this.#row(path).click()
    await list.press('ArrowLeft')
    await this.#page.locator(rowOf(`${path}/${first}`)).waitFor({ state: 'detached' })
    return this.#until(clickRow(path), rowOf(`${path}/${first}`), BUSY)
  }

  /** Takes the scrollbar to a share of its way, a little each frame; ends when all rows in view are loaded. */
  async drag(share: number): Promise<number> {
    const from = performance.now()
    await this.#page.evaluate(
      `new Promise((resolve) => {
        const list = document.querySelector('${LIST}')
        const [start, end] = [list.scrollTop, (list.scrollHeight - list.clientHeight) * ${share}]
        let step = 0
        const move = () => {
          step += 1
          list.scrollTop = start + ((end - start) * step) / ${DRAG_STEPS}
          if (step < ${DRAG_STEPS}) requestAnimationFrame(move)
          else resolve()
        }
        requestAnimationFrame(move)
      })`,
    )
    await this.#until('() => {}', '[role="treeitem"]', BUSY)
    return performance.now() - from
  }

  /** At once; ends when the row can be seen. */
  async dragTo(share: number, path: string): Promise<number> {
    const act = `() => { const list = document.querySelector('${LIST}'); list.scrollTop = (list.scrollHeight - list.clientHeight) * ${share} }`
    return this.#until(act, rowOf(path), null)
  }

  async wheel(px: number): Promise<number> {
    const from = performance.now()
    const box = await this.#page.locator(LIST).boundingBox()
    if (!box) throw new Error('the tree is not on the page')
    await this.#page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    for (let moved = 0; moved < px; moved += WHEEL_PX) await this.#page.mouse.wheel(0, WHEEL_PX)
    await this.#until('() => {}', '[role="treeitem"]', BUSY)
    return performance.now() - from
  }

  /** Types a name on the list; ends when its row can be seen. */
  async type(name: string, path: string): Promise<number> {
    await this.#page.locator(LIST).focus()
    const shown = this.#until('() => {}', rowOf(path), null)
    await this.#page.keyboard.type(name)
    return shown
  }

  /** @param count of matches that there must be; null: as many as there are */
  async search(path: string, scope: 'name' | 'data', text: string, count: number | null): Promise<number> {
    const took = await this.#search(path, scope, text, '.search-status', RUNNING)
    const said = await this.#page.locator('.search-status').getByRole('status').innerText()
    const found = Number(/^[\d,]+/.exec(said)?.[0].replaceAll(',', '') ?? 0)
    if (found === 0 || (count !== null && found !== count))
      throw new Error(`a search for ${text} found ${found} of ${count ?? 'some'}: ${said}`)
    await this.#page.getByRole('button', { name: 'Back to the tree' }).click()
    return took
  }

  /** Begins a search that would take long, and stops it as soon as it says how far it is. */
  async cancelSearch(path: string, text: string): Promise<number> {
    await this.#search(path, 'data', text, `${RUNNING}[value]`, null)
    return this.#until(`() => document.querySelector('.search-status button').click()`, LIST, null)
  }

  async #search(path: string, scope: string, text: string, until: string, gone: string | null): Promise<number> {
    const field = this.#page.getByRole('combobox', { name: 'Path' })
    await field.fill(path)
    await field.press('Enter')
    await this.#page.getByRole('combobox', { name: 'Find in' }).selectOption(scope)
    await this.#page.getByRole('searchbox').fill(text)
    const act = `() => [...document.querySelectorAll('.search-fields button')].at(-1).click()`
    return this.#until(act, until, gone)
  }

  #row(path: string): Locator {
    return this.#page.getByRole('treeitem', { name: path, exact: true })
  }

  #until(act: string, selector: string | null, gone: string | null): Promise<number> {
    const call = `window.benchUntil(${act}, ${JSON.stringify(selector)}, ${JSON.stringify(gone)})`
    return this.#page.evaluate(call)
  }
}

function rowOf(path: string): string {
  return `[role="treeitem"][aria-label="${path}"]`
}

function clickRow(path: string): string {
  return `() => document.querySelector(${JSON.stringify(rowOf(path))}).click()`
}
