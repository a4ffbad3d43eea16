// Lock directories that the gateway noticed, and the one that is open.

import { create } from 'zustand'
import type { LockDirectory, LockView } from '#shared/events/socket-protocol.ts'
import { ask } from './ask.ts'
import { askAgainSoon } from './ask-again.ts'
import { serverNow } from './view-store.ts'

type OpenLock =
  | { readonly type: 'none' }
  | { readonly type: 'loading'; readonly path: string }
  | { readonly type: 'ready'; readonly path: string; readonly lock: LockView; readonly toldAt: number }
  | { readonly type: 'failed'; readonly path: string; readonly message: string }

interface LockState {
  /** `null` until the gateway said. */
  readonly directories: readonly LockDirectory[] | null
  readonly open: OpenLock
}

export const useLocks = create<LockState>(() => ({ directories: null, open: { type: 'none' } }))

export function onLockDirectories(directories: readonly LockDirectory[]): void {
  useLocks.setState({ directories })
}

export function onLockChanged(lock: LockView): void {
  const { open } = useLocks.getState()
  if (open.type !== 'none' && open.path === lock.path) {
    useLocks.setState({ open: { type: 'ready', path: lock.path, lock, toldAt: serverNow() } })
  }
}

export async function loadDirectories(): Promise<void> {
  const answer = await ask('locks:list', {})
  if (answer.ok) onLockDirectories(answer.value)
  else askAgainSoon('locks', answer.code, () => void loadDirectories())
}

/** Opens the lock at `path` and lets the gateway close the one before it; `null` closes. */
export async function openLock(path: string | null): Promise<void> {
  const before = useLocks.getState().open
  if (before.type !== 'none' && before.path !== path) void ask('locks:close', { path: before.path })
  if (path === null) {
    useLocks.setState({ open: { type: 'none' } })
    return
  }
  if (before.type === 'none' || before.path !== path) useLocks.setState({ open: { type: 'loading', path } })
  const answer = await ask('locks:open', { path })
  const now = useLocks.getState().open
  if (now.type === 'none' || now.path !== path) return
  if (answer.ok) useLocks.setState({ open: { type: 'ready', path, lock: answer.value, toldAt: serverNow() } })
  else {
    useLocks.setState({ open: { type: 'failed', path, message: answer.message } })
    askAgainSoon(`lock ${path}`, answer.code, () => {
      const then = useLocks.getState().open
      if (then.type === 'failed' && then.path === path) void openLock(path)
    })
  }
}

/** After a reconnect: what was open is asked for again. */
export async function reopenLock(): Promise<void> {
  const { open, directories } = useLocks.getState()
  if (directories !== null) await loadDirectories()
  if (open.type !== 'none') await openLock(open.path)
}
