// English words about recordings: windows of the past that were exported and are looked at again.

export const recordings = {
  badge: 'RECORDING',
  badgeHint: 'What you see is past: nothing here can be changed, and nothing changes',
  label: 'Recording',
  what: (name: string, from: string, to: string) => `Recording of ${name}, from ${from} to ${to}.`,
  made: (events: string, when: string, version: string) =>
    `${events} events, exported ${when} by Zabscope ${version}. All below is as it was at the moment shown.`,
  moment: 'Moment',
  play: 'Play',
  pause: 'Pause',
  speed: 'Speed',
  open: 'Open a recording…',
  opening: 'Opening…',
  file: 'Recording: a window that was exported',
  close: 'Close the recording',
  nothing: 'Not in a recording',
  nothingText: 'Ensemble, Rounds, Watches, Sessions and Metrics show this recording.',
}
