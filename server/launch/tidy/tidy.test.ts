// The rules of the repository that no compiler checks. A failure lists the places and says what to do instead.

import { homedir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { IMPORT_TABLE, NEVER } from './import-table.ts'
import * as sources from './sources.ts'

const files = sources.readSources()
const folders = Object.keys(IMPORT_TABLE)
const LINES_MAX = 400

/** Fails with the offending places and the advice. */
function expectNone(found: readonly string[], instead: string): void {
  expect(found, `${instead}\n  ${found.join('\n  ')}\n`).toEqual([])
}

interface Edge {
  readonly path: string
  readonly from: string
  readonly to: string
  readonly target: string
  readonly typeOnly: boolean
}

const edges: readonly Edge[] = files
  .filter((file) => sources.isScript(file.path))
  .flatMap((file) =>
    sources.importsOf(file.text).flatMap(({ specifier, typeOnly }) => {
      const target = sources.resolveImport(file.path, specifier)
      const from = sources.folderOf(file.path, folders)
      if (target === null || from === null || target === 'package.json') return []
      return [{ path: file.path, from, to: sources.folderOf(target, folders) ?? '(nowhere)', target, typeOnly }]
    }),
  )

describe('imports', () => {
  test('the parser sees the imports of this repository', () => {
    expect(edges.length).toBeGreaterThan(20)
    const text =
      "import type { A } from '#shared/zk/a.ts'\nimport {\n  b,\n} from './b.ts'\nimport './c.css'\nawait import('./d.ts')\n"
    expect(sources.importsOf(text)).toEqual([
      { specifier: '#shared/zk/a.ts', typeOnly: true },
      { specifier: './b.ts', typeOnly: false },
      { specifier: './c.css', typeOnly: false },
      { specifier: './d.ts', typeOnly: false },
    ])
    expect(sources.resolveImport('web/panels/tree.tsx', '../ui/tag.tsx')).toBe('web/ui/tag.tsx')
  })

  test('folders import only what the table allows', () => {
    const wrong = edges.filter(({ path, from, to, typeOnly }) => {
      // A folder's helpers for its tests may use what all tests share.
      if (to === 'server/testing' && path.includes('/testing/')) return false
      if (from === to || sources.isTest(path)) return false
      const rule = IMPORT_TABLE[from]
      return !(rule?.from.includes(to) || (typeOnly && rule?.typesFrom?.includes(to)))
    })
    expectNone(
      wrong.map(({ path, target, typeOnly }) => `${path} imports ${typeOnly ? 'types of ' : ''}${target}`),
      'Move what both sides need to a folder that both may import, or pass it in as an argument. ' +
        'server/launch/tidy/import-table.ts has the table; widen it only with a reason in the commit.',
    )
  })

  test('what meets only on the wire is not joined by a test either', () => {
    const inside = (path: string, folder: string) => path.startsWith(`${folder}/`)
    const wrong = edges.filter((edge) => NEVER.some(([a, b]) => inside(edge.path, a) && inside(edge.target, b)))
    expectNone(
      wrong.map(({ path, target }) => `${path} imports ${target}`),
      'Talk over the protocol, or test from server/launch, which may import both.',
    )
  })

  test('every folder with code has a row in the table', () => {
    const homeless = files.filter((file) => {
      return /^(shared|server|web)\/.+\//.test(file.path) && sources.isScript(file.path) && !hasOwnRow(file.path)
    })
    expectNone(
      homeless.map((file) => file.path),
      'Give the folder a row in server/launch/tidy/import-table.ts.',
    )
  })

  test('shared/ uses no package, and web/ nothing of Node', () => {
    const wrong = files
      .filter(({ path }) => /^(shared|web)\//.test(path) && sources.isScript(path) && !sources.isTest(path))
      .flatMap(({ path, text }) =>
        sources.importsOf(text).flatMap(({ specifier }) => {
          const ofPackage = sources.resolveImport(path, specifier) === null
          const allowed = path.startsWith('web/')
            ? !specifier.startsWith('node:') || /\.config\.ts$/.test(path)
            : !ofPackage
          return allowed ? [] : [`${path} imports ${specifier}`]
        }),
      )
    expectNone(wrong, 'shared/ runs in servers, tests and browsers alike: take what the host has as an argument.')
  })

  test('no barrels: modules are imported by their own name', () => {
    // A package has one door, and what others import from it is a promise: the client library's.
    const door = 'server/client/index.ts'
    expectNone(
      files.filter(({ path }) => /\/index\.tsx?$/.test(path) && path !== door).map(({ path }) => path),
      'Name the file after what it holds and import it directly.',
    )
  })
})

describe('shared/ is pure', () => {
  const host = [
    ...[/\bDate\.now\b/, /\bnew Date\b/, /(?<![.\w])performance\./, /\bMath\.random\b/, /(?<![.\w])crypto\b/],
    ...[/\bset(Timeout|Interval|Immediate)\b/, /\bqueueMicrotask\b/, /(?<![.\w/])process\./, /\bBuffer\b/],
    ...[/(?<![.\w])console\./, /\bglobalThis\b/, /(?<![.\w])fetch\(/],
  ]

  test('no clock, chance, timer or host object', () => {
    const found = files
      .filter(({ path }) => path.startsWith('shared/') && sources.isScript(path) && !sources.isTest(path))
      .flatMap((file) => {
        const code = sources.withoutComments(file.text)
        return host.flatMap((pattern) => sources.linesMatching(file, code, pattern))
      })
    expectNone(found, 'Time comes in as `tick`, chance as a number, bytes are Uint8Array: let the host pass them in.')
  })
})

describe('files', () => {
  test('names are kebab-case', () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
    const wrong = files.filter(({ path }) => sources.isCode(path) && !kebab.test(path.slice(path.lastIndexOf('/') + 1)))
    expectNone(
      wrong.map(({ path }) => path),
      'Rename it like-this.ts, also when it holds a component.',
    )
  })

  test(`none is longer than ${LINES_MAX} lines`, () => {
    const long = files.filter(({ path, text }) => sources.isCode(path) && text.split('\n').length > LINES_MAX + 1)
    expectNone(
      long.map(({ path }) => path),
      'Find the two subjects that the file holds, and give each a file.',
    )
  })

  test('each opens by saying what it is for', () => {
    const silent = files.filter(({ path, text }) => {
      return (
        /\.(ts|tsx|mjs)$/.test(path) &&
        !sources.isTest(path) &&
        !path.startsWith('.config/') &&
        !/^(#!.*\n)?(\/\/|\/\*)/.test(text)
      )
    })
    expectNone(
      silent.map(({ path }) => path),
      'Open the file with two or three comment lines: what it is for and what it leaves to others.',
    )
  })

  test('each folder has a README', () => {
    const present = new Set(files.map(({ path }) => path))
    // The page's parts are short; web/README.md speaks for them.
    const wanted = folders.filter(
      (folder) =>
        !folder.startsWith('web/') && files.some(({ path }) => path.startsWith(`${folder}/`) && sources.isCode(path)),
    )
    expectNone(
      ['shared', ...wanted].map((folder) => `${folder}/README.md`).filter((path) => !present.has(path)),
      'Write a README of a screen: what it is, what to read first, decisions with date and reason.',
    )
  })

  test('modules export by name', () => {
    const found = files
      .filter(({ path }) => /\.tsx?$/.test(path) && !/\.config\.ts$/.test(path))
      .flatMap((file) => sources.linesMatching(file, file.text, /^export default\b/))
    expectNone(found, 'Export it by name, so that it is called the same everywhere.')
  })
})

describe('nothing is left behind', () => {
  test('no marks of unfinished work', () => {
    // The brackets keep this line from being its own finding.
    const marks = /\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b|not [i]mplemented/
    const found = files
      .filter(({ path }) => sources.isCode(path))
      .flatMap((file) => sources.linesMatching(file, file.text, marks))
    expectNone(found, 'Finish it, or leave it out and open an issue.')
  })

  test('no test is switched off, or on alone', () => {
    const alone = /\b(test|it|describe)(\.\w+)*\.only\b/
    const off = /\b(test|it|describe)(\.\w+)*\.(skip|fixme|todo|fails)\(\s*['"`]|\.skip\(\s*\)/
    const found = files
      .filter(({ path }) => sources.isTest(path) && !path.startsWith('server/launch/tidy/'))
      .flatMap((file) => [
        ...sources.linesMatching(file, file.text, alone),
        ...sources.linesMatching(file, file.text, off),
      ])
    expectNone(found, "Mend the test or delete it. A test that a machine cannot run says why: context.skip('needs …').")
  })

  test('no path of one machine', () => {
    const homes = [homedir(), sources.checkoutPath()].filter((path) => path.split('/').length > 2 || path === '/root')
    const found = files.flatMap((file) =>
      file.text
        .split('\n')
        .flatMap((line, index) =>
          homes.some((home) => line.includes(`${home}/`)) ? [`${file.path}:${index + 1}`] : [],
        ),
    )
    expectNone(found, 'Derive the path from import.meta.url, an argument, or a temporary folder.')
  })
})

function hasOwnRow(path: string): boolean {
  const folder = sources.folderOf(path, folders)
  return folder !== null && folder !== 'web'
}
