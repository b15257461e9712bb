// Package iampolicy reads AWS policy documents and decides by them.
//
// It owns the grammar of policy documents with the rules each Kind adds (Parse), the order in which policies of one and
// of two accounts are weighed (Decide), the table of what a resource policy can grant by itself, and the words in which
// a decision names the statement that made it. It never looks up who a principal is, which policies apply, or what time
// it is: the caller hands all of that over in an Input, and what is not handed over counts against the caller.
//
// # How to ask
//
// A door fills an Input: the caller as a Principal, the action, the resource's ARN and owner, the condition keys of the
// request in a cond.Facts, and every policy that applies, each as Named with its id and revision. Keys that follow from
// the Principal (aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType, aws:userid, aws:username,
// aws:FederatedProvider, aws:PrincipalIsAWSService, aws:PrincipalServiceName) and aws:ResourceAccount are supplied by
// Decide itself and cannot be set by a request.
//
// For sts:AssumeRoleWithWebIdentity the Principal is of type WebIdentity with the provider's ARN in Federated, TrustPolicy
// is set, ResourcePolicy is the role's trust policy, and each claim of the token is the key
// "<issuer without https://>:<claim>": facts.Set(issuer.WithoutScheme()+":sub", subject). Case of keys does not matter;
// an aud array is one key with several values.
//
// # Two evaluators
//
// The tests hold a second, short and slow evaluator that works on the JSON itself and shares no code with this one; both
// must agree on random policies and requests.
package iampolicy
