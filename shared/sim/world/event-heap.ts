// What is going to happen, earliest first; among things of the same moment, in the order in which they were
// scheduled. A binary heap over parallel arrays.

export interface EventHeap<T> {
  readonly at: number[]
  readonly order: number[]
  readonly items: T[]
  /** Grows with every push: breaks ties. */
  pushed: number
}

export function createHeap<T>(): EventHeap<T> {
  return { at: [], order: [], items: [], pushed: 0 }
}

/** When the earliest is due; Infinity when there is none. */
export function nextAt(heap: EventHeap<unknown>): number {
  return heap.at[0] ?? Number.POSITIVE_INFINITY
}

function isEarlier(heap: EventHeap<unknown>, at: number, order: number, than: number): boolean {
  const otherAt = heap.at[than] ?? Number.POSITIVE_INFINITY
  return at < otherAt || (at === otherAt && order < (heap.order[than] ?? 0))
}

function place<T>(heap: EventHeap<T>, index: number, at: number, order: number, item: T): void {
  heap.at[index] = at
  heap.order[index] = order
  heap.items[index] = item
}

function move<T>(heap: EventHeap<T>, from: number, to: number): void {
  place(heap, to, heap.at[from] as number, heap.order[from] as number, heap.items[from] as T) // both inside the heap
}

export function push<T>(heap: EventHeap<T>, at: number, item: T): void {
  const order = heap.pushed
  heap.pushed += 1
  let index = heap.at.length
  while (index > 0) {
    const parent = (index - 1) >>> 1
    if (!isEarlier(heap, at, order, parent)) break
    move(heap, parent, index)
    index = parent
  }
  place(heap, index, at, order, item)
}

/** Takes the earliest. The heap must not be empty. */
export function pop<T>(heap: EventHeap<T>): T {
  const first = heap.items[0] as T // not empty, as the caller knows
  const at = heap.at.pop() as number
  const order = heap.order.pop() as number
  const item = heap.items.pop() as T
  const size = heap.at.length
  if (size === 0) return first
  let index = 0
  for (;;) {
    let child = index * 2 + 1
    if (child >= size) break
    if (child + 1 < size && isEarlier(heap, heap.at[child + 1] as number, heap.order[child + 1] as number, child))
      child += 1
    if (isEarlier(heap, at, order, child)) break
    move(heap, child, index)
    index = child
  }
  place(heap, index, at, order, item)
  return first
}
