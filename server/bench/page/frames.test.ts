import { expect, test } from 'vitest'
import { quantileOf, readTrace, type TraceEvent } from './frames.ts'

const PAGE = { pid: 1, tid: 10 }
const thread = (tid: number, name: string): TraceEvent => ({
  ...PAGE,
  tid,
  ts: 0,
  ph: 'M',
  name: 'thread_name',
  args: { name },
})
const span = (name: string, ts: number, dur: number, tdur = dur): TraceEvent => ({
  ...PAGE,
  ph: 'X',
  name,
  ts,
  dur,
  tdur,
})
const drawn = (ts: number): TraceEvent => ({ ...PAGE, ph: 'e', name: 'AnimationFrame::Render', ts })
const task = (ts: number, dur: number, tdur = dur) => span('ThreadControllerImpl::RunTask', ts, dur, tdur)

test('script counts for the frame that is drawn next, what is nested counts once', () => {
  const events = [
    thread(10, 'CrRendererMain'),
    drawn(1000),
    span('v8.callFunction', 2000, 3000, 1000),
    span('FunctionCall', 2100, 2000, 900),
    span('MinorGC', 6000, 1000),
    drawn(9000),
    drawn(12_000),
    span('EvaluateScript', 13_000, 500),
    drawn(14_000),
  ]
  expect(readTrace(events).frames).toEqual([
    { cpuMs: 2, wallMs: 4 },
    { cpuMs: 0, wallMs: 0 },
    { cpuMs: 0.5, wallMs: 0.5 },
  ])
})

test('what began before the first frame of the window is no frame of it, but it is script', () => {
  const { frames, script } = readTrace([
    thread(10, 'CrRendererMain'),
    span('FunctionCall', 500, 4000),
    drawn(5000),
    drawn(7000),
    span('FunctionCall', 8000, 1000),
  ])
  expect(frames).toEqual([{ cpuMs: 0, wallMs: 0 }])
  expect(script.cpuMs).toBe(5)
})

test('the longest task by the processor and by the clock, of the main thread alone', () => {
  const other: TraceEvent = { ...task(0, 900_000), tid: 11 }
  const events = [
    thread(10, 'CrRendererMain'),
    thread(11, 'Compositor'),
    other,
    task(0, 80_000, 5000),
    task(100_000, 20_000),
  ]
  const { longestTask, tasks } = readTrace(events)
  expect(longestTask).toEqual({ cpuMs: 20, wallMs: 80 })
  expect(tasks).toEqual({ cpuMs: 25, wallMs: 100 })
})

test('of two pages the one at work is meant; a trace of none is refused', () => {
  const empty = { ...thread(10, 'CrRendererMain'), pid: 2 }
  const { tasks } = readTrace([empty, thread(10, 'CrRendererMain'), task(0, 1000), task(2000, 1000)])
  expect(tasks.wallMs).toBe(2)
  expect(() => readTrace([thread(11, 'Compositor')])).toThrow('CrRendererMain')
})

test('quantiles are values that were there', () => {
  expect(quantileOf([], 0.95)).toBe(0)
  expect(quantileOf([3, 1, 2], 0.5)).toBe(2)
  expect(
    quantileOf(
      Array.from({ length: 100 }, (_, i) => i + 1),
      0.95,
    ),
  ).toBe(95)
})
