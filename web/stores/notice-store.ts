// Answers that a person must see: what went wrong with something they asked for, until they dismiss it.

import { create } from 'zustand'

export interface Notice {
  readonly id: number
  readonly text: string
}

const NOTICES_MAX = 4
let nextId = 1

export const useNotices = create<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }))

export function tell(text: string): void {
  const notice = { id: nextId, text }
  nextId += 1
  useNotices.setState(({ notices }) => ({ notices: [...notices, notice].slice(-NOTICES_MAX) }))
}

export function dismiss(id: number): void {
  useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }))
}
