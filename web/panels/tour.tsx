// The first visit: five cards of one sentence or two, each beside the part it speaks of, which is outlined
// meanwhile. Nothing is blocked; Esc or Skip ends it, and it does not come back by itself.

import { useEffect, useLayoutEffect, useState } from 'react'
import { setLayout } from '../stores/layout-store.ts'
import { closeOverlay } from '../stores/overlay-store.ts'
import { useMessages } from '../ui/words.ts'

/** Where each step points; the sentences are palette.tour in the same order. */
const TARGETS = ['.rail nav', '.header .answer', '#view', '.timeline', '.header .tools'] as const
const CARD_PX = { width: 320, height: 176 }
const GAP_PX = 12

interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

function useTarget(selector: string): Box | null {
  const [box, setBox] = useState<Box | null>(null)
  useLayoutEffect(() => {
    const measure = () => {
      const rect = document.querySelector(selector)?.getBoundingClientRect()
      setBox(rect ? { left: rect.left, top: rect.top, width: rect.width, height: rect.height } : null)
    }
    measure()
    addEventListener('resize', measure)
    return () => removeEventListener('resize', measure)
  }, [selector])
  return box
}

/** Beside the target where there is room, else over its lower end; always on the screen. */
function place(target: Box | null): { left: number; top: number } {
  const width = Math.min(CARD_PX.width, innerWidth - 2 * GAP_PX)
  const clampX = (x: number) => Math.max(GAP_PX, Math.min(innerWidth - width - GAP_PX, x))
  const clampY = (y: number) => Math.max(GAP_PX, Math.min(innerHeight - CARD_PX.height - GAP_PX, y))
  if (!target) return { left: clampX(innerWidth / 2 - width / 2), top: clampY(innerHeight / 3) }
  const right = target.left + target.width + GAP_PX
  if (right + width < innerWidth && target.height > CARD_PX.height / 2) return { left: right, top: clampY(target.top) }
  const below = target.top + target.height + GAP_PX
  if (below + CARD_PX.height < innerHeight) return { left: clampX(target.left), top: below }
  const above = target.top - CARD_PX.height - GAP_PX
  if (above > GAP_PX) return { left: clampX(target.left), top: above }
  return { left: clampX(target.left + target.width - width - GAP_PX), top: clampY(target.top + target.height - 200) }
}

function end(): void {
  setLayout({ tourSeen: true })
  closeOverlay()
}

export function Tour() {
  const { palette, frame } = useMessages()
  const [step, setStep] = useState(0)
  const target = useTarget(TARGETS[step] ?? TARGETS[0])
  const last = step === TARGETS.length - 1
  const card = palette.tour[step]
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      end()
    }
    addEventListener('keydown', onKey, true)
    return () => removeEventListener('keydown', onKey, true)
  }, [])
  return (
    <>
      {target && (
        <div
          className="tour-outline"
          aria-hidden="true"
          style={{ left: target.left, top: target.top, width: target.width, height: target.height }}
        />
      )}
      <section className="tour" style={place(target)} aria-label={palette.tourTitle}>
        <p className="tertiary">{palette.tourStep(step + 1, TARGETS.length)}</p>
        <div aria-live="polite">
          <h2>{card?.[0]}</h2>
          <p>{card?.[1]}</p>
        </div>
        <div className="buttons">
          <button type="button" className="button quiet small" onClick={end}>
            {last ? frame.close : palette.tourSkip}
          </button>
          {step > 0 && (
            <button type="button" className="button small" onClick={() => setStep(step - 1)}>
              {palette.tourBack}
            </button>
          )}
          {!last && (
            <button type="button" className="button small primary" onClick={() => setStep(step + 1)}>
              {palette.tourNext}
            </button>
          )}
        </div>
      </section>
    </>
  )
}
