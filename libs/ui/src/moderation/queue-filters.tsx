import type { CaseStatus, ReportCategory, RoomId } from '@parley/protocol';
import { caseStatusSchema, reportCategorySchema } from '@parley/protocol';
import { IconButton } from '../components/button.tsx';
import { ReloadIcon } from '../components/icons.tsx';
import { Select } from '../components/select.tsx';
import { useConsoleStrings } from '../strings/console-strings.ts';
import styles from './queue-filters.module.css';

export type QueueFiltersProps = {
  status: CaseStatus;
  roomId: RoomId | null;
  category: ReportCategory | null;
  rooms: readonly { id: RoomId; name: string }[];
  count: string | null;
  onStatus: (status: CaseStatus) => void;
  onRoom: (roomId: RoomId | null) => void;
  onCategory: (category: ReportCategory | null) => void;
  onReload: () => void;
};

export const QueueFilters = ({ status, roomId, category, rooms, count, onStatus, onRoom, onCategory, onReload }: QueueFiltersProps) => {
  const { queue, categories } = useConsoleStrings();
  return (
    <div className={styles.filters}>
      <Select bare label={queue.status} value={status} onChange={(event) => onStatus(event.target.value as CaseStatus)}>
        {caseStatusSchema.options.map((each) => <option key={each} value={each}>{queue.statuses[each]}</option>)}
      </Select>
      <Select bare label={queue.category} value={category ?? ''} onChange={(event) => onCategory(event.target.value === '' ? null : event.target.value as ReportCategory)}>
        <option value="">{queue.allCategories}</option>
        {reportCategorySchema.options.map((each) => <option key={each} value={each}>{categories[each]}</option>)}
      </Select>
      {rooms.length > 1 && (
        <Select bare label={queue.room} value={roomId ?? ''} onChange={(event) => onRoom(event.target.value === '' ? null : event.target.value as RoomId)}>
          <option value="">{queue.allRooms}</option>
          {rooms.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
        </Select>
      )}
      <p className={styles.count} role="status">{count}</p>
      <IconButton small label={queue.reload} icon={<ReloadIcon size={16} />} onClick={onReload} />
    </div>
  );
};
