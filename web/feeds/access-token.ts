// The access token comes in the URL's fragment (`#token=…`) and leaves the address bar at once. It lives in
// this tab's history entry, which survives a reload but is neither in an address nor in web storage
// (security rule B-7). Every later history entry carries the same state; see stores/route-store.ts.

/** Longer ones are not ours. */
const TOKEN_LENGTH_MAX = 512

interface TokenState {
  readonly accessToken: string
}

/** The token in what a person pasted: a whole URL, its fragment, or the token alone. `null` when there is none. */
export function tokenFromText(text: string): string | null {
  const trimmed = text.trim()
  const hash = trimmed.indexOf('#')
  const fragment = hash >= 0 ? trimmed.slice(hash + 1) : trimmed
  const named = new URLSearchParams(fragment).get('token')
  const candidate = named ?? fragment
  return /^[\w.~+/=-]{8,}$/.test(candidate) && candidate.length <= TOKEN_LENGTH_MAX && !candidate.includes('://')
    ? candidate
    : null
}

function isTokenState(state: unknown): state is TokenState {
  return typeof state === 'object' && state !== null && 'accessToken' in state && typeof state.accessToken === 'string'
}

/** Takes a token out of the address bar if there is one; otherwise the one this tab already had, or `null`. */
export function takeToken(): string | null {
  const fromFragment = location.hash.length > 1 ? tokenFromText(location.hash) : null
  const token = fromFragment ?? (isTokenState(history.state) ? history.state.accessToken : null)
  if (location.hash !== '' || fromFragment !== null) keepToken(token)
  return token
}

/** Remembers `token` in the current history entry and drops any fragment from the address. */
export function keepToken(token: string | null): void {
  const state: TokenState | null = token === null ? null : { accessToken: token }
  history.replaceState(state, '', location.pathname + location.search)
}
