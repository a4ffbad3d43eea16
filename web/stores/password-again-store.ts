// The gateway wants a login's password again before something dangerous. Whoever asked waits here until somebody
// has entered it, or has thought better of it.

import { create } from 'zustand'

/** Those who wait; null: nobody, and no question is shown. */
export const usePasswordAgain = create<{ readonly waiting: readonly ((entered: boolean) => void)[] | null }>(() => ({
  waiting: null,
}))

/** Resolves with false when the question was closed. */
export function passwordAgain(): Promise<boolean> {
  return new Promise((resolve) => {
    usePasswordAgain.setState(({ waiting }) => ({ waiting: [...(waiting ?? []), resolve] }))
  })
}

export function answerPasswordAgain(entered: boolean): void {
  const { waiting } = usePasswordAgain.getState()
  usePasswordAgain.setState({ waiting: null })
  for (const resolve of waiting ?? []) resolve(entered)
}
