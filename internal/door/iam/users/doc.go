// Package users is the part of the IAM door that is about users, their access keys and their groups.
//
// It owns the parameters and the XML of these actions. A secret access key leaves it once, in the answer to the action that made
// it. It never checks a signature, never opens a secret that is kept, and never decides what a policy allows.
package users
