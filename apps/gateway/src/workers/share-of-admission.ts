import type { AdmissionSettings } from '../limits/admission-settings.ts';
import type { Place } from './place.ts';

/**
 * What one worker lets in of what its gateway does. Connections come to the workers in turn, so each has an even share; those of one
 * address may happen to be on one worker, so of them each allows as many as the gateway would.
 */
export const shareOfAdmission = <S extends Pick<AdmissionSettings, 'acceptRate' | 'handshakes'>>(settings: S, place: Place | null): S => {
  const share = (count: number): number => Math.ceil(count / (place?.of ?? 1));
  return { ...settings, acceptRate: share(settings.acceptRate), handshakes: share(settings.handshakes) };
};
