// Package reason is what every authorization answer is made of.
//
// It owns Decision, Clause and their printing. An engine never answers with a bool: it says which rules decided and,
// when it refuses, which rules came nearest and what was missing. It never decides anything itself.
package reason
