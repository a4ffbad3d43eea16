// Why a contender waits, or does not, in one sentence of the page's language. Names in it are anybody's.

import type { Sentence } from '#shared/recipes/explain/sentence.ts'
import { useNow } from '../../stores/clock.ts'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'

interface WhySentenceProps {
  readonly sentence: Sentence
  /** When it was true, by the servers' clock: what has been held for so long then has been held longer now. */
  readonly toldAt: number
}

export function WhySentence({ sentence: { id, params }, toldAt }: WhySentenceProps) {
  const { why } = useMessages()
  const since = Math.max(0, useNow() - toldAt)
  const now = params.heldMs === undefined ? params : { ...params, heldMs: Number(params.heldMs) + since }
  return <Visible text={why[id](now)} />
}
