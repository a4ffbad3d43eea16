// English words of the map of the tree, and of going to a name.

export const treeMap = {
  form: 'Shown as',
  forms: { outline: 'Outline', map: 'Map' },
  label: 'Map of the tree',
  width: 'Width of a part',
  measures: { nodes: 'Znodes', bytes: 'Bytes', changes: 'Changes in 10 minutes' },
  only: (path: string) => `Measure ${path}`,
  whole: 'The whole tree',
  failed: 'It could not be measured',
  about: (nodes: string, visited: string, complete: boolean) =>
    complete
      ? `${nodes} znodes, all of them looked at.`
      : `${nodes} znodes, of which ${visited} were looked at, spread over the tree. What is hatched is reckoned from its siblings.`,
  heat: (committed: string, told: string | null) =>
    told === null
      ? `${committed} writes since this page was opened, at most in the last ten minutes; each is counted.`
      : `${committed} writes since this page was opened, at most in the last ten minutes, counted exactly; ${told} of them were told singly, and each path is reckoned by its share of those.`,
  cell: (what: string, nodes: string, bytes: string, changes: string) =>
    `${what}: ${nodes} znodes, ${bytes} bytes, ${changes} changes`,
  others: (_n: number, text: string, path: string) => `${text} other children of ${path}, reckoned`,
  hint: 'Point at a part, or use the arrow keys; Enter selects it.',
  seldom: 'no change',
  often: 'most changes',
  reckoned: 'not looked at',
  asTable: 'The same as a table',
  columns: { path: 'Path' },
  goTo: (path: string) => `Go to a child of ${path} that begins with`,
  wentTo: (position: string, total: string) => `Child ${position} of ${total}`,
  noSuch: (text: string, position: string, total: string) =>
    `No child begins with “${text}”; it would be child ${position} of ${total}.`,
  behind: 'This znode changes faster than it can be listed; what is shown is some seconds old.',
}
