// Why a contender waits, or does not, in one sentence of the page's language. Names in it are anybody's.

import type { Sentence } from '#shared/recipes/explain/sentence.ts'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'

export function WhySentence({ sentence }: { readonly sentence: Sentence }) {
  const { why } = useMessages()
  return <Visible text={why[sentence.id](sentence.params)} />
}
