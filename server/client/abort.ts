// Being told of an abort by as many as like: one listener on the signal for all of them, since Node takes more than ten
// for a leak, and a thousand calls may share one signal.

const HUBS = new WeakMap<AbortSignal, Hub>()

interface Hub {
  readonly callbacks: Set<() => void>
  readonly listener: () => void
}

/** Calls `callback` once when the signal is aborted, at once when it was before; returns the function that ends that. */
export function onceAborted(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback()
    return nothing
  }
  const hub = HUBS.get(signal) ?? createHub(signal)
  hub.callbacks.add(callback)
  return () => {
    if (!hub.callbacks.delete(callback) || hub.callbacks.size > 0) return
    signal.removeEventListener('abort', hub.listener)
    HUBS.delete(signal)
  }
}

function createHub(signal: AbortSignal): Hub {
  const callbacks = new Set<() => void>()
  const listener = () => {
    HUBS.delete(signal)
    for (const callback of [...callbacks]) callback()
    callbacks.clear()
  }
  const hub = { callbacks, listener }
  HUBS.set(signal, hub)
  signal.addEventListener('abort', listener, { once: true })
  return hub
}

function nothing(): void {}
