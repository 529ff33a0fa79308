import Type from 'typebox';
import type { ToDevice } from '../../../services/to-device/index.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject, MapOf } from '../../schemas.ts';

/** PUT /sendToDevice/{eventType}/{txnId} (specification, "Send-to-Device messaging"). */
export const sendToDevice = (toDevice: ToDevice) =>
  endpoint({
    method: 'PUT',
    path: '/v3/sendToDevice/:eventType/:txnId',
    auth: 'guest',
    body: Type.Object({ messages: MapOf(MapOf(AnyObject)) }),
    async handle({ requester: { userId, deviceId }, params, body }) {
      await toDevice.send({
        sender: { userId, deviceId },
        type: params.eventType,
        transactionId: params.txnId,
        messages: body.messages,
      });
      return {};
    },
  });
