// `npm run api-docs`: writes server/client/API.md from the docstrings of what the package 'zabscope/client' exports. Reads
// the declarations that the compiler emits, whose layout is always the same: no parser of the language is needed.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { emitDeclarations } from './build-client.mjs'
import { ROOT } from './steps.mjs'

const ENTRY = 'server/client/index.d.ts'
const TARGET = join(ROOT, 'server/client/API.md')

/** The document as it is to be, from the sources as they are. */
export async function apiDocs() {
  const directory = mkdtempSync(join(tmpdir(), 'zabscope-api-'))
  try {
    await emitDeclarations(directory)
    return render(exportsOf(directory))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Declarations {kind, name, doc, lines} in the order of the package's door. */
function exportsOf(directory) {
  const read = (file) => declarationsOf(readFileSync(join(directory, file), 'utf8'))
  const door = readFileSync(join(directory, ENTRY), 'utf8')
  const found = []
  for (const { groups } of door.matchAll(/export (?:type )?(?:\{(?<names>[^}]*)\}|\*) from '(?<from>[^']+)'/g)) {
    const specifier = groups.from.replace(/\.ts$/, '.d.ts')
    const file = specifier.startsWith('#') ? specifier.slice(1) : posix.join(posix.dirname(ENTRY), specifier)
    const all = read(file)
    const names = groups.names?.split(',').map((name) => name.replace(/\btype\b/, '').trim()) ?? [...all.keys()]
    for (const name of names.filter(Boolean)) {
      const declaration = all.get(name)
      if (!declaration) throw new Error(`${file} does not declare ${name}, which ${ENTRY} exports`)
      found.push(declaration)
    }
  }
  return found
}

/** Exported declarations of one file by name. */
function declarationsOf(text) {
  const found = new Map()
  for (const { doc, lines } of blocks(text.split('\n'), '')) {
    const head = /^export (?:declare )?(?:abstract )?(?<kind>class|interface|type|const|function) (?<name>\w+)/.exec(
      lines[0],
    )
    if (head) found.set(head.groups.name, { ...head.groups, doc, lines })
  }
  return found
}

/** Statements at one depth of indentation, each with the comment before it. */
function* blocks(lines, indent) {
  let doc = ''
  for (let at = 0; at < lines.length; at += 1) {
    if (!lines[at].startsWith(indent) || lines[at].trim() === '') continue
    if (lines[at].startsWith(`${indent}/**`)) {
      const from = at
      while (!lines[at].includes('*/')) at += 1
      doc = commentText(lines.slice(from, at + 1))
      continue
    }
    const from = at
    for (let depth = depthOf(lines[at]); depth > 0 || !/[;}]$/.test(lines[at]); depth += depthOf(lines[at])) at += 1
    yield { doc, lines: lines.slice(from, at + 1).map((line) => line.slice(indent.length)) }
    doc = ''
  }
}

function depthOf(line) {
  // Comments and strings of declarations hold no brackets that matter: comments stand on lines of their own.
  if (/^\s*(\/\*\*|\*)/.test(line)) return 0
  return (line.match(/[{([]/g)?.length ?? 0) - (line.match(/[})\]]/g)?.length ?? 0)
}

function commentText(lines) {
  const text = lines.map((line) =>
    line
      .replace(/^\s*\/\*\*\s?/, '')
      .replace(/\s*\*\/$/, '')
      .replace(/^\s*\* ?/, ''),
  )
  return text.join('\n').trim()
}

/** Markdown of a docstring: what a parameter is comes as a list. */
function prose(doc) {
  return doc
    .replace(/^@param (?<name>\w+) /gm, '\n- `$<name>`: ')
    .replace(/^\n/, '')
    .trim()
}

function code(lines) {
  const text = lines.join('\n').replace(/^export (declare )?/, '')
  return `\`\`\`ts\n${text.replaceAll('    ', '  ')}\n\`\`\``
}

const isError = ({ kind, lines }) => kind === 'class' && / extends (ZooKeeper)?Error /.test(lines[0])

function render(all) {
  const of = (kind) => all.filter((item) => item.kind === kind && !isError(item))
  const parts = [
    '# API of `zabscope/client`',
    'Made by `npm run api-docs` from the docstrings in this folder: change those, then run it again. [README.md](README.md) tells how ' +
      'the library is used and what a lost connection means.',
    // The client itself before what it hands out.
    ...of('class')
      .sort(({ name }) => (name === 'ZooKeeper' ? -1 : 1))
      .flatMap(renderClass),
    '## Functions',
    ...of('function').flatMap(renderItem),
    '## Options, results and events',
    ...[...of('interface'), ...of('type')].sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap(renderItem),
    '## Constants',
    ...of('const').flatMap(renderItem),
    '## Errors',
    ...renderErrors(all.filter(isError)),
  ]
  return `${parts.join('\n\n')}\n`
}

function renderClass({ name, doc, lines }) {
  const members = [...blocks(lines.slice(1, -1), '    ')].filter(
    ({ lines: [first] }) => !/^(#|private\b|constructor\b)/.test(first),
  )
  return [
    `## ${name}`,
    ...(doc ? [prose(doc)] : []),
    ...members.flatMap((member) => [
      `### ${memberName(name, member.lines[0])}`,
      ...(member.doc ? [prose(member.doc)] : []),
      code(member.lines),
    ]),
  ]
}

function memberName(name, line) {
  const { modifier, member } = /^(?<modifier>static |get |readonly )?(?:readonly )?(?<member>\w+)/.exec(line).groups
  return modifier === 'static ' ? `${name}.${member}` : member
}

function renderItem({ name, doc, lines }) {
  return [`### ${name}`, ...(doc ? [prose(doc)] : []), code(lines)]
}

/** The two that others are made of, and those with something of their own, in full; the rest as a table. */
function renderErrors(errors) {
  const plain = errors.filter(({ lines }) => lines.length <= 2)
  const own = errors.filter((error) => !plain.includes(error))
  const rows = plain.map(({ name, doc }) => `| \`${name}\` | ${doc.replaceAll('\n', ' ')} |`)
  return [
    ...own.flatMap(renderItem),
    'One class for each code of ZooKeeper, all of them `ZooKeeperError`:',
    ['| class | code and meaning |', '|---|---|', ...rows].join('\n'),
  ]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, await apiDocs())
