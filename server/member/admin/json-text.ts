// JSON as ZooKeeper's AdminServer prints it: two spaces for each object, ` : ` behind a name, lists on one line. Whole
// numbers of any size and Java's doubles keep their form. Source: Jackson's DefaultPrettyPrinter.

import { javaDouble } from '../traffic.ts'

export type Json =
  | string
  | number
  | bigint
  | boolean
  | null
  | { readonly double: number }
  | JsonFields
  | readonly Json[]

/** An object: names in the order in which they are printed, whatever they look like. */
export type JsonFields = ReadonlyMap<string, Json>

export function fields(entries: Readonly<Record<string, Json>>): Map<string, Json> {
  return new Map(Object.entries(entries))
}

export function jsonText(value: Json, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value === null || typeof value !== 'object') return String(value)
  if (isList(value)) return listText(value, depth)
  return value instanceof Map ? fieldsText(value, depth) : javaDouble((value as { readonly double: number }).double)
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value)
}

function listText(list: readonly Json[], depth: number): string {
  return list.length === 0 ? '[ ]' : `[ ${list.map((item) => jsonText(item, depth)).join(', ')} ]`
}

function fieldsText(map: JsonFields, depth: number): string {
  if (map.size === 0) return '{ }'
  const indent = '  '.repeat(depth + 1)
  const lines = [...map].map(([name, item]) => `${indent}${JSON.stringify(name)} : ${jsonText(item, depth + 1)}`)
  return `{\n${lines.join(',\n')}\n${'  '.repeat(depth)}}`
}
