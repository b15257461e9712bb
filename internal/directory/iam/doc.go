// Package iam is the commands for what IAM has beside roles: users with their access keys,
// groups, managed policies with their versions, instance profiles, what an
// account's OIDC providers are labelled with, and the account's own switches.
//
// It owns the rules for these nouns, which it writes through the directory's Edit. It never authorizes, never records and
// never writes an answer.
package iam
