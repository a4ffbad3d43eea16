// The error of this folder: a sentence for the operator that says what was found and what to do next.

export class StorageError extends Error {
  override readonly name = 'StorageError'
}

/** The `code` of a system error (`ENOENT` …), or undefined when it has none. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
