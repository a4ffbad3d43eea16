// Seeded chance: the same seed gives the same numbers, in Node and in every browser. The generator is
// sfc32 (Chris Doty-Humphrey's small fast counting generator), its state four 32-bit integers.

import { assert } from './assert.ts'

export interface Prng {
  a: number
  b: number
  c: number
  counter: number
}

const WARM_UP = 15

export function createPrng(seed: number): Prng {
  const prng: Prng = { a: seed | 0, b: Math.floor(seed / 2 ** 32) | 0, c: 0x5eed, counter: 1 }
  for (let i = 0; i < WARM_UP; i += 1) nextUint32(prng)
  return prng
}

export function nextUint32(prng: Prng): number {
  const result = (prng.a + prng.b + prng.counter) | 0
  prng.counter = (prng.counter + 1) | 0
  prng.a = prng.b ^ (prng.b >>> 9)
  prng.b = (prng.c + (prng.c << 3)) | 0
  prng.c = (((prng.c << 21) | (prng.c >>> 11)) + result) | 0
  return result >>> 0
}

/** 0 ≤ n < below. */
export function nextInt(prng: Prng, below: number): number {
  assert(Number.isInteger(below) && below > 0 && below <= 2 ** 32, 'a range of whole numbers')
  return Math.floor((nextUint32(prng) / 2 ** 32) * below)
}

export function chance(prng: Prng, probability: number): boolean {
  return nextUint32(prng) / 2 ** 32 < probability
}

export function pick<T>(prng: Prng, items: readonly T[]): T {
  const item = items[nextInt(prng, items.length)]
  assert(item !== undefined, 'something to pick from')
  return item
}
