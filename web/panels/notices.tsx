// What went wrong with something a person asked for, in words, until dismissed.

import { dismiss, useNotices } from '../stores/notice-store.ts'
import { Icon } from '../ui/icon.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'

export function Notices() {
  const { frame } = useMessages()
  const notices = useNotices((state) => state.notices)
  return (
    <div className="notices" role="alert">
      {notices.map(({ id, text }) => (
        <div key={id} className="notice">
          <p>
            <Visible text={text} />
          </p>
          <button type="button" className="button quiet icon" aria-label={frame.dismiss} onClick={() => dismiss(id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  )
}
