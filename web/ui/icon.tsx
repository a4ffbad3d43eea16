// Line icons on a 16 px grid, in the colour of their text. Decorative: the words beside them say the same.

const PATHS = {
  ensemble:
    'M8 3.2v0M8 2a2 2 0 1 1 0 4 2 2 0 0 1 0-4ZM3.8 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4Zm8.4 0a2 2 0 1 1 0 4 2 2 0 0 1 0-4ZM7 5.8l-2.3 4.3M9 5.8l2.3 4.3',
  tree: 'M3 3h4M5 3v9.5h3M5 7.5h3M9.5 7.5H13M9.5 12.5H13',
  rounds: 'M2 3.5h12M2 12.5h12M4 3.5l3 9M7.5 12.5l3-9',
  clusters: 'M8 2.5l5.5 2.7L8 8 2.5 5.2zM2.5 8L8 10.8 13.5 8M2.5 10.8L8 13.5l5.5-2.7',
  watches: 'M4 11.5V7a4 4 0 0 1 8 0v4.5M2.8 11.5h10.4M6.8 13.8h2.4',
  locks: 'M4 7.5h8v6H4zM5.5 7.5V5.2a2.5 2.5 0 0 1 5 0v2.3',
  sessions: 'M2.5 4.5h11v7h-11zM5 8h0M7.5 8h3.5M5 2.5v2M11 11.5v2',
  metrics: 'M2.5 13.5h11M3.5 10.5l3-4 3 2.5 3.5-5.5',
  playground: 'M3 13.5h10M5.5 13.5V4.5l6 3-6 3',
  search: 'M7 2.8a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4ZM10.2 10.2l3.3 3.3',
  share: 'M8 9.5V2.5M5.2 5L8 2.2 10.8 5M4.5 7.5H3v6h10v-6h-1.5',
  collapse: 'M2.5 3h11v10h-11zM6 3v10M10.8 6L8.8 8l2 2',
  expand: 'M2.5 3h11v10h-11zM6 3v10M8.8 6l2 2-2 2',
  tour: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11ZM6.4 6.4a1.7 1.7 0 1 1 2.3 1.6c-.5.2-.7.5-.7 1v.3M8 11.2v0',
  picture: 'M2.5 3.5h11v9h-11zM2.5 10.5l3-3 2.5 2.5 2-2 3.5 3M10.6 6.2v0',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M6 5.5h7v8H6zM10.5 5.5v-3h-7v8H6',
  done: 'M3.5 8.5l3 3 6-7',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.5l7 4.5-7 4.5z',
  sun: 'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1',
  moon: 'M13 9.4A5.4 5.4 0 0 1 6.6 3 5.4 5.4 0 1 0 13 9.4Z',
  auto: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11ZM8 2.5v11',
  caret: 'M6 4l4 4-4 4',
  live: 'M8 5.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5Z',
  warning: 'M8 2.5l6 11H2zM8 6.5v3.2M8 11.7v0',
  keys: 'M2 4.5h12v7H2zM4.5 7h0M7 7h0M9.5 7h0M12 7h0M5 9.3h6',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill={name === 'live' || name === 'play' ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
