// A first-in-first-out queue as plain data: an array and a head, compacted now and then, so that taking
// from the front costs the same however long it is.

import { assert } from './assert.ts'

export interface Queue<T> {
  items: T[]
  head: number
}

const COMPACT_FROM = 1024

export function createQueue<T>(): Queue<T> {
  return { items: [], head: 0 }
}

export function enqueue<T>(queue: Queue<T>, item: T): void {
  queue.items.push(item)
}

export function queueLength(queue: Queue<unknown>): number {
  return queue.items.length - queue.head
}

/** The oldest item, or undefined when the queue is empty. */
export function peek<T>(queue: Queue<T>): T | undefined {
  return queue.items[queue.head]
}

export function dequeue<T>(queue: Queue<T>): T {
  const item = queue.items[queue.head]
  assert(item !== undefined, 'only a queue that holds something is taken from')
  queue.head += 1
  if (queue.head === queue.items.length) {
    queue.items = []
    queue.head = 0
  } else if (queue.head >= COMPACT_FROM && queue.head * 2 > queue.items.length) {
    queue.items = queue.items.slice(queue.head)
    queue.head = 0
  }
  return item
}
