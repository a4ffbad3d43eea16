// Above a recording: that it is one, of what and of when, and the moment that is shown. Scrubbing asks for moments; everything
// below is as it was then.

import { useEffect } from 'react'
import { formatClock, formatCount, formatExact } from '../../i18n/format.ts'
import { detachCluster } from '../../stores/cluster-store.ts'
import { pauseRecording, playRecording, SPEEDS, seek, setSpeed, useRecording } from '../../stores/recording-store.ts'
import { useViewStore } from '../../stores/view-store.ts'
import { Icon } from '../../ui/icon.tsx'
import { Segments } from '../../ui/segments.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { GuardedButton } from '../tree/guarded-button.tsx'

const STEP_MS = 100

export function RecordingBar() {
  const { recordings: words } = useMessages()
  const language = useLanguage()
  const about = useViewStore((state) => state.about)
  const moment = useViewStore((state) => state.moment)
  const { playing, speed, sought } = useRecording()
  useEffect(() => pauseRecording, [])
  if (!about?.recording) return null
  const { fromMs, toMs, exportedAtMs, exportedBy, events } = about.recording
  const at = sought ?? moment ?? toMs
  return (
    <section className="recording-bar" aria-label={words.label}>
      <p>
        <Visible text={words.what(about.clusterName, formatExact(fromMs), formatClock(toMs))} />{' '}
        <span className="tertiary">
          <Visible text={words.made(formatCount(events, language), formatExact(exportedAtMs), exportedBy)} />
        </span>
      </p>
      <div className="recording-tools">
        <button
          type="button"
          className="button small icon"
          aria-label={playing ? words.pause : words.play}
          title={playing ? words.pause : words.play}
          onClick={playing ? pauseRecording : playRecording}
        >
          <Icon name={playing ? 'pause' : 'play'} size={14} />
        </button>
        <input
          type="range"
          aria-label={words.moment}
          aria-valuetext={formatClock(at, true)}
          min={Math.floor(fromMs)}
          // On a step, or its last moment could not be reached; seek() knows where it ends.
          max={Math.floor(fromMs) + Math.ceil((toMs - Math.floor(fromMs)) / STEP_MS) * STEP_MS}
          step={STEP_MS}
          value={at}
          onChange={(event) => {
            pauseRecording()
            void seek(Number(event.target.value))
          }}
        />
        <time className="mono">{formatClock(at, true)}</time>
        <Segments
          label={words.speed}
          value={speed}
          onChange={setSpeed}
          choices={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
        />
        <GuardedButton needs="cluster:detach" className="small" onClick={() => void detachCluster(about.cluster.id)}>
          {words.close}
        </GuardedButton>
      </div>
    </section>
  )
}
