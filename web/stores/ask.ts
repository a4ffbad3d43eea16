// How stores and buttons ask the gateway for something, without knowing which feed is in use.

import { type AskAnswer, type AskName, type AskRequest, type Feed, failed } from '../feeds/feed.ts'

let feed: Feed | null = null

export function setFeed(next: Feed | null): void {
  feed?.stop()
  feed = next
}

export function retryNow(): void {
  feed?.retryNow()
}

/** Always answers; see Feed.ask. */
export async function ask<K extends AskName>(
  name: K,
  request: AskRequest<K>,
): Promise<AskAnswer<K> | ReturnType<typeof failed>> {
  if (!feed) return failed('OFFLINE', 'Not connected yet. Wait a moment and try again.')
  return feed.ask(name, request)
}
