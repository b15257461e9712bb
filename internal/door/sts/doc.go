// Package sts is the AWS Security Token Service door: it hands out temporary credentials.
//
// It owns the table of actions of the Query protocol version 2011-06-15, their parameters and their XML. Who the caller
// is comes from authn or federation, whether it may comes from access, and the session comes from mint. It never decides,
// and it answers an action that it does not offer with AWS's own error.
package sts
