// Package cond is the typed condition tree that every condition language of Lanyard compiles to: the Condition block of
// IAM policies, the conditions of Azure role assignments, and the subject expressions of federated credentials.
//
// It owns the tests and their operators, how they read a request's keys (Context, Facts), policy variables (Template),
// and the words that say which test failed and why. It never parses a policy document, never looks anything up outside
// the Context it is given. A test that holds takes no memory, except where the wanted value itself has to be put
// together (variables in a comparison that ignores case, or in a beginning; values that are another key's).
//
// # Keys
//
// Keys are compared ignoring case: a Test looks its key up in lower case and Facts stores lower case. Claims of an
// outside token are keys too, "<issuer without scheme>:<claim>", for example "127.0.0.1:8443/tenant/v2.0:sub" or
// "sts.windows.net/tenant/:aud": the issuer's exact text without "https://", a trailing slash kept, then a colon and the
// claim's name. A claim with several values (an aud array) has several values here.
package cond
