// Records what a Chromium does, a window of some seconds at a time: its buffer is bounded, and so is ours.

import type { CDPSession } from '@playwright/test'
import type { TraceEvent } from './frames.ts'

/** Tasks, frames and script; what the browser does beside that is not recorded. */
const CATEGORIES = ['toplevel', 'devtools.timeline', 'v8']
const BUFFER_KB = 300_000

/**
 * What happened while `work` ran.
 * @param browser a session of the browser, not of a page
 */
export async function traced(browser: CDPSession, work: () => Promise<void>): Promise<readonly TraceEvent[]> {
  const events: TraceEvent[] = []
  const collect = ({ value }: { value: object[] }) => {
    // Chromium's own format; frames.ts takes nothing of it for granted but its names.
    for (const each of value) events.push(each as TraceEvent)
  }
  browser.on('Tracing.dataCollected', collect)
  const traceConfig = {
    recordMode: 'recordUntilFull' as const,
    traceBufferSizeInKb: BUFFER_KB,
    includedCategories: CATEGORIES,
    excludedCategories: ['*'],
  }
  await browser.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig })
  try {
    await work()
  } finally {
    const complete = new Promise<void>((resolve) => browser.once('Tracing.tracingComplete', () => resolve()))
    await browser.send('Tracing.end')
    await complete
    browser.off('Tracing.dataCollected', collect)
  }
  return events
}
