import { expect, test } from 'vitest'
import { settingsOf, WORKLOAD_KINDS } from '#shared/events/workload-settings.ts'
import { sliderPosition, sliderValue } from './slider.ts'

test('sliders reach both ends of every setting, and stay where they are put', () => {
  for (const kind of WORKLOAD_KINDS)
    for (const setting of Object.values(settingsOf(kind))) {
      if (setting.type !== 'number') continue
      const { min, max, step } = setting
      expect(sliderValue(0, min, max, step)).toBe(min)
      expect(sliderValue(200, min, max, step)).toBe(max)
      for (const position of [1, 50, 120, 199]) {
        const value = sliderValue(position, min, max, step)
        expect(value).toBeGreaterThanOrEqual(min)
        expect(value).toBeLessThanOrEqual(max)
        expect(Math.abs(sliderPosition(value, min, max) - position)).toBeLessThanOrEqual(200 * 0.15)
      }
    }
})

test('a wide range gives small values room', () => {
  expect(sliderValue(20, 0, 60_000, 10)).toBe(60)
  expect(sliderValue(100, 1, 200, 1)).toBe(101)
})
