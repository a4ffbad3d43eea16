// Looking at a recording: which moment of it is shown, and playing it. The gateway folds the moment; while one answer is on
// its way only the newest wish is kept.

import { create } from 'zustand'
import { openRecording } from '../feeds/open-recording.ts'
import { seedChronicle } from '../viz/chronicle/chronicle.ts'
import { ask } from './ask.ts'
import { currentChronicle, forgetChronicle } from './chronicle-store.ts'
import { renewNow } from './clock.ts'
import { openCluster } from './cluster-store.ts'
import { tell } from './notice-store.ts'
import { forgetPast } from './past-store.ts'
import { replaceView, setMoment, useViewStore } from './view-store.ts'

export const SPEEDS = [1, 10, 60] as const
export type Speed = (typeof SPEEDS)[number]
const FRAME_MS = 250

interface RecordingState {
  readonly playing: boolean
  readonly speed: Speed
  /** The moment that was asked for and is not shown yet. */
  readonly sought: number | null
  /** A file is on its way to the gateway. */
  readonly opening: boolean
}

export const useRecording = create<RecordingState>(() => ({ playing: false, speed: 1, sought: null, opening: false }))

let wanted: number | null = null
let asking = false

/** Shows what was at `atMs`, or the nearest moment that the recording has. */
export async function seek(atMs: number): Promise<void> {
  const recording = useViewStore.getState().about?.recording
  if (!recording) return
  wanted = Math.min(recording.toMs, Math.max(recording.fromMs, atMs))
  useRecording.setState({ sought: wanted })
  if (asking) return
  asking = true
  try {
    while (wanted !== null) {
      const at = wanted
      wanted = null
      const answer = await ask('window:view', { atMs: at })
      if (useViewStore.getState().about?.recording !== recording) return
      if (!answer.ok) {
        pauseRecording()
        tell(answer.message)
        return
      }
      forgetChronicle()
      forgetPast()
      seedChronicle(currentChronicle(), answer.value.view)
      setMoment(at)
      replaceView(answer.value.view)
      renewNow()
    }
  } finally {
    asking = false
    useRecording.setState({ sought: null })
  }
}

let timer: ReturnType<typeof setInterval> | undefined

export function playRecording(): void {
  const { moment, about } = useViewStore.getState()
  if (!about?.recording) return
  clearInterval(timer)
  if (moment !== null && moment >= about.recording.toMs) void seek(about.recording.fromMs)
  useRecording.setState({ playing: true })
  timer = setInterval(step, FRAME_MS)
}

function step(): void {
  const { moment, about } = useViewStore.getState()
  if (!about?.recording || moment === null || moment >= about.recording.toMs) {
    pauseRecording()
    return
  }
  if (!asking) void seek(moment + FRAME_MS * useRecording.getState().speed)
}

export function pauseRecording(): void {
  clearInterval(timer)
  useRecording.setState({ playing: false })
}

export function setSpeed(speed: Speed): void {
  useRecording.setState({ speed })
}

/** Opens the file on the gateway and turns to it. What is wrong with it becomes a notice. */
export async function openFile(file: File): Promise<void> {
  if (useRecording.getState().opening) return
  useRecording.setState({ opening: true })
  const answer = await openRecording(file)
  useRecording.setState({ opening: false })
  if (answer.ok) openCluster(answer.value.id)
  else tell(answer.message)
}
