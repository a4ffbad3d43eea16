// Numbers, times and sizes in words. Three significant digits unless exactness is the point. Pure but for
// the browser's time zone.

import type { Language } from '../stores/route.ts'
import type { Messages } from './languages.ts'

type Units = Messages['units']

function threeDigits(value: number): string {
  if (value >= 100) return String(Math.round(value))
  if (value >= 10) return value.toFixed(1)
  return value.toFixed(2)
}

/** `0.42 ms`, `31.0 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. Negative durations count as 0. */
export function formatDuration(ms: number, units: Units): string {
  const positive = Math.max(0, ms)
  if (positive < 999.5) return `${threeDigits(positive)} ${units.ms}`
  const seconds = positive / 1000
  if (seconds < 59.95) return `${seconds.toFixed(1)} ${units.s}`
  return formatLong(Math.round(seconds), units)
}

function formatLong(seconds: number, units: Units): string {
  const pair = (big: number, bigUnit: string, small: number, smallUnit: string) =>
    small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`
  if (seconds < 3600) return pair(Math.floor(seconds / 60), units.min, seconds % 60, units.s)
  if (seconds < 86_400) return pair(Math.floor(seconds / 3600), units.h, Math.floor((seconds % 3600) / 60), units.min)
  return pair(Math.floor(seconds / 86_400), units.d, Math.floor((seconds % 86_400) / 3600), units.h)
}

/** For ages that tick along: whole seconds, then one unit. */
export function formatAge(ms: number, units: Units): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} ${units.s}`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} ${units.min}`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} ${units.h}`
  return `${Math.floor(seconds / 86_400)} ${units.d}`
}

/** `just now` under a second, else `3 s ago`. */
export function formatAgo(ms: number, units: Units): string {
  return ms < 1000 ? units.justNow : units.ago(formatAge(ms, units))
}

const formatters = new Map<string, Intl.NumberFormat>()

/** Making one costs more than a hundred uses. */
function numbers(language: Language, digits: 0 | 1): Intl.NumberFormat {
  const key = `${language} ${digits}`
  const known = formatters.get(key)
  if (known) return known
  const made = new Intl.NumberFormat(language, { maximumFractionDigits: digits })
  formatters.set(key, made)
  return made
}

/** With separators: `37,412`. */
export function formatCount(n: number, language: Language): string {
  return numbers(language, 0).format(n)
}

/** `12.4` under 100, whole above, with separators. */
export function formatRate(perSecond: number, language: Language): string {
  const digits = perSecond > 0 && perSecond < 10 && !Number.isInteger(perSecond) ? 1 : 0
  return numbers(language, digits).format(perSecond)
}

/** `512 B`, `1.5 KiB`, `64 KiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const [value, unit] = bytes < 1024 ** 2 ? [bytes / 1024, 'KiB'] : [bytes / 1024 ** 2, 'MiB']
  return `${value >= 100 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} ${unit}`
}

/** `14:02:11`, with `fraction` `14:02:11.204`. */
export function formatClock(t: number, fraction = false): string {
  const date = new Date(t)
  const two = (n: number) => String(n).padStart(2, '0')
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return fraction ? `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}` : clock
}

/** Date and time to the millisecond, as the browser's zone has it. */
export function formatExact(t: number): string {
  const date = new Date(t)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${formatClock(t, true)}`
}
