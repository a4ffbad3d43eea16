// Keys that work everywhere. Lists and dialogs handle their own; nothing is taken from somebody who types.

import { useEffect } from 'react'
import { shareView } from '../panels/share-button.tsx'
import { toggleRail } from '../stores/layout-store.ts'
import { openOverlay } from '../stores/overlay-store.ts'
import { togglePause } from '../stores/pause-store.ts'
import type { ViewName } from '../stores/route.ts'
import { openView, select, useRoute } from '../stores/route-store.ts'

const GO: Readonly<Record<string, ViewName>> = {
  e: 'ensemble',
  r: 'rounds',
  t: 'tree',
  w: 'watches',
  l: 'locks',
  s: 'sessions',
  m: 'metrics',
  p: 'playground',
}
/** The letter after `g` must follow within this time. */
const GO_WITHIN_MS = 1200

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, dialog, [contenteditable]') !== null
}

/** Moves the cursor of the view's list, as arrows do when it has the focus. */
function stepList(key: 'ArrowUp' | 'ArrowDown'): void {
  const list = document.querySelector<HTMLElement>('.view .list')
  if (!list) return
  list.focus()
  list.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
  list.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
}

export function useKeyboard(): void {
  useEffect(() => {
    let wentAt = 0
    const act: Readonly<Record<string, () => void>> = {
      '?': () => openOverlay('keys'),
      '/': () => document.querySelector<HTMLElement>('[data-find]')?.focus(),
      ' ': togglePause,
      '[': () => stepList('ArrowUp'),
      ']': () => stepList('ArrowDown'),
      b: toggleRail,
      y: () => void shareView(),
    }
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        if (document.querySelector('dialog[open]')) return
        event.preventDefault()
        openOverlay('palette')
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) {
        if (isTyping(event.target) && event.target instanceof HTMLElement) event.target.blur()
        else if (useRoute.getState().selection) select(null)
        return
      }
      if (isTyping(event.target)) return
      if (event.key === ' ' && event.target instanceof Element && event.target.closest('button, a, [role=button]'))
        return
      if (event.key === 'g') {
        wentAt = Date.now()
        return
      }
      const view = GO[event.key]
      if (view && Date.now() - wentAt < GO_WITHIN_MS) {
        wentAt = 0
        openView(view)
        return
      }
      const action = act[event.key]
      if (!action) return
      event.preventDefault()
      action()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}
