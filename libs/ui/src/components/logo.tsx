/** Two people in one conversation. */
export const Logo = ({ size = 28 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <path d="M5 3h15a5 5 0 0 1 5 5v6a5 5 0 0 1-5 5h-9l-6 5v-5.100A5 5 0 0 1 1 14V7a4 4 0 0 1 4-4Z" fill="var(--accent)" />
    <path d="M28 12.500a4 4 0 0 1 3 3.900V22a4 4 0 0 1-3 3.900V30l-5.5-4H15a4 4 0 0 1-3.7-2.500l1-.5H20a9 9 0 0 0 8-9Z" fill="var(--accent)" opacity="0.55" />
  </svg>
);
