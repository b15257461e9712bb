// Package account is the part of the IAM door that is about the account itself: what it holds, and its switches.
//
// It owns the parameters and the XML of these actions.
// It never changes what the account holds.
package account
