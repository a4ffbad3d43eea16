// Makes dist/client, what `import 'zabscope/client'` reads: one file that needs no package, and declarations that a
// user's compiler reads without our sources or settings.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { bundle } from './bundle.mjs'
import { ROOT, runStep } from './steps.mjs'

const OUT = join(ROOT, 'dist/client')
const ENTRY = 'server/client/index'
const SPECIFIER = /(?<before>\bfrom\s+|\bimport\s*\(?\s*)(?<quote>['"])(?<specifier>[#.][^'"]+)\.ts\k<quote>/g

/** Bundle and declarations, into `out` or dist/client. */
export async function buildClient(out = OUT) {
  rmSync(out, { recursive: true, force: true })
  await bundle(`${ENTRY}.ts`, join(out, 'index.js'))
  const emitted = join(out, 'emitted')
  await emitDeclarations(emitted)
  for (const [file, text] of reachable(emitted, `${ENTRY}.d.ts`)) {
    const to = join(out, 'types', file)
    mkdirSync(dirname(to), { recursive: true })
    writeFileSync(to, file === `${ENTRY}.d.ts` ? `/// <reference types="node" />\n${text}` : text)
  }
  rmSync(emitted, { recursive: true })
}

/** Declarations of all that the client is made of, each at its place in the checkout, below `directory`. */
export async function emitDeclarations(directory) {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const args = [tsc, '-p', '.config/tsconfig.client.json', '--outDir', directory]
  await runStep('describing the client', process.execPath, args)
}

/** Declaration files by their place in the checkout, their imports written as a package's own: relative, `.js`. */
function reachable(emitted, first) {
  const found = new Map()
  const waiting = [first]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue
    const text = readFileSync(join(emitted, file), 'utf8')
    const folder = posix.dirname(file)
    const rewritten = text.replaceAll(SPECIFIER, (...match) => {
      const { before, quote, specifier } = match.at(-1)
      const target = specifier.startsWith('#') ? specifier.slice(1) : posix.join(folder, specifier)
      waiting.push(`${target}.d.ts`)
      const relative = posix.relative(folder, target)
      return `${before}${quote}${relative.startsWith('.') ? relative : `./${relative}`}.js${quote}`
    })
    found.set(file, rewritten)
  }
  return found
}
