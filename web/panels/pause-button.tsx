// Holds the list still while somebody reads, and says how much came meanwhile.

import { togglePause, usePause } from '../stores/pause-store.ts'
import { Icon } from '../ui/icon.tsx'
import { useMessages } from '../ui/words.ts'

export function PauseButton({ newer }: { readonly newer: number }) {
  const { frame } = useMessages()
  const paused = usePause((state) => state.frozen !== null)
  return (
    <>
      {paused && (
        <span className="secondary" role="status">
          {frame.paused}
          {newer > 0 && ` · ${frame.newer(newer)}`}
        </span>
      )}
      <button type="button" className="button" aria-pressed={paused} onClick={togglePause}>
        <Icon name={paused ? 'play' : 'pause'} size={14} />
        {paused ? frame.resume : frame.pause}
      </button>
    </>
  )
}
