// How long the page takes to show a commit, as it measures itself: in a word beside the write rate, and as a sentence
// in the Metrics view, which also says what is in it or why it cannot be told.

import { useNow } from '../stores/clock.ts'
import { comparable, pixelFigures } from '../stores/pixels.ts'
import { useDuration } from '../ui/times.tsx'
import { useMessages } from '../ui/words.ts'

/** Nothing where nothing can be told. */
export function PixelsShort() {
  const { metrics } = useMessages()
  const duration = useDuration()
  useNow() // figures change with every frame; once a second is often enough to read
  const figures = pixelFigures()
  if (!figures) return null
  const { p50, p95 } = figures
  const sentence = `${metrics.pixels.title}: ${metrics.pixels.figures(duration(p50), duration(p95))}`
  return (
    <span className="tertiary pixels" title={`${sentence}. ${metrics.pixels.about}`}>
      <data className="hidden" value={p50}>
        {sentence}
      </data>
      <span aria-hidden="true">
        p95 <data value={p95}>{duration(p95)}</data>
      </span>
    </span>
  )
}

export function PixelsNote() {
  const { metrics } = useMessages()
  const duration = useDuration()
  useNow()
  const figures = pixelFigures()
  const clocks = comparable()
  const { title, about, none, figures: words } = metrics.pixels
  const told = figures ? words(duration(figures.p50), duration(figures.p95)) : none
  return (
    <span className="secondary" title={about}>
      {title}: {clocks === 'yes' ? told : metrics.pixels[clocks]}
    </span>
  )
}
