// Where a slider stands for a value, and which value it stands for: arithmetic only. Limits and steps come from the tables of
// workloads and faults.

/** Positions go from 0 to this. */
export const SLIDER_STEPS = 200

/** Wide ranges go by powers, so that small values can be hit: the slider's position is 0 to SLIDER_STEPS. */
export function sliderPosition(value: number, min: number, max: number): number {
  const share = (value - min) / (max - min)
  return Math.round(SLIDER_STEPS * (isWide(min, max) ? Math.sign(share) * Math.cbrt(Math.abs(share)) : share))
}

/** The value at a position, on a step. */
export function sliderValue(position: number, min: number, max: number, step: number): number {
  const part = position / SLIDER_STEPS
  const raw = min + (max - min) * (isWide(min, max) ? part ** 3 : part)
  const digits = Math.max(0, -Math.floor(Math.log10(step)))
  const stepped = Math.round(raw / step) * step
  return Number(Math.min(max, Math.max(min, stepped)).toFixed(digits))
}

function isWide(min: number, max: number): boolean {
  return max - min > 1000
}
