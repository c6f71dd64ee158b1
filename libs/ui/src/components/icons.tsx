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
export const FlagIcon = icon(<path d="M5.500 21V4.200m0 .3c4-2.500 7 2.500 12.500 0v9c-5.500 2.500-8.500-2.500-12.500 0" />);
export const HideIcon = icon(<path d="M4 4l16 16M10 5.800c.7-.2 1.300-.3 2-.3 5 0 8.500 4.500 9.500 6.500-.4.800-1.200 2-2.400 3.200M6.500 7.500C4.500 8.900 3.100 10.900 2.500 12c1 2 4.500 6.500 9.500 6.500 1.600 0 3.100-.5 4.400-1.200M9.900 10a2.900 2.900 0 0 0 4.100 4.100" />);
export const ShowIcon = icon(<><path d="M2.500 12C3.500 10 7 5.500 12 5.500s8.500 4.500 9.500 6.500c-1 2-4.500 6.500-9.500 6.500S3.500 14 2.500 12Z" /><circle cx="12" cy="12" r="2.900" /></>);
export const ShieldIcon = icon(<path d="M12 3.200 5 6v5.500c0 4.200 2.800 7.400 7 9.300 4.200-1.900 7-5.100 7-9.300V6l-7-2.800Z" />);
export const MuteIcon = icon(<path d="M4 9.500v5h3.500l5 4v-13l-5 4H4Zm12 .2 4.600 4.600m0-4.600L16 14.300" />);
export const BanIcon = icon(<><circle cx="12" cy="12" r="8.500" /><path d="m6.200 6.200 11.600 11.600" /></>);
export const KeyboardIcon = icon(<><rect x="2.500" y="6" width="19" height="12" rx="2" /><path d="M6.500 10v.1m3.600-.1v.1m3.700-.1v.1m3.700-.1v.1M8 14.200h8" /></>);
export const ReloadIcon = icon(<path d="M19.500 12a7.500 7.500 0 1 1-2.200-5.300M19.500 4v3.500H16" />);
