// Package simulator is the part of the IAM door that answers what policies would decide: SimulateCustomPolicy,
// SimulatePrincipalPolicy and the two GetContextKeysFor actions.
//
// It owns the parameters and the XML of these actions, and who may ask about whom. The verdicts are access/simulate's,
// which has them from the engine that decides for real. It never changes anything.
package simulator
