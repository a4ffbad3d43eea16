// Every view and its main states, in both themes and at both sizes, of an ensemble at work: `all/`, which is not
// kept, is to be looked at; the few beside it are the README's.

import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures.ts'
import { goTo, openForPictures, type Shot, shoot, shootForReadme } from './camera.ts'
import { loseLeader, registerServices, type Scene, setScene } from './scene.ts'

/** What the READMEs show. */
const README_PICTURES = [
  ['ensemble.png', '?theme=light'],
  ['ensemble-zh-cn.png', '?theme=light&lang=zh-CN'],
  ['rounds.png', '?view=rounds&as=time&theme=dark&lang=en'],
  ['locks.png', '?view=locks&theme=light'],
  ['metrics.png', '?view=metrics&theme=dark'],
] as const

/** Time for charts to have something to show. */
const WARM_UP_MS = 20_000

function calmShots(session: string): Shot[] {
  return [
    { name: 'ensemble', query: '', chinese: true },
    { name: 'ensemble-member', query: '?member=2' },
    {
      name: 'ensemble-election',
      query: '',
      before: async (page) => {
        await page
          .getByRole('heading', { name: /^Election/ })
          .first()
          .scrollIntoViewIfNeeded()
      },
    },
    {
      name: 'rounds-list',
      query: '?view=rounds',
      chinese: true,
      before: async (page) => {
        await page.getByRole('main').getByRole('option').nth(4).click()
      },
    },
    { name: 'rounds-time', query: '?view=rounds&as=time' },
    { name: 'rounds-logs', query: '?view=rounds&as=logs' },
    { name: 'tree', query: '?view=tree&znode=/app/config', chinese: true },
    { name: 'tree-yaml', query: '?view=tree&znode=/app/schedule' },
    { name: 'watches', query: '?view=watches' },
    { name: 'locks', query: '?view=locks', chinese: true },
    { name: 'locks-blocked', query: '?view=locks&show=blocked' },
    { name: 'locks-graph', query: '?view=locks&show=graph' },
    {
      name: 'lock-queue',
      query: '?view=locks',
      before: async (page) => {
        await page.getByRole('main').getByRole('option').first().click()
      },
    },
    {
      name: 'lock-lanes',
      query: '?view=locks',
      before: async (page) => {
        await page.getByRole('main').getByRole('option').first().click()
        await page.getByRole('main').getByRole('button', { name: 'Lanes', exact: true }).click()
      },
    },
    {
      name: 'lock-figures',
      query: '?view=locks',
      before: async (page) => {
        await page.getByRole('main').getByRole('option').first().click()
        await page.getByRole('main').getByRole('button', { name: 'Figures', exact: true }).click()
      },
    },
    { name: 'sessions', query: '?view=sessions' },
    { name: 'session', query: `?view=sessions&session=${session}`, chinese: true },
    { name: 'metrics', query: '?view=metrics', chinese: true },
    { name: 'playground-scenarios', query: '?view=playground', chinese: true },
    { name: 'playground-workloads', query: '?view=playground&play=workloads' },
    { name: 'playground-faults', query: '?view=playground&play=faults' },
    { name: 'playground-connect', query: '?view=playground&play=connect' },
    {
      name: 'palette',
      query: '?view=tree',
      before: async (page) => {
        await page.keyboard.press('Control+k')
        await page.getByRole('combobox', { name: 'Find or do' }).fill('ord')
      },
      after: async (page) => {
        await page.keyboard.press('Escape')
      },
    },
  ]
}

test('every view, calm and in trouble', async ({ app, ensemble }) => {
  const scene = await setScene(ensemble)
  try {
    await openForPictures(app)
    await app.waitForTimeout(WARM_UP_MS / 2)
    await loseLeader(app, ensemble)
    const services = await registerServices(ensemble)
    await app.waitForTimeout(WARM_UP_MS)
    for (const [file, query] of README_PICTURES) await shootForReadme(app, file, query)
    for (const shot of calmShots(services.session)) await shoot(app, shot)
    services.drop()
    await shootFaults(app, scene)
    await shootScenario(app)
  } finally {
    scene.end()
  }
})

async function shootFaults(app: Page, { gateway }: Scene): Promise<void> {
  await goTo(app, '?')
  const target = { on: 'isolate', at: 'followers' }
  await gateway.ask('POST', '/faults', { fault: 'delay', target, parameters: { ms: 40 }, durationMs: 60_000 })
  await expect(app.getByRole('main')).toContainText('Delay')
  await shoot(app, { name: 'ensemble-slow-links', query: '' })
  await gateway.ask('DELETE', '/faults')
  await gateway.ask('POST', '/faults', {
    fault: 'cut',
    target: { on: 'isolate', at: 'leader' },
    durationMs: 60_000,
  })
  await expect(app.getByRole('main')).toContainText('Cut')
  await shoot(app, { name: 'ensemble-cut', query: '' })
  await gateway.ask('DELETE', '/faults')
}

async function shootScenario(app: Page): Promise<void> {
  await goTo(app, '?view=playground&play=scenarios')
  await app.getByRole('button', { name: /^Start Anatomy of one round/ }).click()
  const prediction = app.getByRole('group', { name: 'Your prediction' })
  await expect(prediction).toBeVisible({ timeout: 60_000 })
  await shoot(app, { name: 'scenario-question', query: '?view=playground' })
  await prediction.getByRole('button', { name: /^About as before/ }).click()
  await expect(app.getByRole('status').filter({ hasText: 'Passed' })).toBeVisible({ timeout: 60_000 })
  await shoot(app, { name: 'scenario-passed', query: '?view=playground' })
}
