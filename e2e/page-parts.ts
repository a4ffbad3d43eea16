// Where things are on the page, by role and name: the one place to change when a label changes.

import { expect, type Locator, type Page } from '@playwright/test'
import { waitFor } from './ensemble.ts'

export type View = 'Ensemble' | 'Rounds' | 'Tree' | 'Watches' | 'Locks' | 'Sessions' | 'Metrics' | 'Playground'

/** Goes to a view by its entry in the rail. */
export async function openView(page: Page, view: View): Promise<void> {
  const rail = page.getByRole('navigation', { name: 'Views' })
  await rail.getByRole('link', { name: new RegExp(`^${view}`) }).click()
  await expect(page.getByRole('heading', { level: 1, name: view })).toBeVisible()
}

/** The row of a member in the table of the Ensemble view: the one with the buttons for it. */
export function memberRow(page: Page, sid: number): Locator {
  const button = page.getByRole('button', { name: new RegExp(`^\\w+ member ${sid}$`) })
  return page.getByRole('table', { name: 'Members' }).getByRole('row').filter({ has: button })
}

export type MemberAction = 'Kill' | 'Restart' | 'Pause' | 'Resume'

/** What the question before a destructive action is answered with; the others ask nothing. */
const CONFIRM: Record<MemberAction, string | null> = {
  Kill: 'Send SIGKILL',
  Restart: null,
  Pause: 'Send SIGSTOP',
  Resume: null,
}

/** Clicks an action in a member's row, and confirms it where the page asks. */
export async function actOnMember(page: Page, action: MemberAction, sid: number): Promise<void> {
  await memberRow(page, sid)
    .getByRole('button', { name: `${action} member ${sid}` })
    .click()
  const confirm = CONFIRM[action]
  if (confirm !== null) await page.getByRole('dialog').getByRole('button', { name: confirm }).click()
}

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

/** The row of a znode in the Tree view. */
export function znodeRow(page: Page, path: string): Locator {
  return page.getByRole('tree', { name: 'Znodes' }).getByRole('treeitem', { name: path, exact: true })
}

/** The row of a lock in the ranking of the Locks view. */
export function lockRow(page: Page, path: string): Locator {
  return page
    .getByRole('listbox', { name: 'Locks by time spent waiting' })
    .getByRole('option')
    .filter({ hasText: path })
}
