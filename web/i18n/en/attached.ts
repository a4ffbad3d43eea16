// English words about an ensemble that Zabscope did not start.

export const attached = {
  readOnly: 'attached · read-only',
  writable: 'attached · changes allowed',
  cost: (requests: string, watches: string, words: string, http: string) =>
    `What this page and others cost the ensemble: ${requests} requests and ${watches} watches of one session; ${words} four-letter words and ${http} HTTP requests in the last minute.`,
  lacking: 'What cannot be seen here',
  fix: 'This would bring it:',
  fixes: 'Any one of these would bring it:',
  capabilities: {
    servers: 'Servers.',
    figures: 'Figures.',
    sessions: 'Sessions.',
    watches: 'Watches.',
    configuration: 'Configuration.',
    rounds: 'Rounds.',
    elections: 'Elections.',
    writes: 'Changes.',
    faults: 'Faults.',
  },
}
