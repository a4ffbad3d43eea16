// What a member's process takes, in words: processor, memory, flush latency. Of the newest second that it told.

import { formatBytes } from '../i18n/format.ts'
import { useChronicle } from '../stores/chronicle-store.ts'
import { serverNow } from '../stores/view-store.ts'
import { useDuration } from '../ui/times.tsx'

const NOTHING = '–'
/** What was told longer ago is not about now. */
const FRESH_MS = 5000
/** So many seconds back, the newest in which something was flushed. */
const FLUSHES_WITHIN = 5

export interface Resources {
  readonly cpu: string
  readonly memory: string
  readonly flush: string
}

export function useResources(sid: number): Resources {
  const duration = useDuration()
  const seconds = useChronicle((heard) => heard.seconds[sid])
  const told = seconds?.at(-1)
  if (!told || serverNow() - told.t > FRESH_MS) return { cpu: NOTHING, memory: NOTHING, flush: NOTHING }
  const flush = seconds?.slice(-FLUSHES_WITHIN).findLast((second) => second.flush !== null)?.flush ?? null
  return {
    cpu: told.cpu === null ? NOTHING : `${(told.cpu * 100).toFixed(0)} %`,
    memory: told.rssBytes === null ? NOTHING : formatBytes(told.rssBytes),
    flush: flush === null ? NOTHING : duration(flush.p95),
  }
}
