// English words about an ensemble that Zabscope did not start.

export const attached = {
  cost: (requests: string, watches: string, words: string, http: string) =>
    `What this page and others cost the ensemble: ${requests} requests and ${watches} watches of one session; ${words} four-letter words and ${http} HTTP requests in the last minute.`,
  noRounds: 'No rounds to see here',
  insteadOfRounds: 'Writes per second are below, and in Metrics; what was written is in Tree.',
  whoWatches: 'Who watches what now',
  watchers: 'Sessions',
  noWatches: 'Nobody watches anything now.',
  notAllWatches: 'There are more than these.',
  silentServers: (servers: string) => `Not told by: ${servers}.`,
  untold: 'Not told by an attached cluster',
  lacking: 'What cannot be seen here',
  fix: 'This line in zoo.cfg would bring it:',
  fixes: 'Any one of these would bring it:',
  capabilities: {
    servers: 'Servers.',
    figures: 'Figures.',
    sessions: 'Sessions.',
    watches: 'Watches.',
    configuration: 'Configuration.',
    rounds: 'Rounds.',
    elections: 'Elections.',
    latencies: 'Latencies.',
    writes: 'Changes.',
    faults: 'Faults.',
  },
}
