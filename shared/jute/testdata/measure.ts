// What decoders cost, counted and not timed: bytes of memory that they ask for, values that they look at.
// Works by standing in for the constructor and the methods that every reader must use. For tests only.

export interface Cost {
  /** Bytes of new arrays; windows on bytes that exist are free. */
  allocated: number
  /** Calls of DataView's get methods. */
  reads: number
}

const READS = ['getUint8', 'getInt32', 'getUint32', 'getBigInt64', 'getBigUint64'] as const

/**
 * Counts while `work` runs, which may set the counters back to 0. Not to be nested.
 * @param scope where everybody finds `Uint8Array`: the test's global object
 */
export function counting<T>(scope: object, work: (cost: Cost) => T): T {
  const cost: Cost = { allocated: 0, reads: 0 }
  const undo = [countArrays(scope, cost), ...READS.map((name) => countReads(cost, name))]
  try {
    return work(cost)
  } finally {
    for (const step of undo) step()
  }
}

function countArrays(scope: object, cost: Cost): () => void {
  const original = Uint8Array
  const standIn: Uint8ArrayConstructor = new Proxy(original, {
    construct(target, args: unknown[]): object {
      const [first] = args
      if (typeof first === 'number') cost.allocated += first
      else if (first instanceof original) cost.allocated += first.length
      return Reflect.construct(target, args)
    },
  })
  Reflect.set(scope, 'Uint8Array', standIn)
  return () => Reflect.set(scope, 'Uint8Array', original)
}

function countReads(cost: Cost, name: (typeof READS)[number]): () => void {
  const original = Object.getOwnPropertyDescriptor(DataView.prototype, name)
  if (!original) return () => undefined
  const method: (this: DataView, at: number) => unknown = original.value
  Object.defineProperty(DataView.prototype, name, {
    ...original,
    value(this: DataView, at: number) {
      cost.reads += 1
      return method.call(this, at)
    },
  })
  return () => Object.defineProperty(DataView.prototype, name, original)
}
