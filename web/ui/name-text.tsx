// A name that may be cut when there is no room, but never its sequence number: that is what tells siblings
// apart. `_c_6f1d0a97-8a3b…0000000125`.

import { sequenceStart } from '../viz/tree-rows.ts'
import { Visible } from './visible.tsx'

const WORTH_CUTTING = 24

export function NameText({ text }: { readonly text: string }) {
  const at = text.length > WORTH_CUTTING ? sequenceStart(text) : null
  if (at === null) {
    return (
      <span className="name-head">
        <Visible text={text} />
      </span>
    )
  }
  return (
    <span className="name-text">
      <span className="name-head">
        <Visible text={text.slice(0, at)} />
      </span>
      <span>
        <Visible text={text.slice(at)} />
      </span>
    </span>
  )
}
