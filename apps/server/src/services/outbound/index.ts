/**
 * Requests that this server makes to others: push gateways, application services. One way out, so that time limits,
 * sizes and forbidden addresses hold everywhere. Imports nothing of Sotto.
 */
export { isPrivateAddress, isPrivateHost } from './private-addresses.ts';
export {
  createSendJson,
  type OutboundAnswer,
  OutboundError,
  type OutboundRequest,
  type SendJson,
} from './send-json.ts';
