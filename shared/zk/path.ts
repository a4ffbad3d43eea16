// Znode paths: their rules and their parts. Source: PathUtils.validatePath, client-protocol.md §8.

/** Why a path is not a legal znode path, as a sentence, or null when it is legal. */
export function pathProblem(path: string): string | null {
  if (path === '') return 'a path is not empty'
  if (path.charCodeAt(0) !== 0x2f) return 'a path starts with "/"'
  if (path === '/') return null
  if (path.endsWith('/')) return 'a path does not end with "/"'
  // One pass without an allocation: every write goes through here.
  let partStart = 1
  let dots = 0
  for (let i = 1; i <= path.length; i += 1) {
    const unit = i < path.length ? path.charCodeAt(i) : SLASH
    if (unit === SLASH) {
      const length = i - partStart
      if (length === 0) return 'a path has no empty part ("//")'
      if (length === dots && dots <= 2) return 'a path has no relative part ("." or "..")'
      partStart = i + 1
      dots = 0
    } else if (unit === DOT) {
      dots += 1
    } else if (unit < 0x20 || unit > 0x7e) {
      const problem = codeUnitProblem(unit)
      if (problem) return problem
    }
  }
  return null
}

const SLASH = 0x2f
const DOT = 0x2e

function codeUnitProblem(unit: number): string | null {
  if (unit === 0) return 'a path holds no NUL'
  if (unit <= 0x1f || (unit >= 0x7f && unit <= 0x9f)) return 'a path holds no control characters'
  if (unit >= 0xd800 && unit <= 0xf8ff) return 'a path holds no surrogates and no private-use characters'
  if (unit >= 0xfff0) return 'a path holds no characters from U+FFF0 on'
  return null
}

/** `/a` for `/a/b`, `/` for `/a`. The path must hold a "/". */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash <= 0 ? '/' : path.slice(0, slash)
}

/** `b` for `/a/b`; empty for `/`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function joinPath(parent: string, child: string): string {
  return parent === '/' ? `/${child}` : `${parent}/${child}`
}

/** True for `/a/b` under `/a` and for `/a` itself, not for `/ab`. */
export function isUnder(path: string, ancestor: string): boolean {
  return ancestor === '/' || path === ancestor || path.startsWith(`${ancestor}/`)
}

/** The ten-digit suffix of a sequential node; negative counters keep their sign, as Java's %010d does. */
export function sequenceSuffix(counter: number): string {
  return counter < 0 ? `-${String(-counter).padStart(9, '0')}` : String(counter).padStart(10, '0')
}
