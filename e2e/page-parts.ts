// Where things are on the page, by role and name: the one place to change when a label changes.

import { expect, type Locator, type Page } from '@playwright/test'
import { isAlive, waitFor } from './ensemble.ts'

export type View = 'Ensemble' | 'Tree' | 'Rounds' | 'Watches' | 'Locks'

/** Goes to a view by its entry in the rail. */
export async function openView(page: Page, view: View): Promise<void> {
  const rail = page.getByRole('navigation', { name: 'Views' })
  await rail.getByRole('link', { name: new RegExp(`^${view}`) }).click()
  await expect(page.getByRole('heading', { level: 1, name: view })).toBeVisible()
}

/** The row of a member in the table of the Ensemble view. */
export function memberRow(page: Page, sid: number): Locator {
  return page.getByRole('table', { name: 'Members' }).getByRole('row', { name: new RegExp(`Member ${sid}\\b`) })
}

/** Clicks an action of a member and confirms it. */
export async function actOnMember(
  page: Page,
  action: 'Kill' | 'Restart' | 'Stop' | 'Pause' | 'Resume',
  sid: number,
): Promise<void> {
  await page
    .getByRole('button', { name: `${action} member ${sid}` })
    .first()
    .click()
  const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'))
  await dialog.getByRole('button', { name: CONFIRM[action] }).click()
}

const CONFIRM = {
  Kill: 'Send SIGKILL',
  Restart: 'Start the process',
  Stop: 'Stop the process',
  Pause: 'Send SIGSTOP',
  Resume: 'Send SIGCONT',
} as const

/** The sid of the member that the table shows as leading; waits until there is one. */
export async function shownLeader(page: Page): Promise<number> {
  return await waitFor(
    async () => {
      for (let sid = 1; sid <= MEMBERS_MAX; sid += 1) {
        if ((await memberRow(page, sid).filter({ hasText: 'Leading' }).count()) > 0) return sid
      }
      return null
    },
    LEADER_TIMEOUT_MS,
    () => 'the page shows no leading member',
  )
}

const MEMBERS_MAX = 9
const LEADER_TIMEOUT_MS = 15_000

/** The process id in a member's row. */
export async function shownPid(page: Page, sid: number): Promise<number> {
  const cells = await memberRow(page, sid).getByRole('cell').allTextContents()
  const pids = cells.map((text) => /^\D*(\d{2,7})$/.exec(text.trim())?.[1])
  const pid = await firstAlive(pids.flatMap((text) => (text === undefined ? [] : [Number(text)])))
  if (pid === null) throw new Error(`the row of member ${sid} shows no living process: ${cells.join(' | ')}`)
  return pid
}

async function firstAlive(pids: readonly number[]): Promise<number | null> {
  return pids.find(isAlive) ?? null
}

/** The row of a znode in the Tree view. */
export function znodeRow(page: Page, name: string): Locator {
  return page.getByRole('treeitem', { name: new RegExp(`(^|[\\s/])${name}\\b`) })
}
