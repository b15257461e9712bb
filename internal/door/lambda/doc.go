// Package lambda is the part of AWS Lambda that says which role a function has: GetFunctionConfiguration, and
// UpdateFunctionConfiguration with a role.
//
// It owns those two operations' paths, JSON and errors. Who calls comes from authn, whether it may read or change the
// function and pass the role comes from access, and the binding itself is the directory's. It never runs code and knows no
// other part of a function: what else is asked for is refused.
package lambda
