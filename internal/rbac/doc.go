// Package rbac is the Azure engine: may this principal do this operation at this scope.
//
// It owns role definitions, role and deny assignments, the built-in roles and how Azure evaluates them: deny
// assignments first, then the union over roles, each role's exclusions counting only within that role, and control
// actions never standing in for data actions. It answers with a reason.Decision that names the rule that decided or,
// for a refusal, the rules that came nearest and the smallest grant that would allow it.
//
// It never reads a store, a clock or a token; the caller hands it the rules. It never answers an authorization with a
// bool, and what it cannot evaluate (a condition, a role definition that is gone) never grants.
package rbac
