// Copies the address of what is shown: view, selection and search, without the token, which is nobody else's.

import { useEffect, useState } from 'react'
import { tell } from '../stores/notice-store.ts'
import { formatRoute } from '../stores/route.ts'
import { useRoute } from '../stores/route-store.ts'
import { Icon } from '../ui/icon.tsx'
import { useMessages } from '../ui/words.ts'

const SAYS_SO_MS = 1800

/** True when it is in the clipboard; otherwise a notice says why it is not. */
export async function shareView(): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(location.origin + location.pathname + formatRoute(useRoute.getState()))
    return true
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error))
    return false
  }
}

export function ShareButton() {
  const { palette } = useMessages()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SAYS_SO_MS)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <>
      <button
        type="button"
        className="button quiet icon"
        aria-label={palette.share}
        title={palette.shareHint}
        onClick={() => void shareView().then(setCopied)}
      >
        <Icon name={copied ? 'done' : 'share'} />
      </button>
      <span className="hidden" role="status">
        {copied ? palette.shared : ''}
      </span>
    </>
  )
}
