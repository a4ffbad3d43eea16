// A canvas in CSS pixels, sharp on dense screens up to twice, drawn again with every render of whoever uses it
// (ten a second at most). It is a picture only: its text mirror stands beside it.

import { useEffect, useRef } from 'react'
import { MEMBER_COLOURS, memberColour } from './member-glyph.tsx'

const RATIO_MAX = 2

const NAMES = [
  'text',
  'text-2',
  'text-3',
  'line',
  'line-strong',
  'mark',
  'faint',
  'surface',
  'accent',
  'bad',
  'warning',
  'good',
] as const
const MORE = ['epoch-0', 'epoch-1', 'area', 'area-line', 'chosen', 'on-member'] as const
type ColourName = (typeof NAMES)[number] | (typeof MORE)[number]

/** The theme's colours as the canvas needs them: resolved. */
export interface Colours {
  readonly of: (name: ColourName) => string
  readonly member: (sid: number) => string
  readonly sans: string
  readonly mono: string
}

/** Asking the style of an element makes the browser work out all styles: once for each theme is enough. */
const known = new Map<string, Colours>()

function coloursOf(canvas: HTMLCanvasElement): Colours {
  const { theme = 'auto' } = document.documentElement.dataset
  const system = matchMedia('(prefers-color-scheme: dark)').matches
  const key = `${theme} ${system} ${document.documentElement.lang}`
  const colours = known.get(key) ?? readColours(canvas, system)
  known.set(key, colours)
  return colours
}

/** A probe resolves `light-dark()` and variables into one colour. */
function readColours(canvas: HTMLCanvasElement, systemDark: boolean): Colours {
  const style = getComputedStyle(canvas)
  const dark = style.colorScheme.includes('dark') && !style.colorScheme.includes('light')
  const system = style.colorScheme === 'light dark' && systemDark
  const read = (name: string): string => {
    const value = style.getPropertyValue(`--${name}`).trim()
    const both = /^light-dark\((.+?),\s*(.+)\)$/.exec(value)
    return both ? ((dark || system ? both[2] : both[1]) ?? value) : value
  }
  // All of them now: a style is live, and would show the theme that comes next.
  const named = new Map([...NAMES, ...MORE].map((name) => [name, read(name)]))
  const members = Array.from({ length: MEMBER_COLOURS }, (_, i) => read(`member-${i + 1}`))
  return {
    of: (name) => named.get(name) ?? '',
    member: (sid) => members[memberColour(sid) - 1] ?? '',
    sans: style.getPropertyValue('--sans'),
    mono: style.getPropertyValue('--mono'),
  }
}

interface CanvasProps {
  readonly width: number
  readonly height: number
  readonly draw: (context: CanvasRenderingContext2D, colours: Colours) => void
}

export function Canvas({ width, height, draw }: CanvasProps) {
  const ref = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const canvas = ref.current
    const context = canvas?.getContext('2d')
    if (!canvas || !context) return
    const ratio = Math.min(RATIO_MAX, devicePixelRatio || 1)
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
    if (canvas.width !== w) canvas.width = w
    if (canvas.height !== h) canvas.height = h
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    draw(context, coloursOf(canvas))
  })
  return (
    <span aria-hidden="true" className="canvas">
      <canvas ref={ref} style={{ width, height }} />
    </span>
  )
}
