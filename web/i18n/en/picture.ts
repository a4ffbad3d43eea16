// English words of saved pictures: the dialog, their heads, and what their marks mean.

export const picture = {
  title: 'Save picture',
  hint: 'Save a drawing of this view as SVG or PNG',
  intro: 'With its title, the time and what its marks mean, in the colours of this theme.',
  saveAs: (title: string, form: string) => `${title} as ${form}`,
  saved: (file: string) => `Saved as ${file}`,
  about: (cluster: string, time: string) => `${cluster} · ${time} UTC · Zabscope`,
  round: (zxid: string) => `Round ${zxid}`,
  lockLanes: 'Lock: time in line and time held',
  waits: 'Who waits for whom',
  ringLegend:
    'Disc with a ring: leads. Disc: follows. Dashed ring: observes. Open ring: looks for a leader, its vote inside. Cross: down. On a link: median time to its ack; in a pill: proposals not acked yet.',
  lanesLegend: 'Light: waits. Solid: holds. Striped: holds in silence.',
}
