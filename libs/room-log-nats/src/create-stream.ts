import { RoomLogError } from '@parley/domain';
import { JetStreamApiError, JS_API, JS_ERROR } from '@parley/nats';

/**
 * Creates a stream, unless another starter was first, maybe with other settings than ours: that is fine. Throws `unsupported_server`
 * where the server cannot replicate, and what `call` throws.
 */
export const createStream = async (call: (subject: string, config: object) => Promise<unknown>, name: string, config: object): Promise<void> => {
  try {
    await call(JS_API.streamCreate(name), config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    if (error.errCode === JS_ERROR.replicasNotSupported) throw new RoomLogError('unsupported_server', error.message, { cause: error });
    if (error.errCode !== JS_ERROR.streamNameInUse) throw error;
  }
};
