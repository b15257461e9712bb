// Package roles is the part of the IAM door that is about roles: the roles themselves, their trust, inline and attached
// policies, boundary and labels.
//
// It owns the parameters and the XML of these actions. What a role may be is the directory's to say.
// It never writes a role itself.
package roles
