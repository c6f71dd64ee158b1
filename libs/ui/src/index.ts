import './styles/tokens.css';
import './styles/base.css';

export { en, type Strings } from './strings/en.ts';
export { wordFor } from './strings/word.ts';
export { StringsContext, useStrings } from './strings/strings.ts';

export { endOf } from './text/clock.ts';
export { isolate, isolateRtl } from './text/direction.ts';
export type { DeliveryState, MessageItem } from './messages/message-item.ts';
export { messageRows, type MessageRow } from './messages/message-rows.ts';

export type { MembersPresence } from './members/member-rows.ts';

export { AddPeopleDialog, type AddPeopleDialogProps, type Person } from './components/add-people-dialog.tsx';
export { Announcer } from './components/announcer.tsx';
export { Avatar, type AvatarProps } from './components/avatar.tsx';
export { Banner, type BannerProps } from './components/banner.tsx';
export { Barred, type BarredProps } from './components/barred.tsx';
export { BrowseRoomsDialog, type BrowseRoom, type BrowseRoomsDialogProps } from './components/browse-rooms-dialog.tsx';
export { Button, IconButton, type ButtonProps, type IconButtonProps } from './components/button.tsx';
export { Composer, type ComposerProps } from './components/composer.tsx';
export { ConfirmDialog, type ConfirmDialogProps } from './components/confirm-dialog.tsx';
export { CreateRoomDialog, type CreateRoomDialogProps } from './components/create-room-dialog.tsx';
export { Dialog, type DialogProps } from './components/dialog.tsx';
export { EditRoomDialog, type EditRoomDialogProps, type RoomChange } from './components/edit-room-dialog.tsx';
export { EmptyState, type EmptyStateProps } from './components/empty-state.tsx';
export * from './components/icons.tsx';
export type { Loadable } from './components/loadable.ts';
export { Logo } from './components/logo.tsx';
export { ManageMemberDialog, type ManageMemberDialogProps } from './components/manage-member-dialog.tsx';
export { MembersPanel, type MembersPanelProps } from './components/members-panel.tsx';
export { MessageList, type MessageListProps } from './components/message-list.tsx';
export type { MessageActions } from './components/message-view.tsx';
export { Notice, type NoticeProps } from './components/notice.tsx';
export { ReasonDialog, type ReasonDialogProps } from './components/reason-dialog.tsx';
export { ReportDialog, type ReportDialogProps } from './components/report-dialog.tsx';
export { RoomHeader, type RoomHeaderProps } from './components/room-header.tsx';
export { RoomList, type RoomListItem, type RoomListProps } from './components/room-list.tsx';
export { SanctionDialog, type SanctionDialogProps, type SanctionTerms } from './components/sanction-dialog.tsx';
export { SanctionsDialog, type SanctionsDialogProps } from './components/sanctions-dialog.tsx';
export { Sidebar, type SidebarProps } from './components/sidebar.tsx';
export { SignInForm, type SignInFormProps } from './components/sign-in-form.tsx';
export { Skeleton, type SkeletonProps } from './components/skeleton.tsx';
export { Spinner } from './components/spinner.tsx';
export { StandingNotice, type StandingNoticeProps } from './components/standing-notice.tsx';
export { TypingLine, type TypingLineProps } from './components/typing-line.tsx';
