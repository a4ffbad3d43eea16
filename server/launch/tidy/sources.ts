// Reads the repository's own files for the tidy test: their text, their imports, the folder whose rules count.

import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

const TOP_FOLDERS = ['server', 'shared', 'web', 'e2e', '.config', '.ci']
const TOP_DOCUMENTS = ['README.md', 'README.zh-CN.md', 'CHANGELOG.md', 'package.json', 'tsconfig.json']
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'test-results', 'playwright-report'])
const TEXT = /\.(ts|tsx|mjs|js|py|css|html|md|json|yml|svg)$|^run$/

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string
  readonly text: string
}

export interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
}

/** Every text file of the repository. */
export function readSources(): readonly SourceFile[] {
  const paths = [...TOP_DOCUMENTS, ...TOP_FOLDERS.flatMap(walk)]
  return paths.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}

function walk(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : walk(path)
    return entry.isFile() && TEXT.test(entry.name) ? [path] : []
  })
}

export function isCode(path: string): boolean {
  return /\.(ts|tsx|mjs|js|py|css)$/.test(path)
}

export function isScript(path: string): boolean {
  return /\.(ts|tsx|mjs|js)$/.test(path)
}

export function isTest(path: string): boolean {
  return /\.test\.(tsx?|mjs)$|\.spec\.ts$/.test(path)
}

const FROM = /^[ \t]*(?:import|export)\s+(type\s)?[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]/gm
const BARE = /^[ \t]*import\s+['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g

/** What a file imports or re-exports, statically or not. */
export function importsOf(text: string): readonly Import[] {
  return [
    ...[...text.matchAll(FROM)].map((m) => ({ specifier: m[2] ?? '', typeOnly: m[1] !== undefined })),
    ...[...text.matchAll(BARE), ...text.matchAll(DYNAMIC)].map((m) => ({ specifier: m[1] ?? '', typeOnly: false })),
  ]
}

/** The repository path that `specifier` means in the file at `path`; null for a package or a Node module. */
export function resolveImport(path: string, specifier: string): string | null {
  if (specifier.startsWith('#')) return specifier.slice(1)
  if (!specifier.startsWith('.')) return null
  return posix.join(posix.dirname(path), specifier)
}

/** The deepest of `folders` that contains `path`; null when none does. */
export function folderOf(path: string, folders: readonly string[]): string | null {
  const around = folders.filter((folder) => path.startsWith(`${folder}/`))
  return around.sort((a, b) => b.length - a.length)[0] ?? null
}

/** The text with comments blanked out, lines kept. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' ')).replace(/(^|\s)\/\/.*$/gm, '$1')
}

/** `path:line` of each match. */
export function linesMatching(file: SourceFile, text: string, pattern: RegExp): readonly string[] {
  return text
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [`${file.path}:${index + 1}  ${line.trim()}`] : []))
}

/** This checkout's own path with `/`, so that a text that holds it can be found. */
export function checkoutPath(): string {
  return ROOT.split(sep).join('/').replace(/\/$/, '')
}
