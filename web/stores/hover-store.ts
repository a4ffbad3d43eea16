// What the pointer is over, as a selectionKey: the same thing lights up in every view.

import { create } from 'zustand'

export const useHover = create<{ readonly key: string | null }>(() => ({ key: null }))

export function hover(key: string | null): void {
  if (useHover.getState().key !== key) useHover.setState({ key })
}
