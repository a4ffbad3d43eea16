// Reads Java properties text, the syntax of zoo.cfg. What the keys mean is config.ts's business.
// Source: the class comment of java.util.Properties.load.

/** Keys with their values in order of appearance; a repeated key keeps its last value, as in Java. */
export function parseProperties(text: string): Map<string, string> {
  const entries = new Map<string, string>()
  for (const line of logicalLines(text)) {
    const [key, value] = splitEntry(line)
    entries.set(key, value)
  }
  return entries
}

/** Joins lines that end in an odd number of backslashes; drops comments and blank lines. */
export function logicalLines(text: string): string[] {
  const lines: string[] = []
  let continued: string | null = null
  for (const natural of text.split(/\r\n|\n|\r/)) {
    const trimmed = natural.replace(/^[ \t\f]+/, '')
    if (continued === null && (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith('!'))) continue
    const line: string = (continued ?? '') + trimmed
    const backslashes = /\\*$/.exec(trimmed)?.[0].length ?? 0
    if (backslashes % 2 === 1) {
      continued = line.slice(0, -1)
    } else {
      lines.push(line)
      continued = null
    }
  }
  if (continued !== null) lines.push(continued)
  return lines
}

/** The key ends at the first unescaped `=`, `:` or white space. */
export function splitEntry(line: string): [string, string] {
  let end = 0
  while (end < line.length && !'=: \t\f'.includes(line.charAt(end))) end += line[end] === '\\' ? 2 : 1
  const rest = line.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '')
  return [unescaped(line.slice(0, end)), unescaped(rest)]
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, letter: string | undefined) =>
    hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (ESCAPES[letter ?? ''] ?? letter ?? ''),
  )
}
