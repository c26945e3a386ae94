const PATHS = {
  plus: "M12 5v14M5 12h14",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 8v5M12 16.5v.01M12 3l9.5 17h-19z",
  chevron: "M9 6l6 6-6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  copy: "M9 9h10v11H9zM5 15V4h10",
  system: "M4 5h16v11H4zM9 20h6M12 16v4",
  light:
    "M12 8a4 4 0 100 8 4 4 0 000-8M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1",
  dark: "M20 14.5A8.5 8.5 0 119.5 4a7 7 0 0010.5 10.5z",
  contrast: "M12 4a8 8 0 100 16 8 8 0 000-16M12 4v16M15 5v14M18 7v10",
  exit: "M10 4H5v16h5M15 8l4 4-4 4M19 12H9",
  clock: "M12 4a8 8 0 100 16 8 8 0 000-16M12 8v4l3 2",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  again: "M19 12a7 7 0 11-2.2-5.1M19 4v4h-4",
  steer: "M5 5v6a4 4 0 004 4h10M15 11l4 4-4 4",
  more: "M6 12v.01M12 12v.01M18 12v.01",
  shield: "M12 3l7 3v5c0 4.5-3 8-7 10-4-2-7-5.5-7-10V6zM9 12l2 2 4-4",
  form: "M6 4h12v16H6zM9 9h6M9 13h6M9 17h3",
  open: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  memory: "M6 3h12v18l-6-4-6 4zM9.5 8h5M9.5 11.5h5",
  key: "M14.5 4a5.5 5.5 0 11-4.2 9L4 19.5V21h4v-2.5h2.5V16l1.5-1.5M16 8v.01",
  up: "M7 11v9H4v-9zM7 11l4-7c1.5 0 2.5 1 2.5 2.5V10h5a2 2 0 012 2.3l-1 6a2 2 0 01-2 1.7H7",
  thumbDown: "M7 13V4H4v9zM7 13l4 7c1.5 0 2.5-1 2.5-2.5V14h5a2 2 0 002-2.3l-1-6a2 2 0 00-2-1.7H7",
  summary: "M5 4h14v16H5zM8.5 8h7M8.5 12h7M8.5 16h4",
  people:
    "M9 12a3.5 3.5 0 100-7 3.5 3.5 0 000 7M2.5 20c.4-3.6 3-5.5 6.5-5.5s6.1 1.9 6.5 5.5M15.5 5.4a3.5 3.5 0 010 6.4M18 14.8c2 .7 3.2 2.5 3.5 5.2",
  catchUp: "M4 6h16M4 11h10M4 16h7M20 17a3.5 3.5 0 11-1.2-2.600M19.5 12v3h-3",
  chart: "M4 20h16M7 16v-5M12 16V6M17 16v-8",
  ban: "M12 4a8 8 0 100 16 8 8 0 000-16M6.5 6.5l11 11",
  mic: "M12 3.5a3 3 0 013 3v5a3 3 0 01-6 0v-5a3 3 0 013-3M5.5 11.5a6.5 6.5 0 0013 0M12 18v3",
  voice: "M4 10v4M8 7v10M12 4v16M16 7v10M20 10v4",
  gauge: "M4.5 18a9 9 0 1115 0M12 14l4-5M12 14v.01",
  reply: "M10 6l-6 6 6 6M4 12h9a7 7 0 017 7",
  smile: "M12 4a8 8 0 100 16 8 8 0 000-16M8.5 14a4.5 4.5 0 007 0M9 9.5v.01M15 9.5v.01",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
  eye: "M2.5 12C5 7.5 8.5 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-6 6.5-9.5 6.5S5 16.5 2.5 12M12 9a3 3 0 100 6 3 3 0 000-6",
  share: "M12 15V4M8 8l4-4 4 4M5 13v7h14v-7",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration beside a text or a label: hidden from assistive technology. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Logo({ size = 28 }: { size?: number }) {
  return <img className="logo" src="/favicon.svg" width={size} height={size} alt="" />;
}
