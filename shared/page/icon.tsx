/** Line icons on a grid of 24, drawn in the colour of the text around them. */

const shapes = {
  'arrow-down': 'M12 5v14M6 13l6 6 6-6',
  'arrow-up': 'M12 19V5M6 11l6-6 6 6',
  bolt: 'M13 3 5 13.5h6L10 21l9-11.5h-6.5z',
  check: 'm5 12.5 4.5 4.5L19 7',
  checks: 'm2.5 12.5 4.5 4.5 9-10M12 16.5l.5.5 9-10',
  'chevron-down': 'm6 9 6 6 6-6',
  'chevron-left': 'm15 6-6 6 6 6',
  'chevron-right': 'm9 6 6 6-6 6',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2',
  close: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h9a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2zM5 15H4a1 1 0 0 1-1-1V5a2 2 0 0 1 2-2h9a1 1 0 0 1 1 1v1',
  download: 'M12 3v12M7 10.5l5 5 5-5M4 20h16',
  edit: 'M4 20h4L19.5 8.5a2.1 2.1 0 0 0-3-3L5 17z',
  external: 'M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5',
  gauge: 'M4.5 18a9 9 0 1 1 15 0M12 14l4-4.5M11 14.5h2',
  grid: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
  history: 'M4 5v5h5M4.5 10a8 8 0 1 1-.5 4M12 8v4.5l3 1.5',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.01',
  key: 'M8 19a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM11 12l8-8M16 7l3 3',
  menu: 'M4 7h16M4 12h16M4 17h16',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0',
  plus: 'M12 5v14M5 12h14',
  refresh: 'M20 5v5h-5M19.5 10a8 8 0 1 0 .5 4',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4',
  send: 'M12 19V5M5.5 11.5 12 5l6.5 6.5',
  spark: 'M12 3.5c.8 4.9 3.2 7.4 8 8.5-4.8 1.1-7.2 3.6-8 8.5-.8-4.9-3.2-7.4-8-8.5 4.8-1.1 7.2-3.6 8-8.5z',
  stop: 'M7 7h10v10H7z',
  trash: 'M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13M10 11v5M14 11v5',
  unplugged: 'M3 3l18 18M8.5 8.5 5 12a4.9 4.9 0 0 0 7 7l3.5-3.5M9.5 5.5 12 3a4.9 4.9 0 0 1 7 7l-2.5 2.5',
  warning: 'M12 4 2.5 20h19zM12 10v5M12 17.5v.01',
} as const

export type IconName = keyof typeof shapes

/** Hidden from screen readers: the control around it has the name. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={shapes[name]} fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  )
}
