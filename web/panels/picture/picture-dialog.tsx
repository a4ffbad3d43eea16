// Which of the drawings on the screen to save, and as what.

import { useState } from 'react'
import { closeOverlay } from '../../stores/overlay-store.ts'
import { useViewStore } from '../../stores/view-store.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'
import { capture, type PictureSource, picturesShown } from './capture.ts'
import { savePicture } from './save.ts'

const FORMS = ['svg', 'png'] as const

export function PictureDialog() {
  const { picture: words, frame } = useMessages()
  const cluster = useViewStore((state) => state.about?.clusterName ?? '')
  // What was there when the dialog opened: drawings come and go behind it.
  const [pictures] = useState(picturesShown)
  const [told, setTold] = useState('')
  const save = async (source: PictureSource, form: (typeof FORMS)[number]) => {
    try {
      const about = words.about(cluster, new Date().toISOString().replace('T', ' ').slice(0, 19))
      setTold(words.saved(await savePicture(capture(source, about), form)))
    } catch (error) {
      setTold(error instanceof Error ? error.message : String(error))
    }
  }
  return (
    <Dialog title={words.title} onClose={closeOverlay}>
      <p className="secondary">{words.intro}</p>
      <ul className="picture-list" aria-label={words.title}>
        {pictures.map((source) => (
          <li key={source.title}>
            <span>{source.title}</span>
            {FORMS.map((form) => (
              <button
                key={form}
                type="button"
                className="button small"
                aria-label={words.saveAs(source.title, form.toUpperCase())}
                onClick={() => void save(source, form)}
              >
                {form.toUpperCase()}
              </button>
            ))}
          </li>
        ))}
      </ul>
      <p role="status" className="secondary">
        <Visible text={told} />
      </p>
      <div className="buttons">
        <button type="button" className="button" onClick={closeOverlay}>
          {frame.close}
        </button>
      </div>
    </Dialog>
  )
}
