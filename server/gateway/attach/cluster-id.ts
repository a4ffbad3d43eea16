// The short name by which addresses and `?cluster=` know a cluster.

const ID_CHARS_MAX = 40

/** What `CLUSTER_ID` says of a text, as zod and REST check it. */
export const CLUSTER_ID = /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/

/** From a person's name for it, or from a connect string: `Staging EU` is `staging-eu`; `taken` ones get a number behind. */
export function clusterId(text: string, taken: (id: string) => boolean = () => false): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, ID_CHARS_MAX)
    .replaceAll(/^-+|-+$/g, '')
  const id = plain === '' ? 'cluster' : plain
  if (!taken(id)) return id
  let number = 2
  while (taken(`${id}-${number}`)) number += 1
  return `${id}-${number}`
}
