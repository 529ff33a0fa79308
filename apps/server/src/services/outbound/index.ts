/**
 * Requests that this server makes to others: push gateways, application services, pages whose links are previewed. One way
 * out, so that time limits, sizes and forbidden addresses hold everywhere. Imports nothing of Sotto.
 */
export { OutboundError } from './connections.ts';
export { createFetchFile, type FetchFile } from './fetch-file.ts';
export { isPrivateAddress, isPrivateHost } from './private-addresses.ts';
export { createSendJson, type OutboundAnswer, type OutboundRequest, type SendJson } from './send-json.ts';
