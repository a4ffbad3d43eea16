// Which znodes the load works on, and their names. All names are of fixed length.

export const ROOT = '/bench'
/** A thousand for each size of data: /bench/100/k0007. */
export const KEYS = 1000
/** /bench/lists/d07, each with children 0 to 9. */
export const DIRECTORIES = 100
export const CHILDREN = 10
/** Of what `create` makes: /bench/made/…/n0000042. */
export const NAME_DIGITS = 7

export function keyRoot(bytes: number): string {
  return `${ROOT}/${bytes}`
}

export function keyPath(root: string, key: number): string {
  return `${root}/k${String(key).padStart(4, '0')}`
}

export function childrenPath(directory: number): string {
  return `${ROOT}/lists/d${String(directory).padStart(2, '0')}`
}

export function createdPath(directory: string, number: number): string {
  return `${directory}/n${String(number).padStart(NAME_DIGITS, '0')}`
}

/** The keys of connection `index` of `count`: nobody else works on them. */
export function keysOf(index: number, count: number): number[] {
  const keys: number[] = []
  for (let key = index; key < KEYS; key += count) keys.push(key)
  return keys
}
