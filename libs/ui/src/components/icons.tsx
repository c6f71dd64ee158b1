import type { ReactNode } from 'react';

const icon = (shape: ReactNode) => {
  const Icon = ({ size = 18 }: { size?: number }) => (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.9" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      {shape}
    </svg>
  );
  return Icon;
};

export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const SearchIcon = icon(<><circle cx="11" cy="11" r="6.5" /><path d="m16 16 4.5 4.5" /></>);
export const HashIcon = icon(<path d="M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16" />);
export const LockIcon = icon(<><rect x="5" y="11" width="14" height="9" rx="2" /><path d="M8 11V8a4 4 0 0 1 8 0v3" /></>);
export const PeopleIcon = icon(<><circle cx="9" cy="8" r="3.5" /><path d="M2.5 20c.4-3.6 3-5.5 6.5-5.500s6.1 1.9 6.5 5.500M16 4.800a3.5 3.5 0 0 1 0 6.400M18 14.900c2 .7 3.2 2.5 3.5 5.1" /></>);
export const BackIcon = icon(<path d="M15 5 8 12l7 7" />);
export const CloseIcon = icon(<path d="m6 6 12 12M18 6 6 18" />);
export const SendIcon = icon(<path d="M4 12 20 4.500l-5 15.5-3.5-6.500L4 12Zm7.5 1.500L20 4.5" />);
export const EditIcon = icon(<path d="m4 20 .8-4L16.5 4.300a1.8 1.8 0 0 1 2.5 0l.7.7a1.8 1.8 0 0 1 0 2.500L8 19.2 4 20Zm10.5-13.5 3 3" />);
export const DeleteIcon = icon(<path d="M4.5 7h15M9 7V4.500h6V7m2.5 0-.8 12.500H7.300L6.5 7M10 11v5m4-5v5" />);
export const LeaveIcon = icon(<path d="M14 4.500H6.500A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.500H14M10 12h10m-3.5-3.500L20 12l-3.5 3.5" />);
export const DownIcon = icon(<path d="M12 5v14m-6-6 6 6 6-6" />);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.500L19 7.5" />);
export const ClockIcon = icon(<><circle cx="12" cy="12" r="8" /><path d="M12 7.500V12l3 2" /></>);
export const AlertIcon = icon(<><circle cx="12" cy="12" r="8.5" /><path d="M12 7.500v5M12 16.200v.1" /></>);
export const ChatIcon = icon(<path d="M4 18.500V6.500A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.500v7a2.5 2.5 0 0 1-2.5 2.500H8l-4 3.500v-1Z" />);
export const AddPersonIcon = icon(<><circle cx="10" cy="8" r="3.5" /><path d="M3.5 20c.4-3.6 3-5.5 6.5-5.5 1.3 0 2.5.3 3.5.8M18 14v6m-3-3h6" /></>);
export const ManageIcon = icon(<path d="M5 12v.1M12 12v.1M19 12v.1" strokeWidth="3" />);
