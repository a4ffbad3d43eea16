// How stores and buttons ask the gateway for something, without knowing which feed is in use.

import { type AskAnswer, type AskName, type AskRequest, type Feed, failed } from '../feeds/feed.ts'
import { passwordAgain } from './password-again-store.ts'

/** The gateway takes so many requests a second; a page that re-lists much waits for its turn, longer each time. */
const TRIES_MAX = 6
const TRY_AGAIN_MS = 100

let feed: Feed | null = null
/** Which cluster the page looks at, counted: an answer about another one is nobody's any more. */
let era = 0

export function setFeed(next: Feed | null): void {
  feed?.stop()
  feed = next
}

export function lookAt(cluster: string): void {
  era += 1
  feed?.lookAt(cluster)
}

export function retryNow(): void {
  feed?.retryNow()
}

/** Always answers; see Feed.ask. */
export async function ask<K extends AskName>(
  name: K,
  request: AskRequest<K>,
): Promise<AskAnswer<K> | ReturnType<typeof failed>> {
  const mine = era
  if (!feed) return failed('OFFLINE', 'Not connected yet. Wait a moment and try again.')
  for (let tries = 1; ; tries += 1) {
    const answer = await feed.ask(name, request)
    if (mine !== era) return failed('MOVED', 'The page looks at another cluster now.')
    // The password was entered too long ago for this: asked once, then the request is made again.
    if (!answer.ok && answer.code === 'REAUTH' && (await passwordAgain())) return await feed.ask(name, request)
    if (answer.ok || (answer.code !== 'RATE' && answer.code !== 'BUSY') || tries === TRIES_MAX || !feed) return answer
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS * 2 ** (tries - 1)))
  }
}
