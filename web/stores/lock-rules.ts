// What people said about paths: asked for when somebody looks, and answered whole at each change.

import { create } from 'zustand'
import type { LockOverride } from '#shared/events/lock-requests.ts'
import { ask } from './ask.ts'
import { loadDirectories } from './lock-store.ts'

interface LockRules {
  /** Null until the gateway said. */
  readonly rules: readonly LockOverride[] | null
}

export const useLockRules = create<LockRules>(() => ({ rules: null }))

export async function loadRules(): Promise<void> {
  const answer = await ask('locks:overrides', {})
  if (answer.ok) useLockRules.setState({ rules: answer.value })
}

/** `recipe` null takes back what was said. Null when it is done, else a sentence. */
export async function sayRule(
  glob: string,
  recipe: LockOverride['recipe'] | null,
  permits: number | null,
): Promise<string | null> {
  const answer = await ask('locks:override', { glob, recipe, permits })
  if (!answer.ok) return answer.message
  useLockRules.setState({ rules: answer.value })
  await loadDirectories()
  return null
}
