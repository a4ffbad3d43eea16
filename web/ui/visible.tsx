// Shows text from the ensemble so that nothing in it can hide: see i18n/visible-text.ts.

import { visibleRuns } from '../i18n/visible-text.ts'

export function Visible({ text, lines = false }: { readonly text: string; readonly lines?: boolean }) {
  let at = 0
  return visibleRuns(text, lines).map((run) => {
    const key = at
    at += run.text.length
    return run.escaped ? (
      <span key={key} className="escape">
        {run.text}
      </span>
    ) : (
      run.text
    )
  })
}
