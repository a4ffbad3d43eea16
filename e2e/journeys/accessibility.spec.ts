// What machines can tell about accessibility: axe over every view, with something to see in it, in both themes.

import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '../fixtures.ts'
import { FLAGS } from '../zk-client.ts'

/** Of the levels that axe knows, those that keep somebody out. */
const SERIOUS = new Set(['serious', 'critical'])

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious in any view, ${theme}`, async ({ app, client, base }) => {
    test.slow() // seven views and more, each read whole
    await client.create(`${base}/lock-`, 'holder', FLAGS.ephemeralSequential)
    await client.create(`${base}/lock-`, 'waiter', FLAGS.ephemeralSequential)
    await app.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    const views = app.getByRole('navigation').first().getByRole('link')
    const names = await views.allTextContents()
    expect(names.length, 'views in the navigation').toBeGreaterThanOrEqual(5)
    for (const [i, name] of names.entries()) {
      await views.nth(i).click()
      await expect(app.getByRole('heading', { level: 1 })).toHaveText(name.trim())
      const { violations } = await new AxeBuilder({ page: app }).analyze()
      const serious = violations.filter(({ impact }) => SERIOUS.has(impact ?? ''))
      const told = serious.map(
        ({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map(({ html }) => html).join('\n  ')}`,
      )
      expect(told, `${name}, ${theme}`).toEqual([])
    }
  })
}
