// Opening a recording: a button that asks for the file, and the whole page as a place to drop it.

import { useEffect, useRef } from 'react'
import { openFile, useRecording } from '../../stores/recording-store.ts'
import { useMessages } from '../../ui/words.ts'
import { GuardedButton } from '../tree/guarded-button.tsx'

/** As exports are named. */
const ENDING = '.gz'

export function OpenRecordingButton() {
  const { recordings: words } = useMessages()
  const opening = useRecording((state) => state.opening)
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <GuardedButton
        needs="window:open"
        className="quiet small"
        disabled={opening}
        onClick={() => input.current?.click()}
      >
        {opening ? words.opening : words.open}
      </GuardedButton>
      <input
        ref={input}
        type="file"
        hidden
        accept={ENDING}
        aria-label={words.file}
        onChange={(event) => {
          const [file] = event.target.files ?? []
          event.target.value = ''
          if (file) void openFile(file)
        }}
      />
    </>
  )
}

/** A recording that is dropped anywhere is opened; other files are none of ours. */
export function useDroppedRecording(): void {
  useEffect(() => {
    const isFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true
    const onOver = (event: DragEvent) => {
      if (isFile(event)) event.preventDefault()
    }
    const onDrop = (event: DragEvent) => {
      if (!isFile(event)) return
      event.preventDefault() // or the browser would leave the page for it
      const file = [...(event.dataTransfer?.files ?? [])].find(({ name }) => name.endsWith(ENDING))
      if (file) void openFile(file)
    }
    addEventListener('dragover', onOver)
    addEventListener('drop', onDrop)
    return () => {
      removeEventListener('dragover', onOver)
      removeEventListener('drop', onDrop)
    }
  }, [])
}
