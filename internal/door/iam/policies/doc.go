// Package policies is the part of the IAM door that is about managed policies, their versions, labels and holders.
//
// It owns the parameters and the XML of these actions. What a policy may be is the directory's to say.
// It never decides whether a document is one.
package policies
