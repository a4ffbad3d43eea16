// The one-sentence answer of the header: how many serve, who leads, how many more may fail.

import { formatCount } from '../i18n/format.ts'
import type { Messages } from '../i18n/languages.ts'
import { useClusterValue, useViewStore } from '../stores/view-store.ts'
import { useLanguage, useMessages } from '../ui/words.ts'
import { type EnsembleAnswer, ensembleAnswer } from '../viz/ensemble-answer.ts'

/** `3 of 3 serving · member 2 leads · can lose 1 more`. */
export function answerSentence(answer: EnsembleAnswer, words: Messages['frame'], count: (n: number) => string): string {
  if (answer.members === 0) return words.noMembers
  const parts = [
    words.serving(count(answer.serving), count(answer.members)),
    answer.leader === null ? words.noLeader : words.leads(String(answer.leader)),
    fate(answer, words),
  ]
  return parts.join(' · ')
}

function fate({ canLose, missing, leader }: EnsembleAnswer, words: Messages['frame']): string {
  if (missing > 0) return words.needs(missing)
  return canLose < 0 || leader === null ? words.electing : words.canLose(canLose)
}

const GLYPHS: Record<EnsembleAnswer['judgement'], string> = {
  good: 'M3.5 8.5l3 3 6-7',
  warning: 'M8 3.5v5.5M8 12v0.2',
  bad: 'M4 4l8 8M12 4l-8 8',
}

export function JudgementGlyph({ judgement }: { readonly judgement: EnsembleAnswer['judgement'] }) {
  return (
    <svg
      className="judgement"
      data-judgement={judgement}
      aria-hidden="true"
      width="14"
      height="14"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.2"
      strokeLinecap="round"
    >
      <path d={GLYPHS[judgement]} />
    </svg>
  )
}

export function Answer() {
  const { frame } = useMessages()
  const language = useLanguage()
  const known = useViewStore((state) => state.known)
  const sentence = useClusterValue((view) =>
    answerSentence(ensembleAnswer(view), frame, (n) => formatCount(n, language)),
  )
  const judgement = useClusterValue((view) => ensembleAnswer(view).judgement)
  if (!known) return <p className="answer tertiary">{frame.loading}…</p>
  return (
    <p className="answer" role="status" data-judgement={judgement}>
      <JudgementGlyph judgement={judgement} />
      <span className="hidden">{frame[judgement]}: </span>
      <span>{sentence}</span>
    </p>
  )
}
