// Calling what callers gave us. One listener that throws must not keep the others, or the client, from
// going on; its error is not hidden either.

/** Calls `listener`; what it throws surfaces as an uncaught exception of its own. */
export function callListener<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

/** Listeners of one kind, each with its own way out. */
export class Listeners<T> {
  readonly #all = new Set<(value: T) => void>()

  /** Returns the function that takes it off again. */
  add(listener: (value: T) => void): () => void {
    // Wrapped, so that one function added twice is two listeners.
    const entry = (value: T) => listener(value)
    this.#all.add(entry)
    return () => this.#all.delete(entry)
  }

  call(value: T): void {
    for (const listener of [...this.#all]) callListener(listener, value)
  }
}
