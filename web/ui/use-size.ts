// The size of an element on the screen, for drawings that fill it.

import { useLayoutEffect, useRef, useState } from 'react'

export interface Size {
  readonly width: number
  readonly height: number
}

/** A ref to attach, and the element's inner size in px; null before the first layout. The element may come late, and go. */
export function useSize<E extends Element>(): readonly [React.RefObject<E | null>, Size | null] {
  const ref = useRef<E>(null)
  const [element, setElement] = useState<E | null>(null)
  const [size, setSize] = useState<Size | null>(null)
  // After every drawing: a page that begins with an empty state has the element only later.
  useLayoutEffect(() => setElement(ref.current))
  useLayoutEffect(() => {
    if (!element) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [element])
  return [ref, size]
}
