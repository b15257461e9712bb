// Package simulate answers what policies would decide, before anybody asks for real: SimulateCustomPolicy,
// SimulatePrincipalPolicy, and the two GetContextKeysFor operations of IAM.
//
// It owns what the parameters of those operations mean and how much of them one call may have. It decides nothing: the
// verdict is that of iampolicy.Decide on an Input, which is also what enforcement asks, and the policies of a role are
// gathered by the code that gathers them for a request. It never writes, and never knows who asks: whether the caller may
// simulate is for the door.
//
// # For the door
//
// A Request holds the parameters under Go names, and Custom and Principal give one Result for each action on each resource
// in the order asked, actions first; the door cuts pages out of them. Errors are faults: InvalidInput (400) for a parameter
// that cannot be, NoSuchEntity (404) for a PolicySourceArn that names nobody. The wire's names of what a Result holds:
//
//	Result.Action, .Resource           EvalActionName, EvalResourceName
//	Outcome.Decision                   EvalDecision, EvalResourceDecision
//	Outcome.Matched                    MatchedStatements; a Statement has SourcePolicyId, SourcePolicyType, StartPosition,
//	                                   EndPosition
//	Outcome.Missing                    MissingContextValues; where resources were named it stands in Specific alone
//	Outcome.Boundary                   PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary; nil: no element
//	Outcome.Details                    EvalDecisionDetails; nil within one account
//	Result.Organization                OrganizationsDecisionDetail.AllowedByOrganizations; nil: no element
//	Result.Specific                    ResourceSpecificResults; empty where no resource was named
//	Result.Why                         the decision in our own words, for a record; no element of the wire
//
// Request.Sessions has no parameter at AWS: a door that has none leaves it empty.
//
// # What is taken for granted
//
// A resource of another account than the caller's, or one that is said to be another's, is decided by both sides; what
// that account's own policies say is never looked up. Where a call hands over no resource policy, Principal takes the one
// that a role or a bucket of the caller's own account has now. For a role that is its trust policy, without which nobody
// assumes it: sts:AssumeRole is never allowed by an identity policy alone. sts:GetCallerIdentity needs no right and is
// always allowed, as it is at the door.
//
// Condition keys have the values that Context gives them; what follows from the caller and the resource is supplied as for
// a request and may be repeated, not contradicted. Nothing else is made up: not the time, not the address.
package simulate
