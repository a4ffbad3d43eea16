// The pages that only listen, and one that does not read at all, in a process of their own: what they cost must not delay
// the page that measures. Ends with the benchmark.

import { Page } from './pages.ts'

/** What the benchmark says first. */
export interface CrowdPlan {
  readonly base: string
  readonly token: string
  /** Pages that read. */
  readonly readers: number
}

/** What it is told: once when all pages are live, and again each time that it asks. */
export interface CrowdFigures {
  readonly resyncs: number
  /** Of the pages that read. */
  readonly frames: number
}

/** Listens to the parent process until the channel to it closes. */
export function runCrowd(): void {
  let readers: readonly Page[] | null = null
  process.on('disconnect', () => process.exit(0))
  process.on('message', async (message) => {
    readers ??= await openAll(message as CrowdPlan) // nobody else has the other end of the channel
    process.send?.(figuresOf(readers))
  })
}

async function openAll({ base, token, readers }: CrowdPlan): Promise<readonly Page[]> {
  const pages: Page[] = []
  for (let i = 0; i < readers; i += 1) pages.push(await Page.open(base, token, false))
  const deaf = await Page.open(base, token, false)
  deaf.stopReading()
  return pages
}

function figuresOf(pages: readonly Page[]): CrowdFigures {
  const sum = (of: (page: Page) => number) => pages.reduce((total, page) => total + of(page), 0)
  return { resyncs: sum(({ figures }) => figures.resyncs), frames: sum(({ figures }) => figures.frames) }
}
