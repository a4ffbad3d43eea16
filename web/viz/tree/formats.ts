// Text that has a shape: XML indented by its tags, JSON as YAML, and what looks like YAML. By tokens, never by parse and
// print: no digit, attribute or comment gets lost. Pure; the input is bounded by the caller.

const DEPTH_MAX = 64

/** Null when it is not XML as far as its tags tell, or nested too deep. */
export function formatXml(text: string): string | null {
  const trimmed = text.trim()
  if (!trimmed.startsWith('<') || !trimmed.endsWith('>')) return null
  const tokens = trimmed.match(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<[^>]*>|[^<]+/g) ?? []
  if (tokens.join('') !== trimmed) return null
  const open: string[] = []
  const lines: string[] = []
  const put = (line: string) => lines.push('  '.repeat(open.length) + line)
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i] ?? ''
    const name = /^<\/?([^\s/>]+)/.exec(token)?.[1] ?? ''
    if (!token.startsWith('<')) {
      if (token.trim() !== '') put(token.trim())
    } else if (token.startsWith('</')) {
      if (open.pop() !== name) return null
      put(token)
    } else if (/^<[?!]/.test(token) || token.endsWith('/>')) put(token)
    else if (tokens[i + 2] === `</${name}>` && !tokens[i + 1]?.startsWith('<')) {
      put(`${token}${tokens[i + 1]}${tokens[i + 2]}`)
      i += 2
    } else {
      put(token)
      open.push(name)
      if (open.length > DEPTH_MAX) return null
    }
  }
  return open.length === 0 ? lines.join('\n') : null
}

/** Keys at the starts of lines, and nothing that YAML forbids there. It says how it looks, not that it is valid. */
export function looksLikeYaml(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
  if (lines.length === 0 || lines.some((line) => /^ *\t/.test(line))) return false
  if (/^---\s*$/.test(lines[0] ?? '')) return true
  const keyed = lines.filter((line) => /^\s*(?:- )*(?:[\w./-]+|"[^"]*"|'[^']*'):(?:\s|$)|^\s*- /.test(line)).length
  return keyed >= 2 && keyed >= lines.length * 0.8
}

const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|~)$)[A-Za-z_][\w./-]*$/i

/** Of valid JSON, as its tokens are: numbers keep every digit, texts that could be anything else keep their quotes. */
export function jsonAsYaml(json: string): string {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g) ?? []
  let at = 0
  const scalar = (token: string): string => {
    const inner = token.slice(1, -1)
    return token.startsWith('"') && PLAIN.test(inner) ? inner : token
  }
  /** Lines of the value that begins at `at`; a scalar or an empty collection is one line. */
  const value = (): string[] => {
    const token = tokens[at] ?? ''
    at += 1
    if (token !== '{' && token !== '[') return [scalar(token)]
    const close = token === '{' ? '}' : ']'
    if (tokens[at] === close) {
      at += 1
      return [token + close]
    }
    const lines: string[] = []
    while (at < tokens.length) {
      const collection = (i: number) => (tokens[i] === '{' || tokens[i] === '[') && !/^[}\]]$/.test(tokens[i + 1] ?? '')
      if (token === '{') {
        const key = scalar(tokens[at] ?? '')
        at += 2
        const nested = collection(at)
        const inner = value()
        if (nested) lines.push(`${key}:`, ...inner.map((line) => `  ${line}`))
        else lines.push(`${key}: ${inner[0]}`)
      } else {
        const [first = '', ...rest] = value()
        lines.push(`- ${first}`, ...rest.map((line) => `  ${line}`))
      }
      const next = tokens[at]
      at += 1
      if (next !== ',') break
    }
    return lines
  }
  return value().join('\n')
}
