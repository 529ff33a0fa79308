import { EventType, isUserId, serverNameOf } from '@sotto/protocol';
import { joinRuleOf, membershipOf } from './room-state.ts';
import { type RuleInput, refuse, refuseLevel } from './rule-input.ts';
import { hasValidInviteSignature } from './third-party-signature.ts';

const ruleByMembership: ReadonlyMap<string, (input: RuleInput, target: string) => void> = new Map([
  ['join', authoriseJoin],
  ['invite', authoriseInvite],
  ['leave', authoriseLeave],
  ['ban', authoriseBan],
  ['knock', authoriseKnock],
]);

/** Rule 5: who may change whose membership, and to what. */
export function authoriseMember(input: RuleInput): void {
  const { event, isSignedBy } = input;
  const { membership, join_authorised_via_users_server: authoriser } = event.content;
  if (event.state_key === undefined || membership === undefined) throw refuse('The membership names no person.');
  if (!isUserId(event.state_key)) throw refuse('The membership must name a user id.');
  if (authoriser !== undefined) {
    const server = typeof authoriser === 'string' ? serverNameOf(authoriser) : undefined;
    if (server === undefined || !isSignedBy(server))
      throw refuse('The server that vouches for the join did not sign it.');
  }
  const target = event.state_key;
  const rule = typeof membership === 'string' ? ruleByMembership.get(membership) : undefined;
  if (rule === undefined) throw refuse('This membership is not known.');
  rule(input, target);
}

function authoriseJoin(input: RuleInput, target: string): void {
  const { event, authState, create, creators } = input;
  const isFirst = event.prev_events.length === 1 && event.prev_events[0] === create.event_id;
  if (isFirst && target === creators[0]) return;
  if (event.sender !== target) throw refuse('Nobody can join in the name of another.');
  const current = membershipOf(authState, target);
  if (current === 'ban') throw refuse('You are banned from this room.');
  const rule = joinRuleOf(authState);
  if (rule === 'public') return;
  const isKnown = rule === 'invite' || rule === 'knock' || rule === 'restricted' || rule === 'knock_restricted';
  if (isKnown && (current === 'join' || current === 'invite')) return;
  if (rule !== 'restricted' && rule !== 'knock_restricted') throw refuse('You are not invited to this room.');
  requireVoucher(input);
}

/** A restricted join without invite: a member who may invite must vouch for it. */
function requireVoucher({ event, authState, levels }: RuleInput): void {
  const voucher = event.content.join_authorised_via_users_server;
  const isMember = typeof voucher === 'string' && membershipOf(authState, voucher) === 'join';
  if (!isMember || levels.of(voucher) < levels.to('invite')) {
    throw refuse('You are neither invited to this room nor in a room that opens it.');
  }
}

function authoriseInvite(input: RuleInput, target: string): void {
  if (input.event.content.third_party_invite === undefined) requireMayInvite(input, target);
  else requireThirdPartyInvite(input, target);
}

function requireMayInvite({ event, authState, levels }: RuleInput, target: string): void {
  if (membershipOf(authState, event.sender) !== 'join') throw refuse('You are not in this room.');
  const current = membershipOf(authState, target);
  if (current === 'join') throw refuse('This person is already in the room.');
  if (current === 'ban') throw refuse('This person is banned from the room.');
  const own = levels.of(event.sender);
  if (own < levels.to('invite')) throw refuseLevel('invite people', { needed: levels.to('invite'), own });
}

function requireThirdPartyInvite({ event, authState }: RuleInput, target: string): void {
  if (membershipOf(authState, target) === 'ban') throw refuse('This person is banned from the room.');
  const invite = event.content.third_party_invite;
  const signed = typeof invite === 'object' && invite !== null && !Array.isArray(invite) ? invite.signed : undefined;
  if (typeof signed !== 'object' || signed === null || Array.isArray(signed)) throw refuse('The invite is not signed.');
  if (typeof signed.mxid !== 'string' || typeof signed.token !== 'string') throw refuse('The invite is incomplete.');
  if (signed.mxid !== target) throw refuse('The invite is for another person.');
  const source = authState(EventType.thirdPartyInvite, signed.token);
  if (source === undefined) throw refuse('The invite is no longer valid.');
  if (source.sender !== event.sender) throw refuse('The invite was made by another person.');
  if (!hasValidInviteSignature(signed, source.content)) throw refuse('The signature of the invite is wrong.');
}

function authoriseLeave({ event, authState, levels }: RuleInput, target: string): void {
  const current = membershipOf(authState, target);
  if (event.sender === target) {
    if (current === 'invite' || current === 'join' || current === 'knock') return;
    throw refuse(current === 'ban' ? 'You are banned from this room.' : 'You are not in this room.');
  }
  if (membershipOf(authState, event.sender) !== 'join') throw refuse('You are not in this room.');
  const own = levels.of(event.sender);
  if (current === 'ban' && own < levels.to('ban')) throw refuseLevel('lift a ban', { needed: levels.to('ban'), own });
  if (own < levels.to('kick')) throw refuseLevel('remove people', { needed: levels.to('kick'), own });
  if (levels.of(target) >= own) throw refuse('This person has as much power here as you or more.');
}

function authoriseBan({ event, authState, levels }: RuleInput, target: string): void {
  if (membershipOf(authState, event.sender) !== 'join') throw refuse('You are not in this room.');
  const own = levels.of(event.sender);
  if (own < levels.to('ban')) throw refuseLevel('ban people', { needed: levels.to('ban'), own });
  if (levels.of(target) >= own) throw refuse('This person has as much power here as you or more.');
}

function authoriseKnock({ event, authState }: RuleInput, target: string): void {
  const rule = joinRuleOf(authState);
  if (rule !== 'knock' && rule !== 'knock_restricted') throw refuse('One can not ask to join this room.');
  if (event.sender !== target) throw refuse('Nobody can ask to join in the name of another.');
  const current = membershipOf(authState, target);
  if (current === 'ban') throw refuse('You are banned from this room.');
  if (current === 'join') throw refuse('You are already in this room.');
  if (current === 'invite') throw refuse('You are already invited to this room.');
}
