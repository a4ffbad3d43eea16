// Refuses a Node that is too old, with a sentence instead of a syntax error from deep inside. Kept free of
// imports and of new syntax, because it must itself load on that old Node.

/** Oldest Node that the dependencies support; package.json says the same under `engines`. */
const OLDEST = [20, 19]

/** Ends the process with exit code 1 when this Node is older than OLDEST. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return
  console.error(
    `Zabscope needs Node ${OLDEST.join('.')} or newer; this is Node ${process.versions.node}. ` +
      'Install a newer one from https://nodejs.org, or with `nvm install 22`, and run the same command again.',
  )
  process.exit(1)
}
