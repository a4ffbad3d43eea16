// Copies an exact value (never its escaped form) and says that it did.

import { useEffect, useState } from 'react'
import { visibleText } from '../i18n/visible-text.ts'
import { tell } from '../stores/notice-store.ts'
import { Icon } from './icon.tsx'
import { useMessages } from './words.ts'

const SAYS_SO_MS = 1500

export function CopyButton({ value }: { readonly value: string }) {
  const words = useMessages().frame
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SAYS_SO_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value)
      setCopied(true)
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error))
    }
  }
  const label = copied ? words.copied : words.copyValue(visibleText(value))
  return (
    <button type="button" className="button quiet small icon" aria-label={label} title={label} onClick={copy}>
      <Icon name={copied ? 'done' : 'copy'} size={14} />
    </button>
  )
}

/** A command line to try, with its copy button. */
export function Command({ text }: { readonly text: string }) {
  return (
    <div className="command">
      <code>{text}</code>
      <CopyButton value={text} />
    </div>
  )
}
