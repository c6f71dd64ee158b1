import { newDeviceId } from '@parley/chat-client';
import { deviceIdSchema, type DeviceId } from '@parley/protocol';

const KEY = 'parley.device';

/** What the user knows as this device: made once, and kept over sign-outs. */
export const deviceId = (): DeviceId => {
  const kept = deviceIdSchema.safeParse(localStorage.getItem(KEY));
  if (kept.success) return kept.data;
  const made = newDeviceId();
  localStorage.setItem(KEY, made);
  return made;
};
